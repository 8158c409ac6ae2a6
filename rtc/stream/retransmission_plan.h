// How each recent packet of an outgoing stream was made, by outgoing sequence number: enough to make the identical
// bytes again from the source's PacketRing. With AES-GCM a number must never be protected with two contents, so
// everything that was decided at the first sending is here: numbers, patches and mutable extensions.
//
// Bound: `capacity` numbers; the newest overwrite the oldest. Memory for them is taken with the first packet, once: a
// stream that nothing was sent over costs next to nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/codec/payload_patch.h"

namespace sluice {

struct PlannedPacket {
  ExtSeqNum seq;         // outgoing
  ExtSeqNum source_seq;  // in the PacketRing of stream `source`
  Timestamp last_sent;   // the first sending or the newest repetition
  uint32_t timestamp = 0;
  uint32_t abs_send_time = 0;   // 24 bits, if that extension was written
  SeqNum transport_seq;         // likewise
  uint32_t active_targets = 0;  // of the dependency descriptor, where has_active_targets
  uint16_t frame_number = 0;    // of the dependency descriptor
  codec::PayloadPatch patch;
  uint8_t source = 0;
  uint8_t repetitions = 0;  // asked for and granted; stays at 255
  PayloadType payload_type;
  bool marker = false;
  bool has_active_targets = false;
  bool padding_only = false;  // it has no payload: it stands for a packet that was left out
};

class RetransmissionPlan {
 public:
  static constexpr size_t kVideoCapacity = 1024;
  static constexpr size_t kAudioCapacity = 128;

  // `capacity` is a power of two.
  explicit RetransmissionPlan(size_t capacity);

  // To be called with increasing numbers, or with late ones that are not older than the capacity (others are ignored).
  void Add(const PlannedPacket& packet);
  // Null when it is not known (any more).
  const PlannedPacket* Find(SeqNum seq) const;
  // The same, for an answer to a NACK: null also when it was sent less than `rtt` ago, so that one loss that is asked
  // for several times is answered once per round trip. Marks it as sent now.
  const PlannedPacket* TakeForRetransmission(SeqNum seq, TimeDelta rtt, Timestamp now);
  void Clear();

 private:
  size_t Index(SeqNum seq) const { return seq.value() & (capacity_ - 1); }

  size_t capacity_;
  // By outgoing number modulo capacity; seq is negative where there is none. Empty before the first packet.
  std::vector<PlannedPacket> entries_;
  ExtSeqNum highest_{-1};
};

}  // namespace sluice
