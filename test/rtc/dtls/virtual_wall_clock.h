// OpenSSL keeps DTLS timers by gettimeofday(). A program that links virtual_wall_clock.cc has a gettimeofday() of its
// own, which says what the test says, so that retransmissions need no waiting.
#pragma once

#include "rtc/base/units.h"

namespace sluice::test {

// The time that gettimeofday() gives from now on, since some epoch; until the first call it is the system's.
void SetWallClock(Timestamp now);

}  // namespace sluice::test
