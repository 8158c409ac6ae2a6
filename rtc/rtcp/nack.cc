#include "rtc/rtcp/nack.h"

#include <algorithm>
#include <span>

namespace sluice::rtcp {
namespace {

constexpr int kMaskBits = 16;

// Calls `item(first, mask)` for every pair of fields that the numbers need: a number joins the pair before it when it
// lies 1-16 above that pair's first and above the pair's last, so that the order of the numbers is kept.
template <class F>
void ForEachItem(std::span<const SeqNum> seqs, F item) {
  for (size_t i = 0; i < seqs.size();) {
    const SeqNum first = seqs[i++];
    uint16_t mask = 0;
    int last = 0;
    for (; i < seqs.size(); ++i) {
      const int distance = seqs[i].DistanceFrom(first);
      if (distance <= last || distance > kMaskBits) break;
      last = distance;
      mask = static_cast<uint16_t>(mask | 1 << (distance - 1));
    }
    item(first, mask);
  }
}

std::span<const SeqNum> Bounded(const Nack& nack) {
  return std::span(nack.seqs.data(), std::min(nack.seqs.size(), Nack::kMaxSeqs));
}

}  // namespace

std::optional<Nack> Nack::Parse(const Block& block) {
  ByteReader in(block.body);
  Nack nack;
  nack.sender = Ssrc(in.U32());
  nack.media = Ssrc(in.U32());
  if (!in.ok() || in.left() == 0 || in.left() % 4 != 0) return std::nullopt;
  const auto add = [&](SeqNum seq) {
    if (nack.seqs.size() < kMaxSeqs) nack.seqs.push_back(seq);
  };
  while (in.left() > 0 && nack.seqs.size() < kMaxSeqs) {
    const SeqNum first(in.U16());
    const uint16_t mask = in.U16();
    add(first);
    for (int bit = 0; bit < kMaskBits; ++bit) {
      if ((mask >> bit & 1) != 0) add(first + bit + 1);
    }
  }
  return nack;
}

size_t Nack::WireSize() const {
  size_t size = kHeaderSize + 8;
  ForEachItem(Bounded(*this), [&](SeqNum, uint16_t) { size += 4; });
  return size;
}

void Nack::Write(ByteWriter& out) const {
  WriteBlockHeader(out, static_cast<uint8_t>(TransportFeedbackFormat::kNack), PacketType::kTransportFeedback,
                   WireSize());
  out.U32(sender.value());
  out.U32(media.value());
  ForEachItem(Bounded(*this), [&](SeqNum first, uint16_t mask) {
    out.U16(first.value());
    out.U16(mask);
  });
}

}  // namespace sluice::rtcp
