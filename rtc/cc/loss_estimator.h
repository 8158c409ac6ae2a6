// Whether packets are lost because too much is sent, or whatever is sent: the bandwidth and the inherent loss under which
// what was seen is likeliest. Of a packet sent at `rate` over a line of `bandwidth` that loses `inherent` anyway,
//
//   loss = inherent + (1 - inherent) * max(0, 1 - bandwidth / rate)
//
// is lost. The likelihood of the last kObservations is evaluated over a grid of both; a high inherent loss is taken for
// unlikely beforehand, and a bandwidth that does not matter is preferred. A policer shows in loss that goes when less is
// sent, a bad radio in loss that stays. The delay of a full queue is told by others; loss beside it proves congestion.
//
// Bounds: kObservations; nothing is computed while nothing is lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"
#include "rtc/cc/network_messages.h"

namespace sluice {

class LossEstimator {
 public:
  static constexpr size_t kObservations = 24;
  static constexpr TimeDelta kPeriod = TimeDelta::Millis(250);
  static constexpr TimeDelta kLongPeriod = TimeDelta::Seconds(1);
  static constexpr int kManyPackets = 20;
  static constexpr int kFewPackets = 5;

  // See BandwidthController.
  void SetElastic(bool elastic) { elastic_ = elastic; }
  void OnFeedback(const FeedbackReport& report);
  // What was sent before `now` was lost because the way was shut, which says nothing of its width.
  void ForgetUntil(Timestamp now);

  // What gets through; nullopt: loss limits nothing.
  std::optional<DataRate> bandwidth() const { return bandwidth_; }
  double inherent() const { return inherent_; }
  // Of packets, in the last observation.
  double loss() const { return loss_; }
  // Since the last call: whether there was an observation.
  bool TakeObserved();

 private:
  struct Observation {
    double kbps = 0;  // sent
    int packets = 0;
    int lost = 0;
  };

  void End();
  void Evaluate();
  double LogLikelihood(double kbps, double inherent) const;

  bool elastic_ = false;
  std::array<Observation, kObservations> observations_;
  size_t end_ = 0;
  Observation current_;
  int64_t bytes_ = 0;
  Timestamp begin_ = Timestamp::Never();
  Timestamp newest_ = Timestamp::Never();
  std::optional<DataRate> bandwidth_;
  double inherent_ = 0;
  double loss_ = 0;
  bool observed_ = false;
  Timestamp forgotten_until_ = Timestamp::Never();
};

}  // namespace sluice
