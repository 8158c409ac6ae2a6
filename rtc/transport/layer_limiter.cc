#include "rtc/transport/layer_limiter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rtc/cc/layer_allocation.h"

namespace sluice {
namespace {

constexpr ConsumerLayers kLowest{.spatial = 0, .temporal = 0};

bool HasLayers(const Consumer& consumer) { return consumer.preferred_layers().has_value(); }

// One consumer that takes part: layers in the order of climbing, temporal ones innermost.
struct Share {
  Consumer* consumer = nullptr;
  int temporal_layers = 1;
  LayerDemand demand;

  size_t IndexOf(const ConsumerLayers& layers) const {
    return static_cast<size_t>(layers.spatial) * static_cast<size_t>(temporal_layers) +
           static_cast<size_t>(layers.temporal);
  }
  ConsumerLayers LayersOf(size_t index) const {
    const int i = static_cast<int>(index);
    return {.spatial = i / temporal_layers, .temporal = i % temporal_layers};
  }
};

Share ShareOf(Consumer& consumer, Timestamp now) {
  const Consumer::LayerCount count = consumer.layer_count();
  Share share{.consumer = &consumer, .temporal_layers = count.temporal, .demand = {.priority = consumer.priority()}};
  for (int spatial = 0; spatial < count.spatial; ++spatial) {
    for (int temporal = 0; temporal < count.temporal; ++temporal) {
      share.demand.rates.push_back(consumer.RateOfLayers({.spatial = spatial, .temporal = temporal}, now));
    }
  }
  share.demand.wanted = share.IndexOf(*consumer.preferred_layers());
  share.demand.current =
      std::min(share.demand.wanted, share.IndexOf(consumer.limit().value_or(share.LayersOf(share.demand.wanted))));
  return share;
}

// The best of what is being sent, if there were no cap.
size_t BestOf(const LayerDemand& demand) {
  size_t best = std::min(demand.wanted, demand.rates.size() - 1);
  while (best > 0 && demand.rates[best] == DataRate::Zero()) --best;
  return best;
}

}  // namespace

void LayerLimiter::OnFeedback(const rtcp::TransportFeedback& feedback, Consumers consumers, Timestamp now) {
  cap_.OnFeedback(feedback, now);
  AfterFeedback(consumers, now);
}

void LayerLimiter::OnRemb(const rtcp::Remb& remb, Consumers consumers, Timestamp now) {
  cap_.OnRemb(remb.bitrate);
  AfterFeedback(consumers, now);
}

void LayerLimiter::OnReports(double loss, DataRate sent, Consumers consumers, Timestamp now) {
  cap_.OnLossReport(loss, sent, now);
  AfterFeedback(consumers, now);
}

void LayerLimiter::AfterFeedback(Consumers consumers, Timestamp now) {
  const auto cap = cap_.cap();
  if (!cap) return Lift(consumers);
  if (divided_ && *cap >= *divided_) return;  // more is seen to when its time comes
  if (divided_ && now - last_division_ < kMinInterval) {
    deadline_ = std::min(deadline_, last_division_ + kMinInterval);
  } else {
    Divide(consumers, now);
  }
}

void LayerLimiter::OnAdded(Consumer& consumer) const {
  if (divided_ && HasLayers(consumer)) consumer.SetLimit(kLowest);
}

void LayerLimiter::OnTimer(Consumers consumers, Timestamp now) {
  if (now >= deadline_) Divide(consumers, now);
}

void LayerLimiter::Lift(Consumers consumers) {
  if (!divided_) return;
  divided_.reset();
  deadline_ = Timestamp::Infinite();
  for (const auto& consumer : consumers) consumer->SetLimit(std::nullopt);
}

bool LayerLimiter::MayRepeat(Timestamp now) {
  if (!divided_ || !has_shares_) return true;
  const DataRate rate = *divided_ * kRepeatShare;
  const TimeDelta since = std::min(now - std::max(credited_, now - kRepeatBurst), kRepeatBurst);
  repeat_credit_ = std::min(repeat_credit_ + rate * since, rate * kRepeatBurst);
  credited_ = now;
  return repeat_credit_ > DataSize::Zero();
}

DataRate LayerLimiter::RateOfOthers(Consumers consumers, Timestamp now) const {
  DataRate rate;
  for (const auto& consumer : consumers) {
    if (HasLayers(*consumer)) continue;
    for (size_t i = 0; i < consumer->stream_count(); ++i) {
      const OutgoingStream& stream = consumer->stream(i);
      if (!cap_.by_feedback() || stream.needs_transport_seq()) rate = rate + stream.send().bitrate(now);
    }
  }
  return rate;
}

void LayerLimiter::Divide(Consumers consumers, Timestamp now) {
  if (!cap_.cap()) return Lift(consumers);
  const bool repeated_freely = !divided_ || !has_shares_;
  divided_ = cap_.cap();
  last_division_ = now;
  deadline_ = now + kInterval;
  std::vector<Share> shares;
  std::vector<LayerDemand> demands;
  for (const auto& consumer : consumers) {
    if (!HasLayers(*consumer)) continue;
    if (!consumer->active()) {
      consumer->SetLimit(kLowest);
      continue;
    }
    Share share = ShareOf(*consumer, now);
    // Nothing to go by: a picture that stands still, or one that is yet to come.
    if (std::ranges::all_of(share.demand.rates, [](DataRate rate) { return rate == DataRate::Zero(); })) continue;
    shares.push_back(std::move(share));
    demands.push_back(shares.back().demand);
  }
  has_shares_ = !shares.empty();
  if (repeated_freely) repeat_credit_ = divided_.value_or(DataRate::Zero()) * kRepeatShare * kRepeatBurst;
  const int64_t budget = divided_->bps() - RateOfOthers(consumers, now).bps();
  const auto given = AllocateLayers(demands, DataRate::BitsPerSec(std::max<int64_t>(budget, 0)));
  bool limited = false;
  int64_t more = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    const LayerDemand& demand = demands[i];
    shares[i].consumer->SetLimit(shares[i].LayersOf(given[i]));
    limited |= given[i] < BestOf(demand);
    more += demand.rates[given[i]].bps() - demand.rates[demand.current].bps();
  }
  cap_.OnAllocated(limited, more > 0, now);
}

}  // namespace sluice
