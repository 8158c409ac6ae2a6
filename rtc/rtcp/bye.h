// BYE (RFC 3550 section 6.6). The reason text is neither read nor written.
//
//   |V=2|P| SC (5) |   PT=203      |   length (16)                 |
//   |                     SSRC (32), SC times                       |
//   |  length (8)  | reason ...                                     |  optional
#pragma once

#include <cstddef>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct Bye {
  absl::InlinedVector<Ssrc, 8> ssrcs;  // at most kMaxCount; further ones are not written

  static std::optional<Bye> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const Bye&) const = default;
};

}  // namespace sluice::rtcp
