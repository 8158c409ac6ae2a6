// What the parts of congestion control tell each other: packets that left, and what became of them.
//
// Sizes are of the line: the protected RTP packet and kPacketOverhead for each. So are all rates that come of them.
// Send times are of the caller's clock, arrivals of the receiver's: only differences of arrivals mean something.
// Transport-wide feedback and RFC 8888 both end in a FeedbackReport; nobody behind it knows which it was.
#pragma once

#include <cstdint>
#include <span>

#include "rtc/base/units.h"

namespace sluice {

// IPv4 and UDP. What IPv6 has more is not counted.
inline constexpr DataSize kPacketOverhead = DataSize::Bytes(28);

struct SentPacket {
  Timestamp sent;
  DataSize size;
  // What left before it, after the packet before, and carries no number (audio where it was not negotiated): it is taken
  // to fare as this packet does.
  DataSize unnumbered;
  // Of BandwidthController::Probe; 0: none.
  uint16_t probe = 0;

  DataSize total() const { return size + unnumbered; }
  bool operator==(const SentPacket&) const = default;
};

struct PacketResult {
  SentPacket packet;
  Timestamp arrival = Timestamp::Infinite();  // Infinite: it did not come
  // It was told of as lost before, and came yet.
  bool was_lost = false;

  bool lost() const { return arrival.IsInfinite(); }
  bool operator==(const PacketResult&) const = default;
};

// One feedback message. Each packet is told of once, but for those that come after they were called lost.
struct FeedbackReport {
  Timestamp received;                     // when the message came here
  DataSize in_flight;                     // after it: sent, and not told of yet
  std::span<const PacketResult> packets;  // as they were sent; valid during the call
};

}  // namespace sluice
