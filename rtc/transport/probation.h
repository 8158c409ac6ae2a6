// Packets that carry nothing, to fill a probe where nothing can be repeated: a stream of its own, by the SSRC, payload type
// and MID that client libraries of this protocol announce for it (1234, 127, "probator"). Receivers that do not know it
// drop it, and tell of it like of any other packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rtc/base/ids.h"
#include "rtc/media/outgoing_stream.h"
#include "rtc/rtp/header_extension.h"

namespace sluice {

class Probation {
 public:
  static constexpr Ssrc kSsrc{1234};
  static constexpr PayloadType kPayloadType{127};
  static constexpr size_t kPayload = 1000;  // bytes, all zero

  explicit Probation(ExtSeqNum first) : next_(first) {}

  // The next packet, with the extensions among `ids` that say when it left. Returns its size; 0: it does not fit.
  size_t Write(const rtp::ExtensionMap& ids, const SendStamp& stamp, std::span<uint8_t> out);

 private:
  ExtSeqNum next_;
};

}  // namespace sluice
