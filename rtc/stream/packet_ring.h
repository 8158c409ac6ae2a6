// The last packets of one incoming stream, by sequence number: what consumers forward and what every retransmission of
// every consumer is made from. Payload and forwarded extensions are copied once, into a right-sized block of the pool.
//
// Bounds: a packet leaves when it is older than Config::max_age, when Config::max_packets numbers or Config::max_bytes
// of blocks are in use, or when the numbers jump. All of that happens in Insert(), which is O(1) amortised and takes no
// heap memory once the index has grown to what the stream needs.
//
// Lifetime: a StoredPacket* and its spans are good until the next Insert() or Clear(). Across calls keep the number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/codec/frame_info.h"
#include "rtc/stream/packet_pool.h"

namespace sluice {

// Values of those header extensions that travel from the sender through to the receivers. An empty span: not there.
struct ForwardedExtensions {
  std::optional<uint8_t> audio_level;              // the byte as it is: voice flag and level
  std::optional<uint8_t> video_orientation;        // likewise
  std::span<const uint8_t> abs_capture_time;       // 8 or 16 bytes
  std::span<const uint8_t> playout_delay;          // 3 bytes
  std::span<const uint8_t> dependency_descriptor;  // 1-255 bytes
};

// One packet of a source, without its padding. Insert() takes one whose spans are borrowed and keeps one whose spans
// are its own.
struct StoredPacket {
  ExtSeqNum seq;
  Timestamp arrival;
  uint32_t timestamp = 0;
  PayloadType payload_type;
  bool marker = false;
  codec::FrameInfo frame;
  std::span<const uint8_t> payload;
  ForwardedExtensions extensions;
};

class PacketRing {
 public:
  struct Config {
    TimeDelta max_age = TimeDelta::Millis(1500);
    size_t max_packets = 2048;  // a power of two; numbers between the oldest and the newest, holes included
    size_t max_bytes = size_t{4} << 20;
  };
  static constexpr Config Audio() { return {TimeDelta::Millis(500), 128, size_t{256} << 10}; }
  static constexpr Config Video() { return {}; }

  PacketRing(PacketPool& pool, const Config& config);
  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&&) = delete;
  ~PacketRing();

  // The stored copy; null when it is there already, older than what is kept, too large for a block, or the pool is
  // exhausted. The packet's arrival is taken for the present.
  const StoredPacket* Insert(const StoredPacket& packet);
  // Null when it never came or left already.
  const StoredPacket* Find(ExtSeqNum seq) const;
  // The same, to note what was learnt of it later.
  codec::FrameInfo* FindFrame(ExtSeqNum seq);
  void Clear();

  // The number after the newest; meaningless while the ring is empty.
  ExtSeqNum end() const { return ExtSeqNum(end_); }

  size_t packets() const { return packets_; }
  size_t bytes() const { return bytes_; }

 private:
  struct Slot {
    StoredPacket* packet = nullptr;  // at the front of its block
    uint8_t size_class = 0;
  };

  Slot& At(int64_t seq) { return slots_[static_cast<size_t>(seq) & (slots_.size() - 1)]; }
  const Slot& At(int64_t seq) const { return slots_[static_cast<size_t>(seq) & (slots_.size() - 1)]; }
  bool Takes(int64_t seq) const;
  void MakeRoom(int64_t seq);
  void Grow(size_t needed);
  void EvictOldest();
  void EvictAged(Timestamp now);

  PacketPool* pool_;
  Config config_;
  std::vector<Slot> slots_;  // by number modulo its size, a power of two
  int64_t oldest_ = 0;       // numbers in [oldest_, end_) may be there; unless empty, oldest_ is
  int64_t end_ = 0;
  int64_t floor_ = 0;  // numbers below it were evicted
  size_t packets_ = 0;
  size_t bytes_ = 0;
};

}  // namespace sluice
