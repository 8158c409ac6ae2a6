#include "rtc/transport/drop_reason.h"

namespace sluice {

std::string_view ToString(DropReason reason) {
  constexpr std::array<std::string_view, kDropReasons> kNames = {
      "unknown kind", "foreign path",      "bad STUN",        "DTLS not expected", "bad DTLS",
      "no keys",      "replayed",          "unauthenticated", "bad RTP",           "bad RTCP",
      "unknown SSRC", "SCTP not expected", "bad SCTP",        "unknown stream",    "bad message"};
  return kNames[static_cast<size_t>(reason)];
}

}  // namespace sluice
