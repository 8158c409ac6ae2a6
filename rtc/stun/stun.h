// Names and numbers that both directions of STUN share (RFC 8489, ICE attributes of RFC 8445).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::stun {

inline constexpr uint32_t kMagicCookie = 0x2112A442;
inline constexpr size_t kHeaderSize = 20;
inline constexpr size_t kIntegritySize = 20;  // HMAC-SHA1
// Larger messages are not STUN to us: ICE checks are some 100 bytes.
inline constexpr size_t kMaxMessageSize = 1500;

enum class Class : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

enum class Method : uint16_t { kBinding = 1 };

using TransactionId = std::array<uint8_t, 12>;

enum class Attribute : uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000A,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kMessageIntegritySha256 = 0x001C,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kNomination = 0x0030,  // draft-thatcher-ice-renomination
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
  kGoogNomination = 0xC001,  // the same, as browsers send it
};

inline constexpr uint16_t kErrorBadRequest = 400;
inline constexpr uint16_t kErrorUnauthenticated = 401;
inline constexpr uint16_t kErrorUnknownAttribute = 420;
inline constexpr uint16_t kErrorRoleConflict = 487;

// True when the first byte, the cookie and the length fit (RFC 8489 section 5, RFC 7983): cheap, for demultiplexing.
bool LooksLikeStun(std::span<const uint8_t> datagram);

}  // namespace sluice::stun
