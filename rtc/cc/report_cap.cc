#include "rtc/cc/report_cap.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr double kMostAtOnce = 0.5;  // of what was sent or could be, however little arrived
constexpr double kRoomToStay = 1.1;  // over what was sent before an attempt, for the measured rates sway
constexpr TimeDelta kMostGrowthTime = TimeDelta::Seconds(2);

}  // namespace

void ReportCap::OnLossReport(double loss, DataRate sent, Timestamp now) {
  if (last_cut_ && now - *last_cut_ < kReportPeriod) return;
  sent_ = sent;
  const TimeDelta since = last_report_ ? now - *last_report_ : TimeDelta::Zero();
  last_report_ = now;
  if (loss > kHighLoss) {
    const bool trying = attempt_end_ && now < *attempt_end_;
    const DataRate least = trying ? before_attempt_ * kRoomToStay : std::min(cap_.value_or(sent), sent) * kMostAtOnce;
    CutTo(std::max(sent * (1 - loss) * kCut, least), now);
  } else if (loss < kLowLoss) {
    Grow(std::min(since, kMostGrowthTime));
  }
}

void ReportCap::CutTo(DataRate rate, Timestamp now) {
  cap_ = std::max(kFloor, cap_ ? std::min(*cap_, rate) : rate);
  last_cut_ = now;
  attempt_end_.reset();
  last_report_.reset();
}

void ReportCap::Grow(TimeDelta time) {
  if (!cap_) return;
  if (limited_ || *cap_ < sent_ * kHeadroom) {
    cap_ = std::min(kCeiling, *cap_ * (1 + kGrowth * time.seconds()));
  } else {
    cap_.reset();
  }
}

void ReportCap::OnAllocated(bool limited, bool raised, Timestamp now) {
  limited_ = limited;
  if (!raised || !cap_) return;
  before_attempt_ = sent_;
  attempt_end_ = now + kAttempt;
}

std::optional<DataRate> ReportCap::cap() const {
  if (!cap_ || !remb_) return cap_ ? cap_ : remb_;
  return std::min(*cap_, *remb_);
}

}  // namespace sluice
