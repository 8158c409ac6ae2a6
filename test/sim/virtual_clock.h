// The only time of a simulation. It stands still while something is computed and is moved by the EventQueue alone.
#pragma once

#include "rtc/base/check.h"
#include "rtc/base/units.h"

namespace sluice::sim {

class VirtualClock {
 public:
  // Some time after zero: code that confuses "zero" with "never" shall be found out.
  Timestamp now() const { return now_; }
  void AdvanceTo(Timestamp time) {
    SLUICE_CHECK(time >= now_);
    now_ = time;
  }

 private:
  Timestamp now_ = Timestamp::Seconds(1000);
};

}  // namespace sluice::sim
