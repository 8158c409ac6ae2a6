// Divides a bit rate among consumers with layers: which layer each may get. A pure function.
//
// Everybody gets the lowest layer first, those of higher priority before others. What is left goes to climbing towards
// what is wanted, higher priorities first; among equals whoever stands lowest climbs next, a layer at a time; of these
// who has that layer already, then who fell longest ago, so that what does not fit for all is not taken from one to be
// given to another. A layer is climbed to as long as the sum stays within the budget. So that budgets and rates that sway
// do not move anybody up and down, one that a consumer does not have yet needs kRoomToRise of the sum, both as it is at
// present and as it usually is, and a sum below the ceiling (LayerCeiling); one that it has is kept if either sum is within
// `held`, a budget of its own.
//
// AllocateLayers() is for whoever asks once; a LayerAllocator keeps its memory, and allocates nothing once it had as many
// demands, of at most kUsualLayers layers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rtc/base/units.h"

namespace sluice {

// In place of a layer: nothing at all.
inline constexpr size_t kNoLayer = SIZE_MAX;

// More than codecs offer: three spatial ones of four temporal ones.
inline constexpr size_t kUsualLayers = 16;

// Of everything that is sent when a layer is chosen. An encoder's rate sways by a fifth within seconds.
struct LayerRate {
  DataRate now;    // of the last second; zero: it is not being sent
  DataRate usual;  // of the last seconds

  constexpr LayerRate() = default;
  constexpr LayerRate(DataRate steady) : now(steady), usual(steady) {}  // NOLINT(google-explicit-constructor)
  constexpr LayerRate(DataRate now, DataRate usual) : now(now), usual(usual) {}

  DataRate most() const { return std::max(now, usual); }
  DataRate least() const { return std::min(now, usual); }
  LayerRate operator+(const LayerRate& o) const { return {now + o.now, usual + o.usual}; }
  LayerRate operator-(const LayerRate& o) const { return {now - o.now, usual - o.usual}; }
};

// What may be sent to all.
struct LayerBudget {
  DataRate rise;                            // for what somebody does not have yet
  DataRate held;                            // for what is sent already; not less
  DataRate ceiling = DataRate::Infinite();  // nobody rises to a sum beyond
  DataRate enough;                          // with so much to rise there would be no ceiling
};

// What one consumer could get. Layers ascend.
struct LayerDemand {
  absl::InlinedVector<LayerRate, kUsualLayers> rates;  // those not being sent are passed over
  size_t wanted = 0;                                   // no layer above this one
  size_t current = 0;                                  // what it was given last, or kNoLayer
  uint8_t priority = 1;
  Timestamp fallen = Timestamp::Never();  // when something was taken from it last
  bool may_starve = false;  // it may get nothing when even its lowest layer does not fit; else it gets that in any case
};

inline constexpr double kRoomToRise = 1.1;

struct LayerAllocation {
  std::vector<size_t> given;  // for each demand, in their order; kNoLayer only where it may starve
  DataRate total;             // of what is given, at present
  // What the budget would have to be for the next step up that somebody wants; zero: nobody does.
  DataRate next;
};

class LayerAllocator {
 public:
  // Until the next call. `demands` is not kept.
  const LayerAllocation& Allocate(std::span<const LayerDemand> demands, const LayerBudget& budget);

 private:
  struct Climber {
    const LayerDemand* demand;
    size_t given;
    size_t steps = 0;
    bool done = false;

    LayerRate RateOf(size_t layer) const;
    LayerRate rate() const { return RateOf(given); }
    std::optional<size_t> Next() const;
    LayerRate After(size_t layer, const LayerRate& total) const { return total - rate() + RateOf(layer); }
    bool Fits(size_t layer, const LayerRate& total, const LayerBudget& budget) const;
    DataRate Needs(const LayerRate& total, const LayerBudget& budget) const;
    bool IsRise(size_t layer) const;
    bool Keeps() const;
    bool ClimbsBefore(const Climber& other) const;
  };
  Climber* Choose();

  std::vector<Climber> climbers_;  // for each demand, in their order
  LayerAllocation out_;
};

inline LayerAllocation AllocateLayers(std::span<const LayerDemand> demands, DataRate budget, DataRate held) {
  return LayerAllocator().Allocate(demands, {.rise = budget, .held = held});
}
inline LayerAllocation AllocateLayers(std::span<const LayerDemand> demands, DataRate budget) {
  return AllocateLayers(demands, budget, budget);
}

}  // namespace sluice
