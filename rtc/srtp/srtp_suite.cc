#include "rtc/srtp/srtp_suite.h"

#include <array>

namespace sluice {
namespace {

// Indexed by SrtpSuite. The 32-bit tag is for RTP only: RTCP always has 80 bits (RFC 5764 section 4.1.2).
constexpr std::array<SrtpSuiteInfo, 4> kSuites = {{
    {"AEAD_AES_256_GCM", 0x0008, 32, 12, 16, 20},
    {"AEAD_AES_128_GCM", 0x0007, 16, 12, 16, 20},
    {"AES_CM_128_HMAC_SHA1_80", 0x0001, 16, 14, 10, 14},
    {"AES_CM_128_HMAC_SHA1_32", 0x0002, 16, 14, 4, 14},
}};

}  // namespace

const SrtpSuiteInfo& SrtpSuiteInfoOf(SrtpSuite suite) { return kSuites[static_cast<size_t>(suite)]; }

std::optional<SrtpSuite> SrtpSuiteFromName(std::string_view name) {
  for (size_t i = 0; i < kSuites.size(); ++i) {
    if (kSuites[i].name == name) return static_cast<SrtpSuite>(i);
  }
  return std::nullopt;
}

std::optional<SrtpSuite> SrtpSuiteFromDtlsProfile(uint16_t profile) {
  for (size_t i = 0; i < kSuites.size(); ++i) {
    if (kSuites[i].dtls_profile == profile) return static_cast<SrtpSuite>(i);
  }
  return std::nullopt;
}

}  // namespace sluice
