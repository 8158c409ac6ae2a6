#include "rtc/observer/active_speaker_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "test/support/synthetic_voice.h"

namespace sluice {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeDelta kFrame = TimeDelta::Millis(20);
constexpr uint64_t kSeeds = 20;

struct Change {
  TimeDelta at;
  std::string who;
};

// Plays voices, by name, to an observer; jitter moves arrivals back by up to that much.
class Conference {
 public:
  explicit Conference(TimeDelta interval = TimeDelta::Millis(300), int64_t jitter_ms = 0)
      : observer_("observer", interval, start_), jitter_ms_(jitter_ms) {}

  void Play(const std::map<std::string, SyntheticVoice>& voices) {
    size_t frames = 0;
    for (const auto& [name, voice] : voices) frames = std::max(frames, voice.levels().size());
    const Timestamp begin = now_, end = now_ + kFrame * static_cast<int64_t>(frames);
    for (Timestamp tick = now_ + observer_.interval(); tick <= end; tick += observer_.interval()) {
      std::map<std::string, std::vector<AudioLevelSample>> samples;
      for (const auto& [name, voice] : voices) {
        for (size_t i = 0; i < voice.levels().size(); ++i) {
          const Timestamp arrival =
              begin + kFrame * static_cast<int64_t>(i) + TimeDelta::Millis(Jitter(static_cast<int64_t>(i)));
          if (arrival < now_ || arrival >= tick || voice.levels()[i] == SyntheticVoice::kNone) continue;
          samples[name].push_back({.arrival = arrival, .level = voice.levels()[i]});
        }
      }
      now_ = tick;
      Tell(voices, samples);
    }
  }
  const std::vector<Change>& changes() const { return changes_; }
  std::vector<std::string> Names() const {
    std::vector<std::string> out;
    for (const Change& change : changes_) out.push_back(change.who);
    return out;
  }
  ActiveSpeakerObserver& observer() { return observer_; }

 private:
  int64_t Jitter(int64_t frame) const { return jitter_ms_ == 0 ? 0 : frame * 7919 % jitter_ms_; }
  void Tell(const std::map<std::string, SyntheticVoice>& voices,
            const std::map<std::string, std::vector<AudioLevelSample>>& samples) {
    std::vector<Heard> heard;
    for (const auto& [name, voice] : voices) {
      const auto it = samples.find(name);
      heard.push_back({.producer_id = name,
                       .samples = it == samples.end() ? std::span<const AudioLevelSample>() : std::span(it->second)});
    }
    MediaEvents events;
    observer_.Update(now_, heard, events);
    for (const MediaEvent& event : events) {
      const auto& change = std::get<DominantSpeakerChanged>(event);
      EXPECT_EQ(change.observer_id, "observer");
      changes_.push_back({.at = now_ - start_, .who = change.producer_id});
    }
  }

  const Timestamp start_ = Timestamp::Seconds(1000);
  Timestamp now_ = start_;
  ActiveSpeakerObserver observer_;
  int64_t jitter_ms_;
  std::vector<Change> changes_;
};

SyntheticVoice Voice(uint64_t seed, int noise = 65) { return SyntheticVoice(seed, noise); }

TEST(ActiveSpeakerObserverTest, NobodyIsToldWhileNobodySpeaks) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed).Noise(500)}, {"ben", Voice(seed + 100, 50).Noise(500)}});
    EXPECT_THAT(conference.Names(), IsEmpty()) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, TheOnlySpeakerIsToldWithinASecondAndAHalfAndOnce) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed).Noise(100).Speech(500)}, {"ben", Voice(seed + 100).Noise(600)}});
    ASSERT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
    EXPECT_GT(conference.changes()[0].at, TimeDelta::Seconds(2));
    EXPECT_LT(conference.changes()[0].at, TimeDelta::Millis(3500)) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, TheFloorFollowsTheConversation) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed).Speech(250).Noise(250).Noise(250).Speech(250)},
                     {"ben", Voice(seed + 100).Noise(250).Speech(250).Noise(500)},
                     {"cleo", Voice(seed + 200).Noise(500).Speech(250).Noise(250)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann", "ben", "cleo", "ann")) << "seed " << seed;
    for (size_t i = 0; i < conference.changes().size(); ++i) {
      EXPECT_LT(conference.changes()[i].at, TimeDelta::Seconds(static_cast<int64_t>(i) * 5 + 2)) << "seed " << seed;
    }
  }
}

