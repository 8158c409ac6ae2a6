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

  DataRate rate(size_t layer) const { return layer < demand.rates.size() ? demand.rates[layer] : DataRate::Zero(); }
  // The next layer that is being sent.
  std::optional<size_t> Next() const {
    for (size_t layer = given + 1; layer <= demand.wanted && layer < demand.rates.size(); ++layer) {
      if (demand.rates[layer] > DataRate::Zero()) return layer;
    }
    return std::nullopt;
  }
};

// The one to climb next, or null.
Climber* Choose(std::vector<Climber>& climbers) {
  Climber* chosen = nullptr;
  for (Climber& climber : climbers) {
    if (climber.done) continue;
    const bool better = !chosen || climber.demand.priority > chosen->demand.priority ||
                        (climber.demand.priority == chosen->demand.priority && climber.steps < chosen->steps);
    if (better) chosen = &climber;
  }
  return chosen;
}

}  // namespace

std::vector<size_t> AllocateLayers(std::span<const LayerDemand> demands, DataRate budget, DataRate held) {
  std::vector<Climber> climbers;
  climbers.reserve(demands.size());
  DataRate total = DataRate::Zero();
  for (const LayerDemand& demand : demands) {
    climbers.push_back({.demand = demand});
    total = total + climbers.back().rate(0);
  }
  while (Climber* climber = Choose(climbers)) {
    const std::optional<size_t> next = climber->Next();
    climber->done = !next;
    if (!next) continue;
    const DataRate after =
        DataRate::BitsPerSec(total.bps() - climber->rate(climber->given).bps() + climber->rate(*next).bps());
    const bool rises = *next > climber->demand.current;
    if (after > total && (rises ? after * kRoomToRise > budget : after > held)) {
      climber->done = true;
      continue;
    }
    total = after;
    climber->given = *next;
    ++climber->steps;
  }
  std::vector<size_t> given;
  for (const Climber& climber : climbers) given.push_back(climber.given);
  return given;
}

}  // namespace sluice
