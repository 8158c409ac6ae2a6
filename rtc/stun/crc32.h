// CRC-32 of FINGERPRINT (RFC 8489 section 14.7): the polynomial of ISO 3309, reflected.
#pragma once

#include <cstdint>
#include <span>

namespace sluice::stun {

inline constexpr uint32_t kFingerprintXor = 0x5354554E;

uint32_t Crc32(std::span<const uint8_t> bytes);

}  // namespace sluice::stun
