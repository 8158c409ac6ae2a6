#include "rtc/cc/bandwidth_controller.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

TEST(BandwidthControllerTest, BeginsAtTheStartWithinItsBounds) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(300), Kbps(1000));
  EXPECT_EQ(controller.target(), Kbps(300));
  controller.SetBounds(Kbps(50), Kbps(3000), Kbps(1000));
  EXPECT_EQ(controller.target(), Kbps(1000));
  controller.SetBounds(Kbps(50), std::nullopt, Kbps(500));
  EXPECT_EQ(controller.target(), Kbps(500));
}

TEST(BandwidthControllerTest, LayersThatAreSentMayTakeALittleMoreWithinTheMaximum) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(300), Kbps(1000));
  EXPECT_EQ(controller.held_target(), Kbps(324));
  controller.SetBounds(Kbps(50), Kbps(980), Kbps(1000));
  EXPECT_EQ(controller.held_target(), Kbps(1000));
}

TEST(BandwidthControllerTest, ALowerRembIsObeyedAtOnce) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  controller.OnRemb(Kbps(400), Timestamp::Seconds(10));
  EXPECT_EQ(controller.target(), Kbps(400));
  controller.OnRemb(Kbps(4), Timestamp::Seconds(10));
  EXPECT_EQ(controller.target(), Kbps(50));
}

TEST(BandwidthControllerTest, RembIsForgottenAfterAWhile) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  Timestamp now = Timestamp::Seconds(10);
  controller.OnSent({.sent = now, .size = DataSize::Bytes(1000)});
  const PacketResult arrived{.packet = {.sent = now, .size = DataSize::Bytes(1000)}, .arrival = now};
  controller.OnFeedback({.received = now, .packets = {&arrived, 1}});
  controller.OnRemb(Kbps(400), now);
  EXPECT_EQ(controller.snapshot().limit, BandwidthController::Limit::kRemb);
  controller.OnTimer(now + TimeDelta::Seconds(6));
  EXPECT_GE(controller.target(), Kbps(990));
}

TEST(BandwidthControllerTest, LossReportsCountWhereThereIsNoFeedback) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  Timestamp now = Timestamp::Seconds(10);
  controller.OnLossReport(0.3, Kbps(1000), now);
  EXPECT_LT(controller.target(), Kbps(650));
  const DataRate low = controller.target();
  for (int i = 0; i < 5; ++i) controller.OnLossReport(0, low, now += TimeDelta::Seconds(1));
  EXPECT_GT(controller.target(), low * 1.3);
}

TEST(BandwidthControllerTest, HalvesWhenFeedbackFailsToComeWhilePacketsLeave) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  Timestamp now = Timestamp::Seconds(10);
  const PacketResult arrived{.packet = {.sent = now, .size = DataSize::Bytes(1000)}, .arrival = now};
  controller.OnFeedback({.received = now, .packets = {&arrived, 1}});
  for (int i = 0; i < 20; ++i, now += TimeDelta::Millis(100)) {
    controller.OnSent({.sent = now, .size = DataSize::Bytes(1000)});
    controller.OnTimer(now);
  }
  EXPECT_EQ(controller.target(), Kbps(500));
}

TEST(BandwidthControllerTest, APauseIsNoLackOfFeedback) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  const Timestamp before = Timestamp::Seconds(10);
  const PacketResult arrived{.packet = {.sent = before, .size = DataSize::Bytes(1000)}, .arrival = before};
  controller.OnSent(arrived.packet);
  controller.OnFeedback({.received = before, .packets = {&arrived, 1}});
  const Timestamp after = before + TimeDelta::Seconds(20);
  controller.OnSent({.sent = after, .size = DataSize::Bytes(1000)});
  controller.OnTimer(after);
  EXPECT_EQ(controller.target(), Kbps(1000));
}

TEST(BandwidthControllerTest, AWayThatOpensAgainIsProbedAtOnce) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(5000));
  Timestamp now = Timestamp::Seconds(10);
  const auto tell = [&] {
    const PacketResult arrived{.packet = {.sent = now, .size = DataSize::Bytes(1000)}, .arrival = now};
    controller.OnFeedback({.received = now, .packets = {&arrived, 1}});
  };
  tell();
  for (int i = 0; i < 20; ++i, now += TimeDelta::Millis(100)) {
    controller.OnSent({.sent = now, .size = DataSize::Bytes(1000)});
    controller.OnTimer(now);
    if (const auto probe = controller.TakeProbe(now)) controller.OnSent({.sent = now, .probe = probe->id});
  }
  ASSERT_EQ(controller.target(), Kbps(500));
  now += TimeDelta::Seconds(2);  // the last probe is given up
  tell();
  const auto probe = controller.TakeProbe(now);
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, Kbps(500) * Prober::kFirst);
}

