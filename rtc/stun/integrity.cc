#include "rtc/stun/integrity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "rtc/base/check.h"

namespace sluice::stun {

Integrity ComputeIntegrity(std::span<const uint8_t> before, std::string_view password) {
  SLUICE_CHECK(before.size() >= kHeaderSize && before.size() <= kMaxMessageSize);
  std::array<uint8_t, kMaxMessageSize> bytes;
  std::copy(before.begin(), before.end(), bytes.begin());
  const size_t length = before.size() - kHeaderSize + 4 + kIntegritySize;
  bytes[2] = static_cast<uint8_t>(length >> 8);
  bytes[3] = static_cast<uint8_t>(length);

  Integrity out;
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), bytes.data(), before.size(),
                          out.data(), &size);
  SLUICE_CHECK(made != nullptr && size == kIntegritySize);
  return out;
}

}  // namespace sluice::stun
