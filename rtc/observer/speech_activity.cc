#include "rtc/observer/speech_activity.h"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

constexpr int kLoudest = 127;  // loudness is 127 + dBov
constexpr int kStepDb = 2;
constexpr int kActiveSteps = 7;
constexpr int kActiveFrames = 4;

// The paper's, for the three scales.
constexpr double kImmediateLambda = 0.78;
constexpr double kMediumLambda = 24;
constexpr double kLongLambda = 47;

// Scores of 0 to N active parts of N.
template <int N>
std::array<double, N + 1> ScoresOf(double lambda) {
  std::array<double, N + 1> out;
  for (int n = 0; n <= N; ++n) {
    const double choices = std::lgamma(N + 1) - std::lgamma(n + 1) - std::lgamma(N - n + 1);
    out[static_cast<size_t>(n)] =
        std::max(SpeechActivity::kLeastScore, choices - N * std::log(2) - std::log(lambda) + lambda * n);
  }
  return out;
}

}  // namespace

void SpeechActivity::NoteNoise(int loudness) {
  const auto block = (frame_count_ / kFramesPerBlock) % kNoiseBlocks;
  if (frame_count_ % kFramesPerBlock == 0) least_[block] = 0;
  if (loudness > 0 && (least_[block] == 0 || loudness < least_[block])) least_[block] = static_cast<uint8_t>(loudness);
}

int SpeechActivity::Noise() const {
  int noise = 0;
  for (const uint8_t least : least_) {
    if (least != 0 && (noise == 0 || least < noise)) noise = least;
  }
  return std::max(noise, kLoudest + kQuiet);
}

void SpeechActivity::AddFrame(std::optional<uint8_t> level) {
  const int loudness = level ? kLoudest - std::min<int>(*level, kLoudest) : 0;
  NoteNoise(loudness);
  steps_ = static_cast<uint8_t>(std::clamp((loudness - Noise()) / kStepDb, 0, kSteps));
  frames_[frame_count_ % kFramesPerMedium] = steps_ >= kActiveSteps;
  ++frame_count_;
  if (frame_count_ % kFramesPerMedium != 0) return;
  mediums_[frame_count_ / kFramesPerMedium % kMediums] =
      static_cast<uint8_t>(std::count(frames_.begin(), frames_.end(), true));
}

int SpeechActivity::active_mediums() const {
  return static_cast<int>(std::ranges::count_if(mediums_, [](uint8_t n) { return n >= kActiveFrames; }));
}

SpeechActivity::Scores SpeechActivity::scores() const {
  static const auto immediate = ScoresOf<kSteps>(kImmediateLambda);
  static const auto medium = ScoresOf<kFramesPerMedium>(kMediumLambda);
  static const auto longer = ScoresOf<kMediums>(kLongLambda);
  return {.immediate = immediate[steps_],
          .medium = medium[static_cast<size_t>(std::count(frames_.begin(), frames_.end(), true))],
          .longer = longer[static_cast<size_t>(active_mediums())]};
}

}  // namespace sluice
