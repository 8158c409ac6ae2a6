#include "test/scenario/layers/layers_receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rtc/rtp/rtx.h"
#include "rtc/stream/packet_ring.h"
#include "test/scenario/layers/trace.h"

namespace sluice::testing_support {

LayersReceiver::LayersReceiver(const Config& config, const RtpVector& vector, const ReferenceFrames& reference)
    : config_(config),
      reference_(reference),
      depacketizer_(Depacketizer::Make(vector.codec, config.descriptor_id)),
      decoder_(VideoDecoder::Make(vector.codec)) {
  if (vector.stream_count > 1) depacketizer_->AllowKeyFramesToCut();
}

void LayersReceiver::Receive(std::span<const uint8_t> datagram, Timestamp now) {
  auto view = rtp::PacketView::Parse(datagram);
  if (!view) return errors_.emplace_back("not an RTP packet"), void();
  std::vector<uint8_t> packet(datagram.begin(), datagram.end());
  if (view->ssrc() == config_.rtx_ssrc) {
    std::vector<uint8_t> recovered(datagram.size());
    recovered.resize(rtp::RecoverFromRtx(*view, config_.payload_type, config_.ssrc, recovered));
    if (recovered.empty()) return;  // a probe
    packet = std::move(recovered);
    view = rtp::PacketView::Parse(packet);
  }
  if (view->ssrc() != config_.ssrc) return errors_.emplace_back("a packet of another stream"), void();
  const ExtSeqNum seq = numbers_.Unwrap(view->seq());
  highest_ = next_ ? std::max(highest_, seq) : seq;
  if (!next_) next_ = seq;
  ++packets_;
  NoteSent(view->timestamp(), now);
  Trace(now, "received {} of {}, {} bytes{}", seq.value(), view->timestamp(), view->payload().size(),
        view->marker() ? ", marker" : "");
  if (waiting_.empty()) gap_since_ = now;
  if (seq >= *next_) waiting_.try_emplace(seq, std::move(packet));
  TakeInOrder(now);
}

void LayersReceiver::Lost(std::span<const uint8_t> datagram, Timestamp now) {
  const auto view = rtp::PacketView::Parse(datagram);
  if (!view) return;
  if (view->ssrc() == config_.rtx_ssrc && view->payload().size() >= 2) {
    const SeqNum original(static_cast<uint16_t>(view->payload()[0] << 8 | view->payload()[1]));
    const auto lost = std::ranges::find_if(lost_, [&](const auto& entry) { return entry.first.seq() == original; });
    if (lost != lost_.end()) ++lost->second.repetitions;
  }
  if (view->ssrc() != config_.ssrc) return;
  NoteSent(view->timestamp(), now);
  if (!next_) return;
  const ExtSeqNum seq = numbers_.Unwrap(view->seq());
  highest_ = std::max(highest_, seq);
  lost_.try_emplace(seq, LostPacket{.at = now});
}

bool LayersReceiver::IsHopeless(const LostPacket& lost) const {
  return gap_since_ - lost.at > PacketRing::Video().max_age || lost.repetitions >= kRepetitions;
}

void LayersReceiver::NoteSent(uint32_t timestamp, Timestamp now) {
  if (!SentAt(timestamp).IsNever()) return;
  sent_.emplace_back(timestamp, now);
  if (sent_.size() > kPicturesKept) sent_.pop_front();
}

Timestamp LayersReceiver::SentAt(uint32_t timestamp) const {
  const auto known = std::ranges::find(sent_, timestamp, &std::pair<uint32_t, Timestamp>::first);
  return known == sent_.end() ? Timestamp() : known->second;
}

void LayersReceiver::ExpectPause() {
  if (next_) pauses_.push_back(highest_ + 1);
}

void LayersReceiver::TakeInOrder(Timestamp now) {
  while (!waiting_.empty() && waiting_.begin()->first == *next_) {
    for (; !pauses_.empty() && *next_ >= pauses_.front(); pauses_.pop_front()) depacketizer_->ExpectPause();
    const std::vector<uint8_t> packet = std::move(waiting_.extract(waiting_.begin()).mapped());
    next_ = *next_ + 1;
    gap_since_ = now;
    if (const auto picture = depacketizer_->Take(packet)) Decode(*picture, now);
    for (auto& error : depacketizer_->TakeErrors()) {
      Trace(now, "ERROR: {}", error);
      errors_.push_back(fmt::format("{} ms: {}", now.ms(), error));
    }
  }
}

void LayersReceiver::Decode(const Picture& picture, Timestamp now) {
  std::vector<DecodedFrame> frames;
  const auto complain = [&](const std::string& what) {
    Trace(now, "ERROR: {}", what);
    errors_.push_back(fmt::format("{} ms: {}: {}", now.ms(), picture.timestamp, what));
  };
  if (const auto error = decoder_->Decode(picture, frames); !error.empty()) complain(error);
  for (const auto& frame : frames) {
    if (const auto error = reference_.Compare(frame); !error.empty()) complain(error);
  }
  if (frames.empty()) return;
  ++pictures_;
  const auto* origin = reference_.OriginOf(frames.back());
  if (!origin) return;
  Trace(now, "shows stream {} layer {}.{} captured {} as {}", origin->stream, origin->spatial_layer,
        origin->temporal_layer, origin->timestamp, picture.timestamp);
  shown_.push_back({now, SentAt(picture.timestamp), picture.timestamp, *origin, std::exchange(after_break_, false)});
}

std::vector<SeqNum> LayersReceiver::DueNacks(Timestamp now) {
  if (waiting_.empty()) return {};
  if (now - gap_since_ > kPatience) GiveUp(now);
  if (waiting_.empty() || (!last_nack_.IsNever() && now - last_nack_ < kNackInterval)) return {};
  last_nack_ = now;
  std::vector<SeqNum> missing;
  ExtSeqNum expected = *next_;
  for (const auto& [seq, packet] : waiting_) {
    for (; expected < seq && missing.size() < 100; expected = expected + 1) missing.push_back(expected.seq());
    expected = seq + 1;
  }
  return missing;
}

void LayersReceiver::GiveUp(Timestamp now) {
  Trace(now, "gives up {} up to {}", next_->value(), waiting_.begin()->first.value());
  ++breaks_;
  const ExtSeqNum end = waiting_.begin()->first;
  hopeless_breaks_ += std::ranges::any_of(
      lost_, [&](const auto& lost) { return lost.first >= *next_ && lost.first < end && IsHopeless(lost.second); });
  lost_.erase(lost_.begin(), lost_.lower_bound(end));
  after_break_ = true;
  depacketizer_->Restart();
  next_ = end;
  TakeInOrder(now);
}

bool LayersReceiver::DuePli(Timestamp now) {
  if (!depacketizer_->waits_for_key_frame() || !next_) return false;
  if (!last_pli_.IsNever() && now - last_pli_ < kPliInterval) return false;
  last_pli_ = now;
  return true;
}

}  // namespace sluice::testing_support
