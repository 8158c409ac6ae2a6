// RTP timestamps of one outgoing stream, continuous over switches between sources: after a switch the difference of the
// capture times decides how far the timestamp moves, at least one tick. Sources share one clock rate.
#pragma once

#include <cstdint>

#include "rtc/base/units.h"

namespace sluice {

class TimestampMapper {
 public:
  explicit TimestampMapper(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // The outgoing timestamp of a packet with `in`, captured at `captured` (local clock; the arrival where the capture
  // time is not known, but then for every source). The first source keeps its timestamps.
  uint32_t Map(uint32_t in, Timestamp captured);
  // The next packet comes from another source.
  void SwitchSource() { switching_ = started_; }

 private:
  uint32_t clock_rate_;
  bool started_ = false;
  bool switching_ = false;
  uint32_t offset_ = 0;    // out = in + offset, modulo 2^32
  uint32_t last_out_ = 0;  // the highest given out
  Timestamp last_captured_;
};

}  // namespace sluice
