// The RTP payload descriptors of VP8 (RFC 7741, 4.2) and VP9 (RFC 9628, 4.2), read whole and strictly. Apart from
// rtc/codec on purpose: what judges the forwarding must not share its mistakes. nullopt: cut short, or reserved bits
// that would mean something else than what is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sluice::testing_support {

// A number in the payload, with the place of its first byte.
struct PlacedNumber {
  uint16_t value = 0;
  size_t at = 0;
  int bits = 0;

  int Modulus() const { return 1 << bits; }
  uint16_t Plus(int64_t n) const;
  // Overwrites it in `payload`, leaving the other bits of its bytes alone; a number of 5 or 7 bits is the lowest of a byte.
  void Write(std::span<uint8_t> payload, uint16_t number) const;
};

struct Vp8Descriptor {
  size_t size = 0;
  bool start = false;  // S
  uint8_t partition = 0;
  bool non_reference = false;
  std::optional<PlacedNumber> picture_id;
  std::optional<PlacedNumber> tl0_pic_idx;
  std::optional<PlacedNumber> key_idx;
  std::optional<uint8_t> temporal_layer;
  bool layer_sync = false;  // Y

  static std::optional<Vp8Descriptor> Read(std::span<const uint8_t> payload);
};

struct Vp9Descriptor {
  size_t size = 0;
  bool inter_picture = false;  // P
  bool flexible = false;       // F
  bool begin = false;          // B: of a layer frame
  bool end = false;            // E
  bool not_for_upper = false;  // Z
  bool switch_point = false;   // U
  bool inter_layer = false;    // D
  bool has_structure = false;  // V
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  std::optional<PlacedNumber> picture_id;
  std::optional<PlacedNumber> tl0_pic_idx;  // non-flexible mode only
  std::vector<uint8_t> differences;         // flexible mode: to the pictures it needs

  static std::optional<Vp9Descriptor> Read(std::span<const uint8_t> payload);
};

}  // namespace sluice::testing_support
