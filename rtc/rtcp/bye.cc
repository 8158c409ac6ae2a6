#include "rtc/rtcp/bye.h"

#include <algorithm>

namespace sluice::rtcp {

std::optional<Bye> Bye::Parse(const Block& block) {
  ByteReader in(block.body);
  Bye bye;
  for (int i = 0; i < block.count && in.ok(); ++i) bye.ssrcs.push_back(Ssrc(in.U32()));
  if (!in.ok()) return std::nullopt;
  return bye;
}

size_t Bye::WireSize() const { return kHeaderSize + 4 * std::min(ssrcs.size(), kMaxCount); }

void Bye::Write(ByteWriter& out) const {
  const size_t count = std::min(ssrcs.size(), kMaxCount);
  WriteBlockHeader(out, static_cast<uint8_t>(count), PacketType::kBye, WireSize());
  for (size_t i = 0; i < count; ++i) out.U32(ssrcs[i].value());
}

}  // namespace sluice::rtcp
