// Keeps a consumer from going up and down: a layer that was taken from it is not given again for a while, longer each time
// it did not last; unless much more may be sent by now. What is below that layer is not held back. Fixed size, no clock.
#pragma once

#include <algorithm>
#include <cstddef>

#include "rtc/base/units.h"
#include "rtc/cc/layer_allocation.h"

namespace sluice {

class LayerHold {
 public:
  static constexpr TimeDelta kFirst = TimeDelta::Seconds(4);
  static constexpr TimeDelta kLongest = TimeDelta::Seconds(40);
  // A rise that ends sooner did not last.
  static constexpr TimeDelta kLasting = TimeDelta::Seconds(60);
  // Falls so close to each other are one: the estimate goes deeper than it will stay, until the queue is gone.
  static constexpr TimeDelta kOneFall = TimeDelta::Seconds(3);
  static constexpr double kMuchMore = 1.4;  // than at the fall
  static constexpr double kMore = 1.15;     // than at a rise that did not last

  // Of each division: layers before and after, and what may be sent to all.
  void OnGiven(size_t before, size_t given, DataRate budget, Timestamp now) {
    // One above, so that no layer is the lowest.
    if (given + 1 > before + 1) {
      risen_ = now;
      risen_at_ = budget;
    } else if (given + 1 < before + 1) {
      if (fallen_.IsNever() || now - fallen_ > kOneFall) Begin(before, budget, now);
      fallen_ = now;
    }
  }
  // It may rise to layers below this one; kNoLayer: to all.
  size_t Limit(DataRate budget, Timestamp now) const { return now >= until_ || budget >= enough_ ? kNoLayer : layer_; }
  // To be probed for, so that a line that got better is found while the hold is long: so much must be there to rise at once.
  // Zero soon after a fall: what swayed once sways again.
  DataRate Enough(Timestamp now) const {
    return begun_.IsNever() || now - begun_ < kFirst ? DataRate::Zero() : enough_;
  }
  // When something was taken from it last.
  Timestamp fallen() const { return fallen_; }

 private:
  void Begin(size_t layer, DataRate budget, Timestamp now) {
    const bool lasted = risen_.IsNever() || now - risen_ > kLasting;
    layer_ = layer;
    hold_ = lasted ? kFirst : std::min(hold_ * int64_t{2}, kLongest);
    begun_ = now;
    until_ = now + hold_;
    enough_ = lasted ? budget * kMuchMore : std::max(budget * kMuchMore, risen_at_ * kMore);
  }

  size_t layer_ = kNoLayer;  // that was taken
  Timestamp risen_ = Timestamp::Never();
  Timestamp fallen_ = Timestamp::Never();
  Timestamp begun_ = Timestamp::Never();
  Timestamp until_ = Timestamp::Never();
  TimeDelta hold_ = kFirst;
  DataRate risen_at_;
  DataRate enough_;  // to rise at once
};

}  // namespace sluice
