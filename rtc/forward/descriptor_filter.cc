#include "rtc/forward/descriptor_filter.h"

#include <algorithm>
#include <span>

#include "rtc/forward/frame_memory.h"

namespace sluice {

using codec::DecodeTargetIndication;
using codec::DependencyInfo;
using codec::DependencyStructure;

FilteredPacket DescriptorFilter::Start(const LayeredPacket& packet, Layers wish) {
  const DependencyInfo& frame = *packet.frame.dependency;
  frames_ = {};
  newest_ = first_ = oldest_reference_ = (int64_t{1} << 20) + frame.frame_number;
  At(newest_) = Frame::kSent;
  structure_ = frame.structure;
  broken_.reset();
  current_ = -1;
  awaits_key_after_.reset();
  picture_ = packet.timestamp;
  before_picture_ = newest_ - 1;
  changes_.Clear();
  changes_.Add(newest_, {.target = current_, .trusted_from = newest_});
  LearnTargets(*packet.structure);
  sender_sends_ = frame.active_targets;
  told_targets_ = sender_sends_;
  ended_.reset();
  MoveTo(BestTarget(wish), frame);
  NoteTargetsSent();
  return Pass(packet.timestamp, newest_, frame);
}

FilteredPacket DescriptorFilter::Filter(const LayeredPacket& packet, Layers wish) {
  const DependencyInfo& frame = *packet.frame.dependency;
  const int64_t number = Unwrap(frame.frame_number);
  if (number < first_ || number + static_cast<int64_t>(kMemory) <= newest_) return {};
  if (number <= newest_ && frame.structure != structure_) return {};  // its targets are others than ours
  if (number > newest_) Begin(number, packet);
  if (At(number) == Frame::kUnknown) {
    const bool is_newest = number == newest_;
    if (is_newest) Follow(frame, wish, ended_ == packet.timestamp);
    At(number) = Decide(number, frame) ? Frame::kSent : Frame::kLeftOut;
    if (is_newest && At(number) == Frame::kSent) NoteTargetsSent();
  }
  if (At(number) == Frame::kLeftOut) return {};
  return Pass(packet.timestamp, number, frame);
}

// A new frame, the newest.
void DescriptorFilter::Begin(int64_t number, const LayeredPacket& packet) {
  const DependencyInfo& frame = *packet.frame.dependency;
  if (packet.timestamp != picture_) before_picture_ = newest_;
  picture_ = packet.timestamp;
  AdvanceTo(number);
  if (frame.structure != structure_) {
    structure_ = frame.structure;
    LearnTargets(*packet.structure);
    current_ = -1;  // means another thing now
    changes_.Add(number, {.target = current_, .trusted_from = number});
    told_targets_ = frame.active_targets;  // a new structure says so itself
  }
  sender_sends_ = frame.active_targets;
  FollowChains(number, frame);
}

FilteredPacket DescriptorFilter::Pass(uint32_t timestamp, int64_t number, const DependencyInfo& frame) {
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

// As a frame that refers to it sees it.
DescriptorFilter::Frame DescriptorFilter::StateOf(int64_t number, int64_t seen_from) const {
  if (number < oldest_reference_ && seen_from >= oldest_reference_) return Frame::kLeftOut;
  return newest_ - number < static_cast<int64_t>(kMemory) ? At(number) : Frame::kUnknown;
}

template <class Predicate>
bool DescriptorFilter::EachReference(int64_t number, const DependencyInfo& frame, Predicate is_fine) const {
  const auto differences = std::span(frame.frame_differences).first(frame.frame_difference_count);
  return std::ranges::all_of(differences, [&](auto difference) {
    const int64_t reference = number - difference;
    return is_fine(reference, StateOf(reference, number));
  });
}

void DescriptorFilter::FollowChains(int64_t number, const DependencyInfo& frame) {
  for (size_t i = 0; i < chain_count_; ++i) {
    if (frame.chain_differences[i] != 0) {
      const Frame before = StateOf(number - frame.chain_differences[i], number);
      if (before == Frame::kLeftOut || (before == Frame::kUnknown && !IsSentNow(i))) broken_.set(i);
    } else if (frame.has_structure) {
      broken_.reset(i);
    }
  }
}

void DescriptorFilter::LearnTargets(const DependencyStructure& structure) {
  target_count_ = structure.target_count;
  chain_count_ = structure.chain_count;
  targets_ = structure.targets;
  independent_ = std::ranges::any_of(structure.templates, [](const DependencyStructure::Template& frame) {
    return frame.spatial_layer > 0 && frame.frame_difference_count == 0;
  });
  const auto is_in = [](const DependencyStructure::Template& frame, size_t target) {
    return (frame.targets >> (2 * target) & 3) != 0;
  };
  for (size_t whole = 0; whole < target_count_; ++whole) {
    parts_[whole] = 0;
    for (size_t part = 0; part < target_count_; ++part) {
      const bool all = std::ranges::all_of(
          structure.templates, [&](const auto& frame) { return !is_in(frame, part) || is_in(frame, whole); });
      if (all) parts_[whole] |= uint32_t{1} << part;
    }
  }
}

// Whether the chain's frames are sent at present, so that those that have not come will be.
bool DescriptorFilter::IsSentNow(size_t chain) const {
  if (current_ < 0) return false;
  for (int i = 0; i < target_count_; ++i) {
    if (targets_[static_cast<size_t>(i)].chain == chain && IsPartOfCurrent(i)) return true;
  }
  return false;
}

bool DescriptorFilter::IsPartOfCurrent(int target) const {
  return current_ >= 0 && (parts_[static_cast<size_t>(current_)] >> target & 1);
}

int DescriptorFilter::BestTarget(Layers wish) const {
  int best = -1;
  Layers best_layers;
  int lowest = -1;
  Layers lowest_layers;
  for (int i = 0; i < target_count_; ++i) {
    if (!(sender_sends_ >> i & 1)) continue;
    const Layers layers = target_layers(i);
    if (lowest < 0 || layers < lowest_layers) lowest = i, lowest_layers = layers;
    if (layers.spatial > wish.spatial || layers.temporal > wish.temporal) continue;
    if (best < 0 || best_layers < layers) best = i, best_layers = layers;
  }
  return best >= 0 ? best : lowest;
}

Layers DescriptorFilter::target_layers(int target) const {
  const DependencyStructure::Target& layers = targets_[static_cast<size_t>(target)];
  return {.spatial = layers.spatial_layer, .temporal = layers.temporal_layer};
}

bool DescriptorFilter::ChainIntact(int target) const {
  return chain_count_ != 0 && !broken_.test(targets_[static_cast<size_t>(target)].chain);
}

// The lower layers of the newest frame's picture are to be judged as it is: those that have not come yet, and where the
// picture ends.
int64_t DescriptorFilter::BeginOfPicture(const DependencyInfo& newest) const {
  return std::max(newest_ - newest.spatial_layer, before_picture_ + 1);
}

void DescriptorFilter::MoveTo(int target, const DependencyInfo& frame) {
  if (target < 0) return;
  const int64_t place = BeginOfPicture(frame);
  // Down to what was not sent: what it needs of that and has not come yet will be left out when it comes.
  const bool goes_beside = target_layers(target) < current_layers_ && !IsPartOfCurrent(target);
  awaits_key_after_.reset();
  if (independent_ && target_layers(target).spatial > frame.spatial_layer) awaits_key_after_ = newest_;
  const int64_t trusted_from = goes_beside ? place : changes_.Last().trusted_from;
  current_ = target;
  changes_.Add(place, {.target = target, .trusted_from = trusted_from});
  current_layers_ = target_layers(target);
  if (chain_count_ != 0) broken_.reset(targets_[static_cast<size_t>(target)].chain);
}

bool DescriptorFilter::EndsPicture(uint32_t timestamp, int64_t number, const DependencyInfo& frame) {
  const int target = changes_.At(number).target;
  const int highest = target < 0 ? current_layers_.spatial : targets_[static_cast<size_t>(target)].spatial_layer;
  if (!frame.last_packet || frame.spatial_layer != highest) return false;
  if (!ended_ || IsNewerTimestamp(timestamp, *ended_)) ended_ = timestamp;
  return true;
}

void DescriptorFilter::Follow(const DependencyInfo& frame, Layers wish, bool picture_ended) {
  const int best = BestTarget(wish);
  const bool starts_anew = frame.has_structure && frame.frame_difference_count == 0;
  if (best < 0 || (best == current_ && !starts_anew)) return;
  // Nothing comes after a picture's end.
  if (picture_ended && target_layers(best).spatial > current_layers_.spatial) return;
  // A reference that has not come yet will be left out, if it is of a layer that was not sent so far.
  const bool can_be_decoded = EachReference(newest_, frame, [](int64_t, Frame state) { return state == Frame::kSent; });
  const bool is_switch =
      frame.indication(static_cast<size_t>(best)) == DecodeTargetIndication::kSwitch && can_be_decoded;
  if (starts_anew || (is_switch && !awaits_key_after_)) return MoveTo(best, frame);
  if (current_ < 0 || awaits_key_after_) return;
  // On the way down not up in time, to what may not have been sent.
  const int lower = BestTarget({wish.spatial, std::min(wish.temporal, current_layers_.temporal)});
  if (target_layers(lower) < current_layers_ && ChainIntact(lower)) MoveTo(lower, frame);
}

bool DescriptorFilter::Decide(int64_t number, const DependencyInfo& frame) {
  // The lowest layer's key frame may have what a decoder needs for the others.
  if (frame.frame_difference_count == 0 && frame.spatial_layer == 0) return true;
  const auto [target, trusted_from] = changes_.At(number);
  if (target < 0) return false;
  const auto is_fine = [&](int64_t reference, Frame state) {
    return state == Frame::kSent || (state == Frame::kUnknown && reference >= trusted_from);
  };
  if (!EachReference(number, frame, is_fine)) return false;
  if (frame.indication(static_cast<size_t>(target)) == DecodeTargetIndication::kNotPresent) return false;
  // A key frame of an upper layer, in a stream of independent layers, takes the place of all that a decoder remembers.
  if (frame.frame_difference_count == 0) {
    oldest_reference_ = std::max(oldest_reference_, number);
    if (awaits_key_after_ && number > *awaits_key_after_) awaits_key_after_.reset();
  }
  return true;
}

bool DescriptorFilter::wants_key_frame(Layers wish) const {
  const int best = BestTarget(wish);
  if (best < 0) return false;
  if (current_ < 0) return true;
  if (best == current_) return chain_count_ != 0 && !ChainIntact(best);
  if (awaits_key_after_) return true;
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

void DescriptorFilter::NoteTargetsSent() {
  const uint32_t sent = TargetsSent();
  if (sent == told_targets_) return;
  told_targets_ = sent;
  told_at_ = newest_;
}

std::optional<uint32_t> DescriptorFilter::ActiveTargets(int64_t number, const DependencyInfo& frame) const {
  const bool changed_here = number == told_at_;
  const bool restricted = told_targets_ != sender_sends_;
  const bool reminds = frame.first_packet && frame.temporal_layer == 0;
  if (changed_here || frame.has_active_targets || (restricted && (frame.has_structure || reminds)))
    return told_targets_;
  return std::nullopt;
}

}  // namespace sluice
