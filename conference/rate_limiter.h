// A token bucket: `burst` at once, `per_second` in the long run. Reads no clock; time must not go backwards.
#pragma once

#include <algorithm>
#include <chrono>

namespace sluice::conference {

class RateLimiter {
 public:
  RateLimiter(double per_second, double burst, std::chrono::milliseconds now)
      : per_second_(per_second), burst_(burst), tokens_(burst), filled_at_(now) {}

  // False: one more is too much.
  bool Take(std::chrono::milliseconds now) {
    const double seconds = std::chrono::duration<double>(now - filled_at_).count();
    filled_at_ = now;
    tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  std::chrono::milliseconds filled_at_;
};

}  // namespace sluice::conference
