// What the sources of one transport send and would send next, as the allocation of layers tells it: since when it is about
// the same, and whether a burst that was sent on purpose may still be in the line's queue.
//
// Layers stay as they are until another is chosen; what is measured of them sways all the same, most in the second of a key
// frame. So steady() follows what is told quickly downwards and slowly upwards, and a rise by kStepUp at once is another
// layer, which begins with a key frame. Elastic sources, which send whatever they may, are never steady.
#pragma once

#include <algorithm>

#include "rtc/base/units.h"

namespace sluice {

class Demand {
 public:
  static constexpr double kStepUp = 1.2;
  static constexpr double kMostAbove = 1.3;  // of steady(), and still the same layers
  static constexpr double kLeastBelow = 0.87;
  static constexpr TimeDelta kSteadyFor = TimeDelta::Millis(1500);
  static constexpr TimeDelta kBurst = TimeDelta::Millis(400);     // a key frame, until its queue has gone
  static constexpr TimeDelta kKeyFrame = TimeDelta::Millis(200);  // until its queue is seen
  static constexpr TimeDelta kProbeBurst = TimeDelta::Millis(250);

  void SetElastic(bool elastic) { elastic_ = elastic; }
  // See BandwidthController::SetDemand.
  void Set(DataRate allocated, DataRate next, TimeDelta rtt, Timestamp now);
  // A probe leaves.
  void OnProbe(TimeDelta rtt, Timestamp now) { burst_until_ = std::max(burst_until_, now + kProbeBurst + rtt); }

  DataRate allocated() const { return allocated_; }
  DataRate next() const { return next_; }
  // What the layers take that have been sent for a while, or have just begun.
  DataRate steady() const { return steady_; }
  bool IsSteady(Timestamp now) const { return !elastic_ && now - steady_since_ >= kSteadyFor; }
  bool IsBurst(Timestamp now) const { return now < burst_until_; }
  bool IsKeyFrame(Timestamp now) const { return now < key_frame_until_; }
  bool elastic() const { return elastic_; }

 private:
  bool elastic_ = false;
  DataRate allocated_ = DataRate::Zero();
  DataRate next_ = DataRate::Zero();
  DataRate asked_ = DataRate::Zero();  // what the step that was chosen last takes
  DataRate steady_ = DataRate::Zero();
  Timestamp steady_since_ = Timestamp::Micros(0);
  Timestamp last_ = Timestamp::Never();
  Timestamp burst_until_ = Timestamp::Never();
  Timestamp key_frame_until_ = Timestamp::Never();
};

}  // namespace sluice