TEST(ActiveSpeakerObserverTest, ACoughWinsNeitherOverASpeakerNorInSilence) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SyntheticVoice cougher(seed + 100);
    cougher.Noise(120).Cough().Noise(80).Cough().NoiseUntil(500).Cough().Noise(60).Cough().NoiseUntil(700);
    Conference conference;
    conference.Play({{"ann", Voice(seed).Speech(400).Noise(300)}, {"ben", cougher}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, SteadyNoiseDoesNotTakeTheFloorHoweverLoud) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed).Speech(300).Noise(300).Speech(100)},
                     {"fan", Voice(seed + 100, 40).Noise(700)},
                     {"hum", Voice(seed + 200, 30).Noise(700)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, ASpeakerInANoisyRoomIsHeard) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed, 48).Noise(100).Speech(300)}, {"ben", Voice(seed + 100).Noise(400)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
  }
}

// Both talk for twenty seconds. Who has the floor may lose it when the other talks through a pause, but not in turns.
TEST(ActiveSpeakerObserverTest, TwoWhoSpeakAtOnceDoNotTakeTurns) {
  size_t changes = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play({{"ann", Voice(seed).Speech(1000)}, {"ben", Voice(seed + 100).Noise(100).Speech(900)}});
    ASSERT_FALSE(conference.Names().empty());
    EXPECT_EQ(conference.Names().front(), "ann");
    EXPECT_LE(conference.Names().size(), 8u) << "seed " << seed;
    changes += conference.Names().size();
  }
  EXPECT_LE(changes, 4 * kSeeds);
}

TEST(ActiveSpeakerObserverTest, ShortAnswersDoNotTakeTheFloor) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SyntheticVoice listener(seed + 100);
    for (int i = 0; i < 5; ++i) listener.Noise(120).Speech(12);
    Conference conference;
    conference.Play({{"ann", Voice(seed).Speech(660)}, {"ben", listener}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, JitterAndDiscontinuousTransmissionChangeNothing) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference(TimeDelta::Millis(170), 60);
    conference.Play(
        {{"ann", Voice(seed).Speech(250).Nothing(500)}, {"ben", Voice(seed + 100).Nothing(250).Speech(500)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann", "ben")) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, LongPacketsAreHeardAsWell) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Conference conference;
    conference.Play(
        {{"ann", Voice(seed).Noise(100).Speech(400).InPacketsOf(3)}, {"ben", Voice(seed + 100).Noise(500)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann")) << "seed " << seed;
  }
}

TEST(ActiveSpeakerObserverTest, TheResultHardlyDependsOnTheInterval) {
  for (int64_t ms : {100, 300, 1000, 5000}) {
    Conference conference(TimeDelta::Millis(ms));
    conference.Play({{"ann", Voice(3).Speech(500).Noise(500)}, {"ben", Voice(4).Noise(500).Speech(500)}});
    EXPECT_THAT(conference.Names(), ElementsAre("ann", "ben")) << ms;
  }
}

TEST(ActiveSpeakerObserverTest, WhoLeavesLosesTheFloorAndIsToldAgainWhenBack) {
  Conference conference;
  conference.Play({{"ann", Voice(1).Speech(150)}, {"ben", Voice(2).Noise(150)}});
  ASSERT_THAT(conference.Names(), ElementsAre("ann"));
  conference.Play({{"ben", Voice(3).Noise(45)}});
  EXPECT_EQ(conference.observer().dominant(), "");
  conference.Play({{"ann", Voice(4).Speech(150)}, {"ben", Voice(5).Noise(150)}});
  EXPECT_THAT(conference.Names(), ElementsAre("ann", "ann"));
}

TEST(ActiveSpeakerObserverTest, ClampsItsInterval) {
  const Timestamp now = Timestamp::Seconds(1);
  EXPECT_EQ(ActiveSpeakerObserver("o", TimeDelta::Zero(), now).interval(), TimeDelta::Millis(100));
  EXPECT_EQ(ActiveSpeakerObserver("o", TimeDelta::Millis(65535), now).interval(), TimeDelta::Millis(5000));
}

TEST(ActiveSpeakerObserverTest, ALoopThatStoodStillForDaysCatchesUpAtOnce) {
  ActiveSpeakerObserver observer("o", TimeDelta::Millis(300), Timestamp::Seconds(1));
  MediaEvents events;
  const AudioLevelSample sample{.arrival = Timestamp::Seconds(2), .level = 20};
  const Heard heard{.producer_id = "ann", .samples = std::span(&sample, 1)};
  observer.Update(Timestamp::Seconds(1'000'000), std::span(&heard, 1), events);
  EXPECT_TRUE(events.empty());
}

}  // namespace
}  // namespace sluice
