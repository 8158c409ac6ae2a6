#include "rtc/transport/layer_division.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rtc/cc/layer_allocation.h"

namespace sluice {
namespace {

// One consumer that takes part: layers in the order of climbing, temporal ones innermost.
struct Share {
  Consumer* consumer = nullptr;
  int temporal_layers = 1;

  size_t IndexOf(const ConsumerLayers& layers) const {
    return static_cast<size_t>(layers.spatial) * static_cast<size_t>(temporal_layers) +
           static_cast<size_t>(layers.temporal);
  }
  ConsumerLayers LayersOf(size_t index) const {
    const int i = static_cast<int>(index);
    return {.spatial = i / temporal_layers, .temporal = i % temporal_layers};
  }
};

LayerDemand DemandOf(const Share& share, DataSize per_packet, Timestamp now) {
  const Consumer& consumer = *share.consumer;
  const Consumer::LayerCount count = consumer.layer_count();
  LayerDemand demand{.priority = consumer.priority()};
  for (int spatial = 0; spatial < count.spatial; ++spatial) {
    for (int temporal = 0; temporal < count.temporal; ++temporal) {
      demand.rates.push_back(consumer.RateOfLayers({.spatial = spatial, .temporal = temporal}, per_packet, now));
    }
  }
  if (!HasLayers(consumer)) return demand;
  demand.wanted = share.IndexOf(*consumer.preferred_layers());
  demand.current = std::min(demand.wanted, consumer.limit() ? share.IndexOf(*consumer.limit()) : demand.wanted);
  if (consumer.starved()) demand.current = kNoLayer;
  return demand;
}

// The best of what is being sent, if there were no limit.
size_t BestOf(const LayerDemand& demand) {
  size_t best = std::min(demand.wanted, demand.rates.size() - 1);
  while (best > 0 && demand.rates[best] == DataRate::Zero()) --best;
  return best;
}

// Nothing to go by: a picture that stands still, or one that is yet to come.
bool IsSilent(const LayerDemand& demand) {
  return std::ranges::all_of(demand.rates, [](DataRate rate) { return rate == DataRate::Zero(); });
}

void Starve(Consumer& consumer, bool starved, Turn& turn) {
  if (consumer.starved() == starved) return;
  consumer.SetStarved(starved, turn.outbox.media);
  WishKeyFrames(consumer, turn);
}

// All with layers but one: the first of the highest priority.
void LetStarve(const std::vector<Share>& shares, std::vector<LayerDemand>& demands) {
  const auto first = std::ranges::max_element(demands, {}, &LayerDemand::priority) - demands.begin();
  for (size_t i = 0; i < demands.size(); ++i) {
    demands[i].may_starve = static_cast<ptrdiff_t>(i) != first && HasLayers(*shares[i].consumer);
  }
}

}  // namespace

LayerDivision LayerDivision::Of(Consumers consumers, const Budget& budget, DataSize per_packet, bool estimated,
                                Turn& turn) {
  std::vector<Share> shares;
  std::vector<LayerDemand> demands;
  LayerDivision out;
  for (const auto& consumer : consumers) {
    if (!TakesPartInDivision(*consumer)) continue;
    if (!consumer->active()) {
      if (HasLayers(*consumer)) consumer->SetLimit(kLowestLayers);
      continue;
    }
    const Share share{.consumer = consumer.get(), .temporal_layers = consumer->layer_count().temporal};
    LayerDemand demand = DemandOf(share, per_packet, turn.now);
    if (IsSilent(demand)) {
      Starve(*consumer, false, turn);
      continue;
    }
    if (estimated) demand.rise_limit = consumer->layer_hold().Limit(budget.rise, turn.now);
    shares.push_back(share);
    demands.push_back(std::move(demand));
  }
  if (estimated) LetStarve(shares, demands);
  const LayerAllocation allocation = AllocateLayers(demands, budget.rise, budget.held);
  out.given = allocation.total;
  out.next = allocation.next;
  out.has_layers = std::ranges::any_of(shares, [](const Share& share) { return HasLayers(*share.consumer); });
  DataRate before;
  for (size_t i = 0; i < shares.size(); ++i) {
    const LayerDemand& demand = demands[i];
    const size_t given = allocation.given[i];
    if (demand.current != kNoLayer) before = before + demand.rates[demand.current];
    out.wanted = out.wanted + demand.rates[BestOf(demand)];
    out.limited |= given == kNoLayer || given < BestOf(demand);
    // What is not sent any more was not taken for want of bandwidth.
    const bool still_there = demand.current == kNoLayer || demand.rates[demand.current] > DataRate::Zero();
    if (still_there) shares[i].consumer->layer_hold().OnGiven(demand.current, given, budget.rise, turn.now);
    if (HasLayers(*shares[i].consumer)) {
      shares[i].consumer->SetLimit(shares[i].LayersOf(given == kNoLayer ? 0 : given));
    }
    Starve(*shares[i].consumer, given == kNoLayer, turn);
  }
  out.raised = out.given > before;
  return out;
}

void LayerDivision::Stop(Consumers consumers, Turn& turn) {
  for (const auto& consumer : consumers) {
    if (TakesPartInDivision(*consumer)) Starve(*consumer, true, turn);
  }
}

void LayerDivision::Lift(Consumers consumers, Turn& turn) {
  for (const auto& consumer : consumers) {
    consumer->SetLimit(std::nullopt);
    Starve(*consumer, false, turn);
  }
}

}  // namespace sluice
