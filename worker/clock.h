// The one place that reads clocks: the monotonic clock that all of rtc/ runs on, and how the kernel's receive time
// stamps, which are on the wall clock, come over to it.
#pragma once

#include <time.h>

#include <algorithm>

#include "rtc/base/units.h"

namespace sluice {

inline Timestamp FromTimespec(const timespec& t) {
  return Timestamp::Micros(static_cast<int64_t>(t.tv_sec) * 1'000'000 + t.tv_nsec / 1000);
}

inline Timestamp MonotonicNow() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return FromTimespec(t);
}

// Unix time minus the monotonic clock, now. Steps of the wall clock change it.
inline TimeDelta WallOffset() {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return FromTimespec(t) - MonotonicNow();
}

// When a datagram came, on the monotonic clock. A stamp that lies ahead of `now` or over a second back (the wall clock
// was set) is not believed.
inline Timestamp ArrivalOf(const timespec& kernel_stamp, TimeDelta wall_offset, Timestamp now) {
  const Timestamp at = FromTimespec(kernel_stamp) - wall_offset;
  if (at > now || now - at > TimeDelta::Seconds(1)) return now;
  return at;
}

}  // namespace sluice
