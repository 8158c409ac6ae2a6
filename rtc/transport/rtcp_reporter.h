// The periodic RTCP of one transport: sender reports (with CNAME) for what it sends, receiver reports for what it gets,
// XR for round trip times both ways, feedback of what arrived, REMB. It writes compound datagrams of at most kMaxSize
// bytes into an emitter; protection and sending are the caller's.
//
// Reports go every 1.0-1.5 s (RFC 3550 6.2 with the scaling off: an SFU's peers are few). Of what arrives the peer is told
// by the best that it knows: transport-wide feedback every 100 ms where packets may carry such numbers; else congestion
// control feedback (RFC 8888) every 50 ms where that was negotiated; else an estimate by REMB every second where that was.
// REMB goes besides while a maximum is set.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/cc/congestion_feedback_generator.h"
#include "rtc/cc/remb_estimator.h"
#include "rtc/cc/transport_feedback_generator.h"
#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"
#include "rtc/rtcp/extended_report.h"
#include "rtc/rtcp/ntp_time.h"
#include "rtc/rtcp/report_block.h"
#include "rtc/rtp/packet_view.h"

namespace sluice {

class RtcpReporter {
 public:
  static constexpr size_t kMaxSize = 1200;     // bytes of RTCP in one datagram
  static constexpr size_t kMaxReferences = 8;  // peers' RRTR that are remembered for the next DLRR

  using Producers = std::span<const std::unique_ptr<Producer>>;
  using Consumers = const Roster<Consumer, std::unique_ptr<Consumer>>&;
  // Called with each finished datagram.
  using Emit = absl::FunctionRef<void(std::span<const uint8_t>)>;

  // `ssrc` is what this end calls itself in reports and requests.
  RtcpReporter(Ssrc ssrc, Timestamp now, Rng& rng);

  Ssrc ssrc() const { return ssrc_; }
  void SetMaxIncoming(DataRate rate) { remb_.SetMaximum(rate); }

  // What the peer was promised has changed with its producers. `estimates`: the path is one to be estimated.
  void OnProducersChanged(Producers producers, bool estimates);
  // Any packet of a producer's stream, of that clock rate.
  void OnRtp(const rtp::PacketView& packet, uint32_t clock_rate, std::optional<rtp::AbsSendTime> sent,
             Timestamp arrival);
  // Whether `sent` above is of any use.
  bool wants_send_times() const { return wants_remb_; }
  // What the line from the peer is taken to carry, where it is told so by REMB; nullopt while nothing limits it.
  std::optional<DataRate> incoming_estimate() const { return wants_remb_ ? remb_.estimate() : std::nullopt; }
  // A packet with a transport-wide number arrived.
  void OnTransportSeq(SeqNum seq, Timestamp arrival);
  // The peer's RRTR, to be answered with the next reports.
  void OnReferenceTime(Ssrc from, rtcp::NtpTime reference, Timestamp arrival);

  Timestamp NextDeadline() const;
  bool ReportsDue(Timestamp now) const { return now >= next_report_; }

  void SendReports(Producers producers, Consumers consumers, Timestamp now, rtcp::NtpTime ntp, Emit emit);
  // Feedback and REMB, if due.
  void SendFeedback(Producers producers, Timestamp now, rtcp::NtpTime ntp, Emit emit);

 private:
  struct Reference {
    Ssrc from;
    rtcp::NtpTime reference;
    Timestamp arrival;
  };
  void SendReceiverReports(Producers producers, Timestamp now, rtcp::NtpTime ntp, Emit emit);
  void SendSenderReports(Consumers consumers, Timestamp now, rtcp::NtpTime ntp, Emit emit);
  rtcp::ExtendedReport TakeAnswers(Timestamp now);

  Ssrc ssrc_;
  Rng& rng_;
  Timestamp next_report_;
  std::optional<TransportFeedbackGenerator> feedback_;  // from the first numbered packet on
  std::optional<CongestionFeedbackGenerator> congestion_feedback_;
  bool wants_remb_ = false;
  RembEstimator remb_;
  std::vector<Reference> references_;
  std::vector<rtcp::ReportBlock> blocks_;  // of the reports being made; kept for its memory
};

}  // namespace sluice
