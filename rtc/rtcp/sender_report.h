// SR (RFC 3550 section 6.4.1).
//
//   |V=2|P| RC (5) |   PT=200      |   length (16)                 |
//   |                     SSRC of the sender (32)                   |
//   |                     NTP time (64)                             |
//   |                     RTP timestamp of that time (32)           |
//   |                     packets sent (32)                         |
//   |                     payload bytes sent (32)                   |
//   |                     report blocks, RC times                   |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"
#include "rtc/rtcp/ntp_time.h"
#include "rtc/rtcp/report_block.h"

namespace sluice::rtcp {

using ReportBlocks = absl::InlinedVector<ReportBlock, 4>;  // at most kMaxCount; further ones are not written

struct SenderReport {
  Ssrc sender;
  NtpTime ntp;
  uint32_t rtp_timestamp = 0;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;
  ReportBlocks reports;

  static std::optional<SenderReport> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const SenderReport&) const = default;
};

}  // namespace sluice::rtcp
