#include "rtc/cc/remb_estimator.h"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr double kNotableFall = 0.97;  // of what was told
constexpr double kHeadroom = 1.5;      // over what arrives, at first
constexpr TimeDelta kSourceGone = TimeDelta::Seconds(2);
constexpr TimeDelta kLargestStep = TimeDelta::Seconds(10);

}  // namespace

void RembEstimator::SetMaximum(DataRate maximum) {
  if (maximum == maximum_) return;
  lifted_ = maximum == DataRate::Zero();
  maximum_ = maximum;
  deadline_ = Timestamp::Never();  // at once
}

void RembEstimator::Restart() {
  clock_ = SendClock();
  delay_ = DelayEstimator();
  incoming_.Reset();
  rate_.reset();
  first_ = last_ = last_update_ = Timestamp::Never();
}

void RembEstimator::StopEstimating() {
  if (first_.IsNever()) return;
  if (rate_) {
    lifted_ = true;
    deadline_ = Timestamp::Never();
  }
  Restart();
}

// Of the sender's clock; nullopt for packets that are not gone by.
std::optional<Timestamp> RembEstimator::SendTimeOf(const Packet& packet) {
  const bool by_extension = packet.sent.has_value();
  const bool other = by_extension ? !clock_.by_extension : clock_.by_extension || clock_.ssrc != packet.ssrc;
  const uint32_t value = by_extension ? packet.sent->ticks : packet.timestamp;
  if (other) {
    // Streams have clocks of their own: the first is followed until it is silent. Who dates packets is better to go by.
    const bool silent = clock_.at.IsNever() || packet.arrival - last_ > kSourceGone;
    if (!silent && !by_extension) return std::nullopt;
    clock_ = {.ssrc = packet.ssrc, .by_extension = by_extension, .last = value, .at = packet.arrival};
    delay_ = DelayEstimator();
    return clock_.at;
  }
  const TimeDelta step =
      by_extension
          ? packet.sent->Since({.ticks = clock_.last})
          : TimeDelta::Micros(int64_t{static_cast<int32_t>(value - clock_.last)} * 1'000'000 / packet.clock_rate);
  const Timestamp sent = clock_.at + step;
  if (step > kLargestStep || step < -kLargestStep) {
    clock_.at = Timestamp::Never();  // another clock; the next packet begins it
    return std::nullopt;
  }
  if (step > TimeDelta::Zero()) {
    clock_.last = value;
    clock_.at = sent;
  }
  return sent;
}

void RembEstimator::OnPacket(const Packet& packet) {
  if (!last_.IsNever() && packet.arrival - last_ > kSilence) Restart();
  if (clock_.at.IsNever()) clock_ = SendClock();
  const std::optional<Timestamp> sent = SendTimeOf(packet);
  if (first_.IsNever()) first_ = last_update_ = packet.arrival;
  incoming_.OnArrival(packet.arrival, DataSize::Bytes(static_cast<int64_t>(packet.size)));
  if (sent) {
    delay_.OnPacket(*sent, packet.arrival);
    last_ = packet.arrival;
  }
  if (packet.arrival - last_update_ >= kUpdate) Update(packet.arrival);
}

void RembEstimator::Update(Timestamp now) {
  last_update_ = now;
  if (now - first_ < kWarmUp) return;
  const std::optional<DataRate> incoming = incoming_.Over(AckedBitrate::kLong);
  if (!incoming) return;
  if (!rate_) {
    rate_.emplace(*incoming * kHeadroom);
    deadline_ = now;
  }
  delay_.Update(rate_->rate());
  rate_->Update({.now = now,
                 .newest_sent = now,
                 .overused = delay_.IsOverused(),
                 .queue = delay_.queue(),
                 .trend = delay_.trend(),
                 .acked = incoming_.Over(AckedBitrate::kShort),
                 .acked_long = incoming,
                 .response = kResponse});
  rate_->Clamp(kFloor, kUnlimited);
  delay_.Tolerate(rate_->tolerated());
  if (told_ && *estimate() < *told_ * kNotableFall) deadline_ = std::min(deadline_, told_at_ + kLeastInterval);
}

std::optional<DataRate> RembEstimator::estimate() const {
  return rate_ ? std::optional(std::max(rate_->rate_now(), kFloor)) : std::nullopt;
}

std::optional<DataRate> RembEstimator::Limit(Timestamp now) const {
  std::optional<DataRate> limit;
  if (rate_ && now - last_ <= kSilence) limit = estimate();
  if (maximum_ > DataRate::Zero()) limit = std::min(limit.value_or(maximum_), maximum_);
  return limit;
}

std::optional<DataRate> RembEstimator::Due(Timestamp now) {
  if (now < deadline_) return std::nullopt;
  const std::optional<DataRate> limit = Limit(now);
  const bool was_limited = told_.has_value();
  deadline_ = limit ? now + kInterval : Timestamp::Infinite();
  told_ = limit;
  told_at_ = now;
  const bool lifted = std::exchange(lifted_, false) && was_limited;
  return lifted && !limit ? std::optional(kUnlimited) : limit;
}

}  // namespace sluice
