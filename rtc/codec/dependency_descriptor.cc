#include "rtc/codec/dependency_descriptor.h"

#include <algorithm>
#include <utility>

#include "rtc/codec/bits.h"
#include "rtc/codec/dependency_structure.h"

namespace sluice::codec {
namespace {

uint32_t AllOf(uint8_t targets) { return static_cast<uint32_t>((uint64_t{1} << targets) - 1); }

// What only serves to read on: the template, and what the rest of the descriptor gives instead of the template's.
struct Head {
  uint8_t template_number = 0;
  bool custom_targets = false;
  bool custom_frame_differences = false;
  bool custom_chains = false;
};

Head ReadHead(BitReader& in, DependencyInfo& info) {
  const bool has_flags = in.left() > kShortDescriptor * 8;
  Head head;
  info.first_packet = in.Flag();
  info.last_packet = in.Flag();
  head.template_number = static_cast<uint8_t>(in.Bits(6));
  info.frame_number = static_cast<uint16_t>(in.Bits(16));
  if (!has_flags) return head;
  info.has_structure = in.Flag();
  info.has_active_targets = in.Flag();
  head.custom_targets = in.Flag();
  head.custom_frame_differences = in.Flag();
  head.custom_chains = in.Flag();
  return head;
}

void UseTemplate(const DependencyStructure::Template& frame, DependencyInfo& info) {
  info.spatial_layer = frame.spatial_layer;
  info.temporal_layer = frame.temporal_layer;
  info.targets = frame.targets;
  info.frame_difference_count = frame.frame_difference_count;
  info.frame_differences = frame.frame_differences;
  info.chain_differences = frame.chain_differences;
}

bool ReadFrameDifferences(BitReader& in, DependencyInfo& info) {
  info.frame_difference_count = 0;
  info.frame_differences = {};
  for (uint64_t size = in.Bits(2); size != 0; size = in.Bits(2)) {
    if (info.frame_difference_count == kMaxFrameDifferences) return false;
    info.frame_differences[info.frame_difference_count++] = static_cast<uint16_t>(in.Bits(4 * size) + 1);
  }
  return true;
}

// The part behind the flags, the structure and the mask.
bool ReadFrame(BitReader& in, const Head& head, const DependencyStructure& structure, DependencyInfo& info) {
  const size_t index = (head.template_number + kMaxTemplates - structure.first_template) % kMaxTemplates;
  if (index >= structure.templates.size()) return false;
  UseTemplate(structure.templates[index], info);
  if (head.custom_targets) {
    info.targets = 0;
    for (size_t target = 0; target < structure.target_count; ++target) info.targets |= in.Bits(2) << (2 * target);
  }
  if (head.custom_frame_differences && !ReadFrameDifferences(in, info)) return false;
  for (size_t chain = 0; head.custom_chains && chain < structure.chain_count; ++chain) {
    info.chain_differences[chain] = static_cast<uint8_t>(in.Bits(8));
  }
  return in.ok();
}

}  // namespace

std::optional<DependencyInfo> DependencyReader::Read(std::span<const uint8_t> descriptor, ExtSeqNum seq) {
  if (descriptor.size() > kMaxDescriptorSize) return std::nullopt;
  BitReader in(descriptor);
  DependencyInfo info;
  const Head head = ReadHead(in, info);
  std::optional<DependencyStructure> own;
  if (info.has_structure && !(own = ReadDependencyStructure(in))) return std::nullopt;
  const bool other = own && (!structure_ || *own != *structure_);
  // What was sent before the present structure cannot be read by it, nor may it bring back an older one.
  const bool too_late = structure_ && seq < structure_since_ && (other || !own);
  if (too_late || (!own && !structure_)) return std::nullopt;

  const DependencyStructure& structure = own ? *own : *structure_;
  info.target_count = structure.target_count;
  info.chain_count = structure.chain_count;
  info.active_targets_bit = static_cast<uint16_t>(std::max(in.at(), kFlagsEnd));
  info.active_targets = own ? AllOf(structure.target_count) : active_targets_;
  if (info.has_active_targets) info.active_targets = static_cast<uint32_t>(in.Bits(structure.target_count));
  if (!ReadFrame(in, head, structure, info)) return std::nullopt;

  Learn(std::move(own), other, info, seq);
  info.structure = structure_number_;
  return info;
}

// Nothing in it fails any more: here alone the reader changes.
void DependencyReader::Learn(std::optional<DependencyStructure> own, bool other, const DependencyInfo& info,
                             ExtSeqNum seq) {
  if (other) {
    if (structure_) ++structure_number_;
    structure_ = std::move(own);
    structure_since_ = seq;
    active_since_ = seq;
    active_targets_ = info.active_targets;
  } else if (info.has_structure && seq < structure_since_) {
    structure_since_ = seq;  // the present one, which is older than was known
  }
  if ((info.has_structure || info.has_active_targets) && seq >= active_since_) {
    active_since_ = seq;
    active_targets_ = info.active_targets;
  }
  if (seq > newest_) newest_ = seq;
}

}  // namespace sluice::codec
