// The audio levels of one producer for one observer: what came since the observer looked last. A producer without taps
// pays one look at an empty list for each packet.
//
// Both ends unlink themselves, whichever goes first: a tap whose producer is gone has no producer() and hears nothing.
// Bound: kMaxSamples between two Clear()s, five seconds of packets of 10 ms; what comes beyond is not noted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/units.h"

namespace sluice {

class Producer;

struct AudioLevelSample {
  Timestamp arrival;
  uint8_t level = 127;  // RFC 6464: -dBov, 127 is silence
};

class AudioLevelTap {
 public:
  static constexpr size_t kMaxSamples = 512;

  explicit AudioLevelTap(Producer& producer);
  ~AudioLevelTap();
  AudioLevelTap(const AudioLevelTap&) = delete;
  AudioLevelTap& operator=(const AudioLevelTap&) = delete;

  Producer* producer() const { return producer_; }
  std::span<const AudioLevelSample> samples() const { return samples_; }
  void Clear() { samples_.clear(); }

  // For the producer.
  void Note(Timestamp arrival, uint8_t level) {
    if (samples_.size() < kMaxSamples) samples_.push_back({.arrival = arrival, .level = level});
  }
  void ProducerGone() { producer_ = nullptr; }

 private:
  Producer* producer_;
  std::vector<AudioLevelSample> samples_;
};

}  // namespace sluice
