#include "rtc/cc/layer_allocation.h"

#include <algorithm>

namespace sluice {

DataRate LayerAllocator::Climber::RateOf(size_t layer) const {
  return layer < demand->rates.size() ? demand->rates[layer] : DataRate::Zero();
}

// The next layer that is being sent.
std::optional<size_t> LayerAllocator::Climber::Next() const {
  const size_t end = demand->rates.size();
  for (size_t layer = given == kNoLayer ? 0 : given + 1; layer <= demand->wanted && layer < end; ++layer) {
    if (demand->rates[layer] > DataRate::Zero()) return layer;
  }
  return std::nullopt;
}

// What `total` becomes when it climbs to `layer`.
DataRate LayerAllocator::Climber::After(size_t layer, DataRate total) const {
  return DataRate::BitsPerSec(total.bps() - rate().bps() + RateOf(layer).bps());
}

// The budget for it to climb on.
DataRate LayerAllocator::Climber::Needs(DataRate total) const {
  const size_t next = *Next();
  const DataRate needs = After(next, total) * kRoomToRise;
  return next >= demand->rise_limit ? std::max(needs, demand->rise_enough) : needs;
}

bool LayerAllocator::Climber::IsRise(size_t layer) const {
  return demand->current == kNoLayer || layer > demand->current;
}

// What it climbs to next it has already.
bool LayerAllocator::Climber::Keeps() const {
  const std::optional<size_t> next = Next();
  return next && !IsRise(*next);
}

bool LayerAllocator::Climber::ClimbsBefore(const Climber& other) const {
  if ((given == kNoLayer) != (other.given == kNoLayer)) return given == kNoLayer;
  if (demand->priority != other.demand->priority) return demand->priority > other.demand->priority;
  if (steps != other.steps) return steps < other.steps;
  const bool keeps = Keeps();
  if (keeps != other.Keeps()) return keeps;
  return !keeps && demand->fallen < other.demand->fallen;
}

// The one to climb next, or null.
LayerAllocator::Climber* LayerAllocator::Choose() {
  Climber* chosen = nullptr;
  for (Climber& climber : climbers_) {
    if (!climber.done && (!chosen || climber.ClimbsBefore(*chosen))) chosen = &climber;
  }
  return chosen;
}

const LayerAllocation& LayerAllocator::Allocate(std::span<const LayerDemand> demands, DataRate budget, DataRate held) {
  climbers_.clear();
  out_.given.clear();
  out_.total = out_.next = DataRate::Zero();
  for (const LayerDemand& demand : demands) {
    climbers_.push_back({.demand = &demand, .given = demand.may_starve ? kNoLayer : 0});
    out_.total = out_.total + climbers_.back().rate();
  }
  const Climber* waiting = nullptr;  // the first that could not climb
  while (Climber* climber = Choose()) {
    const std::optional<size_t> next = climber->Next();
    climber->done = !next;
    if (!next) continue;
    const DataRate after = climber->After(*next, out_.total);
    const bool rises = climber->IsRise(*next);
    const bool fits = rises ? after * kRoomToRise <= budget : after <= held;
    if ((after > out_.total && !fits) || (rises && *next >= climber->demand->rise_limit)) {
      climber->done = true;
      if (!waiting) waiting = climber;
      continue;
    }
    out_.total = after;
    climber->given = *next;
    ++climber->steps;
  }
  if (waiting) out_.next = waiting->Needs(out_.total);
  for (const Climber& climber : climbers_) out_.given.push_back(climber.given);
  return out_;
}

}  // namespace sluice
