// What a viewer would notice of a LayersCall: gaps, breaks, and how long a wish takes.
#include <algorithm>
#include <cmath>
#include <utility>

#include "test/scenario/layers/layers_call.h"
#include "test/scenario/layers/trace.h"

namespace sluice::testing_support {

int LayersCall::SpatialOf(const ReferenceFrames::Origin& origin) const {
  return vector_.stream_count > 1 ? origin.stream : origin.spatial_layer;
}

int LayersCall::LowestTemporal(Timestamp since) const {
  int lowest = wishes_.back().temporal;
  for (size_t i = 0; i + 1 < wishes_.size(); ++i) {
    if (wishes_[i + 1].at >= since) lowest = std::min(lowest, wishes_[i].temporal);
  }
  return lowest;
}

// Of the layer that `origin` is of: pictures less than `ticks` after it.
int LayersCall::PicturesBetween(const ReferenceFrames::Origin& origin, uint32_t ticks, int temporal) const {
  int count = 0;
  for (const Picture& picture : reference_.pictures(static_cast<size_t>(origin.stream))) {
    const auto& layers = picture.layers;
    const bool counts = std::ranges::any_of(layers, [&](const LayerFrame& layer) {
      return layer.spatial_layer == origin.spatial_layer && layer.temporal_layer <= temporal;
    });
    const uint32_t after = (picture.timestamp + vector_.period - origin.timestamp) % vector_.period;
    if (counts && after > 0 && after + 45 < ticks) ++count;
  }
  return count;
}

// Something was lost for good lately; or the consumer had gone to another stream, or paused, before it was repaired on its
// way up; or the consumer was paused while it was asked for; or it was lost on its way down with all its repetitions, or so
// long before the receiver could know it that the worker has it no more.
bool LayersCall::IsExplained() {
  const auto lately = [&](Timestamp when) { return !when.IsNever() && now() - when < TimeDelta::Seconds(3); };
  const bool hopeless = std::exchange(hopeless_breaks_, receiver_.hopeless_breaks()) != receiver_.hopeless_breaks();
  const bool was_paused = !inactive_.IsNever() && now() - inactive_ < LayersReceiver::kPatience;
  return hopeless || was_paused || lately(last_loss_for_good_) || lately(left_behind_);
}

// Called whenever the consumer may have gone to another stream, or away from the one that it had.
void LayersCall::NoteSource() {
  const auto layers = consumer_->current_layers();
  std::optional<int> source;
  if (layers && consumer_->active()) source = vector_.stream_count > 1 ? layers->spatial : 0;
  if (!consumer_->active()) inactive_ = now();
  const auto before = std::exchange(source_, source);
  if (!before || before == source) return;
  if (std::ranges::any_of(lost_up_, [&](const auto& lost) { return lost.first == *before; })) left_behind_ = now();
  std::erase_if(lost_up_, [&](const auto& lost) { return lost.first == *before; });
}

void LayersCall::Look(const LayersReceiver::Shown& shown) {
  Wish& wish = wishes_.back();
  const int spatial = SpatialOf(shown.origin);
  if (!wish.reached && spatial == wish.spatial) {
    wish.reached = true;
    wish.reached_at = shown.at;
    if (!IsDisturbed(wish.at, shown.at)) stats_.reached_ms.push_back((shown.at - wish.at).seconds() * 1000);
  }
  const bool settled = wish.reached && shown.at - wish.reached_at > kSettled;
  if (settled && shown.origin.temporal_layer > wish.temporal) ++stats_.too_high;
  if (last_ && last_->origin.unique && shown.origin.unique && !shown.after_break) LookAtGap(*last_, shown);
  last_ = shown;
}

void LayersCall::Disturb(TimeDelta time) {
  const Timestamp until = now() + time;
  if (!disturbances_.empty() && disturbances_.back().until >= now()) {
    disturbances_.back().until = std::max(disturbances_.back().until, until);
  } else {
    disturbances_.push_back({.from = now(), .until = until});
  }
  while (disturbances_.front().until < now() - TimeDelta::Seconds(10)) disturbances_.pop_front();
}

bool LayersCall::IsDisturbed(Timestamp from, Timestamp to) const {
  return std::ranges::any_of(
      disturbances_, [&](const auto& disturbance) { return disturbance.until > from && disturbance.from < to; });
}

void LayersCall::LookAtGap(const LayersReceiver::Shown& before, const LayersReceiver::Shown& now) {
  if (IsDisturbed(before.sent_at, now.sent_at)) return;
  const uint32_t ticks = now.timestamp - before.timestamp;
  const int64_t captured = int64_t{now.origin.timestamp} - before.origin.timestamp;
  int64_t skew = (ticks - captured) % vector_.period;
  if (skew > vector_.period / 2) skew -= vector_.period;
  if (skew < -int64_t{vector_.period} / 2) skew += vector_.period;
  const double per_ms = vector_.clock_rate / 1000.0;
  const double skew_ms = static_cast<double>(skew) / per_ms;
  if (std::abs(skew_ms) > 1) Trace(now.at, "{:.1f} ms more than captured since {}", skew_ms, before.timestamp);
  stats_.worst_skew_ms = std::max(stats_.worst_skew_ms, std::abs(skew_ms));
  const int temporal = LowestTemporal(before.at - TimeDelta::Seconds(1));
  const double gap = 1 + PicturesBetween(before.origin, ticks, temporal);
  if (gap > 2) Trace(now.at, "GAP of {} intervals of {} temporal layers", gap, temporal + 1);
  stats_.all_gaps.push_back(gap);
  if (SpatialOf(before.origin) == SpatialOf(now.origin)) return;
  stats_.gaps.push_back(gap);
  stats_.gap_ms.push_back(ticks / per_ms);
}

}  // namespace sluice::testing_support
