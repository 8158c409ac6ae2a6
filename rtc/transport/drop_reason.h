// Why a datagram, or a part of it, was not used. Counted per transport and shown in its statistics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

enum class DropReason : uint8_t {
  kUnknownKind,      // neither STUN, DTLS, RTP nor RTCP (RFC 7983)
  kForeignPath,      // from an address that did not prove to be the peer's
  kBadStun,          // STUN that does not parse, is no binding request, or fails its integrity check
  kDtlsNotExpected,  // no DTLS on this transport, or before it was connected
  kBadDtls,          // nothing that the DTLS session could use
  kNoKeys,           // RTP or RTCP before the keys
  kReplayed,         // seen before
  kUnauthenticated,  // the SRTP tag does not fit
  kBadRtp,
  kBadRtcp,
  kUnknownSsrc,      // no producer wants it
  kSctpNotExpected,  // no SCTP on this transport
  kBadSctp,          // neither RTP nor RTCP, and not SCTP either
  kUnknownStream,    // a message that no data producer wants
  kBadMessage,       // one that its data producer cannot read, or that is too long
};
inline constexpr size_t kDropReasons = 15;

std::string_view ToString(DropReason reason);

class DropCounts {
 public:
  void Count(DropReason reason) { ++counts_[static_cast<size_t>(reason)]; }
  uint64_t of(DropReason reason) const { return counts_[static_cast<size_t>(reason)]; }
  uint64_t total() const {
    uint64_t sum = 0;
    for (uint64_t count : counts_) sum += count;
    return sum;
  }

 private:
  std::array<uint64_t, kDropReasons> counts_{};
};

}  // namespace sluice
