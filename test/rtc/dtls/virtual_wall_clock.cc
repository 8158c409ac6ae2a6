#include "test/rtc/dtls/virtual_wall_clock.h"

#include <sys/time.h>
#include <time.h>

namespace sluice::test {
namespace {
Timestamp g_wall_clock = Timestamp::Never();
}

void SetWallClock(Timestamp now) { g_wall_clock = now; }

}  // namespace sluice::test

extern "C" int gettimeofday(struct timeval* out, void*) noexcept {
  if (sluice::test::g_wall_clock.IsNever()) {
    timespec real{};
    clock_gettime(CLOCK_REALTIME, &real);
    out->tv_sec = real.tv_sec;
    out->tv_usec = real.tv_nsec / 1000;
    return 0;
  }
  out->tv_sec = sluice::test::g_wall_clock.us() / 1'000'000;
  out->tv_usec = sluice::test::g_wall_clock.us() % 1'000'000;
  return 0;
}
