#include <cstring>

#include "rtc/codec/bits.h"
#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/dependency_structure.h"

namespace sluice::codec {
namespace {

constexpr size_t kMaskFlagBit = 25;      // A: the mask is there
constexpr uint64_t kOnlyTheMask = 0x08;  // these five, for a descriptor that had none

void WriteFrameNumber(uint16_t frame_number, std::span<uint8_t> out) {
  out[1] = static_cast<uint8_t>(frame_number >> 8);
  out[2] = static_cast<uint8_t>(frame_number);
}

// Everything up to the mask, the mask, everything behind it: at another bit than before if it was not there.
size_t CopyWithMask(std::span<const uint8_t> descriptor, const DependencyInfo& info, uint32_t mask,
                    std::span<uint8_t> out) {
  BitReader in(descriptor);
  BitWriter to(out);
  if (descriptor.size() == kShortDescriptor) {
    to.Copy(in, kShortDescriptor * 8);
    to.Bits(kOnlyTheMask, kFlagsEnd - kShortDescriptor * 8);
  } else {
    to.Copy(in, kMaskFlagBit);
    in.Flag();
    to.Bits(1, 1);
    to.Copy(in, info.active_targets_bit);
    if (info.has_active_targets) in.Bits(info.target_count);
  }
  to.Bits(mask, info.target_count);
  to.Copy(in, descriptor.size() * 8);
  return to.ok() ? to.size() : 0;
}

}  // namespace

size_t RewriteDescriptor(std::span<const uint8_t> descriptor, const DependencyInfo& info, uint16_t frame_number,
                         std::optional<uint32_t> active_targets, std::span<uint8_t> out) {
  if (descriptor.size() < kShortDescriptor || info.active_targets_bit < kFlagsEnd) return 0;
  if (out.size() > kMaxDescriptorSize) out = out.first(kMaxDescriptorSize);
  size_t size = descriptor.size();
  if (active_targets) {
    size = CopyWithMask(descriptor, info, *active_targets, out);
  } else if (size <= out.size()) {
    std::memcpy(out.data(), descriptor.data(), size);
  } else {
    size = 0;
  }
  if (size != 0) WriteFrameNumber(frame_number, out);
  return size;
}

}  // namespace sluice::codec
