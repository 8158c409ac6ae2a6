#include "channel/frame_assembler.h"

#include <algorithm>
#include <cstring>

namespace sluice {

size_t FrameAssembler::FrameSize() const {
  const uint8_t* p = data();
  return kFramePrefixSize + (static_cast<size_t>(p[0]) | static_cast<size_t>(p[1]) << 8 |
                             static_cast<size_t>(p[2]) << 16 | static_cast<size_t>(p[3]) << 24);
}

// Appends no more than the size, or than the frame, still lacks. Returns how much that was.
size_t FrameAssembler::Take(std::span<const uint8_t> bytes) {
  const size_t wanted = used_ < kFramePrefixSize ? kFramePrefixSize : FrameSize();
  const size_t taken = std::min(wanted - used_, bytes.size());
  Reserve(used_ < kFramePrefixSize ? kFramePrefixSize : FrameSize());
  std::memcpy(reinterpret_cast<uint8_t*>(storage_.get()) + used_, bytes.data(), taken);
  used_ += taken;
  return taken;
}

void FrameAssembler::Reserve(size_t size) {
  if (size <= capacity_) return;
  const size_t words = std::max<size_t>(512, (size + 7) / 8);
  auto larger = std::make_unique_for_overwrite<uint64_t[]>(words);
  if (used_ > 0) std::memcpy(larger.get(), storage_.get(), used_);
  storage_ = std::move(larger);
  capacity_ = words * 8;
}

void FrameAssembler::ShrinkIfLarge() {
  if (capacity_ <= kKeptCapacity || used_ > 0) return;
  storage_.reset();
  capacity_ = 0;
}

}  // namespace sluice
