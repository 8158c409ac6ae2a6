#include "rtc/cc/pacer.h"

#include <algorithm>

#include "rtc/base/check.h"

namespace sluice {

Pacer::FlowId Pacer::AddFlow(Class type) {
  const auto unused = std::ranges::find(flows_, false, &Flow::used);
  const auto id = static_cast<FlowId>(unused - flows_.begin());
  if (unused == flows_.end()) flows_.emplace_back();
  flows_[id] = {.type = type, .used = true, .last_cut = Timestamp::Never()};
  return id;
}

void Pacer::RemoveFlow(FlowId id) {
  Flow& flow = flows_[id];
  while (flow.head != kNone) Pop(flow);
  std::erase(busy_, id);
  if (current_ == id) current_ = kNone;
  flow.used = false;
}

void Pacer::SetRate(DataRate rate, Timestamp now) {
  Refill(now);
  rate_ = rate;
}

// What cannot be shed must not wait for ever.
DataRate Pacer::DrainRate() const { return std::max(rate_, queued_ / kLongestQueueTime); }

void Pacer::Refill(Timestamp now) {
  if (now <= filled_at_) return;
  const DataRate rate = DrainRate();
  const TimeDelta since = std::min(now - filled_at_, TimeDelta::Seconds(1));
  const DataSize least = even_ ? DataSize::Bytes(1) : kLeastBurst;
  level_ = std::min(level_ + rate * since, std::max(rate * (even_        ? kProbeBurst
                                                            : unlimited_ ? kUnlimitedBurst
                                                                         : kBurst),
                                                    least));
  filled_at_ = now;
}

uint32_t Pacer::Allocate() {
  if (free_ == kNone) {
    entries_.emplace_back();
    return static_cast<uint32_t>(entries_.size() - 1);
  }
  const uint32_t index = free_;
  free_ = entries_[index].next;
  return index;
}

// More waits, or less.
void Pacer::Count(Flow& flow, DataSize size) {
  flow.queued += size;
  queued_ += size;
  if (flow.type == Class::kRepetition) repetitions_queued_ += size;
}

bool Pacer::Enqueue(FlowId id, const Packet& packet, Timestamp now) {
  if (packets_ >= kMaxPackets) return false;
  Flow& flow = flows_[id];
  if (flow.shedding && flow.shed_frame != packet.frame) flow.shedding = false;
  const uint32_t index = Allocate();
  entries_[index] = {.packet = packet, .enqueued = now, .shed = flow.shedding};
  Entry& entry = entries_[index];
  if (flow.shedding && entry.packet.size > DataSize::Zero()) {
    entry.packet.size = DataSize::Zero();
    ++shed_packets_;
  }
  if (flow.head == kNone) {
    flow.head = index;
    busy_.push_back(id);
  } else {
    entries_[flow.tail].next = index;
  }
  flow.tail = index;
  Count(flow, entry.packet.size);
  ++waiting_[static_cast<size_t>(flow.type)];
  ++packets_;
  return true;
}

void Pacer::Pop(Flow& flow) {
  const uint32_t index = flow.head;
  Entry& entry = entries_[index];
  flow.head = entry.next;
  if (flow.head == kNone) flow.tail = kNone;
  Count(flow, DataSize::Zero() - entry.packet.size);
  --waiting_[static_cast<size_t>(flow.type)];
  --packets_;
  entry.next = free_;
  free_ = index;
}

// The flow goes on with the frame of which a packet left.
bool Pacer::IsInFrame(const Flow& flow) const {
  return flow.head != kNone && flow.begun && entries_[flow.head].packet.frame == flow.frame;
}

Pacer::FlowId Pacer::Choose() {
  const Class type = waiting_[0] > 0 ? Class::kRepetition : Class::kVideo;
  if (current_ != kNone && flows_[current_].type == type && IsInFrame(flows_[current_])) return current_;
  FlowId best = kNone;
  for (const FlowId id : busy_) {
    const Flow& flow = flows_[id];
    if (flow.type != type) continue;
    const bool better = best == kNone || flow.priority > flows_[best].priority ||
                        (flow.priority == flows_[best].priority && flow.served < flows_[best].served);
    if (better) best = id;
  }
  return best;
}

std::optional<Pacer::Released> Pacer::Next(Timestamp now) {
  Refill(now);
  if (packets_ == 0) return std::nullopt;
  const FlowId id = Choose();
  SLUICE_CHECK(id != kNone);
  Flow& flow = flows_[id];
  const Entry& entry = entries_[flow.head];
  if (entry.packet.size > DataSize::Zero()) {
    if (level_ <= DataSize::Zero()) return std::nullopt;
    flow.begun = true;
    flow.frame = entry.packet.frame;
  }
  const Released released{
      .flow = id, .reference = entry.packet.reference, .shed = entry.shed, .waited = now - entry.enqueued};
  current_ = id;
  flow.served = ++turn_;
  Pop(flow);
  if (flow.head == kNone) std::erase(busy_, id);
  return released;
}

bool Pacer::IdleWithBudget(Timestamp now) {
  Refill(now);
  return packets_ == 0 && level_ > DataSize::Zero();
}

Timestamp Pacer::NextBudget() const {
  const DataRate rate = DrainRate();
  if (level_ > DataSize::Zero()) return filled_at_;
  if (rate == DataRate::Zero()) return Timestamp::Infinite();
  const TimeDelta until = (DataSize::Bytes(1) - level_) / rate + TimeDelta::Micros(1);
  return filled_at_ + std::max(until, Interval());
}

Timestamp Pacer::deadline() const { return packets_ == 0 ? Timestamp::Infinite() : NextBudget(); }

}  // namespace sluice
