#include "rtc/rtcp/transport_feedback.h"

#include <algorithm>
#include <limits>

#include "rtc/rtcp/transport_feedback_chunks.h"

namespace sluice::rtcp {
namespace {

constexpr size_t kFixedSize = kHeaderSize + 16;
constexpr int64_t kMaxSmallDelta = 255;

constexpr int32_t SignExtend24(uint32_t v) { return static_cast<int32_t>(v << 8) >> 8; }

int64_t TicksOf(const TransportFeedback::Packet& packet) {
  return packet.arrival->us() / TransportFeedback::kDeltaUnit.us();
}

// Calls `status(symbol, delta)` for every packet in order; the delta of a lost one means nothing.
template <class F>
void ForEachStatus(const TransportFeedback& feedback, F status) {
  int64_t last = 0;
  for (const TransportFeedback::Packet& packet : feedback.packets) {
    if (!packet.arrival) {
      status(PacketStatus::kLost, int64_t{0});
      continue;
    }
    const int64_t delta = TicksOf(packet) - last;
    last += delta;
    status(delta >= 0 && delta <= kMaxSmallDelta ? PacketStatus::kSmallDelta : PacketStatus::kLargeDelta, delta);
  }
}

PacketStatuses StatusesOf(const TransportFeedback& feedback) {
  PacketStatuses statuses;
  ForEachStatus(feedback, [&](PacketStatus status, int64_t) { statuses.push_back(status); });
  return statuses;
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::Parse(const Block& block) {
  ByteReader in(block.body);
  TransportFeedback feedback;
  feedback.sender = Ssrc(in.U32());
  feedback.media = Ssrc(in.U32());
  SeqNum seq(in.U16());
  const size_t count = in.U16();
  feedback.reference_time = SignExtend24(in.U24());
  feedback.count = in.U8();
  if (!in.ok() || count == 0 || count > kMaxPackets) return std::nullopt;

  PacketStatuses statuses;
  if (!ReadStatusChunks(in, count, statuses)) return std::nullopt;
  int64_t ticks = 0;
  for (PacketStatus status : statuses) {
    Packet packet{seq, std::nullopt};
    seq = seq + 1;
    if (status != PacketStatus::kLost) {
      ticks += status == PacketStatus::kSmallDelta ? in.U8() : static_cast<int16_t>(in.U16());
      packet.arrival = kDeltaUnit * ticks;
    }
    feedback.packets.push_back(packet);
  }
  if (!in.ok()) return std::nullopt;
  return feedback;
}

size_t TransportFeedback::WireSize() const {
  size_t deltas = 0;
  ForEachStatus(*this, [&](PacketStatus status, int64_t) { deltas += static_cast<size_t>(status); });
  return (kFixedSize + StatusChunksSize(StatusesOf(*this)) + deltas + 3) / 4 * 4;
}

void TransportFeedback::Write(ByteWriter& out) const {
  const size_t size = WireSize();
  const size_t end = out.size() + size;
  WriteBlockHeader(out, static_cast<uint8_t>(TransportFeedbackFormat::kTransportWide), PacketType::kTransportFeedback,
                   size);
  out.U32(sender.value());
  out.U32(media.value());
  out.U16(base_seq().value());
  out.U16(static_cast<uint16_t>(packets.size()));
  out.U24(static_cast<uint32_t>(reference_time) & 0xFFFFFF);
  out.U8(count);
  WriteStatusChunks(StatusesOf(*this), out);
  ForEachStatus(*this, [&](PacketStatus status, int64_t delta) {
    if (status == PacketStatus::kSmallDelta) out.U8(static_cast<uint8_t>(delta));
    if (status == PacketStatus::kLargeDelta) out.U16(static_cast<uint16_t>(delta));
  });
  if (out.ok()) out.Zeros(end - out.size());
}

TransportFeedbackBuilder::TransportFeedbackBuilder(Ssrc sender, Ssrc media, uint8_t count, SeqNum base,
                                                   Timestamp first_arrival)
    : next_(base) {
  feedback_.sender = sender;
  feedback_.media = media;
  feedback_.count = count;
  const int64_t unit = TransportFeedback::kReferenceUnit.us();
  const int64_t units = first_arrival.us() / unit - (first_arrival.us() % unit < 0 ? 1 : 0);
  reference_ = Timestamp::Micros(units * unit);
  feedback_.reference_time = SignExtend24(static_cast<uint32_t>(units));
}

bool TransportFeedbackBuilder::Add(SeqNum seq, Timestamp arrival) {
  const int skipped = seq.DistanceFrom(next_);
  if (skipped < 0 || feedback_.packets.size() + static_cast<size_t>(skipped) >= kMaxPackets) return false;
  const int64_t unit = TransportFeedback::kDeltaUnit.us();
  const int64_t micros = (arrival - reference_).us() + unit / 2;
  const int64_t ticks = micros / unit - (micros % unit < 0 ? 1 : 0);
  const int64_t delta = ticks - last_ticks_;
  if (delta < std::numeric_limits<int16_t>::min() || delta > std::numeric_limits<int16_t>::max()) return false;
  last_ticks_ = ticks;
  for (; next_ != seq; next_ = next_ + 1) feedback_.packets.push_back({next_, std::nullopt});
  feedback_.packets.push_back({seq, TransportFeedback::kDeltaUnit * ticks});
  next_ = seq + 1;
  return true;
}

}  // namespace sluice::rtcp
