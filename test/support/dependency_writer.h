// Writes dependency descriptors (AV1 RTP Payload Format, appendix A), for tests of what reads them. It is meant to be
// seen to be right, not to be fast: a bit is a bool.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtc/codec/dependency_descriptor.h"

namespace sluice::testing_support {

class BitString {
 public:
  BitString& Put(uint64_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) bits_.push_back(i < 64 && (value >> i & 1) != 0);
    return *this;
  }
  // One of `n` values, ns(n): for 5 they are 00 01 10 110 111.
  BitString& PutOneOf(uint64_t n, uint64_t value) {
    int width = 0;
    while (n >> width != 0) ++width;
    const uint64_t short_codes = (uint64_t{1} << width) - n;
    return value < short_codes ? Put(value, width - 1) : Put(value + short_codes, width);
  }
  size_t size() const { return bits_.size(); }
  std::vector<uint8_t> Bytes() const {
    std::vector<uint8_t> bytes((bits_.size() + 7) / 8);
    for (size_t i = 0; i < bits_.size(); ++i) {
      if (bits_[i]) bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] | 0x80 >> i % 8);
    }
    return bytes;
  }

 private:
  std::vector<bool> bits_;
};

// What one packet's descriptor is to say. What is given here though a template says it goes in as custom.
struct DescriptorSpec {
  bool first_packet = true;
  bool last_packet = true;
  uint8_t template_number = 0;
  uint16_t frame_number = 0;
  bool with_structure = false;
  std::optional<uint32_t> active_targets;
  std::optional<std::vector<codec::DecodeTargetIndication>> targets;  // as many as the structure has
  std::optional<std::vector<uint16_t>> frame_differences;             // 1..4096
  std::optional<std::vector<uint8_t>> chain_differences;              // as many as the structure has
};

inline void PutStructure(const codec::DependencyStructure& structure, BitString& out) {
  const auto& templates = structure.templates;
  out.Put(structure.first_template, 6).Put(structure.target_count - 1u, 5);
  for (size_t i = 0; i < templates.size(); ++i) {
    if (i + 1 == templates.size()) {
      out.Put(3, 2);
    } else if (templates[i + 1].spatial_layer != templates[i].spatial_layer) {
      out.Put(2, 2);
    } else {
      out.Put(templates[i + 1].temporal_layer != templates[i].temporal_layer ? 1 : 0, 2);
    }
  }
  for (const auto& frame : templates) {
    for (int target = 0; target < structure.target_count; ++target) out.Put(frame.targets >> (2 * target), 2);
  }
  for (const auto& frame : templates) {
    for (int i = 0; i < frame.frame_difference_count; ++i) {
      out.Put(1, 1).Put(frame.frame_differences[static_cast<size_t>(i)] - 1u, 4);
    }
    out.Put(0, 1);
  }
  out.PutOneOf(structure.target_count + 1u, structure.chain_count);
  if (structure.chain_count > 0) {
    for (size_t i = 0; i < structure.target_count; ++i) out.PutOneOf(structure.chain_count, structure.targets[i].chain);
    for (const auto& frame : templates) {
      for (size_t i = 0; i < structure.chain_count; ++i) out.Put(frame.chain_differences[i], 4);
    }
  }
  out.Put(structure.resolutions.empty() ? 0 : 1, 1);
  for (const auto& [width, height] : structure.resolutions) out.Put(width - 1u, 16).Put(height - 1u, 16);
}

inline void PutCustom(const DescriptorSpec& spec, BitString& out) {
  if (spec.targets) {
    for (const auto indication : *spec.targets) out.Put(static_cast<uint64_t>(indication), 2);
  }
  if (spec.frame_differences) {
    for (const uint16_t difference : *spec.frame_differences) {
      const int nibbles = difference <= 16 ? 1 : difference <= 256 ? 2 : 3;
      out.Put(static_cast<uint64_t>(nibbles), 2).Put(difference - 1u, 4 * nibbles);
    }
    out.Put(0, 2);
  }
  if (spec.chain_differences) {
    for (const uint8_t difference : *spec.chain_differences) out.Put(difference, 8);
  }
}

inline std::vector<uint8_t> WriteDescriptor(const codec::DependencyStructure& structure, const DescriptorSpec& spec) {
  BitString out;
  out.Put(spec.first_packet, 1).Put(spec.last_packet, 1).Put(spec.template_number, 6).Put(spec.frame_number, 16);
  const bool custom = spec.targets || spec.frame_differences || spec.chain_differences;
  if (!spec.with_structure && !spec.active_targets && !custom) return out.Bytes();
  out.Put(spec.with_structure, 1).Put(spec.active_targets.has_value(), 1);
  out.Put(spec.targets.has_value(), 1).Put(spec.frame_differences.has_value(), 1);
  out.Put(spec.chain_differences.has_value(), 1);
  if (spec.with_structure) PutStructure(structure, out);
  if (spec.active_targets) out.Put(*spec.active_targets, structure.target_count);
  PutCustom(spec, out);
  return out.Bytes();
}

}  // namespace sluice::testing_support
