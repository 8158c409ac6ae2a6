// How much one transport may send: composes the estimators (delay, loss, acknowledged bit rate), the rate controller and
// the prober. Messages in, decisions out; one object for each peer.
//
//   SetDemand -> what the sources would send, and what the next step up would need
//   OnSent, OnFeedback, OnRtt, OnRemb, OnLossReport -> what the line says
//   target()       what may be sent at present: never outside [min, max] of SetBounds
//   pacing_rate()  how fast packets may leave
//   TakeProbe()    packets to be sent at a rate beyond, to see whether it gets through
//
// It sends nothing, holds no packets and knows no layers. Without transport-wide feedback it goes by REMB and the loss
// of receiver reports, whose lower one bounds the target.
//
// Bounds: fixed-size windows inside; nothing is allocated after the constructor. Rates are of the line
// (network_messages.h). Lifetime: of the transport.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/cc/acked_bitrate.h"
#include "rtc/cc/delay_estimator.h"
#include "rtc/cc/demand.h"
#include "rtc/cc/loss_estimator.h"
#include "rtc/cc/network_messages.h"
#include "rtc/cc/prober.h"
#include "rtc/cc/rate_controller.h"

namespace sluice {

class BandwidthController {
 public:
  static constexpr DataRate kDefaultMin = DataRate::KilobitsPerSec(30);
  static constexpr DataRate kDefaultStart = DataRate::KilobitsPerSec(600);
  static constexpr DataRate kDefaultMax = DataRate::KilobitsPerSec(100'000);

  // To be sent at `rate`, at once: at least `size` and `packets`, whichever is more, each told to OnSent with `id`. What
  // the sources have to send belongs to it; the rest are repetitions or padding.
  using Probe = Prober::Cluster;

  enum class Limit : uint8_t { kNothing, kDelay, kLoss, kRemb };

  // For traces and statistics.
  struct Snapshot {
    DataRate target;
    DataRate delay_based;
    DataRate loss_based;
    std::optional<DataRate> acked;
    std::optional<DataRate> link_capacity;
    TimeDelta queue_delay;  // beyond the least delay seen lately
    TimeDelta tolerable;    // longer than that it is too long
    std::optional<TimeDelta> rtt;
    double loss = 0;  // share of packets, of the last judgement
    Limit limit = Limit::kNothing;
    bool competing = false;  // others hold a queue
    uint32_t probes = 0;     // that were taken
  };

  // min <= start <= max; others are clamped to max, then min. The first call begins at `start`; later ones keep the
  // estimate, within the new bounds, but for a `start` that was given: that is believed.
  void SetBounds(DataRate min, std::optional<DataRate> start, DataRate max);

  // What is sent at present as allocated, with audio; and what the target would have to be for the next step up that
  // somebody wants and does not have: zero if nobody does. Both of the line.
  void SetDemand(DataRate allocated, DataRate next, Timestamp now);

  // Sources that send whatever they may, as an encoder of our own does. Without it they are layers, which stay as they are
  // until another is chosen.
  void SetElastic(bool elastic) {
    demand_.SetElastic(elastic);
    loss_.SetElastic(elastic);
  }

  // All that anybody wants at present: no probe asks for more than a little beyond.
  void SetWanted(DataRate wanted) { wanted_ = wanted; }

  void OnSent(const SentPacket& packet);
  void OnFeedback(const FeedbackReport& report);
  // From sender and receiver reports or XR; feedback tells a round-trip time by itself.
  void OnRtt(TimeDelta rtt);
  // Holds until the next; forgotten after kRembLife.
  void OnRemb(DataRate bitrate, Timestamp now);
  // Receiver reports: `loss` (0..1) of `sent`, which is what leaves at present. Passed over while feedback comes.
  void OnLossReport(double loss, DataRate sent, Timestamp now);

  // Infinite before the first packet is sent.
  Timestamp deadline() const { return deadline_; }
  void OnTimer(Timestamp now);

  DataRate target() const { return target_; }
  // What the target will be once a queue has drained that is draining now: layers go by it, for what is sent in between
  // waits, and to take a layer away for half a second costs a key frame.
  DataRate lasting_target() const { return lasting_target_; }
  // What layers may take that are sent already: a little more, for their measured rates sway. Within max, too.
  DataRate held_target() const { return std::min(lasting_target_ * kHeld, max_); }
  DataRate pacing_rate() const;
  // Once each: nullopt until the next one is due.
  std::optional<Probe> TakeProbe(Timestamp now);
  uint32_t probes() const { return prober_.count(); }  // that were taken
  Snapshot snapshot() const;

 private:
  static constexpr double kHeld = 1.08;
  static constexpr TimeDelta kInterval = TimeDelta::Millis(25);
  static constexpr TimeDelta kRembLife = TimeDelta::Seconds(5);
  static constexpr TimeDelta kFeedbackLife = TimeDelta::Seconds(2);

  void Arrived(const FeedbackReport& report);
  DelayEstimator::Load Load() const;
  RateController::Input InputOf(Timestamp now);
  void ObeyLoss(const RateController::Input& input);
  void ObeyProbe(const Prober::Result& result);
  void WithoutFeedback(Timestamp now);
  void Update(Timestamp now);
  bool IsOverused(Timestamp now);

  DataRate min_ = kDefaultMin;
  DataRate max_ = kDefaultMax;
  DataRate target_ = kDefaultStart;
  DataRate lasting_target_ = kDefaultStart;
  Demand demand_;
  DataRate wanted_ = DataRate::Infinite();
  AckedBitrate acked_;
  DelayEstimator delay_;
  LossEstimator loss_;
  RateController rate_{kDefaultStart};
  Prober prober_;
  Limit limit_ = Limit::kNothing;
  double reported_loss_ = 0;  // by receiver reports
  std::optional<DataRate> remb_;
  std::optional<TimeDelta> rtt_;
  Timestamp remb_until_ = Timestamp::Never();
  Timestamp first_sent_ = Timestamp::Never();
  Timestamp last_sent_ = Timestamp::Never();
  Timestamp last_feedback_ = Timestamp::Never();
  Timestamp last_report_ = Timestamp::Never();
  Timestamp resumed_ = Timestamp::Never();        // sent again, after nothing was
  Timestamp last_cut_ = Timestamp::Never();       // for want of feedback
  Timestamp over_since_ = Timestamp::Infinite();  // the queue is too long
  Timestamp deadline_ = Timestamp::Infinite();
};

}  // namespace sluice
