#include "rtc/forward/descriptor_filter.h"

#include <algorithm>
#include <span>

namespace sluice {

using codec::DecodeTargetIndication;
using codec::DependencyInfo;
using codec::DependencyStructure;

FilteredPacket DescriptorFilter::Start(uint32_t timestamp, const DependencyInfo& frame,
                                       const DependencyStructure& structure, Layers wish) {
  frames_ = {};
  newest_ = first_ = oldest_reference_ = (int64_t{1} << 20) + frame.frame_number;
  At(newest_) = Frame::kSent;
  structure_ = frame.structure;
  broken_.reset();
  current_ = -1;
  changes_.Clear();
  changes_.Add(newest_, current_);
  LearnTargets(structure);
  sender_sends_ = frame.active_targets;
  told_targets_ = sender_sends_;
  ended_.reset();
  MoveTo(BestTarget(wish), frame);
  return {.forward = true,
          .ends_picture = EndsPicture(timestamp, newest_, frame),
          .active_targets = ActiveTargets(newest_, frame)};
}

FilteredPacket DescriptorFilter::Filter(uint32_t timestamp, const DependencyInfo& frame,
                                        const DependencyStructure& structure, Layers wish) {
  const int64_t number = Unwrap(frame.frame_number);
  if (number < first_ || number + static_cast<int64_t>(kMemory) <= newest_) return {};
  if (number <= newest_ && frame.structure != structure_) return {};  // its targets are others than ours
  if (number > newest_) {
    AdvanceTo(number);
    if (frame.structure != structure_) {
      structure_ = frame.structure;
      LearnTargets(structure);
      current_ = -1;  // means another thing now
      changes_.Add(number, current_);
    }
    sender_sends_ = frame.active_targets;
    FollowChains(number, frame);
  }
  if (At(number) == Frame::kUnknown) {
    if (number == newest_) Follow(frame, wish, ended_ == timestamp);
    At(number) = Decide(number, frame) ? Frame::kSent : Frame::kLeftOut;
  }
  if (At(number) == Frame::kLeftOut) return {};
  return {.forward = true,
          .ends_picture = EndsPicture(timestamp, number, frame),
          .active_targets = ActiveTargets(number, frame)};
}

int64_t DescriptorFilter::Unwrap(uint16_t number) const {
  return newest_ + static_cast<int16_t>(static_cast<uint16_t>(number - static_cast<uint16_t>(newest_)));
}

void DescriptorFilter::AdvanceTo(int64_t number) {
  if (number - newest_ >= static_cast<int64_t>(kMemory)) {
    frames_ = {};
  } else {
    for (int64_t i = newest_ + 1; i <= number; ++i) At(i) = Frame::kUnknown;
  }
  newest_ = number;
}

// Nothing before the oldest reference can be referred to: it counts as left out.
DescriptorFilter::Frame DescriptorFilter::StateOf(int64_t number) const {
  if (number < oldest_reference_) return Frame::kLeftOut;
  return newest_ - number < static_cast<int64_t>(kMemory) ? At(number) : Frame::kUnknown;
}

template <class Predicate>
bool DescriptorFilter::EachReference(int64_t number, const DependencyInfo& frame, Predicate is_fine) const {
  const auto differences = std::span(frame.frame_differences).first(frame.frame_difference_count);
  return std::ranges::all_of(differences, [&](auto difference) { return is_fine(StateOf(number - difference)); });
}

void DescriptorFilter::FollowChains(int64_t number, const DependencyInfo& frame) {
  for (size_t i = 0; i < chain_count_; ++i) {
    if (frame.chain_differences[i] != 0) {
      if (StateOf(number - frame.chain_differences[i]) == Frame::kLeftOut) broken_.set(i);
    } else if (frame.has_structure) {
      broken_.reset(i);
    }
  }
}

void DescriptorFilter::LearnTargets(const DependencyStructure& structure) {
  target_count_ = structure.target_count;
  chain_count_ = structure.chain_count;
  targets_ = structure.targets;
}

int DescriptorFilter::BestTarget(Layers wish) const {
  int best = -1;
  Layers best_layers;
  int lowest = -1;
  Layers lowest_layers;
  for (int i = 0; i < target_count_; ++i) {
    if (!(sender_sends_ >> i & 1)) continue;
    const Layers layers{targets_[static_cast<size_t>(i)].spatial_layer,
                        targets_[static_cast<size_t>(i)].temporal_layer};
    if (lowest < 0 || layers < lowest_layers) lowest = i, lowest_layers = layers;
    if (layers.spatial > wish.spatial || layers.temporal > wish.temporal) continue;
    if (best < 0 || best_layers < layers) best = i, best_layers = layers;
  }
  return best >= 0 ? best : lowest;
}

bool DescriptorFilter::ChainIntact(int target) const {
  return chain_count_ != 0 && !broken_.test(targets_[static_cast<size_t>(target)].chain);
}

// Of the lower layers of the newest frame's picture those that have not come yet are to be judged as it is.
int64_t DescriptorFilter::BeginOfPicture(const DependencyInfo& newest) const {
  int64_t begin = newest_;
  while (newest_ - begin < newest.spatial_layer && begin - 1 > first_ && At(begin - 1) == Frame::kUnknown) --begin;
  return begin;
}

void DescriptorFilter::MoveTo(int target, const DependencyInfo& frame) {
  if (target < 0) return;
  current_ = target;
  changes_.Add(BeginOfPicture(frame), target);
  const DependencyStructure::Target& to = targets_[static_cast<size_t>(target)];
  current_layers_ = {to.spatial_layer, to.temporal_layer};
  if (chain_count_ != 0) broken_.reset(to.chain);
}

bool DescriptorFilter::EndsPicture(uint32_t timestamp, int64_t number, const DependencyInfo& frame) {
  const int target = changes_.At(number);
  const int highest = target < 0 ? current_layers_.spatial : targets_[static_cast<size_t>(target)].spatial_layer;
  if (!frame.last_packet || frame.spatial_layer != highest) return false;
  if (number == newest_) ended_ = timestamp;
  return true;
}

void DescriptorFilter::Follow(const DependencyInfo& frame, Layers wish, bool picture_ended) {
  const int best = BestTarget(wish);
  if (best < 0 || best == current_) return;
  const Layers to{targets_[static_cast<size_t>(best)].spatial_layer,
                  targets_[static_cast<size_t>(best)].temporal_layer};
  const bool goes_down = current_ >= 0 && to < current_layers_;
  // Nothing comes after a picture's end.
  if (picture_ended && to.spatial > current_layers_.spatial) return;
  const bool starts_anew = frame.has_structure && frame.frame_difference_count == 0;
  // A reference that has not come yet will be left out, if it is of a layer that was not sent so far.
  const bool can_be_decoded = EachReference(newest_, frame, [](Frame state) { return state == Frame::kSent; });
  const bool is_switch =
      frame.indication(static_cast<size_t>(best)) == DecodeTargetIndication::kSwitch && can_be_decoded;
  if (starts_anew || is_switch || (goes_down && ChainIntact(best))) MoveTo(best, frame);
}

bool DescriptorFilter::Decide(int64_t number, const DependencyInfo& frame) {
  // The lowest layer's key frame may have what a decoder needs for the others.
  if (frame.has_structure && frame.frame_difference_count == 0 && frame.spatial_layer == 0) return true;
  const int target = changes_.At(number);
  if (target < 0) return false;
  if (!EachReference(number, frame, [](Frame state) { return state != Frame::kLeftOut; })) return false;
  if (frame.indication(static_cast<size_t>(target)) == DecodeTargetIndication::kNotPresent) return false;
  // A key frame of an upper layer, in a stream of independent layers, takes the place of all that a decoder remembers.
  if (frame.frame_difference_count == 0) oldest_reference_ = std::max(oldest_reference_, number);
  return true;
}

bool DescriptorFilter::wants_key_frame(Layers wish) const {
  const int best = BestTarget(wish);
  if (best < 0 || best == current_) return false;
  if (current_ < 0) return true;
  if (chain_count_ == 0) return targets_[static_cast<size_t>(best)].spatial_layer != current_layers_.spatial;
  return !ChainIntact(best);
}

uint32_t DescriptorFilter::TargetsSent() const {
  uint32_t sent = 0;
  for (int i = 0; i < target_count_; ++i) {
    const DependencyStructure::Target& target = targets_[static_cast<size_t>(i)];
    if (target.spatial_layer > current_layers_.spatial || target.temporal_layer > current_layers_.temporal) continue;
    if (chain_count_ != 0 && broken_.test(target.chain)) continue;
    sent |= uint32_t{1} << i;
  }
  return sent & sender_sends_;
}

std::optional<uint32_t> DescriptorFilter::ActiveTargets(int64_t number, const DependencyInfo& frame) {
  const uint32_t sent = TargetsSent();
  if (sent != told_targets_ && number == newest_) {
    told_targets_ = sent;
    told_at_ = number;
  }
  const bool changed_here = number == told_at_;
  const bool restricted = told_targets_ != sender_sends_;
  const bool reminds = frame.first_packet && frame.temporal_layer == 0;
  if (changed_here || frame.has_active_targets || (restricted && (frame.has_structure || reminds)))
    return told_targets_;
  return std::nullopt;
}

}  // namespace sluice
