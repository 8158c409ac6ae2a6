// What a consumer is sent follows what it wants at once, not when layers would be divided anew in any case.
#include <gtest/gtest.h>

#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
const SimulcastShape kShape{.rates = {kbps(150), kbps(500), kbps(1500)}};
constexpr TimeDelta kAtOnce = TimeDelta::Millis(10);

// Alice sends videos in three layers to Bob.
class WishesScenario : public testing::TestWithParam<uint64_t> {
 protected:
  void Start(int videos, DataRate line) {
    for (const auto& participant : {alice_, bob_}) {
      participant.peer->up().Configure({.delay = kDelay});
      participant.peer->down().Configure({.delay = kDelay});
    }
    bob_.peer->down().Configure({.delay = kDelay, .rate = line, .queue_limit = line * TimeDelta::Millis(300)});
    for (int i = 0; i < videos; ++i) {
      Producer& video = call_.AnnounceSimulcast(alice_, kShape);
      consumers_.push_back(call_.Subscribe(bob_, video).consumer);
      call_.StartSendingLayers(alice_, video);
    }
    call_.RunFor(TimeDelta::Seconds(15));
  }
  int LimitOf(size_t i) const { return consumers_[i]->limit()->spatial; }
  Router& router() { return call_.worker().router(); }
  void Prefer(size_t i, int layer) {
    call_.worker().Do([&] { router().SetPreferredLayers(*consumers_[i], {.spatial = layer}, call_.worker().turn()); });
  }

  static constexpr TimeDelta kDelay = TimeDelta::Millis(20);
  Call call_{GetParam()};
  Call::Participant alice_ = call_.Join("alice");
  Call::Participant bob_ = call_.Join("bob");
  std::vector<Consumer*> consumers_;
};

TEST_P(WishesScenario, OfLayers) {
  Start(1, kbps(10'000));
  for (int i = 0; i < 5; ++i) {
    Prefer(0, 0);
    call_.RunFor(kAtOnce);
    EXPECT_EQ(LimitOf(0), 0);
    call_.RunFor(TimeDelta::Millis(1170));
    Prefer(0, 2);
    call_.RunFor(kAtOnce);
    EXPECT_EQ(LimitOf(0), 2);
    call_.RunFor(TimeDelta::Millis(730));
  }
}

TEST_P(WishesScenario, ToGoOn) {
  Start(1, kbps(10'000));
  for (int i = 0; i < 5; ++i) {
    call_.worker().Do([&] { router().PauseConsumer(*consumers_[0], call_.worker().turn()); });
    call_.RunFor(TimeDelta::Millis(1170));
    EXPECT_EQ(LimitOf(0), 0);
    call_.worker().Do([&] { router().ResumeConsumer(*consumers_[0], call_.worker().turn()); });
    call_.RunFor(kAtOnce);
    EXPECT_EQ(LimitOf(0), 2);
    call_.RunFor(TimeDelta::Millis(730));
  }
}

TEST_P(WishesScenario, ToComeFirst) {
  Start(2, kbps(900));
  const size_t low = LimitOf(0) < LimitOf(1) ? 0 : 1;
  ASSERT_EQ(LimitOf(low), 0);
  ASSERT_EQ(LimitOf(1 - low), 1);
  call_.worker().Do([&] { router().SetPriority(*consumers_[low], 10, call_.worker().turn()); });
  call_.RunFor(kAtOnce);
  EXPECT_EQ(LimitOf(low), 1);
  EXPECT_EQ(LimitOf(1 - low), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WishesScenario, testing::ValuesIn(Seeds()));

}  // namespace
}  // namespace sluice::sim
