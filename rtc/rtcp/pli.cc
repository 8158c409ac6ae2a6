#include "rtc/rtcp/pli.h"

namespace sluice::rtcp {

std::optional<Pli> Pli::Parse(const Block& block) {
  ByteReader in(block.body);
  Pli pli;
  pli.sender = Ssrc(in.U32());
  pli.media = Ssrc(in.U32());
  if (!in.ok()) return std::nullopt;
  return pli;
}

void Pli::Write(ByteWriter& out) const {
  WriteBlockHeader(out, static_cast<uint8_t>(PayloadFeedbackFormat::kPli), PacketType::kPayloadFeedback, WireSize());
  out.U32(sender.value());
  out.U32(media.value());
}

}  // namespace sluice::rtcp
