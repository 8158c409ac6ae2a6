// The SRTP protection profiles that Sluice speaks, with their names in the public API, their numbers in DTLS-SRTP
// (RFC 5764 section 4.1.2, RFC 7714 section 14.2) and their sizes in bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

enum class SrtpSuite : uint8_t { kAeadAes256Gcm, kAeadAes128Gcm, kAesCm128HmacSha1_80, kAesCm128HmacSha1_32 };

struct SrtpSuiteInfo {
  std::string_view name;  // "AEAD_AES_128_GCM"
  uint16_t dtls_profile;
  size_t key_size;
  size_t salt_size;
  size_t rtp_overhead;   // bytes that protection adds to an RTP packet: the tag
  size_t rtcp_overhead;  // and to an RTCP packet: the tag and the SRTCP index

  constexpr size_t keying_size() const { return key_size + salt_size; }
};

const SrtpSuiteInfo& SrtpSuiteInfoOf(SrtpSuite suite);
std::optional<SrtpSuite> SrtpSuiteFromName(std::string_view name);
std::optional<SrtpSuite> SrtpSuiteFromDtlsProfile(uint16_t profile);

// No suite adds more than this to any packet.
inline constexpr size_t kMaxSrtpOverhead = 20;

}  // namespace sluice
