// Bits per second over the last while, a second unless told otherwise, in kBuckets buckets. Fixed size; adding and reading
// are O(1) amortised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace sluice {

class RateCounter {
 public:
  static constexpr TimeDelta kWindow = TimeDelta::Seconds(1);

  RateCounter() = default;
  explicit RateCounter(TimeDelta window) : bucket_us_(window.us() / kBuckets) {}

  void Add(size_t bytes, Timestamp now);
  // Zero before the first Add. A stream younger than the window is measured over its own age, but at least 100 ms.
  // Each call of Add() counts as `per_packet` more.
  DataRate Rate(Timestamp now, DataSize per_packet = DataSize::Zero()) const;
  // Packets per second, likewise.
  double PacketRate(Timestamp now) const;

 private:
  static constexpr int64_t kBuckets = 20;

  struct Bucket {
    int64_t index = -1;  // of time / bucket_us_
    int64_t bytes = 0;
    int64_t packets = 0;
  };
  struct Sum {
    int64_t bytes = 0;
    int64_t packets = 0;
    double seconds = 1;
  };
  Sum SumOf(Timestamp now) const;

  int64_t bucket_us_ = kWindow.us() / kBuckets;
  std::array<Bucket, kBuckets> buckets_;
  Timestamp first_;
};

}  // namespace sluice
