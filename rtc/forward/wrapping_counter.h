// A number of a few bits that a codec or header extension counts with (TL0PICIDX, KEYIDX, a VP9 picture id, a frame
// number), continuous over switches between sources: inside a source distances stay as they are, since references are
// told by them; at a switch it goes on by one.
#pragma once

#include <cstdint>
#include <optional>

namespace sluice {

class WrappingCounter {
 public:
  // `mask` has the bits of this source's number set, from the lowest on.
  uint16_t Map(uint16_t in, uint16_t mask) {
    if (!offset_) offset_ = static_cast<uint16_t>(last_ + 1 - in);
    const auto out = static_cast<uint16_t>((in + *offset_) & mask);
    // The shortest way from `last` to `out` in a ring of mask + 1 goes forward: it is the newest.
    if (((out - last_) & mask) <= mask / 2) last_ = out;
    return out;
  }
  // The next number is another source's.
  void SwitchSource() { offset_.reset(); }

 private:
  std::optional<uint16_t> offset_;  // out = in + offset; not set: the next one decides
  uint16_t last_ = 0xFFFF;          // newest given out
};

}  // namespace sluice
