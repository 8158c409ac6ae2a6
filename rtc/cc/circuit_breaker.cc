#include "rtc/cc/circuit_breaker.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice {
namespace {

constexpr TimeDelta kLeastRtt = TimeDelta::Millis(1);

bool IsTooMuch(const CircuitBreaker::Report& report) {
  if (!report.rtt || report.loss <= 0) return false;
  const double seconds = std::max(*report.rtt, kLeastRtt).seconds();
  const double tcp = static_cast<double>(report.packet.bits()) / (seconds * std::sqrt(2 * report.loss / 3));
  return static_cast<double>(report.sending.bps()) > CircuitBreaker::kTimes * tcp;
}

}  // namespace

void CircuitBreaker::OnReport(const Report& report, Timestamp now) {
  last_report_ = now;
  advanced_ |= report.advanced;
  if (!sending_since_ || is_open(now)) return;
  if (last_counted_ && now - *last_counted_ < kSpacing) return;
  last_counted_ = now;
  without_media_ = std::exchange(advanced_, false) ? 0 : without_media_ + 1;
  too_much_ = IsTooMuch(report) ? too_much_ + 1 : 0;
}

std::optional<CircuitBreaker::Reason> CircuitBreaker::Check(bool sending, Timestamp now) {
  if (is_open(now)) return std::nullopt;
  if (!sending) {
    sending_since_.reset();
    without_media_ = too_much_ = 0;
    return std::nullopt;
  }
  if (!sending_since_) sending_since_ = last_counted_ = now;
  std::optional<Reason> reason;
  if (now - std::max(*sending_since_, last_report_.value_or(*sending_since_)) >= kRtcpTimeout) {
    reason = Reason::kRtcpTimeout;
  } else if (without_media_ >= kReports) {
    reason = Reason::kMediaTimeout;
  } else if (too_much_ >= kReports) {
    reason = Reason::kCongestion;
  }
  if (reason) Trip(now);
  return reason;
}

void CircuitBreaker::Trip(Timestamp now) {
  const bool again = open_until_ && now - *open_until_ < kMemory;
  pause_ = again ? std::min(pause_ * int64_t{2}, kMaxPause) : kPause;
  open_until_ = now + pause_;
  ++times_tripped_;
  sending_since_.reset();
  without_media_ = too_much_ = 0;
  advanced_ = false;
}

}  // namespace sluice
