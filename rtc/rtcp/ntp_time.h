// A point of wall-clock time as RTCP carries it: seconds since 1900 in 32.32 fixed point. A value, no clock: the caller
// gives the offset between its monotonic clock and the wall (Unix time minus monotonic time).
#pragma once

#include <compare>
#include <cstdint>

#include "rtc/base/units.h"

namespace sluice::rtcp {

class NtpTime {
 public:
  constexpr NtpTime() = default;
  explicit constexpr NtpTime(uint64_t value) : value_(value) {}
  static NtpTime From(Timestamp time, TimeDelta wall_offset);

  // 0 means "not known" on the wire.
  bool is_set() const { return value_ != 0; }
  uint64_t value() const { return value_; }
  uint32_t seconds() const { return static_cast<uint32_t>(value_ >> 32); }
  uint32_t fraction() const { return static_cast<uint32_t>(value_); }
  // The middle 32 bits, 16.16: LSR, LRR, and the unit of DLSR and DLRR.
  uint32_t Compact() const { return static_cast<uint32_t>(value_ >> 16); }

  Timestamp ToTimestamp(TimeDelta wall_offset) const;
  // To the microsecond; the shortest signed way, so that the wrap of 2036 does not matter.
  TimeDelta operator-(NtpTime o) const;
  NtpTime operator+(TimeDelta d) const;
  constexpr auto operator<=>(const NtpTime&) const = default;

 private:
  uint64_t value_ = 0;
};

// 16.16 seconds, as in DLSR. Negative times and those over 18 hours are clamped.
uint32_t ToCompactDelta(TimeDelta delta);
TimeDelta FromCompactDelta(uint32_t delta);

// Never zero or negative, though a peer's rounding could make it so.
inline constexpr TimeDelta kMinRoundTripTime = TimeDelta::Micros(15);

// Round trip time from the echo of a report (RFC 3550 section 6.4.1): now - LSR - DLSR in compact units, which resolve
// 15 us. `last_report` 0 means that there was none: do not ask then.
TimeDelta RoundTripTime(NtpTime now, uint32_t last_report, uint32_t delay_since_last_report);

}  // namespace sluice::rtcp
