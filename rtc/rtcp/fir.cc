#include "rtc/rtcp/fir.h"

#include <algorithm>

namespace sluice::rtcp {
namespace {

constexpr size_t kEntrySize = 8;

}  // namespace

std::optional<Fir> Fir::Parse(const Block& block) {
  ByteReader in(block.body);
  Fir fir;
  fir.sender = Ssrc(in.U32());
  in.U32();
  if (!in.ok() || in.left() == 0 || in.left() % kEntrySize != 0) return std::nullopt;
  while (in.left() > 0 && fir.entries.size() < kMaxEntries) {
    const Ssrc media(in.U32());
    fir.entries.push_back({media, in.U8()});
    in.U24();
  }
  return fir;
}

size_t Fir::WireSize() const { return kHeaderSize + 8 + kEntrySize * std::min(entries.size(), kMaxEntries); }

void Fir::Write(ByteWriter& out) const {
  WriteBlockHeader(out, static_cast<uint8_t>(PayloadFeedbackFormat::kFir), PacketType::kPayloadFeedback, WireSize());
  out.U32(sender.value());
  out.U32(0);
  for (size_t i = 0; i < std::min(entries.size(), kMaxEntries); ++i) {
    out.U32(entries[i].media.value());
    out.U8(entries[i].number);
    out.U24(0);
  }
}

}  // namespace sluice::rtcp
