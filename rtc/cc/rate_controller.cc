#include "rtc/cc/rate_controller.h"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

constexpr double kFastGrowth = 0.25;   // a second, where no capacity is known
constexpr double kRoomyGrowth = 0.12;  // at first, where the known one does not hold; twice as much after each second
constexpr DataSize kSomePackets = DataSize::Bytes(19'000);
constexpr double kSlowGrowth = 0.02;  // a second at least, near the capacity
constexpr double kRootGrowth = 1.0;   // kbit/s a second for the root of kbit/s
constexpr double kBeyond = 0.5;
constexpr double kNear = 0.9;            // of the capacity
constexpr double kHeadroom = 1.5;        // over what arrives
constexpr double kLayersHeadroom = 1.1;  // over what layers take
constexpr DataRate kHeadroomAbove = DataRate::KilobitsPerSec(10);
constexpr TimeDelta kMostTime = TimeDelta::Millis(300);  // between updates, that counts for growth
constexpr TimeDelta kSettle = TimeDelta::Millis(100);    // beyond the response, before it falls again
constexpr TimeDelta kAtOnce = TimeDelta::Millis(180);    // behind those that told of a queue, finds none
constexpr double kUndone = 0.98;                         // of the rate before
constexpr double kFalling = -0.03;                       // a trend
constexpr double kSteep = 0.3;                           // after a fall: the line itself became thinner
constexpr TimeDelta kKept = TimeDelta::Millis(1200);     // for the queue to go by itself
constexpr TimeDelta kGrewOn = TimeDelta::Millis(60);
constexpr double kRoom = 1.02;
constexpr double kFits = 0.96;  // of what arrives
constexpr double kLeastDrain = 0.5;
constexpr TimeDelta kMostDrain = TimeDelta::Seconds(2);
constexpr TimeDelta kEmpty = TimeDelta::Millis(12);
constexpr TimeDelta kShortQueue = TimeDelta::Millis(25);
constexpr TimeDelta kStanding = TimeDelta::Seconds(2);
constexpr double kReallyLess = 0.9;  // of what arrived when the queue was first seen
constexpr double kProgress = 0.6;    // of the queue: it gets shorter
constexpr TimeDelta kGone = TimeDelta::Seconds(2);
constexpr double kGivenBack = 0.8;
constexpr TimeDelta kMostCompeting = TimeDelta::Seconds(60);
constexpr double kCompetingLoss = 0.01;
constexpr double kCompetingHeadroom = 1.1;
constexpr double kCompetingGrowth = 0.08;

}  // namespace

void RateController::Clamp(DataRate min, DataRate max) { rate_ = std::clamp(rate_, min, max); }

void RateController::Update(const Input& input) {
  JudgeCompetition(input);
  if (input.gone) emptied_ = true;
  const bool judged = last_fall_.IsNever() || input.newest_sent > last_fall_;
  // What a burst filled would go by itself; what grows on is a line that carries less.
  if (kept_ && (input.steep || input.queue > kept_queue_ + kGrewOn)) kept_ = false;
  const TimeDelta wait = kept_ ? kKept : input.response + kSettle;
  const bool settled = last_fall_.IsNever() || input.now - last_fall_ > wait;
  if (!judged && input.newest_sent > fall_seen_ && input.newest_sent - fall_seen_ < kAtOnce && input.gone && !undone_) {
    Undo();
  } else if (input.overused && drain_ && (!judged || (!settled && input.trend > kSteep))) {
    FallFurther(input);
  } else if (input.overused && ((judged && settled) || (input.steep && !drain_)) && input.trend > kFalling) {
    Fall(input);
  } else if (!input.overused && !drain_) {
    if (settled) kept_ = false;
    Grow(input);
  }
  Drain(input);
  last_update_ = input.now;
}

// While the line was full. Of one that has just become far thinner most of the longer time tells of what it was before.
DataRate RateController::ArrivedOf(const Input& input) const {
  const DataRate arrived = input.acked.value_or(rate_ * 0.7);
  return input.steep && input.acked_brief ? std::min(arrived, *input.acked_brief) : arrived;
}

void RateController::Fall(const Input& input) {
  DataRate arrived = ArrivedOf(input);
  // While others fill the queue what layers send comes late; it does not follow that the line carries no more of it.
  const bool may_fit = emptied_ && !input.steep && input.allocated > DataRate::Zero();
  if (may_fit && input.acked_long) arrived = std::max(arrived, *input.acked_long);
  // What fits stays, once: a burst filled the queue, or the line is almost full, and less would help nobody. Not if the
  // queue did not go since the last time.
  const bool fits = may_fit && input.allocated < arrived * kFits;
  emptied_ = false;
  kept_ = fits;
  kept_queue_ = input.queue;
  before_fall_ = rate_;
  capacity_before_ = capacity_;
  undone_ = false;
  fall_seen_ = input.newest_sent;
  if (!competing_) {
    capacity_.OnFull(arrived);
    full_by_loss_ = false;
  }
  // What arrives may be more than was allowed, or what a full queue of others let through.
  rate_ = std::min(rate_ * 0.98, fits ? std::max(input.allocated * kRoom, arrived * kBackOff) : arrived * kBackOff);
  drain_ = drain_from_ = std::min(arrived, rate_);
  if (fits) drain_.reset();
  last_fall_ = input.now;
  drain_until_ = input.now + kMostDrain;
}

// Packets that left before the fall find no queue: it had gone by itself.
void RateController::Undo() {
  undone_ = true;
  kept_ = false;
  drain_.reset();
  rate_ = std::max(rate_, before_fall_ * kUndone);
  capacity_ = capacity_before_;
}

