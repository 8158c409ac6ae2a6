// What congestion control makes of a conference: many publishers and one narrow line, many subscribers with a line each,
// and lines that lose. Sources are simulcasts; a key frame is as large as any other frame here.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "test/scenario/line_conference.h"
#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
const SimulcastShape kShape{.rates = {kbps(70), kbps(250), kbps(900)}};

struct Phase {
  DataRate line;
  TimeDelta most_frozen_at_first;  // in the first 5 s
  int least_on = 0;                // videos, in the end
  DataRate least_given;            // of all videos together, in the end
};

struct Sources {
  std::string name;
  double sway = 0;
  uint32_t most_changes = 0;  // of one video in 55 s
};

class NarrowLineScenario : public testing::TestWithParam<Sources> {};

TEST_P(NarrowLineScenario, TenPublishersOnALineThatWidensAndNarrows) {
  constexpr std::array kPhases = {Phase{kbps(1000), TimeDelta::Millis(300), 10, kbps(700)},
                                  Phase{kbps(3000), TimeDelta::Millis(300), 10, kbps(2000)},
                                  Phase{kbps(500), TimeDelta::Millis(1000), 4, kbps(280)}};
  SimulcastShape shape = kShape;
  shape.sway = GetParam().sway;
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LineConference c(seed, 10, shape);
    for (const Phase& phase : kPhases) {
      SCOPED_TRACE(phase.line.kbps());
      c.SetLine(Line(phase.line));
      c.Begin();
      c.Run(TimeDelta::Seconds(5));
      EXPECT_LE(c.LongestFreeze(), phase.most_frozen_at_first);
      c.Begin();
      c.Run(TimeDelta::Seconds(55));
      EXPECT_LE(c.LongestFreeze(), TimeDelta::Millis(300));
      EXPECT_LE(c.MostChanges(), GetParam().most_changes);
      EXPECT_GE(c.CountOn(), phase.least_on);
      EXPECT_GE(c.Given(), phase.least_given);
    }
    c.call.Settle();
    EXPECT_EQ(c.AudioMissing(), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Sources, NarrowLineScenario,
                         testing::Values(Sources{"Steady", 0, 4}, Sources{"Swaying", 0.15, 6}),
                         [](const auto& of) { return of.param.name; });

// Each behind a line of its own, all of one router.
TEST(CongestionScenario, EverySubscriberGetsWhatItsOwnLineCarries) {
  constexpr std::array kLines = {std::pair(kbps(120), 0), std::pair(kbps(400), 1), std::pair(kbps(1400), 2),
                                 std::pair(kbps(10'000), 2), std::pair(kbps(330), 1)};
  constexpr size_t kSubscribers = 25;
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto publisher = call.Join("publisher");
    publisher.peer->up().Configure(kWideLine);
    publisher.peer->down().Configure(kWideLine);
    Producer& video = call.AnnounceSimulcast(publisher, kShape);
    std::vector<Watch> watches;
    for (size_t i = 0; i < kSubscribers; ++i) {
      const auto subscriber = call.Join("subscriber" + std::to_string(i));
      subscriber.peer->up().Configure(kWideLine);
      subscriber.peer->down().Configure(Line(kLines[i % kLines.size()].first));
      watches.emplace_back(call.Subscribe(subscriber, video));
    }
    call.StartSendingLayers(publisher, video);
    call.RunFor(TimeDelta::Seconds(5));
    for (Watch& watch : watches) watch.Begin();
    for (int i = 0; i < 6; ++i) {
      for (size_t k = 0; k < kSubscribers; ++k) EXPECT_EQ(watches[k].layer(), kLines[k % kLines.size()].second) << k;
      call.RunFor(TimeDelta::Seconds(5));
    }
    for (const Watch& watch : watches) EXPECT_EQ(watch.changes(), 0u);
  }
}

// Percent, on a way of 50 ms there and back.
class LossyLineScenario : public testing::TestWithParam<int> {};

TEST_P(LossyLineScenario, WhatIsLostIsRepairedAndDecoded) {
  constexpr TimeDelta kTime = TimeDelta::Seconds(30);
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LineConference c(seed, 1, kShape);
    c.Run(TimeDelta::Seconds(5));
    c.SetLine({.delay = kLineDelay, .loss = GetParam() / 100.0});
    const MediaReceiver& receiver = *c.subscriptions[0].receiver;
    const uint32_t before = receiver.stats().frames_decoded;
    c.Run(kTime);
    c.call.Settle();                               // what is being repaired is not lost
    const double sent = kTime.seconds() * 25 + 1;  // with the one that was on its way
    EXPECT_GE(receiver.stats().frames_decoded - before, sent * (GetParam() > 10 ? 0.95 : 0.99));
    EXPECT_LE(static_cast<double>(receiver.holes()), 0.001 * receiver.stats().packets);
  }
}

INSTANTIATE_TEST_SUITE_P(Percent, LossyLineScenario, testing::Values(1, 5, 10, 20));

}  // namespace
}  // namespace sluice::sim
