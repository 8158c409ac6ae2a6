#include "rtc/rtcp/sender_report.h"

#include <algorithm>

namespace sluice::rtcp {

std::optional<SenderReport> SenderReport::Parse(const Block& block) {
  ByteReader in(block.body);
  SenderReport report;
  report.sender = Ssrc(in.U32());
  report.ntp = NtpTime(in.U64());
  report.rtp_timestamp = in.U32();
  report.packet_count = in.U32();
  report.octet_count = in.U32();
  for (int i = 0; i < block.count && in.ok(); ++i) report.reports.push_back(ReportBlock::Read(in));
  if (!in.ok()) return std::nullopt;
  return report;
}

size_t SenderReport::WireSize() const {
  return kHeaderSize + 24 + std::min(reports.size(), kMaxCount) * ReportBlock::kSize;
}

void SenderReport::Write(ByteWriter& out) const {
  const size_t count = std::min(reports.size(), kMaxCount);
  WriteBlockHeader(out, static_cast<uint8_t>(count), PacketType::kSenderReport, WireSize());
  out.U32(sender.value());
  out.U64(ntp.value());
  out.U32(rtp_timestamp);
  out.U32(packet_count);
  out.U32(octet_count);
  for (size_t i = 0; i < count; ++i) reports[i].Write(out);
}

}  // namespace sluice::rtcp