TEST(BandwidthControllerTest, NoMoreIsProbedForThanALittleBeyondWhatIsWanted) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(300), Kbps(5000));
  controller.SetWanted(Kbps(200));
  Timestamp now = Timestamp::Seconds(10);
  controller.OnSent({.sent = now, .size = DataSize::Bytes(1000)});
  EXPECT_FALSE(controller.TakeProbe(now));
  controller.SetWanted(Kbps(500));
  const auto probe = controller.TakeProbe(now);
  ASSERT_TRUE(probe);
  EXPECT_GE(probe->rate, Kbps(500));
  EXPECT_LE(probe->rate, Kbps(700));
}

TEST(BandwidthControllerTest, NothingIsProbedBeforeAPacketWasSent) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(300), Kbps(5000));
  EXPECT_FALSE(controller.TakeProbe(Timestamp::Seconds(10)));
  controller.OnSent({.sent = Timestamp::Seconds(10), .size = DataSize::Bytes(1000)});
  const auto probe = controller.TakeProbe(Timestamp::Seconds(10));
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, Kbps(900));
  EXPECT_GE(probe->size, Kbps(900) * TimeDelta::Millis(50));
}

// A line without a length, which queues whatever it does not carry.
class Line {
 public:
  explicit Line(BandwidthController& controller) : controller_(controller) {}

  // Packets `between` apart for 100 ms, then feedback of those that came.
  template <class Between>
  void Carry(DataRate rate, Between between) {
    for (const Timestamp end = now_ + TimeDelta::Millis(100); now_ < end; now_ += between()) {
      const SentPacket packet{.sent = now_, .size = kSize};
      controller_.OnSent(packet);
      free_ = std::max(free_, now_) + kSize / rate;
      told_.push_back({.packet = packet, .arrival = free_});
    }
    const auto coming = std::ranges::partition_point(told_, [&](const PacketResult& it) { return it.arrival <= now_; });
    controller_.OnFeedback({.received = now_, .packets = {told_.begin(), coming}});
    told_.erase(told_.begin(), coming);
  }
  Timestamp now() const { return now_; }
  TimeDelta queue() const { return free_ - now_; }

  static constexpr DataSize kSize = DataSize::Bytes(1000);

 private:
  BandwidthController& controller_;
  Timestamp now_ = Timestamp::Seconds(10);
  Timestamp free_ = now_;  // when it has sent everything
  std::vector<PacketResult> told_;
};

TEST(BandwidthControllerTest, LayersGoByWhatMayBeSentOnceTheQueueHasDrained) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(1000), Kbps(1000));
  controller.SetElastic(true);
  Line line(controller);
  bool drained = false;
  for (int i = 0; i < 80; ++i) {
    line.Carry(i < 20 ? Kbps(2000) : Kbps(500), [&] { return Line::kSize / controller.target(); });
    EXPECT_GE(controller.lasting_target(), controller.target());
    if (controller.lasting_target() > controller.target() * 1.2) {
      drained = true;
      EXPECT_GT(line.queue(), TimeDelta::Millis(20));
    }
  }
  EXPECT_TRUE(drained);
  EXPECT_EQ(controller.lasting_target(), controller.target());
}

// Layers of 2 Mbit/s on a line that becomes far thinner: feedback every 100 ms, and a packet every 4 ms.
TEST(BandwidthControllerTest, LayersFollowALineThatBecomesFarThinnerAtOnce) {
  BandwidthController controller;
  controller.SetBounds(Kbps(50), Kbps(2500), Kbps(2500));
  Line line(controller);
  const auto run = [&](int reports, DataRate rate) {
    for (int i = 0; i < reports; ++i) {
      line.Carry(rate, [&] {
        controller.SetDemand(Kbps(2000), DataRate::Zero(), line.now());
        return TimeDelta::Millis(4);
      });
    }
  };
  run(50, Kbps(2500));
  ASSERT_GE(controller.lasting_target(), Kbps(2000));
  run(2, Kbps(400));
  EXPECT_LT(controller.lasting_target(), Kbps(400));
  EXPECT_GT(controller.lasting_target(), Kbps(250));
}

}  // namespace
}  // namespace sluice
