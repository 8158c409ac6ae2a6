// What one receiver says of one source, inside SR and RR (RFC 3550 section 6.4.1).
//
//   |                     SSRC of the source (32)                   |
//   | fraction lost (8) |   cumulative lost, signed (24)            |
//   |            extended highest sequence number (32)              |
//   |                     jitter (32), RTP ticks                    |
//   |            LSR (32): compact NTP of the last SR, 0 = none     |
//   |            DLSR (32): 1/65536 s since then                    |
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtc/base/bytes.h"
#include "rtc/base/ids.h"

namespace sluice::rtcp {

struct ReportBlock {
  static constexpr size_t kSize = 24;

  Ssrc source;
  uint8_t fraction_lost = 0;    // 1/256
  int32_t cumulative_lost = 0;  // clamped to 24 bits when written
  uint32_t extended_highest_seq = 0;
  uint32_t jitter = 0;
  uint32_t last_sr = 0;
  uint32_t delay_since_last_sr = 0;

  static ReportBlock Read(ByteReader& in);
  void Write(ByteWriter& out) const;
  bool operator==(const ReportBlock&) const = default;
};

}  // namespace sluice::rtcp
