// Seedable random numbers (splitmix64): for SSRCs, first sequence numbers, jitter of timers and for simulations.
// Not for secrets: keys, ICE credentials and certificates come from OpenSSL.
#pragma once

#include <cstdint>

namespace sluice {

class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  uint64_t U64() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  uint32_t U32() { return static_cast<uint32_t>(U64() >> 32); }
  // Uniform in [low, high], both included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(U64() % (static_cast<uint64_t>(high - low) + 1));
  }
  // Uniform in [0, 1).
  double Unit() { return static_cast<double>(U64() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Unit() < probability; }

 private:
  uint64_t state_;
};

}  // namespace sluice
