// A video stream of one of the usual scalability modes ("L1T3", "L3T3_KEY", "L2T2h", "S3T3" ...) without any video in
// it: frame after frame, what each is, what it refers to, and its dependency descriptor. Nothing of a structure is
// written down here; it is what the frames of a mode have in common:
//
//   L: each spatial layer refers to the one below it, in every picture. _KEY: only in key pictures. S: never.
//   T: layers 0 | 0 1 | 0 2 1 2, each frame refers to the newest of a lower layer, those of layer 0 to each other.
//   Decode targets: each spatial with each temporal layer, the lowest first. Chains: one for each spatial layer.
//
//   LayeredStream stream("L3T3");
//   for (const LayeredFrame& frame : stream.NextPicture()) { ... stream.Descriptor(frame) ... }
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/codec/dependency_descriptor.h"
#include "test/support/dependency_writer.h"

namespace sluice::testing_support {

struct LayeredFrame {
  uint16_t number = 0;
  uint32_t picture = 0;  // frames of one instant have the same
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  bool key_picture = false;
  bool last_of_picture = false;
  uint8_t template_number = 0;
  codec::DependencyStructure::Template what;  // its references, indications and chains
};

class LayeredStream {
 public:
  explicit LayeredStream(std::string_view mode, uint16_t first_frame = 1, uint8_t first_template = 0)
      : next_number_(first_frame) {
    SetMode(mode, first_template);
  }

  // The frames of one picture, the lowest layer first. The first picture is a key picture, and those that shall be.
  std::vector<LayeredFrame> NextPicture(bool key = false) {
    if (key || phase_ == 0) StartOver();
    const bool is_key = phase_ == 0;
    const uint8_t temporal = TemporalLayerOf(phase_);
    std::vector<LayeredFrame> frames;
    for (uint8_t spatial = 0; spatial < spatial_layers_; ++spatial) {
      frames.push_back({.number = next_number_,
                        .picture = picture_,
                        .spatial = spatial,
                        .temporal = temporal,
                        .key_picture = is_key,
                        .last_of_picture = spatial + 1 == spatial_layers_,
                        .what = Describe(spatial, temporal, is_key)});
      frames.back().template_number = TemplateOf(frames.back().what);
      Note(spatial, temporal, is_key);
    }
    ++picture_;
    ++phase_;
    return frames;
  }

  // The structure goes with the first packet of a key picture.
  std::vector<uint8_t> Descriptor(const LayeredFrame& frame, bool first_packet = true, bool last_packet = true,
                                  std::optional<uint32_t> active_targets = std::nullopt) const {
    return WriteDescriptor(structure_, {.first_packet = first_packet,
                                        .last_packet = last_packet,
                                        .template_number = frame.template_number,
                                        .frame_number = frame.number,
                                        .with_structure = frame.key_picture && frame.spatial == 0 && first_packet,
                                        .active_targets = active_targets});
  }

  // From the next picture on, a key picture, with template numbers that no frame before it had.
  void SwitchMode(std::string_view mode) {
    SetMode(mode, static_cast<uint8_t>((structure_.first_template + structure_.templates.size()) % 64));
  }

  const codec::DependencyStructure& structure() const { return structure_; }
  int spatial_layers() const { return spatial_layers_; }
  int temporal_layers() const { return temporal_layers_; }
  // The decode target that is these two layers.
  size_t Target(int spatial, int temporal) const { return static_cast<size_t>(spatial * temporal_layers_ + temporal); }

 private:
  using Template = codec::DependencyStructure::Template;
  using Indication = codec::DecodeTargetIndication;
  struct History {
    std::array<std::optional<uint16_t>, 3> newest;  // frame number by temporal layer
    std::optional<uint16_t> in_chain;
  };

  void SetMode(std::string_view mode, uint8_t first_template) {
    SLUICE_CHECK(mode.size() >= 4 && (mode[0] == 'L' || mode[0] == 'S') && mode[2] == 'T');
    simulcast_ = mode[0] == 'S';
    key_only_ = mode.ends_with("_KEY");
    spatial_layers_ = static_cast<uint8_t>(mode[1] - '0');
    temporal_layers_ = static_cast<uint8_t>(mode[3] - '0');
    SLUICE_CHECK(spatial_layers_ >= 1 && spatial_layers_ <= 3 && temporal_layers_ >= 1 && temporal_layers_ <= 3);
    phase_ = 0;
    structure_ = {};
    structure_.first_template = first_template;
    AddTargets(mode.find('h') != std::string_view::npos);
    AddTemplates();
  }

