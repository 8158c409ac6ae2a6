// What a depacketiser makes of RTP packets and a decoder takes: all that was captured at one moment, layer by layer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::testing_support {

struct LayerFrame {
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  bool key = false;           // of the lowest layer that is there, and a decoder can start with it
  std::vector<uint8_t> data;  // as the decoder takes it: VP8 and VP9 frames, Annex B, or OBUs with sizes
};

struct Picture {
  uint32_t timestamp = 0;
  std::vector<LayerFrame> layers;  // lowest first, at least one

  bool key() const { return layers.front().key; }
};

// Not for keeping, nor against an adversary: FNV-1a, in words of eight bytes.
inline uint64_t Checksum(std::span<const uint8_t> bytes, uint64_t seed = 0xcbf29ce484222325) {
  constexpr uint64_t kPrime = 0x100000001b3;
  uint64_t sum = seed;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    __builtin_memcpy(&word, bytes.data() + at, 8);
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  }
  for (; at < bytes.size(); ++at) sum = (sum ^ bytes[at]) * kPrime;
  return sum;
}

}  // namespace sluice::testing_support
