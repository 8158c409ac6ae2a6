// Layers under what a receiver's line carries: the consumer comes down to a layer that fits, little is lost while it
// stays there, and it climbs again when the line is wide.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
const SimulcastShape kShape{.rates = {kbps(150), kbps(500), kbps(1500)}};
constexpr TimeDelta kQueue = TimeDelta::Millis(300);

LinkConfig Line(DataRate rate) { return {.delay = TimeDelta::Millis(20), .rate = rate, .queue_limit = rate * kQueue}; }
const LinkConfig kWide{.delay = TimeDelta::Millis(20)};

// Alice sends three layers to Bob, who is behind a line of his own.
class LimitedCall {
 public:
  LimitedCall(uint64_t seed, bool feedback, int producers = 1)
      : call(seed), alice(call.Join("alice")), bob(call.Join("bob")) {
    SetLine(kWide);
    alice.peer->up().Configure(kWide);
    alice.peer->down().Configure(kWide);
    bob.peer->up().Configure(kWide);
    if (!feedback) bob.peer->LeaveOutTransportFeedback();
    for (int i = 0; i < producers; ++i) {
      Producer& video = call.AnnounceSimulcast(alice, kShape);
      at_bob.push_back(call.Subscribe(bob, video));
      call.StartSendingLayers(alice, video);
    }
  }
  void SetLine(const LinkConfig& config) { bob.peer->down().Configure(config); }
  const MediaReceiver::Stats& got(size_t i = 0) const { return at_bob[i].receiver->stats(); }
  // Of what is sent to Bob during `time`.
  double LossDuring(TimeDelta time) {
    const LinkStats before = bob.peer->down().stats();
    call.RunFor(time);
    const LinkStats& after = bob.peer->down().stats();
    return static_cast<double>(after.overflowed - before.overflowed) / static_cast<double>(after.sent - before.sent);
  }
  // Seconds until the layer is what is asked for, or the limit.
  int64_t SecondsUntil(int layer, int64_t limit) {
    for (int64_t seconds = 0; seconds < limit; ++seconds) {
      if (got().layer == layer) return seconds;
      call.RunFor(TimeDelta::Seconds(1));
    }
    return limit;
  }

  Call call;
  Call::Participant alice, bob;
  std::vector<Call::Subscription> at_bob;
};

TEST(LayerLimitScenario, ComesDownToALayerThatFitsAndStaysThereWithLittleLoss) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LimitedCall c(seed, /*feedback=*/true);
    c.SetLine(Line(kbps(600)));
    EXPECT_LE(c.SecondsUntil(1, 11), 10);
    const double loss = c.LossDuring(TimeDelta::Seconds(60));
    EXPECT_LT(loss, 0.02);
    EXPECT_EQ(c.got().layer, 1);
    EXPECT_EQ(c.got().alien, 0u);
    RecordProperty("loss_permille", static_cast<int>(loss * 1000));
  }
}

TEST(LayerLimitScenario, IsBackAtTheTopWhenTheLineIsWideAgain) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LimitedCall c(seed, /*feedback=*/true);
    c.call.RunFor(TimeDelta::Seconds(3));
    EXPECT_EQ(c.got().layer, 2);
    c.SetLine(Line(kbps(600)));
    c.call.RunFor(TimeDelta::Seconds(20 + static_cast<int64_t>(seed)));
    EXPECT_LE(*c.got().layer, 1);
    c.SetLine(kWide);
    EXPECT_LE(c.SecondsUntil(2, 21), 20);
    EXPECT_EQ(c.LossDuring(TimeDelta::Seconds(20)), 0);
    EXPECT_EQ(c.got().layer, 2);
    EXPECT_EQ(c.bob.transport->limiter().cap(), std::nullopt);
  }
}

TEST(LayerLimitScenario, NothingIsLimitedWhereAllArrives) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LimitedCall c(seed, /*feedback=*/true);
    c.SetLine({.delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(30), .loss = 0.03});
    c.call.RunFor(TimeDelta::Seconds(30));
    EXPECT_EQ(c.bob.transport->limiter().cap(), std::nullopt);
    EXPECT_EQ(c.got().layer, 2);
  }
}

TEST(LayerLimitScenario, ReceiverReportsDoWhereThereIsNoTransportWideFeedback) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LimitedCall c(seed, /*feedback=*/false);
    c.SetLine(Line(kbps(600)));
    EXPECT_LE(c.SecondsUntil(1, 16), 15);
    c.SetLine(kWide);
    EXPECT_LE(c.SecondsUntil(2, 31), 30);
  }
}

TEST(LayerLimitScenario, WhoHasPriorityGetsTheBetterLayer) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    LimitedCall c(seed, /*feedback=*/true, /*producers=*/3);
    c.call.worker().Do([&] { c.at_bob[1].consumer->SetPriority(10); });
    c.SetLine(Line(kbps(1200)));
    c.call.RunFor(TimeDelta::Seconds(15));
    EXPECT_LT(c.LossDuring(TimeDelta::Seconds(30)), 0.03);
    EXPECT_GE(*c.got(1).layer, *c.got(0).layer);
    EXPECT_GE(*c.got(1).layer, *c.got(2).layer);
    EXPECT_EQ(c.got(1).layer, 1);
  }
}

}  // namespace
}  // namespace sluice::sim
