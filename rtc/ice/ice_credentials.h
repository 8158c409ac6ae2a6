// User name fragment and password of one ICE session (RFC 8445 section 5.3).
#pragma once

#include <string>

namespace sluice {

struct IceCredentials {
  std::string ufrag;
  std::string password;

  // 96 and 192 bits from OpenSSL's generator, as ice-chars.
  static IceCredentials Random();
  bool operator==(const IceCredentials&) const = default;
};

}  // namespace sluice
