// What comes of protecting or unprotecting a packet.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice {

enum class SrtpError : uint8_t {
  kNone,
  kReplay,          // seen before, or older than the replay window
  kAuthentication,  // the tag does not fit: forged, damaged or a wrong key
  kMalformed,       // not a packet that could be protected or unprotected, or no room for the tag
  kKeyExpired,      // the key has protected as many packets as RFC 3711 section 9.2 permits
  kOther,
};

struct SrtpResult {
  size_t size = 0;  // of the packet afterwards; 0 on failure
  SrtpError error = SrtpError::kNone;
  bool ok() const { return error == SrtpError::kNone; }
};

}  // namespace sluice
