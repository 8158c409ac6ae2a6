#include "rtc/transport/layer_division.h"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

// The best of what is being sent, if there were no limit.
size_t BestOf(const LayerDemand& demand) {
  size_t best = std::min(demand.wanted, demand.rates.size() - 1);
  while (best > 0 && demand.rates[best].now == DataRate::Zero()) --best;
  return best;
}

// Nothing to go by: a picture that stands still, or one that is yet to come.
bool IsSilent(const LayerDemand& demand) {
  return std::ranges::all_of(demand.rates, [](const LayerRate& rate) { return rate.now == DataRate::Zero(); });
}

void Starve(Consumer& consumer, bool starved, Turn& turn) {
  if (consumer.starved() == starved) return;
  consumer.SetStarved(starved, turn.outbox.media);
  WishKeyFrames(consumer, turn);
}

}  // namespace

size_t LayerDivider::Share::IndexOf(const ConsumerLayers& layers) const {
  const int temporal = std::min(layers.temporal, temporal_layers - 1);  // more may come than were signalled
  return static_cast<size_t>(layers.spatial) * static_cast<size_t>(temporal_layers) + static_cast<size_t>(temporal);
}

ConsumerLayers LayerDivider::Share::LayersOf(size_t index) const {
  const int i = static_cast<int>(index);
  return {.spatial = i / temporal_layers, .temporal = i % temporal_layers};
}

LayerDemand LayerDivider::DemandOf(const Share& share, DataSize per_packet, Timestamp now) {
  const Consumer& consumer = *share.consumer;
  const Consumer::LayerCount count = consumer.layer_count();
  LayerDemand demand{.priority = consumer.priority(), .fallen = consumer.fallen()};
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

// Who takes part, and with what.
void LayerDivider::Gather(Consumers consumers, const Budget& budget, Turn& turn) {
  shares_.clear();
  demands_.clear();
  had_ = {};
  sent_ = DataRate::Zero();
  for (const auto& consumer : consumers) {
    if (!TakesPartInDivision(*consumer)) continue;
    if (!consumer->active()) {
      if (HasLayers(*consumer)) consumer->SetLimit(kLowestLayers);
      continue;
    }
    const Share share{.consumer = consumer.get(), .temporal_layers = consumer->layer_count().temporal};
    LayerDemand demand = DemandOf(share, budget.per_packet, turn.now);
    if (IsSilent(demand)) {
      Starve(*consumer, false, turn);
      continue;
    }
    if (demand.current != kNoLayer) had_ = had_ + demand.rates[demand.current];
    if (const auto sent = consumer->current_layers()) sent_ = sent_ + demand.rates[share.IndexOf(*sent)].now;
    shares_.push_back(share);
    demands_.push_back(std::move(demand));
  }
}

LayerBudget LayerDivider::BudgetOf(const Budget& budget, Timestamp now) {
  LayerBudget out{.rise = budget.rise, .held = budget.held};
  if (!budget.estimated) return out;
  // Of all that is sent: what did not fit beside a file fits when that is there.
  if (had_.least() > budget.held) ceiling_.OnFall(had_.least(), budget.besides, budget.rise, now);
  const DataRate most = ceiling_.Most(budget.rise, now);
  if (most < DataRate::Infinite()) out.ceiling = std::max(most - budget.besides, DataRate::Zero());
  out.enough = ceiling_.Enough(now);
  return out;
}

// All with layers but one: the first of the highest priority.
void LayerDivider::LetStarve() {
  const auto first = std::ranges::max_element(demands_, {}, &LayerDemand::priority) - demands_.begin();
  for (size_t i = 0; i < demands_.size(); ++i) {
    demands_[i].may_starve = static_cast<ptrdiff_t>(i) != first && HasLayers(*shares_[i].consumer);
  }
}

void LayerDivider::Give(const Share& share, size_t given, bool deep, Turn& turn) {
  Consumer& consumer = *share.consumer;
  Starve(consumer, given == kNoLayer, turn);
  if (!HasLayers(consumer)) return;
  const ConsumerLayers layers = share.LayersOf(given == kNoLayer ? 0 : given);
  const auto sent = consumer.current_layers();
  consumer.SetLimit(layers);
  if (!deep || consumer.type() != RtpType::kSimulcast || !sent || sent->spatial <= layers.spatial) return;
  consumer.SetLimit(kLowestLayers);
  consumer.AwaitKeyFrame(turn.outbox.media);
  WishKeyFrames(consumer, turn);
}

LayerDivider::Division LayerDivider::Divide(Consumers consumers, const Budget& budget, Turn& turn) {
  Gather(consumers, budget, turn);
  if (budget.estimated) LetStarve();
  const LayerAllocation& allocation = allocator_.Allocate(demands_, BudgetOf(budget, turn.now));
  Division out{.given = allocation.total, .next = allocation.next, .raised = allocation.total > had_.now};
  out.deep = budget.estimated && sent_ > budget.held * kDeepFall;
  out.has_layers = std::ranges::any_of(shares_, [](const Share& share) { return HasLayers(*share.consumer); });
  bool rises = false;
  for (size_t i = 0; i < shares_.size(); ++i) {
    const LayerDemand& demand = demands_[i];
    const size_t given = allocation.given[i];
    out.wanted = out.wanted + demand.rates[BestOf(demand)].now;
    out.limited |= given == kNoLayer || given < BestOf(demand);
    // One above, so that no layer is the lowest.
    rises |= given + 1 > demand.current + 1;
    // What is not sent any more was not taken for want of bandwidth.
    const bool still_there = demand.current == kNoLayer || demand.rates[demand.current].now > DataRate::Zero();
    if (given + 1 < demand.current + 1 && still_there) shares_[i].consumer->NoteFall(turn.now);
    Give(shares_[i], given, out.deep, turn);
  }
  if (rises) ceiling_.OnRise(budget.rise, turn.now);
  return out;
}

void LayerDivider::Stop(Consumers consumers, Turn& turn) {
  for (const auto& consumer : consumers) {
    if (TakesPartInDivision(*consumer)) Starve(*consumer, true, turn);
  }
}

void LayerDivider::Lift(Consumers consumers, Turn& turn) {
  for (const auto& consumer : consumers) {
    consumer->SetLimit(std::nullopt);
    Starve(*consumer, false, turn);
  }
}

}  // namespace sluice
