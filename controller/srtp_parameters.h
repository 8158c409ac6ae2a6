// Keys of transports whose SRTP is keyed by signalling: plain and pipe transports.
#pragma once

#include <string>

namespace sluice::controller {

struct SrtpParameters {
  std::string crypto_suite;  // "AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80", "..._32"
  std::string key_base64;    // key and salt
};

}  // namespace sluice::controller
