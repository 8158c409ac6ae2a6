// Picture loss indication (RFC 4585 section 6.3.1): a key frame, please.
//
//   |V=2|P| FMT=1  |   PT=206      |   length = 2 (16)             |
//   |                     SSRC of who asks (32)                     |
//   |                     SSRC of the media (32)                    |
#pragma once

#include <cstddef>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct Pli {
  Ssrc sender;
  Ssrc media;

  static std::optional<Pli> Parse(const Block& block);
  size_t WireSize() const { return 12; }
  void Write(ByteWriter& out) const;
  bool operator==(const Pli&) const = default;
};

}  // namespace sluice::rtcp
