// Which of a producer's layers anybody wants, so that its sender can leave out the others. More is told at once; less
// only when it was so for kStopDelay, for a layer takes a key frame and a while to come back.
//
// A value without timers: the owner asks about once a second, and whenever what consumers want may have changed.
#pragma once

#include <optional>

#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice {

class Producer;

class WantedLayers {
 public:
  static constexpr TimeDelta kStopDelay = TimeDelta::Seconds(5);

  // `everything`: the highest layers that there are, which are taken to be wanted at first.
  explicit WantedLayers(ConsumerLayers everything) : told_(everything) {}

  // True when what is to be told has changed. nullopt: nobody wants anything.
  bool Update(std::optional<ConsumerLayers> wanted, Timestamp now);
  const std::optional<ConsumerLayers>& told() const { return told_; }

 private:
  std::optional<ConsumerLayers> told_;
  std::optional<Timestamp> less_since_;
};

// The highest layers of a producer.
ConsumerLayers HighestLayersOf(const Producer& producer);
// The highest of each kind over all its consumers that are not paused; a pipe, whose far side is not known, wants all.
// What a consumer gets less for want of bandwidth it wants all the same.
std::optional<ConsumerLayers> LayersWantedOf(const Producer& producer);

}  // namespace sluice
