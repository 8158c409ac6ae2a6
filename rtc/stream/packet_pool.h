// Blocks of memory for stored packets, in a few sizes, handed out and taken back without the heap: memory is got in
// slabs that grow with the peak use up to a limit and are kept until the pool goes. One pool serves all streams of a
// worker.
//
// Not for other threads. A block must be given back to the pool it came from, before the pool goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice {

class PacketPool {
 public:
  static constexpr std::array<size_t, 7> kClassSizes = {256, 384, 640, 1024, 1408, 1792, 2560};
  static constexpr size_t kMaxBlock = kClassSizes.back();
  static constexpr size_t kSlabBytes = 64 * 1024;
  static constexpr size_t kDefaultLimit = size_t{512} << 20;

  struct Block {
    uint8_t* data = nullptr;  // aligned for any type
    uint8_t size_class = 0;
    size_t capacity() const { return kClassSizes[size_class]; }
  };

  // `limit`: the most bytes that slabs may take in all.
  explicit PacketPool(size_t limit = kDefaultLimit);
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;
  ~PacketPool();

  // A block of at least `size` bytes; data is null when `size` is over kMaxBlock or the limit is reached.
  Block Acquire(size_t size);
  void Release(Block block);

  size_t slab_bytes() const { return slabs_.size() * kSlabBytes; }
  size_t blocks_in_use() const { return in_use_; }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };
  bool Grow(uint8_t size_class);

  const size_t limit_;
  std::array<FreeBlock*, kClassSizes.size()> free_{};
  std::vector<std::unique_ptr<uint8_t[]>> slabs_;
  size_t in_use_ = 0;
};

}  // namespace sluice
