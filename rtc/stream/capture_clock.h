// When was it captured, on our clock? Senders date their sender reports by a clock of their own. CaptureClock estimates
// how that clock lies to ours, one estimate per CNAME fed by all its streams, so that an error of it moves audio and
// video together and never apart. RtpClock is per stream and maps RTP timestamps to the sender's clock by its last
// report.
//
// The estimate is the least (arrival - NTP time) of the last one to two kWindow: the report that waited least on the
// way. A sender whose clock is set anew is noticed after kDoubts reports that all disagree by over kStep, and at once
// when the change makes reports come "earlier".
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/rtcp/ntp_time.h"

namespace sluice {

class CaptureClock {
 public:
  static constexpr TimeDelta kWindow = TimeDelta::Seconds(15);
  static constexpr TimeDelta kStep = TimeDelta::Seconds(2);
  static constexpr int kDoubts = 3;

  // `wall_offset`: Unix time minus our clock.
  explicit CaptureClock(TimeDelta wall_offset = TimeDelta::Zero()) : wall_offset_(wall_offset) {}

  void OnSenderReport(rtcp::NtpTime ntp, Timestamp arrival);
  bool started() const { return started_; }
  // The local time at which the sender's clock showed `ntp` (earlier by the least transit time seen). Requires
  // started().
  Timestamp ToLocal(rtcp::NtpTime ntp) const;
  // The same as the NTP time that our own reports give. Requires started().
  rtcp::NtpTime ToOurs(rtcp::NtpTime ntp) const { return rtcp::NtpTime::From(ToLocal(ntp), wall_offset_); }

 private:
  void Start(rtcp::NtpTime ntp, Timestamp arrival);

  TimeDelta wall_offset_;
  bool started_ = false;
  rtcp::NtpTime base_ntp_;  // the report that offsets count from
  Timestamp base_arrival_;
  TimeDelta current_;   // least offset of the running window
  TimeDelta previous_;  // of the window before it
  Timestamp window_start_;
  int doubts_ = 0;
};

class RtpClock {
 public:
  // // A stream that had no report this long after its first packet is dated by arrivals. One that had is dated by its
  // last report for longer, since some senders report only every 5 s and clocks drift little in a minute.
  static constexpr TimeDelta kReportTimeout = TimeDelta::Seconds(5);
  static constexpr TimeDelta kReportLifetime = TimeDelta::Seconds(60);

  explicit RtpClock(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  void OnSenderReport(rtcp::NtpTime ntp, uint32_t rtp_timestamp, Timestamp arrival);
  bool has_report() const { return report_ntp_.has_value(); }
  void OnPacket(uint32_t rtp_timestamp, Timestamp arrival);
  // The sender or its timestamps began anew.
  void Reset() { *this = RtpClock(clock_rate_); }

  // When the sample with `rtp_timestamp` was captured, on the local clock. nullopt while neither a report nor the right
  // to guess from arrivals is there.
  std::optional<Timestamp> CaptureTime(uint32_t rtp_timestamp, const CaptureClock& clock, Timestamp now) const;

 private:
  TimeDelta Ticks(uint32_t to, uint32_t from) const;

  uint32_t clock_rate_;
  std::optional<rtcp::NtpTime> report_ntp_;
  uint32_t report_timestamp_ = 0;
  Timestamp report_arrival_;
  Timestamp first_arrival_;
  uint32_t newest_timestamp_ = 0;
  Timestamp newest_arrival_;
};

}  // namespace sluice
