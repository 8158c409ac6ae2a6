// Generic NACK (RFC 4585 section 6.2.1).
//
//   |V=2|P| FMT=1  |   PT=205      |   length (16)                 |
//   |                     SSRC of who asks (32)                     |
//   |                     SSRC of the media (32)                    |
//   |  lost sequence number (16)    |  bit i: number + i + 1 too    |  once or more
#pragma once

#include <cstddef>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct Nack {
  // Further numbers are left out, when parsed and when written.
  static constexpr size_t kMaxSeqs = 512;

  Ssrc sender;
  Ssrc media;
  absl::InlinedVector<SeqNum, kMaxSeqs> seqs;  // in the order of the wire; written in the given order, best ascending

  static std::optional<Nack> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const Nack&) const = default;
};

}  // namespace sluice::rtcp
