// Walks the elements of a header extension block (RFC 8285), both forms. The walk never leaves the block and ends at
// the first element that does not fit; the elements before it count.
//
//   one-byte form (profile 0xBEDE):  | id 1-14 (4) | length - 1 (4) | value ...    0x00 = padding, id 15 ends the block
//   two-byte form (profile 0x100x):  | id 1-255 (8) | length (8) | value ...       0x00 = padding
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sluice::rtp {

inline constexpr uint16_t kOneByteProfile = 0xBEDE;
inline constexpr uint16_t kTwoByteProfile = 0x1000;
inline constexpr uint16_t kTwoByteProfileMask = 0xFFF0;  // the low four bits are the application's

struct ExtensionElement {
  uint8_t id = 0;
  std::span<const uint8_t> value;
};

class ExtensionWalk {
 public:
  // `block` is what follows profile and length. Any profile but the two above has no elements.
  ExtensionWalk(uint16_t profile, std::span<const uint8_t> block);

  // The next element, or nullopt at the end.
  std::optional<ExtensionElement> Next();

 private:
  std::span<const uint8_t> rest_;
  bool two_byte_ = false;
};

}  // namespace sluice::rtp
