#include "rtc/rtp/extension_block.h"

namespace sluice::rtp {

ExtensionWalk::ExtensionWalk(uint16_t profile, std::span<const uint8_t> block) : rest_(block) {
  two_byte_ = (profile & kTwoByteProfileMask) == kTwoByteProfile;
  if (!two_byte_ && profile != kOneByteProfile) rest_ = {};
}

std::optional<ExtensionElement> ExtensionWalk::Next() {
  while (!rest_.empty() && rest_[0] == 0) rest_ = rest_.subspan(1);
  const size_t head = two_byte_ ? 2 : 1;
  if (rest_.size() < head) return std::nullopt;
  const auto id = two_byte_ ? rest_[0] : static_cast<uint8_t>(rest_[0] >> 4);
  const size_t size = two_byte_ ? rest_[1] : (rest_[0] & 0x0F) + 1;
  const bool ends_block = !two_byte_ && (id == 0 || id == 15);
  if (ends_block || head + size > rest_.size()) {
    rest_ = {};
    return std::nullopt;
  }
  const ExtensionElement element{id, rest_.subspan(head, size)};
  rest_ = rest_.subspan(head + size);
  return element;
}

}  // namespace sluice::rtp
