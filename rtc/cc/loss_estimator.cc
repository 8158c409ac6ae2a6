#include "rtc/cc/loss_estimator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice {
namespace {

constexpr std::array<double, 12> kInherent = {0, 0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.13, 0.17, 0.22, 0.3, 0.4};
constexpr std::array<double, 15> kShares = {0.2,  0.3,  0.4,  0.5,  0.6,  0.66, 0.72, 0.78,
                                            0.84, 0.88, 0.92, 0.95, 0.98, 1.01, 1.05};  // of the highest rate seen
constexpr double kAging = 0.9;         // of an observation, each time one is added
constexpr double kInherentPrice = 40;  // nats for an inherent loss of one
// Nats by which a limit must explain more: of layers more, since a limit that is none costs one.
constexpr double kAdvantage = 3;
constexpr double kAdvantageOfLayers = 5;
constexpr double kLeastLoss = 1e-3;  // some are lost on every line
constexpr double kMostLoss = 0.99;

}  // namespace

void LossEstimator::OnFeedback(const FeedbackReport& report) {
  for (const PacketResult& result : report.packets) {
    if (result.packet.sent < forgotten_until_) continue;
    if (result.was_lost) {
      current_.lost = std::max(0, current_.lost - 1);
      continue;
    }
    if (begin_.IsNever()) begin_ = newest_ = result.packet.sent;
    newest_ = std::max(newest_, result.packet.sent);
    ++current_.packets;
    current_.lost += result.lost();
    bytes_ += result.packet.total().bytes();
  }
  if (begin_.IsNever()) return;
  const TimeDelta span = newest_ - begin_;
  const bool enough =
      (current_.packets >= kManyPackets && span >= kPeriod) || (current_.packets >= kFewPackets && span >= kLongPeriod);
  if (enough) End();
}

void LossEstimator::ForgetUntil(Timestamp now) {
  const bool elastic = elastic_;
  *this = LossEstimator();
  elastic_ = elastic;
  forgotten_until_ = now;
}

void LossEstimator::End() {
  current_.kbps = static_cast<double>(bytes_) * 8 / 1000 / (newest_ - begin_).seconds();
  begin_ = newest_;
  bytes_ = 0;
  loss_ = static_cast<double>(current_.lost) / current_.packets;
  observations_[end_++ % kObservations] = std::exchange(current_, Observation());
  if (end_ == 2 * kObservations) end_ = kObservations;
  observed_ = true;
  Evaluate();
}

bool LossEstimator::TakeObserved() { return std::exchange(observed_, false); }

double LossEstimator::LogLikelihood(double kbps, double inherent) const {
  double sum = 0;
  double weight = 1;
  const size_t count = std::min(end_, kObservations);
  for (size_t back = 0; back < count; ++back, weight *= kAging) {
    const Observation& seen = observations_[(end_ - 1 - back) % kObservations];
    const double excess = seen.kbps > kbps ? 1 - kbps / seen.kbps : 0;
    const double loss = std::clamp(inherent + (1 - inherent) * excess, kLeastLoss, kMostLoss);
    sum += weight * (seen.lost * std::log(loss) + (seen.packets - seen.lost) * std::log1p(-loss));
  }
  return sum - kInherentPrice * inherent;
}

void LossEstimator::Evaluate() {
  const size_t count = std::min(end_, kObservations);
  double highest = 0;
  int lost = 0;
  for (size_t i = 0; i < count; ++i) {
    highest = std::max(highest, observations_[i].kbps);
    lost += observations_[i].lost;
  }
  bandwidth_.reset();
  inherent_ = 0;
  if (lost == 0) return;
  double best_unlimited = -INFINITY;
  double best = -INFINITY;
  double limit = 0;
  for (const double inherent : kInherent) {
    const double unlimited = LogLikelihood(INFINITY, inherent);
    if (unlimited > best_unlimited) {
      best_unlimited = unlimited;
      inherent_ = inherent;
    }
    for (const double share : kShares) {
      const double likelihood = LogLikelihood(highest * share, inherent);
      // Among equals the higher one: it costs less to be wrong.
      if (likelihood > best + 0.1 || (likelihood > best - 0.1 && highest * share > limit)) {
        best = std::max(best, likelihood);
        limit = highest * share;
      }
    }
  }
  if (best > best_unlimited + (elastic_ ? kAdvantage : kAdvantageOfLayers)) {
    bandwidth_ = DataRate::BitsPerSec(static_cast<int64_t>(limit * 1000));
  }
}

}  // namespace sluice
