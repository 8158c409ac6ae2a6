// Keeps the layers that a transport's consumers get within what its peer says arrives, where the peer tells nothing of
// single packets (else CongestionControl does): reads its reports and REMB (ReportCap), and while they set a cap, divides
// it (LayerDivider).
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
#include "rtc/cc/report_cap.h"
#include "rtc/media/consumer.h"
#include "rtc/rtcp/remb.h"
#include "rtc/transport/layer_division.h"

namespace sluice {

class LayerLimiter {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(1);
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(100);

  // As the loss that ReportCap bears: so much can be repaired.
  static constexpr double kRepeatShare = ReportCap::kHighLoss;
  static constexpr TimeDelta kRepeatBurst = TimeDelta::Millis(500);

  using Consumers = const Roster<Consumer, std::unique_ptr<Consumer>>&;

  void OnRemb(const rtcp::Remb& remb, Consumers consumers, Turn& turn);
  // After receiver reports, which the consumers have taken note of.
  void OnReports(double loss, DataRate sent, Consumers consumers, Turn& turn);

  // Whether a packet of video may be repeated now; of what size it was.
  bool MayRepeat(Timestamp now);
  void OnRepeated(size_t size) { repeat_credit_ -= DataSize::Bytes(static_cast<int64_t>(size)); }

  // A consumer that came: under a cap it begins at the lowest layer.
  void OnAdded(Consumer& consumer) const;

  // Infinite while there is no cap.
  Timestamp deadline() const { return deadline_; }
  void OnTimer(Consumers consumers, Turn& turn);

  // Somebody wants something else.
  void DivideSoon();

  std::optional<DataRate> cap() const { return cap_.cap(); }

 private:
  void AfterFeedback(Consumers consumers, Turn& turn);
  void Divide(Consumers consumers, Turn& turn);
  void Lift(Consumers consumers, Turn& turn);
  DataRate RateOfOthers(Consumers consumers, Timestamp now) const;

  ReportCap cap_;
  LayerDivider divider_;
  std::optional<DataRate> divided_;  // the cap at the last division; nullopt: nobody is limited
  Timestamp last_division_ = Timestamp::Never();
  Timestamp deadline_ = Timestamp::Infinite();
  bool has_layers_ = false;  // somebody with layers took part
  DataSize repeat_credit_;   // as of credited_
  Timestamp credited_;
};

}  // namespace sluice
