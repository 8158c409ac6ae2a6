// Three layers of one picture, of which each participant gets one: found by MID and RID, changed at key frames, without
// a hole, a step in time or a picture that stands still.
#include <gtest/gtest.h>

#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

const LinkConfig kUsual{.delay = TimeDelta::Millis(20)};

// Alice sends audio and three layers of video to Bob.
class SimulcastCall {
 public:
  explicit SimulcastCall(uint64_t seed) : call(seed), alice(call.Join("alice")), bob(call.Join("bob")) {
    SetLinks(kUsual);
    Producer& audio = call.Announce(alice, MediaKind::kAudio);
    Producer& video = call.AnnounceSimulcast(alice);
    at_bob_audio = call.Subscribe(bob, audio).receiver;
    at_bob = call.Subscribe(bob, video);
    call.StartSending(alice, audio);
    layers = call.StartSendingLayers(alice, video);
  }
  void SetLinks(const LinkConfig& config) {
    for (const auto& who : {alice, bob}) {
      who.peer->up().Configure(config);
      who.peer->down().Configure(config);
    }
  }
  void Prefer(int layer) {
    call.worker().Do([&] { at_bob.consumer->SetPreferredLayers({.spatial = layer}); });
  }
  const MediaReceiver::Stats& got() const { return at_bob.receiver->stats(); }

  Call call;
  Call::Participant alice, bob;
  const MediaReceiver* at_bob_audio = nullptr;
  Call::Subscription at_bob;
  std::vector<MediaSender*> layers;
};

TEST(SimulcastScenario, TheBestLayerArrivesWhole) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    SimulcastCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(10));
    EXPECT_EQ(c.got().layer, 2);
    EXPECT_GE(c.got().frames_decoded, 235u);
    EXPECT_EQ(c.at_bob.receiver->holes(), 0);
    EXPECT_EQ(c.got().nacked, 0u);
    EXPECT_EQ(c.got().alien, 0u);
  }
}

TEST(SimulcastScenario, LayersChangeWithoutAHoleOrAFreeze) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    SimulcastCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(2));
    for (int layer : {0, 2, 1, 0, 1, 2}) {
      c.Prefer(layer);
      c.call.RunFor(TimeDelta::Seconds(2));
      EXPECT_EQ(c.got().layer, layer);
    }
    EXPECT_EQ(c.at_bob.receiver->holes(), 0);
    EXPECT_EQ(c.got().nacked, 0u);
    EXPECT_EQ(c.got().alien, 0u);
    EXPECT_GE(c.got().frames_decoded, 335u);  // of 350
    EXPECT_LE(c.got().longest_freeze, TimeDelta::Millis(200));
    EXPECT_LE(c.got().largest_time_step, TimeDelta::Millis(5));
  }
}

TEST(SimulcastScenario, LayersChangeUnderLoss) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    SimulcastCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(1));
    c.SetLinks({.delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(5), .loss = 0.03});
    for (int layer : {0, 2, 1, 0, 1, 2}) {
      c.Prefer(layer);
      c.call.RunFor(TimeDelta::Seconds(3));
      EXPECT_EQ(c.got().layer, layer);
    }
    EXPECT_EQ(c.got().alien, 0u);
    EXPECT_GE(c.got().frames_decoded, 425u);  // of 475
    EXPECT_LE(c.got().longest_freeze, TimeDelta::Millis(1500));
  }
}

TEST(SimulcastScenario, AudioAndVideoStayTogetherOverChangesOfLayer) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    SimulcastCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(4));
    for (int layer : {0, 2, 1, 0, 1, 2}) {
      c.Prefer(layer);
      c.call.RunFor(TimeDelta::Seconds(2));
      ASSERT_TRUE(c.at_bob.receiver->capture_offset() && c.at_bob_audio->capture_offset());
      const TimeDelta skew = *c.at_bob.receiver->capture_offset() - *c.at_bob_audio->capture_offset();
      EXPECT_NEAR(skew.seconds(), 0, 0.020);
    }
  }
}

TEST(SimulcastScenario, ALayerThatItsSenderStopsIsLeftAndTakenAgain) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    SimulcastCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(4));
    EXPECT_EQ(c.got().layer, 2);
    c.layers[2]->SetActive(false);
    c.call.RunFor(TimeDelta::Seconds(5));
    EXPECT_EQ(c.got().layer, 1);
    EXPECT_LE(c.got().longest_freeze, TimeDelta::Seconds(4));
    c.layers[2]->SetActive(true);
    c.call.RunFor(TimeDelta::Seconds(5));
    EXPECT_EQ(c.got().layer, 2);
    EXPECT_EQ(c.at_bob.receiver->holes(), 0);
  }
}

}  // namespace
}  // namespace sluice::sim
