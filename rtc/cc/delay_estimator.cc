#include "rtc/cc/delay_estimator.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "rtc/cc/line_fit.h"

namespace sluice {
namespace {

constexpr int kFewGroups = 5;  // that make a trend
constexpr double kLeastSpread = 1e-6;
constexpr double kGrowing = 0.08;  // seconds a second
constexpr double kAlmostAsTime = 0.6;
constexpr TimeDelta kSteepQueue = TimeDelta::Millis(60);
constexpr size_t kFewSteep = 4;                           // groups
constexpr TimeDelta kMostSteep = TimeDelta::Millis(200);  // from the first of those to the last
constexpr int64_t kDipUs = 2'000;
constexpr double kMaxJitterUs = 50'000;
constexpr double kSlow = 0.02;  // of a moving average, per update
constexpr double kAlarmUs = 4'000;
constexpr double kMaxAlarmUs = 40'000;
constexpr double kAlarmDecay = 0.998;     // an update
constexpr double kAlarmDecayFull = 0.98;  // while most of the line is taken
constexpr DataSize kPacket = DataSize::Bytes(1900);
constexpr TimeDelta kMaxPacket = TimeDelta::Millis(40);
constexpr TimeDelta kQuiet = TimeDelta::Millis(30);

}  // namespace

void DelayEstimator::NoteBase(Timestamp sent, int64_t delay_us) {
  const int64_t second = sent.us() / 1'000'000;
  if (base_second_ < 0) {
    base_us_.fill(delay_us);
    base_second_ = second;
  }
  for (; base_second_ < second; ++base_second_) {
    // Nothing came for so long that nothing is left to compare with.
    base_second_ = std::max(base_second_, second - static_cast<int64_t>(kBaseSeconds) - 1);
    base_us_[static_cast<size_t>(base_second_ + 1) % kBaseSeconds] = delay_us;
  }
  int64_t& least = base_us_[static_cast<size_t>(second) % kBaseSeconds];
  least = std::min(least, delay_us);
}

void DelayEstimator::OnPacket(Timestamp sent, Timestamp arrival) {
  const int64_t delay_us = arrival.us() - sent.us();
  if (end_ > 0 && std::abs(delay_us - last_delay_us_) > kLargestJump.us()) {
    const TimeDelta tolerated = tolerated_;
    *this = DelayEstimator();
    tolerated_ = tolerated;
  }
  last_delay_us_ = delay_us;
  if (!newest_sent_.IsNever() && sent < newest_sent_ - kTrend) return;
  newest_sent_ = std::max(newest_sent_, sent);
  NoteBase(sent, delay_us);
  if (end_ > 0) {
    Group& last = groups_[(end_ - 1) % kGroups];
    last.gap_us = std::max(last.gap_us, (arrival - last_arrival_).us());
    last_arrival_ = std::max(last_arrival_, arrival);
    if (sent - last.sent < kGroup) {
      last.delay_us = std::min(last.delay_us, delay_us);
      return;
    }
  } else {
    last_arrival_ = arrival;
  }
  groups_[end_++ % kGroups] = {.sent = sent, .delay_us = delay_us};
  if (end_ == 2 * kGroups) end_ = kGroups;
}

// Least squares over the groups of the last kTrend; `last_us` is where the line ends.
double DelayEstimator::SlopeAndLast(double& last_us) const {
  LineFit line;  // seconds, us
  const int64_t origin = At(0).delay_us;
  for (size_t back = 0; back < count(); ++back) {
    const TimeDelta age = newest_sent_ - At(back).sent;
    if (age > kTrend) break;
    line.Add(-age.seconds(), static_cast<double>(At(back).delay_us - origin));
  }
  last_us = static_cast<double>(origin);
  if (line.count() < kFewGroups || line.spread() < kLeastSpread) return 0;
  last_us += line.intercept();
  return line.slope() / 1e6;
}

bool DelayEstimator::GrowsSteeply(int64_t base) const {
  const Group& newest = At(0);
  if (newest.delay_us - base < kSteepQueue.us() + static_cast<int64_t>(jitter_us_)) return false;
  int64_t gap = 0;  // the largest, which may be a stall: it counts for nothing
  for (size_t back = 1; back < count(); ++back) {
    const Group& first = At(back);
    if (first.delay_us > At(back - 1).delay_us + kDipUs) return false;
    gap = std::max(gap, first.gap_us);
    const int64_t growth = newest.delay_us - first.delay_us - gap;
    const int64_t span = (newest.sent - first.sent).us() + newest.delay_us - first.delay_us - gap;
    if (span > kMostSteep.us()) return false;
    if (back + 1 < kFewSteep || span < kSteepOver.us()) continue;
    return static_cast<double>(growth) >= kAlmostAsTime * static_cast<double>(span);
  }
  return false;
}

void DelayEstimator::Update(DataRate rate, Load load) {
  packet_ = rate > DataRate::Zero() ? std::min(kPacket / rate, kMaxPacket) : kMaxPacket;
  if (end_ == 0) return;
  alarm_us_ *= load == Load::kMost ? kAlarmDecayFull : kAlarmDecay;
  const int64_t base = *std::ranges::min_element(base_us_);
  int64_t least = At(0).delay_us;
  double sum = 0;
  double n = 0;
  for (size_t back = 0; back < count(); ++back) {
    if (newest_sent_ - At(back).sent > kLevel && back >= size_t{kFewGroups}) break;
    least = std::min(least, At(back).delay_us);
    sum += static_cast<double>(At(back).delay_us);
    n += 1;
  }
  queue_ = TimeDelta::Micros(least - base);
  steep_ = GrowsSteeply(base);
  double last_us = 0;
  trend_ = SlopeAndLast(last_us);
  const bool quiet =
      queue_ < kQuiet + TimeDelta::Micros(static_cast<int64_t>(jitter_us_)) && std::abs(trend_) < kGrowing;
  if (load == Load::kMost) {
    // What was learnt beside others that send steadily was their queue.
    const double below = jitter_us_ - static_cast<double>(queue_.us());
    jitter_us_ -= kSlow * std::max(0.0, below);
  } else if (quiet) {
    Learn(sum / n - static_cast<double>(least), load == Load::kLittle);
  }
  ahead_ = TimeDelta::Micros(static_cast<int64_t>(last_us - static_cast<double>(base) - spread_us_));
}

void DelayEstimator::Learn(double spread_us, bool quickly) {
  weight_ = quickly ? std::max(kSlow, weight_ / (1 + weight_)) : kSlow;
  const double off = std::min(static_cast<double>(queue_.us()), kMaxJitterUs) - jitter_us_;
  jitter_us_ += weight_ * off;
  deviation_us_ += weight_ * (std::abs(off) - deviation_us_);
  spread_us_ += weight_ * (std::min(spread_us, kMaxJitterUs) - spread_us_);
}

TimeDelta DelayEstimator::own_threshold() const {
  return kThreshold + packet_ + TimeDelta::Micros(static_cast<int64_t>(jitter_us_ + alarm_us_));
}

void DelayEstimator::OnFalseAlarm() { alarm_us_ = std::min(alarm_us_ * 1.5 + kAlarmUs, kMaxAlarmUs); }

TimeDelta DelayEstimator::threshold() const { return std::min(std::max(own_threshold(), tolerated_), kMaxThreshold); }

TimeDelta DelayEstimator::queue() const { return trend_ > kGrowing ? std::max(queue_, ahead_) : queue_; }

bool DelayEstimator::IsOverused(TimeDelta patience) const {
  const TimeDelta most = threshold() + patience;
  return queue_ > most || (trend_ > kGrowing && ahead_ > most + kThreshold / 2);
}

}  // namespace sluice