// The line carries still less than it seemed: what arrived by then was in part of the time before.
void RateController::FallFurther(const Input& input) {
  const DataRate arrived = ArrivedOf(input);
  if (!input.acked || arrived * kBackOff >= rate_) return;
  rate_ = drain_from_ = arrived * kBackOff;
  capacity_.OnFull(arrived);
}

void RateController::Drain(const Input& input) {
  if (!drain_) return;
  const bool over = input.queue < kEmpty ||
                    (input.now - last_fall_ > input.response + kSettle && !input.overused && input.queue < kShortQueue);
  if (input.trend < kFalling) drain_until_ = input.now + kMostDrain;
  if (over || competing_ || input.now > drain_until_) {
    drain_.reset();
    return;
  }
  drain_ = drain_from_ * std::max(kLeastDrain, 1 - input.queue / kDrainTime);
}

void RateController::OnFullByLoss(DataRate rate) {
  capacity_.OnFull(rate);
  full_by_loss_ = true;
}

void RateController::LookForRoom(const Input& input) {
  if (input.acked_long && capacity_.IsExceededBy(*input.acked_long)) capacity_.Reset();
  const std::optional<DataRate> full = capacity_.mean();
  const bool above = input.elastic && full && rate_ > *full && input.gone && !full_by_loss_;
  above_since_ = above ? std::min(above_since_, input.now) : Timestamp::Infinite();
  // A queue is seen a response later; on a thin line it comes and goes with some packets.
  if (!above || input.now - above_since_ <= kRoomy + input.response * 2.0 + kSomePackets / rate_) return;
  capacity_.Reset();
  roomy_since_ = input.now;
}

void RateController::Grow(const Input& input) {
  if (last_update_.IsNever() || (input.limited_by_sources && !competing_)) return;
  const TimeDelta since = std::min(input.now - last_update_, kMostTime);
  LookForRoom(input);
  DataRate grown;
  const std::optional<DataRate> full = capacity_.mean();
  if (competing_) {
    grown = rate_ * (1 + kCompetingGrowth * since.seconds());
    // A share of the line grows when more is sent. A line of our own gives no more, and the queue grows instead.
    if (input.acked_long) grown = std::min(grown, *input.acked_long * kCompetingHeadroom);
    rate_ = std::max(rate_, grown);
    return;
  } else if (full && rate_ > *full * kNear) {
    // The root lies between the same for all, which makes flows equal, and the same share of each, which treats thin and
    // thick lines alike. It does not depend on the round-trip time, for neither should the share of a flow.
    const double kbps = static_cast<double>(rate_.bps()) / 1000;
    const double part = rate_ > *full ? kBeyond : 1;  // so that the queue is noticed while it is short
    const double kbps_each_second = part * std::max(kRootGrowth * std::sqrt(kbps), kbps * kSlowGrowth);
    grown = rate_ + DataRate::BitsPerSec(static_cast<int64_t>(kbps_each_second * 1000 * since.seconds()));
  } else {
    double growth = kFastGrowth;
    if (!roomy_since_.IsNever())
      growth = std::min(growth, kRoomyGrowth * std::exp2((input.now - roomy_since_).seconds()));
    grown = rate_ * (1 + growth * since.seconds());
  }
  if (input.acked_long) {
    const DataRate most = *input.acked_long * kHeadroom + kHeadroomAbove;
    grown = std::min(grown, most);
    // A layer that is further away is not reached so. What grew for it would only make its probes fill the queue.
    if (input.allocated > DataRate::Zero() && input.next > most)
      grown = std::min(grown, input.allocated * kLayersHeadroom);
  }
  rate_ = std::max(rate_, grown);
}

// A queue of our own gets shorter when less is sent.
void RateController::JudgeCompetition(const Input& input) {
  if (input.queue > kShortQueue) last_queue_ = input.now;
  if (competing_) {
    competing_ = !last_queue_.IsNever() && input.now - last_queue_ < kGone && input.now < competing_until_;
    return;
  }
  if (input.queue < kShortQueue || last_fall_.IsNever()) {
    standing_since_ = Timestamp::Never();
    standing_queue_ = TimeDelta::Zero();
  } else if (standing_since_.IsNever()) {
    if (!input.overused) return;
    standing_since_ = input.now;
    standing_queue_ = input.queue;
    standing_rate_ = input.acked.value_or(rate_);
  } else if (input.queue > standing_queue_) {
    standing_queue_ = input.queue;  // what was sent before the fall still comes
  } else if (input.queue < standing_queue_ * kProgress) {
    standing_since_ = input.now;
    standing_queue_ = input.queue;
  }
  // Of layers as much may be sent as before, whatever the rate is: then the queue may stay for that.
  const bool same = input.allocated > DataRate::Zero() && input.acked && *input.acked > standing_rate_ * kReallyLess;
  if (!same && !standing_since_.IsNever() && input.now - standing_since_ > kStanding + input.queue * 2.0) {
    competing_ = true;
    rate_ = std::max(rate_, standing_rate_ * kGivenBack);  // it fell for nothing
    competing_until_ = input.now + competing_for_;
    competing_for_ = std::min(competing_for_ * 2.0, kMostCompeting);
    standing_since_ = Timestamp::Never();
    standing_queue_ = TimeDelta::Zero();
  }
}

void RateController::OnLoss(double loss, const Input& input) {
  if (!competing_ || loss < kCompetingLoss) return;
  if (!last_fall_.IsNever() && input.now - last_fall_ < input.response + kSettle) return;
  before_fall_ = rate_;
  rate_ = rate_ * kLossBackOff;
  last_fall_ = input.now;
}

}  // namespace sluice
