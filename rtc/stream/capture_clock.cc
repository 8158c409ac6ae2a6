#include "rtc/stream/capture_clock.h"

#include <algorithm>

namespace sluice {

void CaptureClock::OnSenderReport(rtcp::NtpTime ntp, Timestamp arrival) {
  if (!started_) return Start(ntp, arrival);
  const TimeDelta sample = (arrival - base_arrival_) - (ntp - base_ntp_);
  const TimeDelta best = std::min(current_, previous_);
  if (sample < best - kStep) return Start(ntp, arrival);
  if (sample > best + kStep) {
    if (++doubts_ == kDoubts) Start(ntp, arrival);
    return;
  }
  doubts_ = 0;
  if (arrival - window_start_ >= kWindow) {
    previous_ = current_;
    current_ = sample;
    window_start_ = arrival;
  } else {
    current_ = std::min(current_, sample);
  }
}

Timestamp CaptureClock::ToLocal(rtcp::NtpTime ntp) const {
  return base_arrival_ + (ntp - base_ntp_) + std::min(current_, previous_);
}

void CaptureClock::Start(rtcp::NtpTime ntp, Timestamp arrival) {
  started_ = true;
  base_ntp_ = ntp;
  base_arrival_ = window_start_ = arrival;
  current_ = previous_ = TimeDelta::Zero();
  doubts_ = 0;
}

void RtpClock::OnSenderReport(rtcp::NtpTime ntp, uint32_t rtp_timestamp, Timestamp arrival) {
  report_ntp_ = ntp;
  report_timestamp_ = rtp_timestamp;
  report_arrival_ = arrival;
}

void RtpClock::OnPacket(uint32_t rtp_timestamp, Timestamp arrival) {
  if (first_arrival_.IsNever()) {
    first_arrival_ = arrival;
  } else {
    // The first packet of the newest frame waited least; one that is far behind is of a sender that set its clock anew.
    const TimeDelta ahead = Ticks(rtp_timestamp, newest_timestamp_);
    if (ahead <= TimeDelta::Zero() && ahead > -kReportTimeout) return;
  }
  newest_timestamp_ = rtp_timestamp;
  newest_arrival_ = arrival;
}

std::optional<Timestamp> RtpClock::CaptureTime(uint32_t rtp_timestamp, const CaptureClock& clock, Timestamp now) const {
  if (report_ntp_ && clock.started() && now - report_arrival_ < kReportLifetime) {
    return clock.ToLocal(*report_ntp_ + Ticks(rtp_timestamp, report_timestamp_));
  }
  if (first_arrival_.IsNever() || now - first_arrival_ < kReportTimeout) return std::nullopt;
  return newest_arrival_ + Ticks(rtp_timestamp, newest_timestamp_);
}

TimeDelta RtpClock::Ticks(uint32_t to, uint32_t from) const {
  return TimeDelta::Micros(int64_t{static_cast<int32_t>(to - from)} * 1'000'000 / clock_rate_);
}

}  // namespace sluice
