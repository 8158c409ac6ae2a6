#include "rtc/cc/layer_allocation.h"

#include <algorithm>

namespace sluice {

LayerRate LayerAllocator::Climber::RateOf(size_t layer) const {
  return layer < demand->rates.size() ? demand->rates[layer] : LayerRate();
}

// The next layer that is being sent.
std::optional<size_t> LayerAllocator::Climber::Next() const {
  const size_t end = demand->rates.size();
  for (size_t layer = given == kNoLayer ? 0 : given + 1; layer <= demand->wanted && layer < end; ++layer) {
    if (demand->rates[layer].now > DataRate::Zero()) return layer;
  }
  return std::nullopt;
}

// What costs less than the layer below always does.
bool LayerAllocator::Climber::Fits(size_t layer, const LayerRate& total, const LayerBudget& budget) const {
  const LayerRate after = After(layer, total);
  if (IsRise(layer)) {
    return after.now <= total.now || (after.most() * kRoomToRise <= budget.rise && after.most() <= budget.ceiling);
  }
  return after.now <= total.now || after.least() <= budget.held;
}

// The budget for it to climb on.
DataRate LayerAllocator::Climber::Needs(const LayerRate& total, const LayerBudget& budget) const {
  const LayerRate after = After(*Next(), total);
  const DataRate needs = after.most() * kRoomToRise;
  return after.most() > budget.ceiling ? std::max(needs, budget.enough) : needs;
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

const LayerAllocation& LayerAllocator::Allocate(std::span<const LayerDemand> demands, const LayerBudget& budget) {
  climbers_.clear();
  out_.given.clear();
  LayerRate total;
  for (const LayerDemand& demand : demands) {
    climbers_.push_back({.demand = &demand, .given = demand.may_starve ? kNoLayer : 0});
    total = total + climbers_.back().rate();
  }
  const Climber* waiting = nullptr;  // the first that could not climb
  while (Climber* climber = Choose()) {
    const std::optional<size_t> next = climber->Next();
    climber->done = !next || !climber->Fits(*next, total, budget);
    if (climber->done) {
      if (next && !waiting) waiting = climber;
      continue;
    }
    total = climber->After(*next, total);
    climber->given = *next;
    ++climber->steps;
  }
  out_.total = total.now;
  out_.next = waiting ? waiting->Needs(total, budget) : DataRate::Zero();
  for (const Climber& climber : climbers_) out_.given.push_back(climber.given);
  return out_;
}

}  // namespace sluice
