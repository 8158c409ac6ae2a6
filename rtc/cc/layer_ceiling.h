// Keeps layers from going up and down on one line: what layers took together when it did not fit is a ceiling for rises, for
// a while, longer each time a rise did not last; unless much more may be sent by now. What fits well below is free, whoever
// it is for: the line is one for all of them. Fixed size, no clock.
#pragma once

#include <algorithm>

#include "rtc/base/units.h"

namespace sluice {

class LayerCeiling {
 public:
  static constexpr TimeDelta kFirst = TimeDelta::Seconds(8);
  static constexpr TimeDelta kLongest = TimeDelta::Seconds(60);
  // A rise that ends sooner did not last.
  static constexpr TimeDelta kLasting = TimeDelta::Seconds(60);
  // Falls so close to each other are one: the estimate goes deeper than it will stay, until the queue is gone.
  static constexpr TimeDelta kOneFall = TimeDelta::Seconds(3);
  static constexpr double kBelow = 0.85;    // of what did not fit: layers sway
  static constexpr double kMuchMore = 1.4;  // than at the fall
  static constexpr double kMore = 1.15;     // than at a rise that did not last

  // Before a division that takes something away: `sum` is what layers take that do not fit any more beside `besides`,
  // `budget` what they may have.
  void OnFall(DataRate sum, DataRate besides, DataRate budget, Timestamp now) {
    if (fallen_.IsNever() || now - fallen_ > kOneFall) Begin(sum, besides, budget, now);
    fallen_ = now;
  }
  // After a division that gave somebody more.
  void OnRise(DataRate budget, Timestamp now) {
    risen_ = now;
    risen_at_ = budget;
  }

  // Nobody rises to such a sum that more is sent.
  DataRate Most(DataRate budget, Timestamp now) const {
    return begun_.IsNever() || now >= until_ || budget >= enough_ ? DataRate::Infinite() : most_;
  }
  // To be probed for, so that a line that got better is found while it is held back: so much must be there to rise at once.
  // Zero soon after a fall: what swayed once sways again.
  DataRate Enough(Timestamp now) const {
    return begun_.IsNever() || now - begun_ < kFirst ? DataRate::Zero() : enough_;
  }

 private:
  void Begin(DataRate sum, DataRate besides, DataRate budget, Timestamp now) {
    const bool lasted = risen_.IsNever() || now - risen_ > kLasting;
    most_ = sum * kBelow + besides;
    hold_ = lasted ? kFirst : std::min(hold_ * int64_t{2}, kLongest);
    begun_ = now;
    until_ = now + hold_;
    enough_ = lasted ? budget * kMuchMore : std::max(budget * kMuchMore, risen_at_ * kMore);
  }

  DataRate most_;
  Timestamp risen_ = Timestamp::Never();
  Timestamp fallen_ = Timestamp::Never();
  Timestamp begun_ = Timestamp::Never();
  Timestamp until_ = Timestamp::Never();
  TimeDelta hold_ = kFirst;
  DataRate risen_at_;
  DataRate enough_;  // to rise at once
};

}  // namespace sluice
