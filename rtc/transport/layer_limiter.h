// Keeps the layers that a transport's consumers get within what its peer says arrives: reads the peer's feedback
// (FeedbackCap), and while that sets a cap, divides it among the consumers with layers (AllocateLayers) and limits each
// to its share. Other consumers are counted and left alone. A consumer that is paused is limited to the lowest layer, and
// begins there.
//
// While there is a cap and somebody has layers, repetitions (NACK) get kRepeatShare of it: what is asked for again because
// the line is full would fill it further, and the layer that fits would be lost with it.
//
// It divides anew once a second, and soon after the cap fell, at most every kMinInterval: a flood of feedback costs no
// more.
//
// Lifetime: of the transport, whose consumers are passed with each call.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "rtc/base/roster.h"
#include "rtc/cc/feedback_cap.h"
#include "rtc/media/consumer.h"
#include "rtc/rtcp/remb.h"
#include "rtc/rtcp/transport_feedback.h"

namespace sluice {

class LayerLimiter {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(1);
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(100);

  // As the loss that FeedbackCap bears: so much can be repaired.
  static constexpr double kRepeatShare = FeedbackCap::kHighLoss;
  static constexpr TimeDelta kRepeatBurst = TimeDelta::Millis(500);

  using Consumers = const Roster<Consumer, std::unique_ptr<Consumer>>&;

  // A packet of that size (RTP) left with a transport-wide number.
  void OnSent(SeqNum transport_seq, size_t size, Timestamp now) { cap_.OnSent(transport_seq, size, now); }

  void OnFeedback(const rtcp::TransportFeedback& feedback, Consumers consumers, Timestamp now);
  void OnRemb(const rtcp::Remb& remb, Consumers consumers, Timestamp now);
  // After receiver reports, which the consumers have taken note of.
  void OnReports(double loss, DataRate sent, Consumers consumers, Timestamp now);

  // Whether a packet of video may be repeated now; of what size it was.
  bool MayRepeat(Timestamp now);
  void OnRepeated(size_t size) { repeat_credit_ -= DataSize::Bytes(static_cast<int64_t>(size)); }

  // A consumer that came: under a cap it begins at the lowest layer.
  void OnAdded(Consumer& consumer) const;

  // Infinite while there is no cap.
  Timestamp deadline() const { return deadline_; }
  void OnTimer(Consumers consumers, Timestamp now);

  std::optional<DataRate> cap() const { return cap_.cap(); }

 private:
  void AfterFeedback(Consumers consumers, Timestamp now);
  void Divide(Consumers consumers, Timestamp now);
  void Lift(Consumers consumers);
  DataRate RateOfOthers(Consumers consumers, Timestamp now) const;

  FeedbackCap cap_;
  std::optional<DataRate> divided_;  // the cap at the last division; nullopt: nobody is limited
  Timestamp last_division_ = Timestamp::Never();
  Timestamp deadline_ = Timestamp::Infinite();
  bool has_shares_ = false;  // somebody with layers took part
  DataSize repeat_credit_;   // as of credited_
  Timestamp credited_;
};

}  // namespace sluice
