// What became of one flow, sampled finely enough for every figure and plot: RFC 8868, section 3. Times are from the
// run's start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtc/base/units.h"

namespace sluice::bwe {

class Record {
 public:
  static constexpr TimeDelta kBin = TimeDelta::Millis(100);

  struct Bin {
    int64_t sent = 0;     // bytes
    int64_t arrived = 0;  // bytes
    int64_t target_kbps = 0;
    int packets = 0;   // that were sent
    int lost = 0;      // of those
    int switches = 0;  // of layers, since the beginning
    int64_t queue_sum_us = 0;
    int64_t queue_max_us = 0;
    bool competing = false;  // the controller thinks so
    int64_t hold_us = 0;     // of the pacer
    // What the controller believes.
    int64_t capacity_kbps = 0;  // 0: unknown
    int64_t delay_us = 0;       // of the line's queue
    int64_t tolerable_us = 0;   // of it
    bool by_loss = false;       // loss is what limits
    uint32_t probes = 0;        // since the beginning
  };

  struct Span {
    DataRate rate;  // that arrived
    TimeDelta queue_mean;
    TimeDelta queue_p95;  // of packets
    double loss = 0;
    double switches_per_minute = 0;
    DataRate target;  // mean
  };

  std::string name;
  std::vector<Bin> bins;

  Bin& At(TimeDelta time);
  void OnArrived(TimeDelta time, int size, TimeDelta queued);
  Span Over(TimeDelta begin, TimeDelta end) const;
  // The first time after `from` from which on the rate, over a second, stays at `rate` or above for two seconds (or below,
  // where `below`). Infinite: never.
  TimeDelta Reaches(DataRate rate, TimeDelta from, bool below = false) const;

 private:
  struct Delay {
    int32_t at_ms;
    int32_t queued_us;
  };
  std::vector<Delay> delays_;
};

}  // namespace sluice::bwe
