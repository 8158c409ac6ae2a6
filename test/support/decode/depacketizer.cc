#include "test/support/decode/depacketizer.h"

#include <fmt/format.h>

#include <utility>

#include "test/support/decode/depacketizers.h"

namespace sluice::testing_support {
namespace {

std::unique_ptr<Depacketizer> MakeFor(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::kVp8:
      return MakeVp8Depacketizer();
    case VideoCodec::kVp9:
      return MakeVp9Depacketizer();
    case VideoCodec::kH264:
      return MakeH264Depacketizer();
    case VideoCodec::kH265:
      return MakeH265Depacketizer();
    case VideoCodec::kAv1:
      return MakeAv1Depacketizer();
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Depacketizer> Depacketizer::Make(VideoCodec codec, uint8_t descriptor_id) {
  auto depacketizer = MakeFor(codec);
  if (descriptor_id != 0) depacketizer->dependencies_.emplace(descriptor_id);
  return depacketizer;
}

void Depacketizer::Restart() {
  next_.reset();
  picture_.reset();
  complaints_.clear();
  waits_ = true;
  patient_ = true;
  may_lack_beginning_ = !TellsBeginnings();
  if (dependencies_) dependencies_->Restart();
  Drop();
}

void Depacketizer::CheckNumber(const rtp::PacketView& packet) {
  if (next_ && packet.seq() != *next_) {
    Complain(fmt::format("number {} where {} was next", packet.seq().value(), next_->value()));
  }
  next_ = packet.seq() + 1;
}

void Depacketizer::CheckTimestamp(const rtp::PacketView& packet) {
  const uint32_t timestamp = packet.timestamp();
  if (picture_ && timestamp != picture_->timestamp) {
    if (pause_expected_) {
      complaints_.clear();
      waits_ = true;
    } else {
      cut_ = picture_->timestamp;
    }
    if (dependencies_) dependencies_->AbandonFrame();
    picture_.reset();
    Drop();
  }
  if (!picture_ && finished_ && static_cast<int32_t>(timestamp - *finished_) <= 0) {
    Complain(fmt::format("timestamp {} follows {}", timestamp, *finished_));
  }
}

std::optional<Picture> Depacketizer::Take(std::span<const uint8_t> bytes) {
  const auto packet = rtp::PacketView::Parse(bytes);
  if (!packet) return errors_.emplace_back("not an RTP packet"), std::nullopt;
  CheckNumber(*packet);
  if (packet->payload().empty()) {
    ++filled_places_;
    if (packet->padding_size() == 0) Complain("a packet of nothing");
    if (InFrame() || (dependencies_ && dependencies_->in_frame())) Complain("padding within a frame");
    return std::nullopt;
  }
  CheckTimestamp(*packet);
  const bool begins = !picture_;
  if (begins) picture_ = Picture{.timestamp = packet->timestamp()};
  Add(*packet, *picture_);
  const bool begins_key = begins && !picture_->layers.empty() && picture_->key();
  if (begins_key) pause_expected_ = false;
  if (cut_ && !(begins_key && key_frames_cut_)) Complain(fmt::format("the picture of {} has no marker", *cut_));
  cut_.reset();
  if (dependencies_) {
    for (auto& wrong : dependencies_->Take(*packet)) Complain(std::move(wrong));
  }
  if (!packet->marker()) return std::nullopt;
  Picture picture = *std::exchange(picture_, std::nullopt);
  finished_ = picture.timestamp;
  const bool accepted = Accept(picture);
  if (!accepted) Drop();
  waits_ = !accepted;
  patient_ |= waits_;  // what follows from an error is no error of its own
  return accepted ? std::optional(std::move(picture)) : std::nullopt;
}

bool Depacketizer::Accept(Picture& picture) {
  const bool key = !picture.layers.empty() && picture.key();
  if (std::exchange(may_lack_beginning_, false) || (waits_ && !key && patient_)) return complaints_.clear(), false;
  if (picture.layers.empty()) Complain("a picture of nothing");
  if (waits_ && !key) Complain("begins without a key frame");
  if (complaints_.empty()) Finish(picture, waits_);
  filled_places_ = 0;
  if (complaints_.empty()) return true;
  for (auto& complaint : complaints_) errors_.push_back(fmt::format("{}: {}", picture.timestamp, complaint));
  complaints_.clear();
  return false;
}

}  // namespace sluice::testing_support
