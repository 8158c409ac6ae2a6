#include "rtc/stream/packet_pool.h"

#include "rtc/base/check.h"

namespace sluice {

PacketPool::PacketPool(size_t limit) : limit_(limit) {}

PacketPool::~PacketPool() { SLUICE_CHECK(in_use_ == 0); }

PacketPool::Block PacketPool::Acquire(size_t size) {
  if (size > kMaxBlock) return {};
  uint8_t size_class = 0;
  while (kClassSizes[size_class] < size) ++size_class;
  if (!free_[size_class] && !Grow(size_class)) return {};
  FreeBlock* block = free_[size_class];
  free_[size_class] = block->next;
  ++in_use_;
  return {reinterpret_cast<uint8_t*>(block), size_class};
}

void PacketPool::Release(Block block) {
  free_[block.size_class] = new (block.data) FreeBlock{free_[block.size_class]};
  --in_use_;
}

bool PacketPool::Grow(uint8_t size_class) {
  if (slab_bytes() + kSlabBytes > limit_) return false;
  slabs_.push_back(std::make_unique_for_overwrite<uint8_t[]>(kSlabBytes));
  uint8_t* slab = slabs_.back().get();
  const size_t size = kClassSizes[size_class];
  for (size_t at = 0; at + size <= kSlabBytes; at += size) {
    free_[size_class] = new (slab + at) FreeBlock{free_[size_class]};
  }
  return true;
}

}  // namespace sluice
