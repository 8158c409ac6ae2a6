// XR (RFC 3611), of which the two blocks that give a receiver its round trip time are read and written; others are
// skipped.
//
//   |V=2|P|  0 (5) |   PT=207      |   length (16)                 |
//   |                     SSRC of the reporter (32)                 |
//   |  BT=4 (8)   |  0 (8)  |  length = 2 (16)                      |  RRTR: receiver reference time
//   |                     NTP time (64)                             |
//   |  BT=5 (8)   |  0 (8)  |  length = 3n (16)                     |  DLRR: answer to it, n times:
//   |  SSRC (32)  |  LRR (32): compact NTP  |  DLRR (32): 1/65536 s |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"
#include "rtc/rtcp/ntp_time.h"

namespace sluice::rtcp {

struct ExtendedReport {
  static constexpr size_t kMaxDlrr = 64;  // further ones are left out

  struct Dlrr {
    Ssrc receiver;  // whose RRTR is answered
    uint32_t last_rr = 0;
    uint32_t delay_since_last_rr = 0;
    bool operator==(const Dlrr&) const = default;
  };
  Ssrc sender;
  std::optional<NtpTime> reference_time;  // RRTR
  absl::InlinedVector<Dlrr, 4> dlrr;

  static std::optional<ExtendedReport> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const ExtendedReport&) const = default;
};

}  // namespace sluice::rtcp
