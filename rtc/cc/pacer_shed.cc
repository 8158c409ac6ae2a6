// What a pacer gives up when too much waits.
#include <algorithm>

#include "rtc/cc/pacer.h"

namespace sluice {

Pacer::Run Pacer::RunAt(uint32_t first) const {
  Run run{.first = first, .end = first};
  for (; run.end != kNone; run.end = entries_[run.end].next) {
    const Packet& packet = entries_[run.end].packet;
    if (packet.frame != entries_[first].packet.frame) break;
    run.key_frame |= packet.key_frame && packet.size > DataSize::Zero();
    run.disposable &= packet.disposable || packet.size == DataSize::Zero();
    run.size += packet.size;
  }
  return run;
}

// The first packet of the first frame of which none left.
uint32_t Pacer::FirstNotBegun(const Flow& flow) const { return IsInFrame(flow) ? RunAt(flow.head).end : flow.head; }

DataSize Pacer::ShedRuns(Flow& flow, uint32_t first, uint32_t end) {
  DataSize shed;
  for (uint32_t index = first; index != end; index = entries_[index].next) {
    Entry& entry = entries_[index];
    if (entry.packet.size == DataSize::Zero()) continue;
    shed += entry.packet.size;
    entry.packet.size = DataSize::Zero();
    entry.shed = true;
    ++shed_packets_;
  }
  if (end == kNone && shed > DataSize::Zero()) {
    flow.shedding = true;  // more of the last frame may come
    flow.shed_frame = entries_[flow.tail].packet.frame;
  }
  Count(flow, DataSize::Zero() - shed);
  return shed;
}

void Pacer::GiveUp(FlowId id, Timestamp now) {
  Flow& flow = flows_[id];
  flow.last_cut = now;
  ShedRuns(flow, FirstNotBegun(flow), kNone);
}

bool Pacer::ShedDisposable(Flow& flow) {
  DataSize shed;
  for (uint32_t index = FirstNotBegun(flow); index != kNone && QueueTime() > kMaxQueueTime;) {
    const Run run = RunAt(index);
    if (run.disposable && !run.key_frame) shed += ShedRuns(flow, run.first, run.end);
    index = run.end;
  }
  return shed > DataSize::Zero();
}

bool Pacer::ShedBeforeKeyFrame(Flow& flow) {
  const uint32_t first = FirstNotBegun(flow);
  uint32_t key_frame = kNone;
  for (uint32_t index = first; index != kNone;) {
    const Run run = RunAt(index);
    if (run.key_frame) key_frame = run.first;
    index = run.end;
  }
  return key_frame != kNone && ShedRuns(flow, first, key_frame) > DataSize::Zero();
}

bool Pacer::Cut(Flow& flow, Timestamp now) {
  if (!flow.last_cut.IsNever() && now - flow.last_cut < kCutInterval) return false;
  for (uint32_t index = flow.head; index != kNone;) {
    const Run run = RunAt(index);
    if (run.key_frame) return false;
    index = run.end;
  }
  if (ShedRuns(flow, FirstNotBegun(flow), kNone) == DataSize::Zero()) return false;
  flow.last_cut = now;
  return true;
}

// Tries flows, the one of the lowest priority (of these the one that has most) first, until one yields.
template <class Attempt>
std::optional<Pacer::FlowId> Pacer::ShedLowest(Attempt attempt) {
  const auto goes_first = [&](FlowId a, FlowId b) {
    const Flow& x = flows_[a];
    const Flow& y = flows_[b];
    return x.priority != y.priority ? x.priority < y.priority : x.queued > y.queued;
  };
  std::ranges::sort(busy_, goes_first);  // their order means nothing else
  for (const FlowId id : busy_) {
    if (flows_[id].type == Class::kVideo && attempt(flows_[id])) return id;
  }
  return std::nullopt;
}

std::optional<Pacer::FlowId> Pacer::Shed(Timestamp now) {
  while (QueueTime() > kMaxQueueTime) {
    if (ShedLowest([&](Flow& flow) { return ShedDisposable(flow); })) continue;
    if (ShedLowest([&](Flow& flow) { return ShedBeforeKeyFrame(flow); })) continue;
    return ShedLowest([&](Flow& flow) { return Cut(flow, now); });
  }
  return std::nullopt;
}

}  // namespace sluice
