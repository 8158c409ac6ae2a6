#include "rtc/rtcp/receiver_report.h"

#include <algorithm>

namespace sluice::rtcp {

std::optional<ReceiverReport> ReceiverReport::Parse(const Block& block) {
  ByteReader in(block.body);
  ReceiverReport report;
  report.sender = Ssrc(in.U32());
  for (int i = 0; i < block.count && in.ok(); ++i) report.reports.push_back(ReportBlock::Read(in));
  if (!in.ok()) return std::nullopt;
  return report;
}

size_t ReceiverReport::WireSize() const {
  return kHeaderSize + 4 + std::min(reports.size(), kMaxCount) * ReportBlock::kSize;
}

void ReceiverReport::Write(ByteWriter& out) const {
  const size_t count = std::min(reports.size(), kMaxCount);
  WriteBlockHeader(out, static_cast<uint8_t>(count), PacketType::kReceiverReport, WireSize());
  out.U32(sender.value());
  for (size_t i = 0; i < count; ++i) reports[i].Write(out);
}

}  // namespace sluice::rtcp
