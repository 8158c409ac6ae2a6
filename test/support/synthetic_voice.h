// Audio levels as microphones give them, one for each 20 ms, all from a seed: speech with syllables, gaps and pauses;
// noise; coughs; nothing. Levels are those of RFC 6464 (-dBov), the range in which telephone speech is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice {

class SyntheticVoice {
 public:
  explicit SyntheticVoice(uint64_t seed, int noise = 65) : rng_(seed), noise_(noise) {}

  // A room: around the noise level, 3 dB up and down.
  SyntheticVoice& Noise(int frames) {
    for (int i = 0; i < frames; ++i) Add(Around(noise_, 3));
    return *this;
  }
  // A talk spurt: syllables of 120 to 260 ms, gaps of 40 to 100 ms in between, and after every second or so 150 to 350
  // ms to breathe.
  SyntheticVoice& Speech(int frames, int loud = 28) {
    const size_t end = levels_.size() + static_cast<size_t>(frames);
    for (int syllable = 1; levels_.size() < end; ++syllable) {
      const int peak = Around(loud, 5);
      for (int i = Between(6, 13); i > 0; --i) Add(Around(peak, 4));
      for (int i = Between(2, 5); i > 0; --i) Add(Around(std::min(noise_, loud + 22), 4));
      if (syllable % 5 == 0) Noise(Between(8, 18));
    }
    levels_.resize(end);
    return *this;
  }
  // 200 to 300 ms, louder than any speech.
  SyntheticVoice& Cough() {
    for (int i = Between(10, 15); i > 0; --i) Add(Around(14, 3));
    return *this;
  }
  // No packets.
  SyntheticVoice& Nothing(int frames) {
    levels_.insert(levels_.end(), static_cast<size_t>(frames), kNone);
    return *this;
  }
  SyntheticVoice& NoiseUntil(size_t frames) {
    return Noise(static_cast<int>(frames) - static_cast<int>(levels_.size()));
  }

  // Packets of several frames: only the first of `frames` is sent.
  SyntheticVoice& InPacketsOf(size_t frames) {
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (i % frames != 0) levels_[i] = kNone;
    }
    return *this;
  }

  static constexpr uint8_t kNone = 255;
  const std::vector<uint8_t>& levels() const { return levels_; }

 private:
  int Between(int low, int high) { return static_cast<int>(rng_.Between(low, high)); }
  int Around(int level, int spread) { return Between(level - spread, level + spread); }
  void Add(int level) { levels_.push_back(static_cast<uint8_t>(std::clamp(level, 0, 127))); }

  Rng rng_;
  int noise_;
  std::vector<uint8_t> levels_;
};

}  // namespace sluice
