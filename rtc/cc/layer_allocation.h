// Divides a bit rate among consumers with layers: which layer each may get. A pure function.
//
// Everybody gets the lowest layer first, those of higher priority before others. What is left goes to climbing towards
// what is wanted, higher priorities first; among equals whoever stands lowest climbs next, a layer at a time; of these
// who has that layer already, then who fell longest ago, so that what does not fit for all is not taken from one to be
// given to another. A layer is climbed to as long as the sum stays within the budget; one that a consumer does not
// have yet only if kRoomToRise of the sum is there, so that a budget or a rate that sways does not move anybody up and
// down. Who has a layer may keep it within a budget of its own, `held`, which is for the same end not less than the
// other: a measured rate is a tenth higher in the second of a key frame.
//
// AllocateLayers() is for whoever asks once; a LayerAllocator keeps its memory, and allocates nothing once it had as many
// demands, of at most kUsualLayers layers.
#pragma once

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

// What one consumer could get. Layers ascend; a rate is of everything that is sent when that layer is chosen.
struct LayerDemand {
  absl::InlinedVector<DataRate, kUsualLayers> rates;  // zero: it is not being sent at present, and passed over
  size_t wanted = 0;                                  // no layer above this one
  size_t current = 0;                                 // what it was given last, or kNoLayer
  uint8_t priority = 1;
  // A layer that it does not have it is given only if it is below this one.
  size_t rise_limit = kNoLayer;
  DataRate rise_enough;                   // with such a budget there would be no such limit
  Timestamp fallen = Timestamp::Never();  // when something was taken from it last
  bool may_starve = false;  // it may get nothing when even its lowest layer does not fit; else it gets that in any case
};

inline constexpr double kRoomToRise = 1.1;

struct LayerAllocation {
  std::vector<size_t> given;  // for each demand, in their order; kNoLayer only where it may starve
  DataRate total;             // of what is given
  // What the budget would have to be for the next step up that somebody wants; zero: nobody does.
  DataRate next;
};

class LayerAllocator {
 public:
  // Until the next call. `demands` is not kept.
  const LayerAllocation& Allocate(std::span<const LayerDemand> demands, DataRate budget, DataRate held);

 private:
  struct Climber {
    const LayerDemand* demand;
    size_t given;
    size_t steps = 0;
    bool done = false;

    DataRate RateOf(size_t layer) const;
    DataRate rate() const { return RateOf(given); }
    std::optional<size_t> Next() const;
    DataRate After(size_t layer, DataRate total) const;
    DataRate Needs(DataRate total) const;
    bool IsRise(size_t layer) const;
    bool Keeps() const;
    bool ClimbsBefore(const Climber& other) const;
  };
  Climber* Choose();

  std::vector<Climber> climbers_;  // for each demand, in their order
  LayerAllocation out_;
};

inline LayerAllocation AllocateLayers(std::span<const LayerDemand> demands, DataRate budget, DataRate held) {
  return LayerAllocator().Allocate(demands, budget, held);
}
inline LayerAllocation AllocateLayers(std::span<const LayerDemand> demands, DataRate budget) {
  return AllocateLayers(demands, budget, budget);
}

}  // namespace sluice
