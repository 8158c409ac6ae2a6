// The periodic RTCP of one transport: sender reports (with CNAME) for what it sends, receiver reports for what it gets,
// XR for round trip times both ways, transport-wide feedback, REMB. It writes compound datagrams of at most kMaxSize
// bytes into an emitter; protection and sending are the caller's.
//
// Reports go every 1.0-1.5 s (RFC 3550 6.2 with the scaling off: an SFU's peers are few), feedback every 100 ms while
// packets come, REMB every second while a maximum is set.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/cc/remb_limiter.h"
#include "rtc/cc/transport_feedback_generator.h"
#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"
#include "rtc/rtcp/extended_report.h"
#include "rtc/rtcp/ntp_time.h"

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

  // A packet with a transport-wide number arrived.
  void OnTransportSeq(SeqNum seq, Timestamp arrival);
  // The peer's RRTR, to be answered with the next reports.
  void OnReferenceTime(Ssrc from, rtcp::NtpTime reference, Timestamp arrival);

  Timestamp NextDeadline() const;
  bool ReportsDue(Timestamp now) const { return now >= next_report_; }

  void SendReports(Producers producers, Consumers consumers, Timestamp now, rtcp::NtpTime ntp, Emit emit);
  // Feedback and REMB, if due.
  void SendFeedback(Producers producers, Timestamp now, Emit emit);

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
  RembLimiter remb_;
  std::vector<Reference> references_;
};

}  // namespace sluice
