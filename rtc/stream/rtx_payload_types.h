// Which payload type an RTX payload type repairs (the codec parameter "apt", RFC 4588 8.1). The rest of undoing RTX is
// rtp::SplitRtx and rtp::RecoverFromRtx.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtc/base/ids.h"

namespace sluice {

class RtxPayloadTypes {
 public:
  void Add(PayloadType rtx, PayloadType original) { originals_[rtx.value() & 0x7F] = original.value() | 0x80; }
  std::optional<PayloadType> OriginalOf(PayloadType rtx) const {
    uint8_t original = originals_[rtx.value() & 0x7F];
    return original ? std::optional(PayloadType(original & 0x7F)) : std::nullopt;
  }

 private:
  std::array<uint8_t, 128> originals_{};  // 0: none
};

}  // namespace sluice
