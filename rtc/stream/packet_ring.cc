#include "rtc/stream/packet_ring.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "rtc/base/check.h"

namespace sluice {
namespace {

constexpr size_t kMinSlots = 64;

// Copies `from` to `*at`, moves `*at` on and returns the copy.
std::span<const uint8_t> CopyTo(uint8_t*& at, std::span<const uint8_t> from) {
  uint8_t* to = at;
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  at += from.size();
  return {to, from.size()};
}

size_t BlockSize(const StoredPacket& packet) {
  const ForwardedExtensions& e = packet.extensions;
  return sizeof(StoredPacket) + packet.payload.size() + e.abs_capture_time.size() + e.playout_delay.size() +
         e.dependency_descriptor.size();
}

StoredPacket* CopyInto(const PacketPool::Block& block, const StoredPacket& packet) {
  auto* stored = new (block.data) StoredPacket(packet);
  uint8_t* at = block.data + sizeof(StoredPacket);
  stored->payload = CopyTo(at, packet.payload);
  stored->extensions.abs_capture_time = CopyTo(at, packet.extensions.abs_capture_time);
  stored->extensions.playout_delay = CopyTo(at, packet.extensions.playout_delay);
  stored->extensions.dependency_descriptor = CopyTo(at, packet.extensions.dependency_descriptor);
  return stored;
}

}  // namespace

PacketRing::PacketRing(PacketPool& pool, const Config& config) : pool_(&pool), config_(config) {
  SLUICE_CHECK(std::has_single_bit(config.max_packets) && config.max_packets >= kMinSlots);
  Clear();
}

PacketRing::PacketRing(PacketRing&& other) noexcept
    : pool_(other.pool_),
      config_(other.config_),
      slots_(std::move(other.slots_)),
      oldest_(other.oldest_),
      end_(other.end_),
      floor_(other.floor_),
      packets_(std::exchange(other.packets_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {}

PacketRing::~PacketRing() { Clear(); }

const StoredPacket* PacketRing::Insert(const StoredPacket& packet) {
  const int64_t seq = packet.seq.value();
  EvictAged(packet.arrival);
  if (!Takes(seq)) return nullptr;
  PacketPool::Block block = pool_->Acquire(BlockSize(packet));
  if (!block.data) return nullptr;
  while (packets_ > 0 && bytes_ + block.capacity() > config_.max_bytes) EvictOldest();
  if (seq < floor_) return pool_->Release(block), nullptr;
  MakeRoom(seq);
  At(seq) = {CopyInto(block, packet), block.size_class};
  ++packets_;
  bytes_ += block.capacity();
  return At(seq).packet;
}

const StoredPacket* PacketRing::Find(ExtSeqNum seq) const {
  if (packets_ == 0 || seq.value() < oldest_ || seq.value() >= end_) return nullptr;
  return At(seq.value()).packet;
}

codec::FrameInfo* PacketRing::FindFrame(ExtSeqNum seq) { return Find(seq) ? &At(seq.value()).packet->frame : nullptr; }

void PacketRing::Clear() {
  while (packets_ > 0) EvictOldest();
  floor_ = std::numeric_limits<int64_t>::min();
}

bool PacketRing::Takes(int64_t seq) const {
  if (packets_ == 0) return seq >= floor_;
  if (seq < oldest_) return seq >= floor_ && end_ - seq <= static_cast<int64_t>(config_.max_packets);
  return seq >= end_ || At(seq).packet == nullptr;
}

// Makes `seq` a number between oldest_ and end_, at the cost of older ones.
void PacketRing::MakeRoom(int64_t seq) {
  const auto most = static_cast<int64_t>(config_.max_packets);
  if (packets_ > 0 && seq - end_ >= most) Clear();
  while (packets_ > 0 && seq - oldest_ >= most) EvictOldest();
  if (packets_ == 0) oldest_ = end_ = seq;
  oldest_ = std::min(oldest_, seq);
  end_ = std::max(end_, seq + 1);
  Grow(static_cast<size_t>(end_ - oldest_));
}

void PacketRing::Grow(size_t needed) {
  if (needed <= slots_.size()) return;
  std::vector<Slot> bigger(std::max(kMinSlots, std::bit_ceil(needed)));
  for (const Slot& slot : slots_) {
    if (slot.packet) bigger[static_cast<size_t>(slot.packet->seq.value()) & (bigger.size() - 1)] = slot;
  }
  slots_ = std::move(bigger);
}

void PacketRing::EvictOldest() {
  Slot& slot = At(oldest_);
  const PacketPool::Block block{reinterpret_cast<uint8_t*>(slot.packet), slot.size_class};
  slot = {};
  pool_->Release(block);
  bytes_ -= block.capacity();
  --packets_;
  do {
    ++oldest_;
  } while (packets_ > 0 && !At(oldest_).packet);
  floor_ = oldest_;
}

void PacketRing::EvictAged(Timestamp now) {
  while (packets_ > 0 && now - At(oldest_).packet->arrival > config_.max_age) EvictOldest();
}

}  // namespace sluice
