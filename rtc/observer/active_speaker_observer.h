// Who has the floor: the dominant speaker of Volfin and Cohen (see speech_activity.h). Every 100 ms of speech a
// participant takes the floor from the one who has it if it is more active on all three scales: the logarithms of the
// ratios of their scores are above 3 (immediate), 2 (medium) and 0.3 (long). Of several, the one with the highest ratio
// on the medium scale. So who has the floor keeps it over pauses and interjections, and while others speak at the same
// time.
//
// Beyond the paper: the long ratio is above 0, so that two who talk at once do not take turns; and nobody takes the
// floor who was not active in four tenths of the last second, which keeps a cough in a quiet room from winning and
// decides who is first.
//
// Levels are put on frames of 20 ms by their arrival. Up to three frames without a packet repeat the last level (long
// packets, jitter); more are silence.
//
// Once per interval the caller says what was heard; if then another has the floor, that is told. Who left loses it, and
// it is nobody's until somebody speaks. Memory only. Bound: one SpeechActivity for each producer that it is given.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "rtc/base/units.h"
#include "rtc/media/media_event.h"
#include "rtc/observer/heard.h"
#include "rtc/observer/speech_activity.h"

namespace sluice {

class ActiveSpeakerObserver {
 public:
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(100);
  static constexpr TimeDelta kMaxInterval = TimeDelta::Millis(5000);

  // `interval` is clamped to the two above.
  ActiveSpeakerObserver(std::string id, TimeDelta interval, Timestamp now);

  TimeDelta interval() const { return interval_; }
  // The interval is over.
  void Update(Timestamp now, std::span<const Heard> heard, MediaEvents& events);
  // Begins anew, with nobody having the floor.
  void Reset(Timestamp now);
  // Empty: nobody.
  const std::string& dominant() const { return dominant_; }

 private:
  struct Participant {
    SpeechActivity activity;
    std::optional<uint8_t> last_level;
    std::optional<uint8_t> carried;  // came after the last whole frame
    int held = 0;                    // frames for which last_level stood in
    uint32_t seen = 0;               // the update it was last heard of
    size_t next_sample = 0;          // of the current update
  };

  void AddFrame(std::span<const Heard> heard, std::span<Participant* const> participants, Timestamp end);
  static std::optional<uint8_t> LoudestBefore(Timestamp end, std::span<const AudioLevelSample> samples, Participant& p);
  void Decide(std::span<const Heard> heard, std::span<Participant* const> participants);

  const std::string id_;
  TimeDelta interval_;
  Timestamp frame_end_;
  uint32_t frames_ = 0;
  uint32_t updates_ = 0;
  std::string dominant_;
  std::string told_;
  absl::flat_hash_map<std::string, Participant> participants_;
};

}  // namespace sluice
