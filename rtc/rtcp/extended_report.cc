#include "rtc/rtcp/extended_report.h"

#include <algorithm>

namespace sluice::rtcp {
namespace {

constexpr uint8_t kReceiverReferenceTime = 4;
constexpr uint8_t kDelaySinceLastReceiverReport = 5;
constexpr size_t kDlrrSize = 12;

bool ReadBlock(uint8_t type, std::span<const uint8_t> body, ExtendedReport& report) {
  ByteReader in(body);
  if (type == kReceiverReferenceTime) {
    report.reference_time = NtpTime(in.U64());
    return in.ok();
  }
  if (type != kDelaySinceLastReceiverReport) return true;
  if (body.size() % kDlrrSize != 0) return false;
  while (in.left() > 0 && report.dlrr.size() < ExtendedReport::kMaxDlrr) {
    ExtendedReport::Dlrr dlrr;
    dlrr.receiver = Ssrc(in.U32());
    dlrr.last_rr = in.U32();
    dlrr.delay_since_last_rr = in.U32();
    report.dlrr.push_back(dlrr);
  }
  return true;
}

}  // namespace

std::optional<ExtendedReport> ExtendedReport::Parse(const Block& block) {
  ByteReader in(block.body);
  ExtendedReport report;
  report.sender = Ssrc(in.U32());
  while (in.ok() && in.left() > 0) {
    const uint8_t type = in.U8();
    in.U8();
    const auto body = in.Bytes(4u * in.U16());
    if (!in.ok() || !ReadBlock(type, body, report)) return std::nullopt;
  }
  if (!in.ok()) return std::nullopt;
  return report;
}

size_t ExtendedReport::WireSize() const {
  const size_t rrtr = reference_time ? 12 : 0;
  const size_t answers = dlrr.empty() ? 0 : 4 + kDlrrSize * std::min(dlrr.size(), kMaxDlrr);
  return kHeaderSize + 4 + rrtr + answers;
}

void ExtendedReport::Write(ByteWriter& out) const {
  WriteBlockHeader(out, 0, PacketType::kExtendedReport, WireSize());
  out.U32(sender.value());
  if (reference_time) {
    out.U8(kReceiverReferenceTime);
    out.U8(0);
    out.U16(2);
    out.U64(reference_time->value());
  }
  if (dlrr.empty()) return;
  const size_t count = std::min(dlrr.size(), kMaxDlrr);
  out.U8(kDelaySinceLastReceiverReport);
  out.U8(0);
  out.U16(static_cast<uint16_t>(3 * count));
  for (size_t i = 0; i < count; ++i) {
    out.U32(dlrr[i].receiver.value());
    out.U32(dlrr[i].last_rr);
    out.U32(dlrr[i].delay_since_last_rr);
  }
}

}  // namespace sluice::rtcp
