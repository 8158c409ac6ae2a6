#include "rtc/rtcp/compound.h"

namespace sluice::rtcp {

std::optional<Block> BlockWalk::Next() {
  const auto stop = [this](ReadError error) {
    error_ = error;
    rest_ = {};
    return std::nullopt;
  };
  if (rest_.empty()) return std::nullopt;
  if (rest_.size() < kHeaderSize) return stop(ReadError::kTooShort);
  ByteReader in(rest_);
  const uint8_t first = in.U8();
  if (first >> 6 != 2) return stop(ReadError::kBadVersion);
  const auto type = static_cast<PacketType>(in.U8());
  auto body = in.Bytes(4u * in.U16());
  if (!in.ok()) return stop(ReadError::kBadLength);
  if ((first & 0x20) != 0) {
    // RFC 3550 wants whole words, and padding in the last block only; browsers pad transport feedback by 1-3 bytes.
    const size_t padding = body.empty() ? 0 : body.back();
    if (padding == 0 || padding > body.size()) return stop(ReadError::kBadPadding);
    body = body.first(body.size() - padding);
  }
  rest_ = in.rest();
  return Block{type, static_cast<uint8_t>(first & 0x1F), body};
}

namespace internal {

bool IsRemb(const Block& block) {
  ByteReader in(block.body);
  in.U64();
  return in.U32() == kRembName;
}

}  // namespace internal

}  // namespace sluice::rtcp
