// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): when each packet of a transport
// arrived.
//
//   |V=2|P| FMT=15 |   PT=205      |   length (16)                 |
//   |                     SSRC of who reports (32)                  |
//   |                     SSRC of some media (32)                   |
//   |  base sequence number (16)    |  number of packets (16)       |
//   |  reference time, 64 ms (24, signed)           |  count (8)    |
//   |  status chunks (16 each) ...
//   |  arrival deltas, 250 us: 8 bits, or 16 bits signed ...
//
//   run length chunk:   |0| status (2) | run (13) |
//   vector chunk:       |1|0| 14 statuses of 1 bit |    |1|1| 7 statuses of 2 bits |
//   status: 0 lost, 1 small delta, 2 large delta
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct TransportFeedback {
  // A message about more packets is refused: senders report every 50-250 ms.
  static constexpr size_t kMaxPackets = 4096;
  static constexpr TimeDelta kReferenceUnit = TimeDelta::Millis(64);
  static constexpr TimeDelta kDeltaUnit = TimeDelta::Micros(250);

  struct Packet {
    SeqNum seq;
    // Since `reference_time`, a multiple of kDeltaUnit; nullopt: lost.
    std::optional<TimeDelta> arrival;
    bool operator==(const Packet&) const = default;
  };

  Ssrc sender;
  Ssrc media;
  int32_t reference_time = 0;  // kReferenceUnit on a clock of the reporter's own; 24 bits, wraps after 12 days
  uint8_t count = 0;           // of feedback messages, wraps: shows lost ones
  absl::InlinedVector<Packet, 64> packets;  // consecutive sequence numbers from the base; never empty

  SeqNum base_seq() const { return packets.front().seq; }

  static std::optional<TransportFeedback> Parse(const Block& block);
  // Both need packets whose deltas fit: TransportFeedbackBuilder makes only such.
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const TransportFeedback&) const = default;
};

// Collects arrivals into one feedback message.
class TransportFeedbackBuilder {
 public:
  // Packets per message: what surely fits a datagram of 1200 bytes, whatever their deltas.
  static constexpr size_t kMaxPackets = 500;

  // The message begins with sequence number `base`; `first_arrival` is when the first packet that will be added came.
  TransportFeedbackBuilder(Ssrc sender, Ssrc media, uint8_t count, SeqNum base, Timestamp first_arrival);

  // Sequence numbers ascend; those between are lost. False, and nothing is changed, when the packet does not fit this
  // message (too far from the one before, in number or in time): it begins the next one.
  bool Add(SeqNum seq, Timestamp arrival);

  bool empty() const { return feedback_.packets.empty(); }
  // Valid when not empty.
  const TransportFeedback& feedback() const { return feedback_; }

 private:
  TransportFeedback feedback_;
  Timestamp reference_;
  SeqNum next_;
  int64_t last_ticks_ = 0;  // kDeltaUnit since reference_
};

}  // namespace sluice::rtcp
