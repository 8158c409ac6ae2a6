#include "rtc/transport/layer_limiter.h"

#include <algorithm>

namespace sluice {

void LayerLimiter::OnRemb(const rtcp::Remb& remb, Consumers consumers, Turn& turn) {
  cap_.OnRemb(remb.bitrate);
  AfterFeedback(consumers, turn);
}

void LayerLimiter::OnReports(double loss, DataRate sent, Consumers consumers, Turn& turn) {
  cap_.OnLossReport(loss, sent, turn.now);
  AfterFeedback(consumers, turn);
}

void LayerLimiter::AfterFeedback(Consumers consumers, Turn& turn) {
  const auto cap = cap_.cap();
  if (!cap) return Lift(consumers, turn);
  if (divided_ && *cap >= *divided_) return;  // more is seen to when its time comes
  if (divided_ && turn.now - last_division_ < kMinInterval) {
    DivideSoon();
  } else {
    Divide(consumers, turn);
  }
}

void LayerLimiter::OnAdded(Consumer& consumer) const {
  if (divided_ && HasLayers(consumer)) consumer.SetLimit(kLowestLayers);
}

void LayerLimiter::OnTimer(Consumers consumers, Turn& turn) {
  if (turn.now >= deadline_) Divide(consumers, turn);
}

void LayerLimiter::DivideSoon() {
  if (divided_) deadline_ = std::min(deadline_, last_division_ + kMinInterval);
}

void LayerLimiter::Lift(Consumers consumers, Turn& turn) {
  if (!divided_) return;
  divided_.reset();
  deadline_ = Timestamp::Infinite();
  LayerDivider::Lift(consumers, turn);
}

bool LayerLimiter::MayRepeat(Timestamp now) {
  if (!divided_ || !has_layers_) return true;
  const DataRate rate = *divided_ * kRepeatShare;
  const TimeDelta since = std::min(now - std::max(credited_, now - kRepeatBurst), kRepeatBurst);
  repeat_credit_ = std::min(repeat_credit_ + rate * since, rate * kRepeatBurst);
  credited_ = now;
  return repeat_credit_ > DataSize::Zero();
}

DataRate LayerLimiter::RateOfOthers(Consumers consumers, Timestamp now) const {
  DataRate rate;
  for (const auto& consumer : consumers) {
    if (TakesPartInDivision(*consumer)) continue;
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      const OutgoingStream& stream = consumer->stream(i);
      rate = rate + stream.send().bitrate(now);
    }
  }
  return rate;
}

void LayerLimiter::Divide(Consumers consumers, Turn& turn) {
  if (!cap_.cap()) return Lift(consumers, turn);
  const bool repeated_freely = !divided_ || !has_layers_;
  divided_ = cap_.cap();
  last_division_ = turn.now;
  deadline_ = turn.now + kInterval;
  const int64_t left = divided_->bps() - RateOfOthers(consumers, turn.now).bps();
  const DataRate budget = DataRate::BitsPerSec(std::max<int64_t>(left, 0));
  const LayerDivider::Division division = divider_.Divide(consumers, {.rise = budget, .held = budget}, turn);
  has_layers_ = division.has_layers;
  if (repeated_freely) repeat_credit_ = divided_.value_or(DataRate::Zero()) * kRepeatShare * kRepeatBurst;
  cap_.OnAllocated(division.limited, division.raised, turn.now);
}

}  // namespace sluice
