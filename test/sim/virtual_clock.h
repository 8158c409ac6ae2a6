// The only time of a simulation. It stands still while something is computed and is moved by the EventQueue alone. The
// wall clock of the process follows it, for OpenSSL's sake (test/rtc/dtls/virtual_wall_clock.h): one simulation at a
// time.
#pragma once

#include "rtc/base/check.h"
#include "rtc/base/units.h"
#include "test/rtc/dtls/virtual_wall_clock.h"

namespace sluice::sim {

class VirtualClock {
 public:
  VirtualClock() { test::SetWallClock(now_); }

  Timestamp now() const { return now_; }
  void AdvanceTo(Timestamp time) {
    SLUICE_CHECK(time >= now_);
    now_ = time;
    test::SetWallClock(now_);
  }

 private:
  // Some time after zero: code that confuses "zero" with "never" shall be found out.
  Timestamp now_ = Timestamp::Seconds(1000);
};

}  // namespace sluice::sim
