// SDES (RFC 3550 section 6.5), of which only CNAME is read and written.
//
//   |V=2|P| SC (5) |   PT=202      |   length (16)                 |
//   |                     SSRC (32)                                 |  chunk, SC times
//   |  item (8) 1=CNAME | length (8) | text ...       | 0 ... pad   |
//
// Lifetime: `cname` points into the datagram that was parsed, or at what the caller set.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct SourceDescription {
  static constexpr size_t kMaxCname = 255;  // longer ones are cut when written

  struct Chunk {
    Ssrc ssrc;
    std::string_view cname;  // empty: the chunk had none
    bool operator==(const Chunk&) const = default;
  };
  absl::InlinedVector<Chunk, 4> chunks;  // at most kMaxCount; further ones are not written

  static std::optional<SourceDescription> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const SourceDescription&) const = default;
};

}  // namespace sluice::rtcp
