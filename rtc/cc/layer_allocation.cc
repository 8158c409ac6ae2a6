#include "rtc/cc/layer_allocation.h"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

struct Climber {
  const LayerDemand& demand;
  size_t given = 0;
  size_t steps = 0;
  bool done = false;

  explicit Climber(const LayerDemand& of) : demand(of), given(of.may_starve ? kNoLayer : 0) {}
  bool HasNothing() const { return given == kNoLayer; }
  DataRate RateOf(size_t layer) const { return layer < demand.rates.size() ? demand.rates[layer] : DataRate::Zero(); }
  DataRate rate() const { return RateOf(given); }
  // The next layer that is being sent.
  std::optional<size_t> Next() const {
    for (size_t layer = HasNothing() ? 0 : given + 1; layer <= demand.wanted && layer < demand.rates.size(); ++layer) {
      if (demand.rates[layer] > DataRate::Zero()) return layer;
    }
    return std::nullopt;
  }
  // What `total` becomes when it climbs to `layer`.
  DataRate After(size_t layer, DataRate total) const {
    return DataRate::BitsPerSec(total.bps() - rate().bps() + RateOf(layer).bps());
  }
  bool IsRise(size_t layer) const { return demand.current == kNoLayer || layer > demand.current; }
  bool ClimbsBefore(const Climber& other) const {
    if (HasNothing() != other.HasNothing()) return HasNothing();
    if (demand.priority != other.demand.priority) return demand.priority > other.demand.priority;
    return steps < other.steps;
  }
};

// The one to climb next, or null.
Climber* Choose(std::vector<Climber>& climbers) {
  Climber* chosen = nullptr;
  for (Climber& climber : climbers) {
    if (!climber.done && (!chosen || climber.ClimbsBefore(*chosen))) chosen = &climber;
  }
  return chosen;
}

}  // namespace

LayerAllocation AllocateLayers(std::span<const LayerDemand> demands, DataRate budget, DataRate held) {
  std::vector<Climber> climbers;
  climbers.reserve(demands.size());
  LayerAllocation out;
  for (const LayerDemand& demand : demands) {
    climbers.emplace_back(demand);
    out.total = out.total + climbers.back().rate();
  }
  const Climber* waiting = nullptr;  // the first that could not climb
  while (Climber* climber = Choose(climbers)) {
    const std::optional<size_t> next = climber->Next();
    climber->done = !next;
    if (!next) continue;
    const DataRate after = climber->After(*next, out.total);
    const bool rises = climber->IsRise(*next);
    const bool fits = rises ? after * kRoomToRise <= budget : after <= held;
    if ((after > out.total && !fits) || (rises && *next >= climber->demand.rise_limit)) {
      climber->done = true;
      if (!waiting) waiting = climber;
      continue;
    }
    out.total = after;
    climber->given = *next;
    ++climber->steps;
  }
  if (waiting) out.next = waiting->After(*waiting->Next(), out.total) * kRoomToRise;
  for (const Climber& climber : climbers) out.given.push_back(climber.given);
  return out;
}

}  // namespace sluice
