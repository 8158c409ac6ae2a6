// A layered stream as an encoder of a given scalability mode makes it, frame after frame, with what its dependency
// descriptors and its VP9 payload descriptors would say, and with the truth that a test checks a selection against:
// which frames each one needs.
//
// Modes: layers that build on each other in every picture (L3T3), at key pictures only (L3T3_KEY), or not at all (S3T3).
// Temporal pattern: 0 / 0 1 / 0 2 1 2; a T1 frame needs the last T0, a T2 frame the last frame of a lower layer.
#pragma once

#include <vector>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/frame_info.h"

namespace sluice::test {

class LayeredStream {
 public:
  enum class Mode : uint8_t { kFull, kKey, kSimulcast };
  struct Frame {
    int64_t number = 0;
    uint32_t timestamp = 0;
    codec::FrameInfo with_descriptor;
    codec::FrameInfo as_vp9;
    std::vector<int64_t> needs;
  };

  LayeredStream(Mode mode, int spatial_layers, int temporal_layers)
      : mode_(mode), spatial_(spatial_layers), temporal_(temporal_layers), last_(static_cast<size_t>(spatial_layers)) {
    structure_.target_count = static_cast<uint8_t>(spatial_ * temporal_);
    structure_.chain_count = static_cast<uint8_t>(spatial_);
    for (int i = 0; i < spatial_ * temporal_; ++i) {
      structure_.targets[static_cast<size_t>(i)] = {.spatial_layer = static_cast<uint8_t>(i / temporal_),
                                                    .temporal_layer = static_cast<uint8_t>(i % temporal_),
                                                    .chain = static_cast<uint8_t>(i / temporal_)};
    }
    chain_.resize(static_cast<size_t>(spatial_));
  }

  const codec::DependencyStructure& structure() const { return structure_; }

  // The layer frames of the next picture. `top`: of them, no spatial layer above it is made.
  std::vector<Frame> NextPicture(bool key, int top = 99) {
    if (key) position_ = 0, ++structure_number_;
    const int temporal = TemporalLayer();
    timestamp_ += 3000;
    std::vector<Frame> picture;
    for (int s = 0; s < spatial_ && s <= top; ++s)
      picture.push_back(MakeFrame(s, temporal, key, s < top && s + 1 < spatial_));
    ++position_;
    return picture;
  }

 private:
  int TemporalLayer() const {
    static constexpr int kThree[] = {0, 2, 1, 2};
    if (temporal_ == 1) return 0;
    return temporal_ == 2 ? position_ % 2 : kThree[position_ % 4];
  }

  Frame MakeFrame(int s, int t, bool key, bool more) {
    Frame frame{.number = next_++, .timestamp = timestamp_};
    auto& last = last_[static_cast<size_t>(s)];
    int64_t before = -1;
    if (!key) {
      for (int i = 0; i < std::max(t, 1); ++i) before = std::max(before, last[static_cast<size_t>(i)]);
    }
    const bool on_lower = s > 0 && (mode_ == Mode::kFull || (mode_ == Mode::kKey && key));
    if (before >= 0) frame.needs.push_back(before);
    if (on_lower) frame.needs.push_back(frame.number - 1);
    last[static_cast<size_t>(t)] = frame.number;
    if (key) last = {frame.number, -1, -1};
    FillDescriptor(frame, s, t, key);
    FillVp9(frame, s, t, key, before >= 0, on_lower, more);
    return frame;
  }

  codec::DecodeTargetIndication Indication(int s, int t, bool key, int to_s, int to_t) const {
    using enum codec::DecodeTargetIndication;
    const bool builds_on_lower = mode_ == Mode::kFull || (mode_ == Mode::kKey && key);
    if (t > to_t || s > to_s || (s < to_s && !builds_on_lower)) return kNotPresent;
    if (key) return kSwitch;
    if (s < to_s) return kRequired;
    if (t == 0) return kSwitch;
    return t == to_t ? kDiscardable : kSwitch;
  }

  void FillDescriptor(Frame& frame, int s, int t, bool key) {
    codec::FrameInfo& info = frame.with_descriptor;
    info = {.key_frame = key && s == 0, .start_of_frame = true, .end_of_frame = true};
    info.spatial_layer = static_cast<uint8_t>(s);
    info.temporal_layer = static_cast<uint8_t>(t);
    codec::DependencyInfo& d = info.dependency.emplace();
    d.frame_number = static_cast<uint16_t>(frame.number);
    d.first_packet = d.last_packet = true;
    d.spatial_layer = info.spatial_layer;
    d.temporal_layer = info.temporal_layer;
    d.has_structure = key && s == 0;
    d.structure = structure_number_;
    d.target_count = structure_.target_count;
    d.chain_count = structure_.chain_count;
    for (size_t i = 0; i < structure_.target_count; ++i) {
      const auto& to = structure_.targets[i];
      d.targets |= uint64_t{static_cast<uint8_t>(Indication(s, t, key, to.spatial_layer, to.temporal_layer))} << 2 * i;
    }
    d.active_targets = (uint32_t{1} << structure_.target_count) - 1;
    for (int64_t need : frame.needs) {
      d.frame_differences[d.frame_difference_count++] = static_cast<uint16_t>(frame.number - need);
    }
    if (d.has_structure) std::ranges::fill(chain_, frame.number);
    for (size_t c = 0; c < chain_.size(); ++c) {
      d.chain_differences[c] = d.has_structure ? 0 : static_cast<uint8_t>(frame.number - chain_[c]);
      const bool builds_on_lower = mode_ == Mode::kFull || (mode_ == Mode::kKey && key);
      const bool in_chain = t == 0 && (s == static_cast<int>(c) || (s < static_cast<int>(c) && builds_on_lower));
      if (in_chain) chain_[c] = frame.number;
    }
  }

  void FillVp9(Frame& frame, int s, int t, bool key, bool inter_picture, bool inter_layer, bool more) const {
    codec::FrameInfo& info = frame.as_vp9;
    info = {.key_frame = key && s == 0, .start_of_frame = true, .end_of_frame = true};
    info.layer_sync = t > 0;
    info.inter_layer = inter_layer;
    info.inter_picture = inter_picture;
    info.not_for_upper = !more || !(mode_ == Mode::kFull || (mode_ == Mode::kKey && key));
    info.spatial_layer = static_cast<uint8_t>(s);
    info.temporal_layer = static_cast<uint8_t>(t);
  }

  Mode mode_;
  int spatial_;
  int temporal_;
  codec::DependencyStructure structure_;
  uint8_t structure_number_ = 0;
  int64_t next_ = 100;
  uint32_t timestamp_ = 0xFFFF0000;
  int position_ = 0;
  std::vector<std::array<int64_t, 3>> last_;  // by spatial layer, the newest frame of each temporal one
  std::vector<int64_t> chain_;                // the newest frame of each
};

}  // namespace sluice::test
