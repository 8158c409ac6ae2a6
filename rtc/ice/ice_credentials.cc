#include "rtc/ice/ice_credentials.h"

#include <openssl/rand.h>

#include <vector>

#include "rtc/base/check.h"

namespace sluice {
namespace {

// 64 ice-chars: six bits of each random byte are one character.
constexpr char kIceChars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string RandomIceChars(size_t size) {
  std::vector<uint8_t> random(size);
  SLUICE_CHECK(RAND_bytes(random.data(), static_cast<int>(size)) == 1);
  std::string out;
  for (uint8_t byte : random) out += kIceChars[byte & 63];
  return out;
}

}  // namespace

IceCredentials IceCredentials::Random() { return {.ufrag = RandomIceChars(16), .password = RandomIceChars(32)}; }

}  // namespace sluice
