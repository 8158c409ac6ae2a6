#include "rtc/cc/demand.h"

#include "rtc/cc/layer_allocation.h"

namespace sluice {
namespace {

constexpr TimeDelta kFollowsUp = TimeDelta::Seconds(5);
constexpr TimeDelta kFollowsDown = TimeDelta::Millis(500);

}  // namespace

void Demand::Set(DataRate allocated, DataRate next, TimeDelta rtt, Timestamp now) {
  const bool step = allocated > allocated_ * kStepUp;
  // The step is chosen before it begins.
  if (next == DataRate::Zero() || next > next_ * kStepUp) asked_ = next_ * (1 / kRoomToRise);
  if (step) {
    burst_until_ = now + kBurst + rtt;
    if (!elastic_) key_frame_until_ = now + kKeyFrame + rtt;
  }
  if (!step && allocated <= steady_ * kMostAbove && allocated >= steady_ * kLeastBelow) {
    const TimeDelta since = last_.IsNever() ? TimeDelta::Zero() : now - last_;
    const double share = std::min(1.0, since / (allocated < steady_ ? kFollowsDown : kFollowsUp));
    steady_ = steady_ * (1 - share) + allocated * share;
  } else {
    // What the step was said to need is what it takes: more is its key frame, measured with it.
    steady_ = step && allocated > asked_ && allocated < asked_ * kMostAbove ? asked_ : allocated;
    // A layer that was stepped up to stays as it is.
    steady_since_ = step ? now - kSteadyFor : now;
  }
  allocated_ = allocated;
  next_ = next;
  last_ = now;
}

}  // namespace sluice
