// Levels of up to four participants who come and go, at any times, into both observers. What they tell must be about
// who is there, in order, and silence only after volumes.
//
// Input, repeated: |here (4)|samples each (4)| wait, 10 ms (8) | then one level and one offset for each sample
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/observer/active_speaker_observer.h"
#include "rtc/observer/audio_level_observer.h"

namespace sluice {
namespace {

constexpr size_t kParticipants = 4;
constexpr size_t kMaxEntries = 2;
constexpr int kThreshold = -60;

bool IsHere(const std::vector<Heard>& heard, const std::string& id) {
  return std::ranges::any_of(heard, [&](const Heard& one) { return one.producer_id == id; });
}

void CheckVolumes(const AudioVolumes& told, const std::vector<Heard>& heard) {
  SLUICE_CHECK(!told.volumes.empty() && told.volumes.size() <= kMaxEntries);
  for (size_t i = 0; i < told.volumes.size(); ++i) {
    SLUICE_CHECK(IsHere(heard, told.volumes[i].producer_id));
    SLUICE_CHECK(told.volumes[i].volume >= kThreshold && told.volumes[i].volume <= 0);
    SLUICE_CHECK(i == 0 || told.volumes[i].volume <= told.volumes[i - 1].volume);
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice;
  ByteReader in({data, size});
  Timestamp now = Timestamp::Seconds(1);
  ActiveSpeakerObserver speaker("s", TimeDelta::Millis(300), now);
  AudioLevelObserver levels("l", {.max_entries = kMaxEntries, .threshold = kThreshold});
  bool loud = false;
  while (in.left() > 2) {
    const uint8_t flags = in.U8();
    const TimeDelta wait = TimeDelta::Millis(10 * in.U8());
    std::array<std::vector<AudioLevelSample>, kParticipants> samples;
    std::vector<Heard> heard;
    for (size_t i = 0; i < kParticipants; ++i) {
      if (!(flags >> i & 1)) continue;
      for (int n = flags >> 4; n > 0 && in.left() > 1; --n) {
        const uint8_t level = in.U8();
        samples[i].push_back({.arrival = now + TimeDelta::Millis(5 * in.U8()), .level = level});
      }
      heard.push_back({.producer_id = std::to_string(i), .samples = samples[i]});
    }
    now += wait;
    MediaEvents events;
    const std::string before = speaker.dominant();
    speaker.Update(now, heard, events);
    SLUICE_CHECK(events.size() <= 1);
    SLUICE_CHECK(speaker.dominant().empty() || IsHere(heard, speaker.dominant()));
    if (!events.empty()) {
      SLUICE_CHECK(std::get<DominantSpeakerChanged>(events[0]).producer_id == speaker.dominant());
      SLUICE_CHECK(speaker.dominant() != before);
    }
    events.clear();
    for (auto& list : samples) std::ranges::for_each(list, [](auto& sample) { sample.level &= 0x7F; });
    levels.Update(now, heard, events);
    SLUICE_CHECK(events.size() <= 1);
    if (events.empty()) {
      SLUICE_CHECK(!loud);
      continue;
    }
    const auto* volumes = std::get_if<AudioVolumes>(&events[0]);
    SLUICE_CHECK(volumes || loud);
    if (volumes) CheckVolumes(*volumes, heard);
    loud = volumes != nullptr;
  }
  return 0;
}
