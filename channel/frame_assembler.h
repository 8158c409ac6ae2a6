// Cuts a byte stream into frames: a little-endian uint32 size, then that many bytes. Feed it whatever a read gave.
// A frame is handed on with its size in front, the size at an 8-aligned address: that is what a FlatBuffer is verified
// and read from.
//
// Bounds: a frame is at most kMaxFrameSize with its size; a larger one is an error that ends the stream, because
// nothing after it can be found again. Memory grows to the largest frame seen and is given back after frames over
// kKeptCapacity. Does not look into frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace sluice {

inline constexpr size_t kMaxFrameSize = 8'388'608;
inline constexpr size_t kFramePrefixSize = 4;

class FrameAssembler {
 public:
  static constexpr size_t kKeptCapacity = 256 * 1024;

  enum class Result { kOk, kTooLarge, kStopped };

  // Calls on_frame(std::span<const uint8_t>) for every frame that `bytes` completes; the span is valid during the call.
  // When it returns false the rest of `bytes` is left alone, this object may be gone, and the result is kStopped.
  template <class OnFrame>
  Result Feed(std::span<const uint8_t> bytes, OnFrame&& on_frame) {
    while (!bytes.empty()) {
      bytes = bytes.subspan(Take(bytes));
      if (used_ == kFramePrefixSize && FrameSize() > kMaxFrameSize) return Result::kTooLarge;
      if (used_ < kFramePrefixSize || used_ < FrameSize()) continue;
      const std::span<const uint8_t> frame(data(), used_);
      used_ = 0;
      if (!on_frame(frame)) return Result::kStopped;
      ShrinkIfLarge();
    }
    return Result::kOk;
  }

  // What the size in front of the frame under way says, with itself. Only meaningful from its fourth byte on.
  size_t FrameSize() const;

 private:
  const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(storage_.get()); }
  size_t Take(std::span<const uint8_t> bytes);
  void Reserve(size_t size);
  void ShrinkIfLarge();

  std::unique_ptr<uint64_t[]> storage_;  // 64-bit words for the alignment
  size_t capacity_ = 0;                  // bytes
  size_t used_ = 0;
};

}  // namespace sluice
