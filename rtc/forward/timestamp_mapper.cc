#include "rtc/forward/timestamp_mapper.h"

#include <algorithm>

namespace sluice {

uint32_t TimestampMapper::Map(uint32_t in, Timestamp captured) {
  if (switching_) {
    int64_t ticks = (captured - last_captured_).us() * clock_rate_ / 1'000'000;
    // Within half the circle, so that receivers see it go forward.
    ticks = std::clamp<int64_t>(ticks, 1, 0x7FFF'FFFF);
    offset_ = last_out_ + static_cast<uint32_t>(ticks) - in;
    switching_ = false;
    started_ = false;
  }
  uint32_t out = in + offset_;
  if (!started_ || static_cast<int32_t>(out - last_out_) >= 0) {
    last_out_ = out;
    last_captured_ = captured;
    started_ = true;
  }
  return out;
}

}  // namespace sluice
