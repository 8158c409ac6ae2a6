// SRTP written down a second time, straight from RFC 3711 and RFC 7714 and slowly, so that the RFCs' vectors (which
// stop at session keys, or begin there) can judge whole sessions: the vectors check this, and this checks SrtpSession.
#pragma once

#include <cstdint>
#include <vector>

#include "rtc/srtp/srtp_suite.h"

namespace sluice::test {

using Bytes = std::vector<uint8_t>;

Bytes FromHex(std::string_view hex);  // blanks are skipped

// RFC 3711 section 4.1.1: AES in counter mode from `iv` on.
Bytes AesCounterKeystream(const Bytes& key, const Bytes& iv, size_t size);
// RFC 3711 section 4.3: the session key of `label`, with a key derivation rate of zero.
Bytes DeriveKey(const Bytes& master_key, const Bytes& master_salt, uint8_t label, size_t size);

// RFC 7714 section 8 and 9, with session key and salt.
Bytes GcmProtectRtp(const Bytes& key, const Bytes& salt, uint32_t roc, const Bytes& packet);
Bytes GcmProtectRtcp(const Bytes& key, const Bytes& salt, uint32_t index, const Bytes& packet);

// The whole: from master key and salt to the protected packet.
Bytes ProtectRtp(SrtpSuite suite, const Bytes& keying, uint32_t roc, const Bytes& packet);
Bytes ProtectRtcp(SrtpSuite suite, const Bytes& keying, uint32_t index, const Bytes& packet);

}  // namespace sluice::test
