#include "rtc/observer/audio_level_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Volume = AudioVolumes::Volume;

class AudioLevelObserverTest : public testing::Test {
 protected:
  // One interval in which each of them sent 50 packets of that level.
  void Hear(const std::map<std::string, int>& levels, int packets = 50) {
    std::map<std::string, std::vector<AudioLevelSample>> samples;
    std::vector<Heard> heard;
    for (const auto& [name, level] : levels) {
      samples[name].assign(static_cast<size_t>(packets), {.arrival = now_, .level = static_cast<uint8_t>(level)});
      heard.push_back({.producer_id = name, .samples = samples[name]});
    }
    now_ += TimeDelta::Seconds(1);
    observer_.Update(now_, heard, events_);
  }
  // What was told since the last call; silence is an empty list.
  std::vector<std::vector<Volume>> Take() {
    std::vector<std::vector<Volume>> out;
    for (const MediaEvent& event : events_) {
      const auto* volumes = std::get_if<AudioVolumes>(&event);
      EXPECT_TRUE(volumes || std::get_if<AudioSilence>(&event));
      out.push_back(volumes ? volumes->volumes : std::vector<Volume>());
    }
    events_.clear();
    return out;
  }

  Timestamp now_ = Timestamp::Seconds(10);
  AudioLevelObserver observer_{"observer", {.max_entries = 2, .threshold = -60}};
  MediaEvents events_;
};

TEST_F(AudioLevelObserverTest, TellsTheLoudestFirstUpToTheMostEntries) {
  Hear({{"a", 50}, {"b", 20}, {"c", 35}, {"d", 70}});
  EXPECT_THAT(Take(), ElementsAre(ElementsAre(Volume{"b", -20}, Volume{"c", -35})));
}

TEST_F(AudioLevelObserverTest, TheThresholdItselfIsLoudEnough) {
  Hear({{"a", 60}, {"b", 61}});
  EXPECT_THAT(Take(), ElementsAre(ElementsAre(Volume{"a", -60})));
}

TEST_F(AudioLevelObserverTest, SilenceIsToldOnceAndOnlyAfterSomebodyWasLoud) {
  Hear({{"a", 100}});
  EXPECT_THAT(Take(), IsEmpty());
  Hear({{"a", 30}});
  Hear({{"a", 100}});
  Hear({{"a", 127}});
  EXPECT_THAT(Take(), ElementsAre(ElementsAre(Volume{"a", -30}), IsEmpty()));
}

TEST_F(AudioLevelObserverTest, WhoLeftWasTheLastLoudOneAndThenThereIsSilence) {
  Hear({{"a", 30}});
  Hear({});
  EXPECT_THAT(Take(), ElementsAre(ElementsAre(Volume{"a", -30}), IsEmpty()));
}

TEST_F(AudioLevelObserverTest, VolumesAreTheMeanOfTheInterval) {
  std::vector<AudioLevelSample> samples;
  for (int i = 0; i < 50; ++i) samples.push_back({.level = static_cast<uint8_t>(i % 2 ? 20 : 41)});
  const Heard heard{.producer_id = "a", .samples = samples};
  observer_.Update(now_, std::span(&heard, 1), events_);
  EXPECT_THAT(Take(), ElementsAre(ElementsAre(Volume{"a", -31})));
}

TEST_F(AudioLevelObserverTest, AFewPacketsAreNoVolume) {
  Hear({{"a", 10}}, 5);
  EXPECT_THAT(Take(), IsEmpty());
  Hear({{"a", 10}}, 6);
  EXPECT_EQ(Take().size(), 1u);
}

TEST_F(AudioLevelObserverTest, ClampsItsInterval) {
  EXPECT_EQ(AudioLevelObserver("o", {.interval = TimeDelta::Zero()}).interval(), TimeDelta::Millis(250));
  EXPECT_EQ(AudioLevelObserver("o", {.interval = TimeDelta::Millis(65535)}).interval(), TimeDelta::Millis(5000));
}

}  // namespace
}  // namespace sluice
