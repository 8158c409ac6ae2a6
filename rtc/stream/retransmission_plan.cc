#include "rtc/stream/retransmission_plan.h"

#include <algorithm>
#include <bit>

#include "rtc/base/check.h"

namespace sluice {

RetransmissionPlan::RetransmissionPlan(size_t capacity) : capacity_(capacity) {
  SLUICE_CHECK(std::has_single_bit(capacity) && capacity <= 0x8000);
}

void RetransmissionPlan::Add(const PlannedPacket& packet) {
  if (highest_ - packet.seq >= static_cast<int64_t>(capacity_)) return;
  if (entries_.empty()) {
    entries_.resize(capacity_);
    for (PlannedPacket& entry : entries_) entry.seq = ExtSeqNum(-1);
  }
  highest_ = std::max(highest_, packet.seq);
  entries_[Index(packet.seq.seq())] = packet;
}

const PlannedPacket* RetransmissionPlan::Find(SeqNum seq) const {
  if (entries_.empty()) return nullptr;
  const PlannedPacket& entry = entries_[Index(seq)];
  const bool there =
      entry.seq.value() >= 0 && entry.seq.seq() == seq && highest_ - entry.seq < static_cast<int64_t>(capacity_);
  return there ? &entry : nullptr;
}

const PlannedPacket* RetransmissionPlan::TakeForRetransmission(SeqNum seq, TimeDelta rtt, Timestamp now) {
  if (!Find(seq)) return nullptr;
  PlannedPacket& entry = entries_[Index(seq)];
  if (now - entry.last_sent < rtt) return nullptr;
  entry.last_sent = now;
  if (entry.repetitions < UINT8_MAX) ++entry.repetitions;
  return &entry;
}

void RetransmissionPlan::Clear() {
  for (PlannedPacket& entry : entries_) entry.seq = ExtSeqNum(-1);
  highest_ = ExtSeqNum(-1);
}

}  // namespace sluice
