#include "test/scenario/layers/vector_player.h"

#include "rtc/base/bytes.h"
#include "rtc/rtp/packet_view.h"
#include "test/support/decode/descriptors.h"

namespace sluice::testing_support {
namespace {

void PutU16(std::span<uint8_t> at, int64_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

void PutU32(std::span<uint8_t> at, int64_t value) {
  PutU16(at, value >> 16);
  PutU16(at.subspan(2), value);
}

// The same bytes, to be written to: `inner` is a part of the packet `bytes`.
std::span<uint8_t> Writable(std::vector<uint8_t>& bytes, std::span<const uint8_t> inner) {
  return std::span(bytes).subspan(static_cast<size_t>(inner.data() - bytes.data()), inner.size());
}

// How much a number of `bits` bits grows in one loop: from the first packet to the last, and one more.
struct Growth {
  std::optional<int64_t> first;
  int64_t last = 0;  // unwrapped
  void See(int64_t value, int bits) {
    if (!first) first = last = value;
    const int64_t half = int64_t{1} << (bits - 1);
    last += ((value - last + half) & (2 * half - 1)) - half;
  }
  int64_t step() const { return first ? last - *first + 1 : 0; }
};

}  // namespace

VectorPlayer::VectorPlayer(const RtpVector& vector, uint64_t seed) : vector_(vector), streams_(vector.stream_count) {
  Rng rng(seed);
  for (size_t stream = 0; stream < streams_.size(); ++stream) Measure(rng, stream);
}

void VectorPlayer::Measure(Rng& rng, size_t index) {
  Growth seq, picture_id, tl0, key_idx, frame;
  const auto see = [](Growth& growth, const std::optional<PlacedNumber>& number) {
    if (number) growth.See(number->value, number->bits);
  };
  for (const auto& record : vector_.records) {
    if (record.stream != index) continue;
    const auto packet = *rtp::PacketView::Parse(record.packet);
    seq.See(packet.seq().value(), 16);
    if (const auto value = packet.Extension(vector_.descriptor_id); value && vector_.descriptor_id != 0) {
      frame.See((*value)[1] << 8 | (*value)[2], 16);
    }
    if (vector_.codec == VideoCodec::kVp8) {
      const auto descriptor = *Vp8Descriptor::Read(packet.payload());
      see(picture_id, descriptor.picture_id), see(tl0, descriptor.tl0_pic_idx), see(key_idx, descriptor.key_idx);
    } else if (vector_.codec == VideoCodec::kVp9) {
      const auto descriptor = *Vp9Descriptor::Read(packet.payload());
      see(picture_id, descriptor.picture_id), see(tl0, descriptor.tl0_pic_idx);
    }
  }
  const auto number = [&](int64_t step) { return Number{.base = rng.Between(0, 0xFFFF), .step = step}; };
  Stream& stream = streams_[index];
  stream.seq = number(seq.step());
  stream.timestamp = {.base = rng.Between(0, 0xFFFFFFFF), .step = vector_.period};
  stream.picture_id = number(picture_id.step());
  stream.tl0_pic_idx = number(tl0.step());
  stream.key_idx = number(key_idx.step());
  stream.frame_number = number(frame.step());
}

TimeDelta VectorPlayer::NextAt() const { return vector_.length() * loop_ + vector_.records[record_].at; }

void VectorPlayer::RewritePayload(const Stream& stream, std::span<uint8_t> payload) const {
  const auto move = [&](const std::optional<PlacedNumber>& number, const Number& by) {
    if (number) number->Write(payload, number->Plus(by.Offset(loop_)));
  };
  if (vector_.codec == VideoCodec::kVp8) {
    const auto descriptor = *Vp8Descriptor::Read(payload);
    move(descriptor.picture_id, stream.picture_id);
    move(descriptor.tl0_pic_idx, stream.tl0_pic_idx);
    move(descriptor.key_idx, stream.key_idx);
  } else if (vector_.codec == VideoCodec::kVp9) {
    const auto descriptor = *Vp9Descriptor::Read(payload);
    move(descriptor.picture_id, stream.picture_id);
    move(descriptor.tl0_pic_idx, stream.tl0_pic_idx);
  }
}

VectorPlayer::Packet VectorPlayer::Next() {
  const auto& record = vector_.records[record_];
  Packet packet{.stream = record.stream, .bytes = record.packet};
  Stream& stream = streams_[record.stream];
  const auto view = *rtp::PacketView::Parse(packet.bytes);
  packet.seq = SeqNum(static_cast<uint16_t>(view.seq().value() + stream.seq.Offset(loop_)));
  if (const auto value = view.Extension(vector_.descriptor_id); value && vector_.descriptor_id != 0) {
    const int64_t number = (*value)[1] << 8 | (*value)[2];
    PutU16(Writable(packet.bytes, *value).subspan(1), number + stream.frame_number.Offset(loop_));
  }
  RewritePayload(stream, Writable(packet.bytes, view.payload()));
  const std::span<uint8_t> bytes(packet.bytes);
  PutU16(bytes.subspan(2), packet.seq.value());
  PutU32(bytes.subspan(4), view.timestamp() + stream.timestamp.Offset(loop_));
  PutU32(bytes.subspan(8), SsrcOf(record.stream).value());
  stream.by_number[packet.seq.value()] = stream.sent;
  stream.kept[stream.sent++] = packet.bytes;
  if (stream.kept.size() > kKept) stream.kept.erase(stream.kept.begin());
  if (++record_ == vector_.records.size()) record_ = 0, ++loop_;
  return packet;
}

std::span<const uint8_t> VectorPlayer::Again(int index, SeqNum seq) const {
  const Stream& stream = streams_[static_cast<size_t>(index)];
  const auto number = stream.by_number.find(seq.value());
  if (number == stream.by_number.end()) return {};
  const auto kept = stream.kept.find(number->second);
  return kept == stream.kept.end() ? std::span<const uint8_t>() : std::span<const uint8_t>(kept->second);
}

rtcp::SenderReport VectorPlayer::Report(int index, TimeDelta at, rtcp::NtpTime ntp) const {
  const Stream& stream = streams_[static_cast<size_t>(index)];
  const int64_t ticks = at.us() * vector_.clock_rate / 1'000'000;
  return {.sender = SsrcOf(index),
          .ntp = ntp,
          .rtp_timestamp = static_cast<uint32_t>(stream.timestamp.base + ticks),
          .packet_count = static_cast<uint32_t>(stream.sent)};
}

}  // namespace sluice::testing_support
