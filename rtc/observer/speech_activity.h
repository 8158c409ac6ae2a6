// How much one participant speaks, on three time scales: I. Volfin and I. Cohen, "Dominant speaker identification for
// multipoint videoconferencing", 2012, section 3. Each scale counts active parts of the one below:
//
//   immediate  one frame of 20 ms: how many of 13 steps of 2 dB its level is above the participant's noise
//   medium     5 frames: how many of them are active (7 steps and more)
//   long       10 mediums, the last second: how many of them are active (4 frames and more)
//
// A count n of N is scored by the logarithm of its likelihood as speech (binomial, p = 1/2) over that as silence
// (exponential, lambda): log C(N, n) + N log(1/2) - log(lambda) + lambda n. Scores are comparable between participants
// of one scale, and never below kLeastScore, so that their ratio exists.
//
// The paper counts sub-bands of the spectrum; the header extension only has a level, hence the steps. Noise is the
// least level of the last eight seconds, and no less than kQuiet: below it nothing is noise, everything silence.
//
// Bounds: fixed size. Frames that nothing came for are silence, but do not count as noise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace sluice {

class SpeechActivity {
 public:
  static constexpr int kSteps = 13;
  static constexpr int kFramesPerMedium = 5;
  static constexpr int kMediums = 10;
  static constexpr double kLeastScore = 1e-10;
  static constexpr int kQuiet = -70;  // dBov

  struct Scores {
    double immediate = kLeastScore;
    double medium = kLeastScore;
    double longer = kLeastScore;
  };

  // The next frame: its level by RFC 6464 (-dBov, 0 to 127), if any came.
  void AddFrame(std::optional<uint8_t> level);

  // Of the frames so far.
  Scores scores() const;
  // Active mediums of the last second, 0 to kMediums.
  int active_mediums() const;

 private:
  static constexpr int kNoiseBlocks = 8;
  static constexpr int kFramesPerBlock = 50;

  int Noise() const;
  void NoteNoise(int loudness);

  uint8_t steps_ = 0;                            // of the last frame
  std::array<bool, kFramesPerMedium> frames_{};  // active ones, a ring
  std::array<uint8_t, kMediums> mediums_{};      // complete ones, active frames in each, a ring
  std::array<uint8_t, kNoiseBlocks> least_{};    // the least loudness of each block, a ring; 0: none came
  uint32_t frame_count_ = 0;
};

}  // namespace sluice
