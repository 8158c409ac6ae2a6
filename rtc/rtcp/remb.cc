#include "rtc/rtcp/remb.h"

#include <algorithm>
#include <bit>

namespace sluice::rtcp {
namespace {

constexpr int kMantissaBits = 18;
constexpr int kMaxBitrateBits = 62;
constexpr int64_t kMaxBitrate = (int64_t{1} << kMaxBitrateBits) - 1;

}  // namespace

std::optional<Remb> Remb::Parse(const Block& block) {
  ByteReader in(block.body);
  Remb remb;
  remb.sender = Ssrc(in.U32());
  in.U32();
  if (in.U32() != kRembName) return std::nullopt;
  const int count = in.U8();
  const uint32_t exponent_and_mantissa = in.U24();
  const auto exponent = static_cast<int>(exponent_and_mantissa >> kMantissaBits);
  const uint64_t mantissa = exponent_and_mantissa & ((1u << kMantissaBits) - 1);
  if (std::bit_width(mantissa) + exponent > kMaxBitrateBits) return std::nullopt;
  remb.bitrate = DataRate::BitsPerSec(static_cast<int64_t>(mantissa << exponent));
  for (int i = 0; i < count && in.ok(); ++i) remb.ssrcs.push_back(Ssrc(in.U32()));
  if (!in.ok()) return std::nullopt;
  return remb;
}

size_t Remb::WireSize() const { return kHeaderSize + 16 + 4 * std::min(ssrcs.size(), kMaxSsrcs); }

void Remb::Write(ByteWriter& out) const {
  WriteBlockHeader(out, static_cast<uint8_t>(PayloadFeedbackFormat::kApplication), PacketType::kPayloadFeedback,
                   WireSize());
  out.U32(sender.value());
  out.U32(0);
  out.U32(kRembName);
  const size_t count = std::min(ssrcs.size(), kMaxSsrcs);
  out.U8(static_cast<uint8_t>(count));
  const auto bps = static_cast<uint64_t>(std::clamp<int64_t>(bitrate.bps(), 0, kMaxBitrate));
  const int exponent = std::max(0, static_cast<int>(std::bit_width(bps)) - kMantissaBits);
  out.U24(static_cast<uint32_t>(static_cast<uint64_t>(exponent) << kMantissaBits | bps >> exponent));
  for (size_t i = 0; i < count; ++i) out.U32(ssrcs[i].value());
}

}  // namespace sluice::rtcp
