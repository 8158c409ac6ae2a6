// A stream's quality as one number, 0-10, for people and for the controller: 10 is a stream that comes through whole, 0
// one that does not come at all.
//
// Of each period (about a second) it takes how many packets were expected, how many of them were lost on the way, and
// how many of the lost were repaired by retransmission. A packet that is gone counts fully, a repaired one a quarter
// (it cost time and bandwidth):
//     damage = (lost - repaired + repaired / 4) / expected       in [0, 1]
//     score  = round(10 * (1 - damage)^4)
//     Without repair: 1 % loss -> 10, 5 % -> 8, 10 % -> 7, 20 % -> 4, 50 % -> 1.
// The result is the mean over the last kPeriods periods in which something was expected, the newest weighing most
// (1, 2, ... kPeriods), and at least 1 while the stream is active.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice {

class StreamScore {
 public:
  static constexpr size_t kPeriods = 8;
  static constexpr uint8_t kBest = 10;

  // A period has passed. Nothing expected: nothing learnt.
  void AddPeriod(int64_t expected, int64_t lost, int64_t repaired);
  // The stream no longer comes: 0 until SetActive(true), which begins anew with kBest.
  void SetActive(bool active);

  uint8_t value() const { return value_; }
  bool active() const { return active_; }

 private:
  std::array<uint8_t, kPeriods> history_{};  // oldest first
  size_t count_ = 0;
  uint8_t value_ = 0;
  bool active_ = false;
};

}  // namespace sluice
