// RR (RFC 3550 section 6.4.2).
//
//   |V=2|P| RC (5) |   PT=201      |   length (16)                 |
//   |                     SSRC of the reporter (32)                 |
//   |                     report blocks, RC times                   |
#pragma once

#include <cstddef>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/rtcp/block.h"
#include "rtc/rtcp/sender_report.h"

namespace sluice::rtcp {

struct ReceiverReport {
  Ssrc sender;
  ReportBlocks reports;

  static std::optional<ReceiverReport> Parse(const Block& block);
  size_t WireSize() const;
  void Write(ByteWriter& out) const;
  bool operator==(const ReceiverReport&) const = default;
};

}  // namespace sluice::rtcp
