// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03).
//
//   |V=2|P| FMT=15 |   PT=206      |   length (16)                 |
//   |                     SSRC of who says it (32)                  |
//   |                     0 (32)                                    |
//   |                     'R' 'E' 'M' 'B'                           |
//   | SSRCs (8) | exponent (6) |        mantissa (18)               |
//   |                     SSRC (32), once or more                   |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

// "REMB": what tells this from other application feedback.
inline constexpr uint32_t kRembName = 0x52454D42;

struct Remb {
  static constexpr size_t kMaxSsrcs = 255;  // further ones are not written

  Ssrc sender;
  DataRate bitrate;  // written rounded down to 18 significant bits; parsed values over 2^62 bps are refused
  absl::InlinedVector<Ssrc, 8> ssrcs;

  static std::optional<Remb> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const Remb&) const = default;
};

}  // namespace sluice::rtcp
