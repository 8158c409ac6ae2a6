// Remembers what was sent with transport-wide numbers, and turns what the receiver says of it
// (rtcp::TransportFeedback, or rtcp::CongestionFeedback where the numbers did not stand in the packets) into a
// FeedbackReport.
//
//   late, reordered   messages are taken as they come; a packet that was called lost and came yet is told of again
//   duplicated        a packet that was told of as arrived is not told of twice
//   unknown           numbers never sent, or forgotten, are passed over
//   clock             the reference time (24 bits of 64 ms) is unwrapped; a jump of over kLargestStep starts it anew, and
//                     the report is empty but for losses
//   lost feedback     what lies further behind the highest number that was told of than kForget packets or kFlightLife is
//                     no longer counted as in flight
//
// Bounds: kHistory packets (32 bytes each), made at the first OnSent; a transport that sends nothing costs nothing.
// Nothing is allocated after that: a report holds at most kMaxReport packets, what a feedback tells beyond is passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/cc/network_messages.h"
#include "rtc/cc/stream_numbers.h"
#include "rtc/rtcp/congestion_feedback.h"
#include "rtc/rtcp/transport_feedback.h"

namespace sluice {

class SentPacketHistory {
 public:
  static constexpr int64_t kHistory = 8192;
  static constexpr size_t kMaxReport = rtcp::TransportFeedback::kMaxPackets;
  static constexpr int64_t kForget = 4096;
  static constexpr TimeDelta kFlightLife = TimeDelta::Seconds(3);
  static constexpr TimeDelta kLargestStep = TimeDelta::Seconds(10);
  static constexpr TimeDelta kFaresAlike = TimeDelta::Millis(500);

  // A packet of that size (protected RTP, without overhead) left with a transport-wide number. Numbers ascend by one.
  // Returns it as the controller wants it.
  SentPacket OnSent(SeqNum transport_seq, size_t size, uint16_t probe, Timestamp now);
  // One without a number: it goes with the next numbered one. Of what left over more than kFaresAlike before that, only as
  // much counts as leaves in that time: what left long ago tells nothing of now.
  void OnSentUnnumbered(size_t size, Timestamp now);

  // Valid until the next call.
  FeedbackReport OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now);
  // `numbers` was told of the packets as they left.
  FeedbackReport OnFeedback(const rtcp::CongestionFeedback& feedback, const StreamNumbers& numbers, Timestamp now);

  DataSize in_flight() const { return in_flight_; }
  // From sending the last packet that a feedback told of to that feedback: RTT and, of transport-wide feedback, what the
  // receiver waited. nullopt before.
  std::optional<TimeDelta> feedback_rtt() const { return feedback_rtt_; }

 private:
  enum class State : uint8_t { kUnknown, kInFlight, kForgotten, kLost, kArrived };
  struct Sent {
    int64_t number = -1;
    int64_t sent_us = 0;
    uint32_t unnumbered = 0;
    uint16_t size = 0;
    uint16_t probe = 0;
    State state = State::kUnknown;
  };

  struct ReportClock {
    uint32_t value = 0;  // of the newest report, 16.16 s
    Timestamp at;
  };

  DataSize TakeUnnumbered(Timestamp now);
  Sent* Find(SeqNum seq);
  void Forget(Sent& sent, State state);
  void Tell(SeqNum seq, bool came, std::optional<Timestamp> arrival);
  const PacketResult* LastArrived() const;  // of the report; null: none did
  FeedbackReport Report(Timestamp now);
  std::optional<Timestamp> ReferenceOf(const rtcp::TransportFeedback& feedback);
  std::optional<Timestamp> TimeOf(const rtcp::CongestionFeedback& feedback);
  void ForgetUntil(int64_t number, Timestamp now);

  std::vector<Sent> history_;  // by number modulo kHistory
  std::vector<PacketResult> report_;
  SeqUnwrapper unwrapper_;
  int64_t oldest_in_flight_ = 0;  // nothing before it is
  int64_t highest_told_ = -1;
  DataSize in_flight_ = DataSize::Zero();
  DataSize unnumbered_ = DataSize::Zero();  // since unnumbered_since_
  Timestamp unnumbered_since_;
  std::optional<int64_t> reference_;  // unwrapped, in units of kReferenceUnit
  std::optional<ReportClock> report_clock_;
  std::optional<TimeDelta> feedback_rtt_;
};

}  // namespace sluice
