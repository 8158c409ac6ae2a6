#include "test/bwe/source.h"

#include <algorithm>
#include <cmath>

#include "rtc/cc/layer_allocation.h"

namespace sluice::bwe {
namespace {

// One with a Laplace-distributed deviation, cut at `most`.
double Around1(Rng& rng, double scale, double most) {
  const double u = rng.Unit() - 0.5;
  const double deviation = -scale * std::copysign(std::log(1 - 2 * std::abs(u)), u);
  return 1 + std::clamp(deviation, -most, most);
}

DataSize FrameOf(DataRate rate, double factor) { return rate * factor * Source::kFrameInterval; }

}  // namespace

void AdaptiveSource::SetBudget(DataRate budget, DataRate, Timestamp) { wanted_ = std::clamp(budget, min_, max_); }

DataSize AdaptiveSource::NextFrame(Timestamp now) {
  if (changed_.IsNever() || now - changed_ >= kLag) {
    rate_ = wanted_;
    changed_ = now;
  }
  return FrameOf(rate_, Around1(rng_, 0.08, 0.3));
}

void SimulcastSource::SetBudget(DataRate budget, DataRate held, Timestamp now) {
  if (!allocated_at_.IsNever() && now - allocated_at_ < kMinInterval) return;
  allocated_at_ = now;
  LayerDemand demand{.wanted = layers_.size() - 1, .current = wanted_};
  for (const DataRate layer : layers_) demand.rates.push_back(layer * sway_);
  const size_t layer = AllocateLayers(std::span(&demand, 1), budget, held).given[0];
  if (layer == wanted_) return;
  wanted_ = layer;
  switch_at_ = wanted_ == current_ ? Timestamp::Infinite() : now + kKeyFrameWait;
}

DataSize SimulcastSource::NextFrame(Timestamp now) {
  if (now >= switch_at_) {
    switch_at_ = Timestamp::Infinite();
    current_ = wanted_;
    key_ = true;
    ++switches_;
  }
  const bool key = key_ || rng_.Chance(kFrameInterval / kKeyFrameEvery);
  key_ = false;
  const double factor = (key ? kKeyFrameSize : 1) * Around1(rng_, 0.1, 0.4);
  sway_ += (factor - sway_) * (kFrameInterval / kMeasuredOver);
  return FrameOf(layers_[current_], factor);
}

DataRate SimulcastSource::next_rate() const {
  // With the room that the allocation wants.
  return wanted_ + 1 < layers_.size() ? layers_[wanted_ + 1] * (sway_ * kRoomToRise) : DataRate::Zero();
}

DataRate SimulcastSource::Fitting(DataRate line) const {
  DataRate fitting = layers_.front();
  for (const DataRate layer : layers_) fitting = layer <= line ? layer : fitting;
  return fitting;
}

}  // namespace sluice::bwe
