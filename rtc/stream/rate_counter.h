// Bits per second over the last second, in buckets of 50 ms. Fixed size; adding and reading are O(1) amortised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtc/base/units.h"

namespace sluice {

class RateCounter {
 public:
  static constexpr TimeDelta kWindow = TimeDelta::Seconds(1);

  void Add(size_t bytes, Timestamp now);
  // Zero before the first Add. A stream younger than the window is measured over its own age, but at least 100 ms.
  // Each call of Add() counts as `per_packet` more.
  DataRate Rate(Timestamp now, DataSize per_packet = DataSize::Zero()) const;
  // Packets per second, likewise.
  double PacketRate(Timestamp now) const;

 private:
  static constexpr int64_t kBucketUs = 50'000;
  static constexpr int64_t kBuckets = 20;

  struct Bucket {
    int64_t index = -1;  // of time / kBucketUs
    int64_t bytes = 0;
    int64_t packets = 0;
  };
  struct Sum {
    int64_t bytes = 0;
    int64_t packets = 0;
    double seconds = 1;
  };
  Sum SumOf(Timestamp now) const;

  std::array<Bucket, kBuckets> buckets_;
  Timestamp first_;
};

}  // namespace sluice