  void AddTargets(bool three_to_two) {
    structure_.target_count = static_cast<uint8_t>(spatial_layers_ * temporal_layers_);
    structure_.chain_count = spatial_layers_;
    for (uint8_t spatial = 0; spatial < spatial_layers_; ++spatial) {
      for (uint8_t temporal = 0; temporal < temporal_layers_; ++temporal) {
        structure_.targets[Target(spatial, temporal)] = {
            .spatial_layer = spatial, .temporal_layer = temporal, .chain = spatial};
      }
    }
    structure_.resolutions.assign(spatial_layers_, {.width = 1280, .height = 720});
    for (size_t i = spatial_layers_ - 1u; i > 0; --i) {
      const auto [width, height] = structure_.resolutions[i];
      const auto shrink = [&](uint16_t x) { return static_cast<uint16_t>(three_to_two ? x * 2 / 3 : x / 2); };
      structure_.resolutions[i - 1] = {.width = shrink(width), .height = shrink(height)};
    }
  }

  // A stream of the same mode is played for as long as something new can come, and what it has is put in order.
  void AddTemplates() {
    LayeredStream trial(*this);
    trial.structure_.templates.clear();
    auto& found = structure_.templates;
    for (int i = 0; i < 12; ++i) {
      for (const LayeredFrame& frame : trial.NextPicture()) {
        if (std::ranges::find(found, frame.what) != found.end()) continue;
        found.insert(std::ranges::upper_bound(found, LayerOf(frame.what), {}, LayerOf), frame.what);
      }
    }
  }
  static int LayerOf(const Template& t) { return t.spatial_layer * 8 + t.temporal_layer; }

  uint8_t TemplateOf(const Template& what) const {
    const auto found = std::ranges::find(structure_.templates, what);
    return static_cast<uint8_t>((structure_.first_template + (found - structure_.templates.begin())) % 64);
  }

  uint8_t TemporalLayerOf(int phase) const {
    static constexpr std::array<uint8_t, 4> kThree = {0, 2, 1, 2};
    if (temporal_layers_ == 3) return kThree[static_cast<size_t>(phase % 4)];
    return static_cast<uint8_t>(phase % temporal_layers_);
  }

  bool RefersBelow(bool key) const { return !simulcast_ && (key || !key_only_); }

  Template Describe(uint8_t spatial, uint8_t temporal, bool key) const {
    Template what{.spatial_layer = spatial, .temporal_layer = temporal};
    const auto refer = [&](uint16_t number) {
      what.frame_differences[what.frame_difference_count++] = static_cast<uint16_t>(next_number_ - number);
    };
    if (const auto earlier = NewestBelow(spatial, temporal)) refer(*earlier);
    if (spatial > 0 && RefersBelow(key)) refer(static_cast<uint16_t>(next_number_ - 1));
    for (uint8_t i = 0; i < structure_.target_count; ++i) {
      what.targets |= static_cast<uint64_t>(IndicationFor(structure_.targets[i], spatial, temporal, key)) << (2 * i);
    }
    for (uint8_t chain = 0; chain < spatial_layers_; ++chain) {
      const auto& before = history_[chain].in_chain;
      if (before) what.chain_differences[chain] = static_cast<uint8_t>(next_number_ - *before);
    }
    return what;
  }

  std::optional<uint16_t> NewestBelow(uint8_t spatial, uint8_t temporal) const {
    std::optional<uint16_t> newest;
    for (size_t t = 0; t < std::max<size_t>(temporal, 1); ++t) {
      const auto& candidate = history_[spatial].newest[t];
      if (candidate && (!newest || static_cast<int16_t>(*candidate - *newest) > 0)) newest = candidate;
    }
    return newest;
  }

  Indication IndicationFor(const codec::DependencyStructure::Target& target, uint8_t spatial, uint8_t temporal,
                           bool key) const {
    const bool below = spatial < target.spatial_layer && RefersBelow(key);
    if (temporal > target.temporal_layer || (spatial != target.spatial_layer && !below)) return Indication::kNotPresent;
    if (key) return Indication::kSwitch;
    if (below) return Indication::kRequired;
    return temporal == target.temporal_layer && temporal > 0 ? Indication::kDiscardable : Indication::kSwitch;
  }

  void Note(uint8_t spatial, uint8_t temporal, bool key) {
    history_[spatial].newest[temporal] = next_number_;
    for (uint8_t chain = 0; chain < spatial_layers_; ++chain) {
      const bool below = spatial < chain && RefersBelow(key);
      if (temporal == 0 && (spatial == chain || below)) history_[chain].in_chain = next_number_;
    }
    ++next_number_;
  }

  void StartOver() {
    phase_ = 0;
    history_ = {};
  }

  codec::DependencyStructure structure_;
  bool simulcast_ = false;
  bool key_only_ = false;
  uint8_t spatial_layers_ = 1;
  uint8_t temporal_layers_ = 1;
  std::array<History, 3> history_;
  int phase_ = 0;  // pictures since the key picture
  uint16_t next_number_;
  uint32_t picture_ = 0;
};

}  // namespace sluice::testing_support
