// When a sender has to stop (RFC 8083): nothing that congestion control does helps, or nobody is there any more. It is
// asked about the video of one transport; audio goes on, for it is little and the last thing to lose.
//
//   RTCP timeout   no report for kRtcpTimeout while something is sent (section 4.1)
//   media timeout  kReports reports on end, while something is sent, of which none tells of anything that came (4.2)
//   congestion     kReports reports on end at each of which more than kTimes of what a TCP flow would get is sent (4.3);
//                  TCP's share is s / (rtt * sqrt(2p/3))
//
// After that nothing is to be sent for kPause, twice as long each time it happens again within kMemory, at most kMaxPause;
// then it begins anew. Reports closer than kSpacing count as one: a peer may send many.
//
// Fixed size. Times come in; it has no timer: the owner asks once a second or more often.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace sluice {

class CircuitBreaker {
 public:
  static constexpr TimeDelta kRtcpTimeout = TimeDelta::Seconds(15);
  static constexpr int kReports = 3;
  static constexpr TimeDelta kSpacing = TimeDelta::Millis(900);
  static constexpr double kTimes = 10;
  static constexpr TimeDelta kPause = TimeDelta::Seconds(10);
  static constexpr TimeDelta kMaxPause = TimeDelta::Seconds(80);
  static constexpr TimeDelta kMemory = TimeDelta::Seconds(120);

  enum class Reason : uint8_t { kRtcpTimeout, kMediaTimeout, kCongestion };

  struct Report {
    bool advanced = false;  // it tells of packets that came since the last
    double loss = 0;        // 0..1
    std::optional<TimeDelta> rtt;
    DataRate sending;
    DataSize packet;  // the mean
  };

  // Receiver reports about what is guarded.
  void OnReport(const Report& report, Timestamp now);
  // Whether anything is being sent; the reason when it has to stop now.
  std::optional<Reason> Check(bool sending, Timestamp now);

  bool is_open(Timestamp now) const { return open_until_ && now < *open_until_; }
  // When the last pause ends or ended.
  std::optional<Timestamp> open_until() const { return open_until_; }
  uint32_t times_tripped() const { return times_tripped_; }

 private:
  void Trip(Timestamp now);

  std::optional<Timestamp> sending_since_;
  std::optional<Timestamp> last_report_;
  std::optional<Timestamp> last_counted_;
  int without_media_ = 0;  // reports on end
  int too_much_ = 0;
  bool advanced_ = false;  // since the last that counted
  std::optional<Timestamp> open_until_;
  TimeDelta pause_ = kPause;  // the next one
  uint32_t times_tripped_ = 0;
};

}  // namespace sluice
