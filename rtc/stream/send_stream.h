// What is known of one outgoing SSRC (and its RTX SSRC): counters, the sender report it owes, what its receiver
// reports, and a score from that. It writes no packets and keeps none (RetransmissionPlan, PacketRing).
//
// A sender report maps capture time: the caller tells with each packet when its timestamp was captured, on the local
// clock (RtpClock), and the report extrapolates from the newest one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/ntp_time.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/stream/rate_counter.h"
#include "rtc/stream/stream_score.h"

namespace sluice {

class SendStream {
 public:
  SendStream(Ssrc ssrc, uint32_t clock_rate);

  // A packet left under this SSRC for the first time. `captured`: nullopt when not known (yet).
  void OnSent(size_t size, size_t payload_size, uint32_t rtp_timestamp, std::optional<Timestamp> captured,
              Timestamp now);
  // A packet was sent again, by RTX or under this SSRC.
  void OnRetransmitted(size_t size, size_t payload_size, bool by_rtx);
  void OnNacked(size_t packets) { counters_.nacked += packets; }

  // nullopt while no packet with a known capture time was sent. `ntp_now` is the wall clock at `now`.
  std::optional<rtcp::SenderReport> MakeSenderReport(Timestamp now, rtcp::NtpTime ntp_now) const;

  // The receiver's view of this SSRC. `ntp_now`: the clock that the sender reports carried. Whether more came since the
  // last one.
  bool OnReportBlock(const rtcp::ReportBlock& block, rtcp::NtpTime ntp_now);

  // To be called about once a second. True when the score changed.
  bool UpdateScore();
  // Best until reports say otherwise: a stream that is not sent (paused) is not a bad one.
  uint8_t score() const { return score_.value(); }

  Ssrc ssrc() const { return ssrc_; }
  // From report blocks; nullopt before the first.
  std::optional<TimeDelta> rtt() const { return rtt_; }
  // Of first sendings, as stats().bytes; each packet counted as `per_packet` larger.
  DataRate bitrate(Timestamp now, DataSize per_packet = DataSize::Zero()) const { return rate_.Rate(now, per_packet); }

  struct Stats {
    uint64_t packets = 0;  // first sendings
    uint64_t bytes = 0;    // whole RTP packets
    uint64_t octets = 0;   // payload only, as in the sender report (RFC 3550 6.4.1), repeats under this SSRC included
    uint64_t retransmitted_packets = 0;
    uint64_t retransmitted_bytes = 0;
    uint64_t nacked = 0;  // numbers that the receiver asked for
    int32_t lost = 0;     // the receiver's cumulative count
    uint8_t fraction_lost = 0;
    uint32_t jitter = 0;
  };
  Stats stats() const { return counters_; }

 private:
  Ssrc ssrc_;
  uint32_t clock_rate_;
  Stats counters_;
  uint64_t report_packets_ = 0;  // what left under this SSRC, repeats included
  RateCounter rate_;
  uint32_t newest_timestamp_ = 0;
  Timestamp newest_captured_;
  std::optional<TimeDelta> rtt_;

  StreamScore score_;

  std::optional<uint32_t> reported_highest_;  // of the last report block
  int32_t reported_lost_ = 0;
  int64_t period_expected_ = 0;  // since UpdateScore
  int64_t period_lost_ = 0;
  uint64_t scored_retransmitted_ = 0;
};

}  // namespace sluice
