// Full intra request (RFC 5104 section 4.3.1): a key frame, please; a repeated number is the same request.
//
//   |V=2|P| FMT=4  |   PT=206      |   length (16)                 |
//   |                     SSRC of who asks (32)                     |
//   |                     0 (32)                                    |
//   |                     SSRC of the media (32)                    |  entry, once or more
//   |  number (8)  |  0 (24)                                        |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"

namespace sluice::rtcp {

struct Fir {
  static constexpr size_t kMaxEntries = 32;  // further ones are left out

  struct Entry {
    Ssrc media;
    uint8_t number = 0;
    bool operator==(const Entry&) const = default;
  };
  Ssrc sender;
  absl::InlinedVector<Entry, 8> entries;

  static std::optional<Fir> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const Fir&) const = default;
};

}  // namespace sluice::rtcp
