// Who is loud and who has the floor, from packets that crossed a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"
#include "test/support/synthetic_voice.h"

namespace sluice::sim {
namespace {

using testing::ElementsAre;

const LinkConfig kBad{.delay = TimeDelta::Millis(40), .jitter = TimeDelta::Millis(25), .loss = 0.03};

class ObserverCall {
 public:
  explicit ObserverCall(uint64_t seed) : call_(seed), seed_(seed) {}

  Producer& Join(const std::string& name) {
    const auto who = call_.Join(name);
    who.peer->up().Configure(kBad);
    publications_.push_back(call_.Publish(who, MediaKind::kAudio));
    voices_.emplace_back(seed_ * 100 + voices_.size());
    return *publications_.back().producer;
  }
  SyntheticVoice& voice(size_t index) { return voices_[index]; }
  RtpObserver& Observe(std::unique_ptr<RtpObserver> observer) {
    RtpObserver& added = call_.worker().AddObserver(std::move(observer));
    for (const auto& publication : publications_) EXPECT_TRUE(added.AddProducer(*publication.producer).ok());
    return added;
  }
  // Everybody goes on with what they have to say.
  void PlayFor(TimeDelta time) {
    for (const Timestamp end = call_.now() + time; call_.now() < end; ++frame_) {
      for (size_t i = 0; i < voices_.size(); ++i) {
        if (voices_[i].levels().size() <= frame_) voices_[i].NoiseUntil(frame_ + 1);
        publications_[i].sender->SetAudioLevel(voices_[i].levels()[frame_]);
      }
      call_.RunFor(TimeDelta::Millis(20));
    }
  }
  template <class T>
  std::vector<T> Told() {
    std::vector<T> out;
    for (const MediaEvent& event : call_.worker().reported().media) {
      if (const T* one = std::get_if<T>(&event)) out.push_back(*one);
    }
    return out;
  }
  std::vector<std::string> Speakers() {
    std::vector<std::string> out;
    for (const auto& change : Told<DominantSpeakerChanged>()) out.push_back(change.producer_id);
    return out;
  }
  Call& call() { return call_; }

 private:
  Call call_;
  uint64_t seed_;
  std::vector<Call::Publication> publications_;
  std::vector<SyntheticVoice> voices_;
  size_t frame_ = 0;
};

TEST(ObserverScenario, TheFloorFollowsTheConversationOverABadNetwork) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    ObserverCall room(seed);
    const std::string ann = room.Join("ann").id(), ben = room.Join("ben").id(), cleo = room.Join("cleo").id();
    room.Observe(RtpObserver::ActiveSpeaker("floor", TimeDelta::Millis(300), room.call().now()));
    room.voice(0).Speech(250).NoiseUntil(750).Speech(250);
    room.voice(1).NoiseUntil(100).Cough().NoiseUntil(250).Speech(250);
    room.voice(2).NoiseUntil(500).Speech(250);
    room.PlayFor(TimeDelta::Seconds(20));
    EXPECT_THAT(room.Speakers(), ElementsAre(ann, ben, cleo, ann));
  }
}

TEST(ObserverScenario, WhoPausesOrLeavesMakesRoom) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    ObserverCall room(seed);
    Producer& ann = room.Join("ann");
    Producer& ben = room.Join("ben");
    const std::string cleo = room.Join("cleo").id();
    room.Observe(RtpObserver::ActiveSpeaker("floor", TimeDelta::Millis(300), room.call().now()));
    room.voice(0).Speech(1000);
    room.voice(1).NoiseUntil(150).Speech(450);
    room.voice(2).NoiseUntil(450).Speech(550);
    room.PlayFor(TimeDelta::Seconds(3));
    SimWorker& worker = room.call().worker();
    worker.Do([&] { worker.router().PauseProducer(ann, worker.turn()); });
    room.PlayFor(TimeDelta::Seconds(5));
    const std::vector<std::string> both = {ann.id(), ben.id()};
    EXPECT_EQ(room.Speakers(), both);
    worker.Do([&] { worker.router().CloseProducer(ben, worker.turn()); });
    room.PlayFor(TimeDelta::Seconds(6));
    EXPECT_THAT(room.Speakers(), ElementsAre(both[0], both[1], cleo));
  }
}

TEST(ObserverScenario, VolumesAreToldEverySecondAndThenSilenceOnce) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    ObserverCall room(seed);
    const std::string ann = room.Join("ann").id(), ben = room.Join("ben").id();
    room.Join("cleo");
    room.Observe(RtpObserver::AudioLevel("levels", {.max_entries = 2, .threshold = -50}, room.call().now()));
    room.voice(0).Speech(200, 35).Noise(200);
    room.voice(1).Speech(200, 18).Noise(200);
    room.PlayFor(TimeDelta::Seconds(8));
    const auto volumes = room.Told<AudioVolumes>();
    ASSERT_GE(volumes.size(), 4u);
    ASSERT_LE(volumes.size(), 5u);
    for (size_t i = 0; i < 4; ++i) {
      ASSERT_EQ(volumes[i].volumes.size(), 2u);
      EXPECT_EQ(volumes[i].volumes[0].producer_id, ben);
      EXPECT_EQ(volumes[i].volumes[1].producer_id, ann);
      EXPECT_GT(volumes[i].volumes[0].volume, volumes[i].volumes[1].volume);
    }
    EXPECT_EQ(room.Told<AudioSilence>().size(), 1u);
  }
}

}  // namespace
}  // namespace sluice::sim
