// Tells RTP, RTCP and everything else apart by the first two bytes (RFC 7983, RFC 5761 section 4). A look, no check:
// what it calls RTP may still fail to parse.
#pragma once

#include <cstdint>
#include <span>

namespace sluice::rtp {

// RTP or RTCP, protected or not: version 2 and at least the 8 bytes of an RTCP header.
inline bool LooksLikeRtpOrRtcp(std::span<const uint8_t> datagram) {
  return datagram.size() >= 8 && datagram[0] >= 128 && datagram[0] <= 191;
}

// RTCP packet types are 192-223, which as RTP would be marker plus payload type 64-95; those are never negotiated.
inline bool LooksLikeRtcp(std::span<const uint8_t> datagram) {
  return LooksLikeRtpOrRtcp(datagram) && datagram[1] >= 192 && datagram[1] <= 223;
}

inline bool LooksLikeRtp(std::span<const uint8_t> datagram) {
  return LooksLikeRtpOrRtcp(datagram) && datagram.size() >= 12 && !(datagram[1] >= 192 && datagram[1] <= 223);
}

}  // namespace sluice::rtp
