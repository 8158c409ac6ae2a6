#include "rtc/codec/opus.h"

#include <cstddef>

#include "rtc/base/bytes.h"

namespace sluice::codec {
namespace {

// 120 ms, the longest packet, in frames of 20 ms. Frames of silence are not shorter, and encrypted bytes that look like
// many short ones are not silence.
constexpr size_t kMaxFrames = 6;

// Frames of code 3, of which each has at most a byte.
bool ManyAreEmpty(ByteReader in) {
  const uint8_t header = in.U8();
  const size_t frames = header & 0x3F;
  const bool padded = header & 0x40;
  if (padded || frames == 0 || frames > kMaxFrames) return false;
  if (!(header & 0x80)) return in.left() == 0 || in.left() == frames;
  size_t total = 0;
  for (size_t i = 0; i + 1 < frames; ++i) {
    const uint8_t size = in.U8();
    if (size > 1) return false;
    total += size;
  }
  return in.ok() && in.left() >= total && in.left() - total <= 1;
}

}  // namespace

bool IsOpusDtx(std::span<const uint8_t> payload) {
  if (payload.empty()) return true;
  ByteReader in(payload);
  switch (in.U8() & 0x03) {
    case 0:
      return in.left() <= 1;
    case 1:
      return in.left() == 0 || in.left() == 2;
    case 2: {
      const uint8_t size = in.U8();
      return in.ok() && size <= 1 && in.left() >= size && in.left() - size <= 1;
    }
    default:
      return ManyAreEmpty(in);
  }
}

std::optional<std::span<const uint8_t>> RedPrimary(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  size_t redundant = 0;
  while (in.ok() && (in.U8() & 0x80)) redundant += in.U24() & 0x3FF;
  in.Skip(redundant);
  if (!in.ok()) return std::nullopt;
  return in.rest();
}

}  // namespace sluice::codec
