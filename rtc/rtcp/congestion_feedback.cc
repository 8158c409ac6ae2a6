#include "rtc/rtcp/congestion_feedback.h"

#include <algorithm>

namespace sluice::rtcp {
namespace {

using Packet = CongestionFeedback::Packet;

constexpr int64_t kTicksPerSecond = 1024;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr uint16_t kReceivedBit = 0x8000;
constexpr int kEcnShift = 13;
constexpr uint16_t kTimeMask = 0x1FFF;
constexpr size_t kTimestampSize = 4;

Packet FromWire(uint16_t bits) {
  if ((bits & kReceivedBit) == 0) return {};
  return {.received = true,
          .ecn = static_cast<Ecn>(bits >> kEcnShift & 3),
          .before_report = static_cast<uint16_t>(bits & kTimeMask)};
}

uint16_t ToWire(const Packet& packet) {
  if (!packet.received) return 0;
  return static_cast<uint16_t>(kReceivedBit | static_cast<int>(packet.ecn) << kEcnShift |
                               (packet.before_report & kTimeMask));
}

}  // namespace

std::optional<TimeDelta> Packet::BeforeReport() const {
  if (!received || before_report == kUnknownTime) return std::nullopt;
  return TimeDelta::Micros(before_report * kMicrosPerSecond / kTicksPerSecond);
}

Packet Packet::Arrived(TimeDelta before, Ecn ecn) {
  Packet packet{.received = true, .ecn = ecn, .before_report = kUnknownTime};
  if (before < TimeDelta::Zero()) return packet;
  const int64_t ticks = before >= TimeDelta::Seconds(kLongAgo / kTicksPerSecond + 1)
                            ? kLongAgo
                            : (before.us() * kTicksPerSecond + kMicrosPerSecond / 2) / kMicrosPerSecond;
  packet.before_report = static_cast<uint16_t>(std::min<int64_t>(ticks, kLongAgo));
  return packet;
}

std::optional<CongestionFeedback> CongestionFeedback::Parse(const Block& block) {
  ByteReader in(block.body);
  CongestionFeedback feedback;
  feedback.sender = Ssrc(in.U32());
  size_t total = 0;
  while (in.ok() && in.left() > kTimestampSize) {
    if (feedback.streams.size() == kMaxStreams) return std::nullopt;
    Stream& stream = feedback.streams.emplace_back();
    stream.ssrc = Ssrc(in.U32());
    stream.begin = SeqNum(in.U16());
    const size_t count = in.U16();
    total += count;
    if (total > kMaxPackets || count * 2 > in.left()) return std::nullopt;
    stream.packets.reserve(count);
    for (size_t i = 0; i < count; ++i) stream.packets.push_back(FromWire(in.U16()));
    if (count % 2 != 0) in.Skip(2);
  }
  feedback.timestamp = in.U32();
  if (!in.ok() || in.left() > 0) return std::nullopt;
  return feedback;
}

size_t CongestionFeedback::WireSize() const {
  size_t size = kHeaderSize + 4 + kTimestampSize;
  for (const Stream& stream : streams) size += stream.WireSize();
  return size;
}

void CongestionFeedback::Write(ByteWriter& out) const {
  WriteBlockHeader(out, static_cast<uint8_t>(TransportFeedbackFormat::kCongestion), PacketType::kTransportFeedback,
                   WireSize());
  out.U32(sender.value());
  for (const Stream& stream : streams) {
    out.U32(stream.ssrc.value());
    out.U16(stream.begin.value());
    out.U16(static_cast<uint16_t>(stream.packets.size()));
    for (const Packet& packet : stream.packets) out.U16(ToWire(packet));
    if (stream.packets.size() % 2 != 0) out.U16(0);
  }
  out.U32(timestamp);
}

}  // namespace sluice::rtcp
