// MESSAGE-INTEGRITY (RFC 8489 section 14.5): HMAC-SHA1 over the message up to the attribute, with the header's length
// counting the attribute and nothing behind it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "rtc/stun/stun.h"

namespace sluice::stun {

using Integrity = std::array<uint8_t, kIntegritySize>;

// `before` is the message up to the attribute's header, at most kMaxMessageSize bytes; its length field is ignored.
Integrity ComputeIntegrity(std::span<const uint8_t> before, std::string_view password);

}  // namespace sluice::stun
