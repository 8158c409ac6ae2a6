// Leaves out layers of a stream by its dependency descriptors (AV1 RTP Payload Format, appendix A), whatever the codec:
// spatial and temporal layers, layers that need each other at key frames only (K-SVC), and simulcast in one stream.
//
// One decode target is sent at a time, the best one within the wish that its sender sends. To another one it moves at a
// frame that is marked as a switch for it and whose references were sent, at a frame that starts anew, and, where
// the chain that protects it was sent without a gap, at once: so down, in all but K-SVC and simulcast. Where that will
// not happen by itself a key frame is wanted.
//
// A frame that needs one that was left out is left out too: what is sent can always be decoded, as far as the network
// brings it. A frame that did not come (yet) counts as sent: it will be asked for again.
//
// While less is sent than the sender believes, FilteredPacket::active_targets tells which decode targets remain: with
// each structure, through the frame at which they change, and with frames of the base temporal layer.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/forward/change_history.h"
#include "rtc/forward/layers.h"

namespace sluice {

class DescriptorFilter {
 public:
  static constexpr size_t kMemory = 512;  // frames; a reference further back counts as sent

  // The packet is the first of a key frame, the first that is sent. All have descriptors and their structure.
  FilteredPacket Start(const LayeredPacket& packet, Layers wish);
  FilteredPacket Filter(const LayeredPacket& packet, Layers wish);
  Layers current() const { return current_layers_; }
  bool wants_key_frame(Layers wish) const;

 private:
  enum class Frame : uint8_t { kUnknown, kSent, kLeftOut };
  struct Choice {
    int target = -1;
    // What has not come and is from before this number does not count as sent.
    int64_t trusted_from = 0;
  };
  static constexpr bool IsBefore(int64_t a, int64_t b) { return a < b; }

  Frame& At(int64_t number) { return frames_[static_cast<size_t>(number) & (kMemory - 1)]; }
  Frame At(int64_t number) const { return frames_[static_cast<size_t>(number) & (kMemory - 1)]; }
  int64_t Unwrap(uint16_t number) const;
  void Begin(int64_t number, const LayeredPacket& packet);
  void AdvanceTo(int64_t number);
  Frame StateOf(int64_t number, int64_t seen_from) const;
  // Whether `is_fine(number, state)` of all frames that this one refers to.
  template <class Predicate>
  bool EachReference(int64_t number, const codec::DependencyInfo& frame, Predicate is_fine) const;
  void FollowChains(int64_t number, const codec::DependencyInfo& frame);
  void LearnTargets(const codec::DependencyStructure& structure);
  // -1: none.
  int BestTarget(Layers wish) const;
  Layers target_layers(int target) const;
  bool IsPartOfCurrent(int target) const;
  bool IsSentNow(size_t chain) const;
  bool ChainIntact(int target) const;
  int64_t BeginOfPicture(const codec::DependencyInfo& newest) const;
  void MoveTo(int target, const codec::DependencyInfo& frame);
  bool EndsPicture(uint32_t timestamp, int64_t number, const codec::DependencyInfo& frame);
  void Follow(const codec::DependencyInfo& frame, Layers wish, bool picture_ended);
  bool Decide(int64_t number, const codec::DependencyInfo& frame);
  FilteredPacket Pass(uint32_t timestamp, int64_t number, const codec::DependencyInfo& frame);
  std::optional<uint32_t> ActiveTargets(int64_t number, const codec::DependencyInfo& frame) const;
  void NoteTargetsSent();
  uint32_t TargetsSent() const;

  std::array<Frame, kMemory> frames_{};
  int64_t newest_ = 0;
  int64_t first_ = 0;             // where sending began
  uint32_t picture_ = 0;          // timestamp of the newest frame
  int64_t before_picture_ = 0;    // the newest frame of the picture before it
  int64_t oldest_reference_ = 0;  // frames before it a decoder does not remember
  // Of the newest structure.
  int structure_ = -1;
  uint8_t target_count_ = 0;
  uint8_t chain_count_ = 0;
  std::array<codec::DependencyStructure::Target, codec::kMaxDecodeTargets> targets_{};
  std::array<uint32_t, codec::kMaxDecodeTargets> parts_{};  // of each target, a bit for each that is part of it
  bool independent_ = false;                                // spatial layers have key frames of their own (S modes)
  uint32_t sender_sends_ = 0;                               // a bit for each target
  std::bitset<codec::kMaxChains> broken_;

  int current_ = -1;  // target
  Layers current_layers_;
  // Set while the key frame of current_'s own layer is to come, which takes the place of all before it.
  std::optional<int64_t> awaits_key_after_;
  ChangeHistory<int64_t, Choice, IsBefore> changes_;  // of current_, by frame number
  std::optional<uint32_t> ended_;                     // timestamp of the newest picture whose last packet was sent
  uint32_t told_targets_ = 0;                         // what the receiver believes
  int64_t told_at_ = 0;                               // the frame at which that changed
};

}  // namespace sluice
