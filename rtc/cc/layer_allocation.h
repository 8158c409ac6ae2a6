// Which layer each consumer of one transport gets of a bit rate that is not enough for all: a pure function.
//
// The lowest layer is given to everybody, also beyond the budget: who is to get nothing is paused. Then consumers climb
// towards what they want, those of higher priority first; among equals whoever stands lowest climbs next, a layer at a
// time, in the order given. A layer is climbed to as long as the sum stays within the budget; one that a consumer does
// not have yet only if kRoomToRise of the sum is there, so that a budget or a rate that sways does not move anybody up
// and down. Who has a layer may keep it within a budget of its own, `held`, which is for the same end not less than the
// other: a measured rate is a tenth higher in the second of a key frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/units.h"

namespace sluice {

// What one consumer could get. Layers ascend; a rate is of everything that is sent when that layer is chosen.
struct LayerDemand {
  std::vector<DataRate> rates;  // zero: it is not being sent at present, and passed over
  size_t wanted = 0;            // no layer above this one
  size_t current = 0;           // what it was given last
  uint8_t priority = 1;
};

inline constexpr double kRoomToRise = 1.1;

// A layer for each demand, in their order. Demands without layers get 0.
std::vector<size_t> AllocateLayers(std::span<const LayerDemand> demands, DataRate budget, DataRate held);
inline std::vector<size_t> AllocateLayers(std::span<const LayerDemand> demands, DataRate budget) {
  return AllocateLayers(demands, budget, budget);
}

}  // namespace sluice
