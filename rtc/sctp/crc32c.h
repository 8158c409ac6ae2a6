// CRC32c as SCTP has it (RFC 9260 appendix A), for telling SCTP packets from other bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace sluice {

constexpr std::array<uint32_t, 256> MakeCrc32cTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0x82F63B78u : 0u);
    table[i] = value;
  }
  return table;
}

inline constexpr std::array<uint32_t, 256> kCrc32cTable = MakeCrc32cTable();

// The state after more bytes; begin with ~0 and invert at the end.
constexpr uint32_t UpdateCrc32c(uint32_t crc, std::span<const uint8_t> bytes) {
  for (uint8_t byte : bytes) crc = (crc >> 8) ^ kCrc32cTable[(crc ^ byte) & 0xFF];
  return crc;
}

}  // namespace sluice
