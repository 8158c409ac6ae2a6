#include "rtc/codec/dependency_structure.h"

#include <algorithm>

namespace sluice::codec {
namespace {

constexpr uint64_t kNextTemporal = 1;
constexpr uint64_t kNextSpatial = 2;
constexpr uint64_t kNoMore = 3;

bool ReadLayers(BitReader& in, DependencyStructure& out) {
  DependencyStructure::Template layer;
  for (uint64_t next = 0; next != kNoMore;) {
    if (out.templates.size() == kMaxTemplates) return false;
    out.templates.push_back(layer);
    next = in.Bits(2);
    if (next == kNextTemporal) ++layer.temporal_layer;
    if (next == kNextSpatial) layer = {.spatial_layer = static_cast<uint8_t>(layer.spatial_layer + 1)};
    if (!in.ok() || layer.temporal_layer > kMaxDependencyLayer || layer.spatial_layer > kMaxDependencyLayer)
      return false;
  }
  return true;
}

void ReadIndications(BitReader& in, DependencyStructure& out) {
  for (auto& frame : out.templates) {
    for (size_t target = 0; target < out.target_count; ++target) frame.targets |= in.Bits(2) << (2 * target);
  }
}

bool ReadFrameDifferences(BitReader& in, DependencyStructure& out) {
  for (auto& frame : out.templates) {
    while (in.Flag()) {
      if (frame.frame_difference_count == kMaxFrameDifferences) return false;
      frame.frame_differences[frame.frame_difference_count++] = static_cast<uint16_t>(in.Bits(4) + 1);
    }
  }
  return true;
}

bool ReadChains(BitReader& in, DependencyStructure& out) {
  const uint64_t count = in.NonSymmetric(out.target_count + 1u);
  if (count > kMaxChains) return false;
  out.chain_count = static_cast<uint8_t>(count);
  if (count == 0) return true;
  for (size_t target = 0; target < out.target_count; ++target) {
    out.targets[target].chain = static_cast<uint8_t>(in.NonSymmetric(count));
  }
  for (auto& frame : out.templates) {
    for (size_t chain = 0; chain < count; ++chain) frame.chain_differences[chain] = static_cast<uint8_t>(in.Bits(4));
  }
  return true;
}

void DeriveTargetLayers(DependencyStructure& out) {
  for (size_t i = 0; i < out.target_count; ++i) {
    DependencyStructure::Target& target = out.targets[i];
    for (const auto& frame : out.templates) {
      if ((frame.targets >> (2 * i) & 3) == static_cast<uint64_t>(DecodeTargetIndication::kNotPresent)) continue;
      target.spatial_layer = std::max(target.spatial_layer, frame.spatial_layer);
      target.temporal_layer = std::max(target.temporal_layer, frame.temporal_layer);
    }
  }
}

// 65536 does not fit; nobody misses that pixel.
uint16_t OneMore(uint64_t value) { return static_cast<uint16_t>(std::min<uint64_t>(value + 1, 65535)); }

void ReadResolutions(BitReader& in, DependencyStructure& out) {
  if (!in.Flag()) return;
  for (int layer = 0; layer < out.spatial_layers(); ++layer) {
    const uint16_t width = OneMore(in.Bits(16));
    out.resolutions.push_back({.width = width, .height = OneMore(in.Bits(16))});
  }
}

}  // namespace

std::optional<DependencyStructure> ReadDependencyStructure(BitReader& in) {
  DependencyStructure out;
  out.first_template = static_cast<uint8_t>(in.Bits(6));
  out.target_count = static_cast<uint8_t>(in.Bits(5) + 1);
  if (!ReadLayers(in, out)) return std::nullopt;
  ReadIndications(in, out);
  if (!ReadFrameDifferences(in, out) || !ReadChains(in, out)) return std::nullopt;
  DeriveTargetLayers(out);
  ReadResolutions(in, out);
  return in.ok() ? std::optional(std::move(out)) : std::nullopt;
}

int DependencyStructure::spatial_layers() const {
  int layers = 0;
  for (const Template& frame : templates) layers = std::max(layers, frame.spatial_layer + 1);
  return layers;
}

int DependencyStructure::temporal_layers() const {
  int layers = 0;
  for (const Template& frame : templates) layers = std::max(layers, frame.temporal_layer + 1);
  return layers;
}

}  // namespace sluice::codec
