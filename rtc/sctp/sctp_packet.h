// What can be said of bytes that may be an SCTP packet (RFC 9260 section 3) without an association.
//
//    0               1               2               3
//   +---------------+---------------+---------------+---------------+
//   |          source port          |       destination port        |
//   +---------------+---------------+---------------+---------------+
//   |                       verification tag                        |
//   +---------------+---------------+---------------+---------------+
//   |           CRC32c of all, with zeros here, little-endian       |
//   +---------------+---------------+---------------+---------------+
//   |                   chunks, in words of 4 bytes                 |
#pragma once

#include <cstdint>
#include <span>

#include "rtc/sctp/crc32c.h"

namespace sluice {

inline constexpr size_t kSctpCommonHeader = 12;  // bytes

// Its size could be a packet's. Nothing else tells SCTP beside RTP (RFC 7983 has no room for it).
constexpr bool CouldBeSctp(std::span<const uint8_t> bytes) {
  return bytes.size() >= kSctpCommonHeader && bytes.size() % 4 == 0;
}

// Of bytes that could be SCTP.
constexpr bool HasValidSctpChecksum(std::span<const uint8_t> packet) {
  constexpr std::array<uint8_t, 4> kZeros{};
  uint32_t crc = UpdateCrc32c(~0u, packet.first(8));
  crc = UpdateCrc32c(crc, kZeros);
  crc = ~UpdateCrc32c(crc, packet.subspan(kSctpCommonHeader));
  const uint32_t stored =
      packet[8] | uint32_t{packet[9]} << 8 | uint32_t{packet[10]} << 16 | uint32_t{packet[11]} << 24;
  return crc == stored;
}

}  // namespace sluice
