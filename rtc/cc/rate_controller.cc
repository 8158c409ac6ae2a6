#include "rtc/cc/rate_controller.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr double kFastGrowth = 0.25;  // a second, where no capacity is known
constexpr double kSlowGrowth = 0.03;  // a second at least, near the capacity
constexpr int64_t kPacketBits = 1200 * 8;
constexpr double kHeadroom = 1.5;  // over what arrives
constexpr DataRate kHeadroomAbove = DataRate::KilobitsPerSec(10);
constexpr TimeDelta kMostTime = TimeDelta::Millis(300);  // between updates, that counts for growth
constexpr TimeDelta kSettle = TimeDelta::Millis(100);    // beyond the response, before it falls again
constexpr double kFalling = -0.03;                       // a trend
constexpr double kLeastDrain = 0.5;
constexpr TimeDelta kMostDrain = TimeDelta::Seconds(2);
constexpr TimeDelta kEmpty = TimeDelta::Millis(12);
constexpr TimeDelta kShortQueue = TimeDelta::Millis(25);
constexpr TimeDelta kStanding = TimeDelta::Seconds(2);
constexpr TimeDelta kGone = TimeDelta::Seconds(2);
constexpr double kCompetingLoss = 0.01;
constexpr double kCompetingGrowth = 0.08;

}  // namespace

void RateController::Clamp(DataRate min, DataRate max) { rate_ = std::clamp(rate_, min, max); }

void RateController::Update(const Input& input) {
  JudgeCompetition(input);
  const bool judged = last_fall_.IsNever() || input.newest_sent > last_fall_;
  const bool settled = last_fall_.IsNever() || input.now - last_fall_ > input.response + kSettle;
  if (input.overused && judged && (settled || drain_ == std::nullopt) && !(drain_ && input.trend < kFalling)) {
    if (settled) Fall(input, kBackOff);
  } else if (!input.overused && !drain_) {
    Grow(input);
  }
  Drain(input);
  last_update_ = input.now;
}

void RateController::Fall(const Input& input, double share) {
  const DataRate arrived = input.acked.value_or(rate_ * 0.7);
  before_fall_ = rate_;
  if (!competing_) capacity_.OnFull(arrived);
  // What arrives may be more than was allowed, or what a full queue of others let through.
  rate_ = std::min(rate_ * 0.98, arrived * share);
  drain_ = drain_from_ = std::min(arrived, rate_);
  last_fall_ = input.now;
}

void RateController::Drain(const Input& input) {
  if (!drain_) return;
  const bool over = input.queue < kEmpty ||
                    (input.now - last_fall_ > input.response + kSettle && !input.overused && input.queue < kShortQueue);
  if (over || competing_ || input.now - last_fall_ > kMostDrain) {
    drain_.reset();
    return;
  }
  drain_ = drain_from_ * std::max(kLeastDrain, 1 - input.queue / kDrainTime);
}

void RateController::Grow(const Input& input) {
  if (last_update_.IsNever() || input.limited_by_sources) return;
  const TimeDelta since = std::min(input.now - last_update_, kMostTime);
  if (input.acked_long && capacity_.IsExceededBy(*input.acked_long)) capacity_.Reset();
  DataRate grown;
  const std::optional<DataRate> full = capacity_.mean();
  if (competing_) {
    grown = rate_ * (1 + kCompetingGrowth * since.seconds());
  } else if (full && rate_ > *full * kBackOff) {
    const double each_second = static_cast<double>(kPacketBits) / input.response.seconds();
    const double least = static_cast<double>(rate_.bps()) * kSlowGrowth;
    grown = rate_ + DataRate::BitsPerSec(static_cast<int64_t>(std::max(each_second, least) * since.seconds()));
  } else {
    grown = rate_ * (1 + kFastGrowth * since.seconds());
  }
  if (input.acked_long) grown = std::min(grown, *input.acked_long * kHeadroom + kHeadroomAbove);
  rate_ = std::max(rate_, grown);
}

// A queue of our own gets shorter when less is sent.
void RateController::JudgeCompetition(const Input& input) {
  if (input.queue > kShortQueue) last_queue_ = input.now;
  if (competing_) {
    competing_ = !last_queue_.IsNever() && input.now - last_queue_ < kGone;
    return;
  }
  if (input.queue < std::max(kShortQueue, standing_queue_ * 0.5) || last_fall_.IsNever()) {
    standing_since_ = Timestamp::Never();
    standing_queue_ = TimeDelta::Zero();
  } else if (standing_since_.IsNever()) {
    if (!input.overused) return;
    standing_since_ = input.now;
    standing_queue_ = input.queue;
  } else if (input.now - standing_since_ > kStanding + input.queue * 2.0) {
    competing_ = true;
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
