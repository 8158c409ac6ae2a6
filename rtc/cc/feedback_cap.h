// How much a peer may be sent, after what it says of what came: transport-wide feedback, REMB, and the loss in receiver
// reports where there is no such feedback. It bounds what layers are chosen from; it neither paces nor probes, nor finds
// out how much more would get through than is sent: to know, more has to be sent.
//
//   loss over kHighLoss    -> the cap becomes kCut of what arrived; it is halved at most at once
//   loss below kLowLoss    -> it grows by kGrowth a second while it holds something back. When it holds nothing back it
//                             ends at kHeadroom of what is sent
//   an attempt that fails  -> back to what was sent before. Layers were raised under the cap: if within kAttempt packets
//                             are late by kLate more than before, or lost, it was too much. A queue tells so before it
//                             overflows, so that trying costs little.
//   REMB                   -> an upper bound besides, until the next one
//
// After a cut nothing is concluded of packets that left within kSettle, or one congestion would count twice.
//
// Bounds: kHistory packets are remembered, from the first feedback on: a peer that sends none costs nothing. Feedback
// about other packets (never sent, told of before, forgotten) is passed over. Times come in; rates are of RTP packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/transport_feedback.h"

namespace sluice {

class FeedbackCap {
 public:
  static constexpr size_t kHistory = 4096;
  static constexpr double kHighLoss = 0.10;
  static constexpr double kLowLoss = 0.02;
  static constexpr double kCut = 0.85;
  static constexpr double kGrowth = 0.08;
  static constexpr double kHeadroom = 1.5;
  // Feedback is judged when it tells of this many packets, or after kLongPeriod of kFewPackets: fewer say little. Never
  // more often than every kPeriod. Times are the receiver's.
  static constexpr int kManyPackets = 50;
  static constexpr int kFewPackets = 20;
  static constexpr TimeDelta kPeriod = TimeDelta::Millis(200);
  static constexpr TimeDelta kLongPeriod = TimeDelta::Seconds(1);
  static constexpr TimeDelta kSettle = TimeDelta::Millis(500);
  static constexpr TimeDelta kAttempt = TimeDelta::Seconds(3);
  static constexpr TimeDelta kLate = TimeDelta::Millis(60);
  // Receiver reports count when there was no transport-wide feedback for so long. They tell of about kReportPeriod.
  static constexpr TimeDelta kFeedbackLife = TimeDelta::Seconds(2);
  static constexpr TimeDelta kReportPeriod = TimeDelta::Millis(1500);
  // No cap is lower: something must be sent to learn from.
  static constexpr DataRate kFloor = DataRate::KilobitsPerSec(50);
  static constexpr DataRate kCeiling = DataRate::KilobitsPerSec(10'000'000);  // nor grows higher

  // A packet with a transport-wide number left.
  void OnSent(SeqNum transport_seq, size_t size, Timestamp now);

  void OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now);
  // `loss` (0..1) of `sent`, which is what the peer is sent at present.
  void OnLossReport(double loss, DataRate sent, Timestamp now);
  void OnRemb(DataRate bitrate) { remb_ = bitrate; }

  // Layers were chosen under the cap: whether it held something back, and whether more is sent from now on.
  void OnAllocated(bool limited, bool raised, Timestamp now);

  // nullopt: nothing says that anything is wrong.
  std::optional<DataRate> cap() const;
  // By the last feedback that was judged; zero before.
  DataRate arrived() const { return arrived_; }
  // The cap is of packets with transport-wide numbers only; else of all.
  bool by_feedback() const { return !history_.empty(); }

 private:
  struct Sent {
    uint32_t at_ms = 0;
    uint16_t seq = 0;
    uint16_t size = 0;  // 0: none, or it was told of
  };
  // What was told since the last judgement.
  struct Period {
    int packets = 0;
    int lost = 0;
    int64_t bytes = 0;  // that arrived
  };

  int64_t UnwrapReference(int32_t reference_time);
  void NoteArrival(int64_t arrival_ms);
  int64_t DelayOf(int64_t arrival_ms, uint32_t sent_ms);
  bool IsSettled(uint32_t sent_ms) const;
  bool IsTrying(Timestamp now) const { return attempt_end_ && now < *attempt_end_; }
  void JudgeDelay(int64_t delay_ms, Timestamp now);
  void EndPeriod(Timestamp now);
  void JudgeLoss(double loss, Timestamp now);
  void CutTo(DataRate rate, Timestamp now);
  void Grow(TimeDelta time);

  std::vector<Sent> history_;         // by number modulo kHistory; empty before the first feedback
  std::optional<int64_t> reference_;  // of the last feedback, unwrapped
  std::optional<uint32_t> delay_base_;
  int64_t sent_bytes_ = 0;  // since sent_since_
  std::optional<Timestamp> sent_since_;
  std::optional<int64_t> period_begin_ms_;  // the last arrival before this period, on the peer's clock
  int64_t newest_arrival_ms_ = 0;
  Period period_;

  std::optional<Timestamp> last_feedback_;
  std::optional<Timestamp> last_judgement_;
  std::optional<Timestamp> settled_;       // packets that left before are passed over
  std::optional<int64_t> usual_delay_ms_;  // while nothing is tried
  std::optional<Timestamp> attempt_end_;
  DataRate before_attempt_;

  bool limited_ = false;
  DataRate sent_;  // at the last judgement
  DataRate arrived_;
  std::optional<DataRate> cap_;
  std::optional<DataRate> remb_;
};

}  // namespace sluice
