#include "rtc/cc/rate_controller.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

class RateControllerTest : public ::testing::Test {
 protected:
  // Feedback every 100 ms for `time`, about packets that left 50 ms ago.
  void Run(TimeDelta time) {
    for (const Timestamp end = input_.now + time; input_.now < end;) {
      input_.now += TimeDelta::Millis(100);
      input_.newest_sent = input_.now - TimeDelta::Millis(50);
      controller_.Update(input_);
    }
  }
  void Fill(int64_t arrived_kbps, TimeDelta queue) {
    input_.overused = true;
    input_.queue = queue;
    input_.acked = input_.acked_long = Kbps(arrived_kbps);
  }
  void Empty(int64_t arrived_kbps) {
    input_.overused = false;
    input_.queue = TimeDelta::Zero();
    input_.acked = input_.acked_long = Kbps(arrived_kbps);
  }

  RateController controller_{Kbps(1000)};
  RateController::Input input_{.now = Timestamp::Seconds(1000), .response = TimeDelta::Millis(150)};
};

TEST_F(RateControllerTest, GrowsQuicklyWhereNoCapacityIsKnown) {
  Empty(2000);
  Run(TimeDelta::Seconds(2));
  EXPECT_GT(controller_.rate(), Kbps(1450));
}

TEST_F(RateControllerTest, DoesNotGrowFarBeyondWhatArrives) {
  Empty(500);
  Run(TimeDelta::Seconds(10));
  EXPECT_EQ(controller_.rate(), Kbps(1000));
  Empty(1000);
  Run(TimeDelta::Seconds(10));
  EXPECT_EQ(controller_.rate(), Kbps(1510));
}

TEST_F(RateControllerTest, DoesNotGrowWhileTheSourcesSendMuchLess) {
  Empty(1000);
  input_.limited_by_sources = true;
  Run(TimeDelta::Seconds(10));
  EXPECT_EQ(controller_.rate(), Kbps(1000));
}

TEST_F(RateControllerTest, DoesNotGrowForALayerThatGrowthDoesNotReach) {
  controller_.Set(Kbps(560));
  Empty(544);
  input_.allocated = Kbps(544);
  input_.next = Kbps(1700);
  Run(TimeDelta::Seconds(10));
  EXPECT_GT(controller_.rate(), Kbps(590));
  EXPECT_LT(controller_.rate(), Kbps(600));
  input_.next = Kbps(800);
  Run(TimeDelta::Seconds(10));
  EXPECT_GT(controller_.rate(), Kbps(800));
}

TEST_F(RateControllerTest, FallsToAShareOfWhatArrivesAndDrains) {
  Empty(1000);
  Run(TimeDelta::Millis(100));
  Fill(800, TimeDelta::Millis(100));
  Run(TimeDelta::Millis(100));
  EXPECT_EQ(controller_.rate(), Kbps(800) * RateController::kBackOff);
  EXPECT_LT(controller_.rate_now(), controller_.rate() * 0.9);
  Empty(600);
  Run(TimeDelta::Millis(100));
  EXPECT_GE(controller_.rate_now(), Kbps(800) * RateController::kBackOff);
}

TEST_F(RateControllerTest, GrowsCarefullyNearTheCapacity) {
  Empty(1000);
  Run(TimeDelta::Millis(100));
  Fill(1000, TimeDelta::Millis(50));
  Run(TimeDelta::Millis(100));
  Empty(950);
  Run(TimeDelta::Seconds(1));
  const DataRate before = controller_.rate();
  Run(TimeDelta::Seconds(1));
  EXPECT_GT(controller_.rate(), before * 1.01);
  EXPECT_LT(controller_.rate(), before * 1.06);
}

TEST_F(RateControllerTest, ARateAboveTheCapacityThatMakesNoQueueSaysThatTheLineIsWider) {
  Empty(1000);
  Run(TimeDelta::Millis(100));
  Fill(500, TimeDelta::Millis(100));
  Run(TimeDelta::Millis(100));
  Empty(510);
  input_.gone = input_.elastic = true;
  Run(TimeDelta::Seconds(3));
  ASSERT_TRUE(controller_.capacity().mean());
  EXPECT_LT(controller_.rate(), Kbps(520));
  Run(TimeDelta::Seconds(3));
  EXPECT_FALSE(controller_.capacity().mean());
  EXPECT_GT(controller_.rate(), Kbps(600));
}

TEST_F(RateControllerTest, WhatLossSaysOfTheLineIsNotDoubtedForWantOfAQueue) {
  controller_.OnFullByLoss(Kbps(980));
  Empty(1000);
  input_.gone = input_.elastic = true;
  Run(TimeDelta::Seconds(3));
  EXPECT_TRUE(controller_.capacity().mean());
}

TEST_F(RateControllerTest, AQueueThatGrowsSteeplyAfterAFallIsNotWaitedFor) {
  Empty(1000);
  Run(TimeDelta::Millis(100));
  Fill(980, TimeDelta::Millis(30));
  input_.trend = 0.1;
  Run(TimeDelta::Millis(100));
  // Its round-trip time grows as quickly as time passes.
  input_.response = TimeDelta::Seconds(1);
  Fill(500, TimeDelta::Millis(150));
  Run(TimeDelta::Millis(200));
  EXPECT_GT(controller_.rate(), Kbps(800));
  input_.trend = 0.8;
  Run(TimeDelta::Millis(100));
  EXPECT_EQ(controller_.rate(), Kbps(500) * RateController::kBackOff);
}

TEST_F(RateControllerTest, ALineThatBecameFarThinnerIsFollowedToWhatCameLast) {
  input_.allocated = Kbps(900);
  Empty(950);
  input_.gone = true;
  Run(TimeDelta::Seconds(1));
  // Over the longer times most is of before.
  Fill(940, TimeDelta::Millis(20));
  input_.gone = false;
  input_.steep = true;
  input_.acked_brief = Kbps(200);
  Run(TimeDelta::Millis(100));
  EXPECT_EQ(controller_.rate(), Kbps(200) * RateController::kBackOff);
}

TEST_F(RateControllerTest, WhatWasKeptFallsAtOnceWhenTheQueueGrowsSteeply) {
  input_.allocated = Kbps(800);
  Empty(900);
  input_.gone = true;
  Run(TimeDelta::Seconds(1));
  Fill(950, TimeDelta::Millis(60));
  input_.gone = false;
  Run(TimeDelta::Millis(100));
  ASSERT_GE(controller_.rate(), Kbps(800));
  input_.steep = true;
  input_.acked_brief = Kbps(200);
  // Of packets that left before that fall.
  input_.now += TimeDelta::Millis(20);
  controller_.Update(input_);
  EXPECT_EQ(controller_.rate(), Kbps(200) * RateController::kBackOff);
}

TEST_F(RateControllerTest, AnotherFallWaitsForPacketsThatLeftAfterTheLast) {
  Fill(800, TimeDelta::Millis(100));
  Run(TimeDelta::Millis(100));
  const DataRate once = controller_.rate();
  input_.now += TimeDelta::Millis(20);
  controller_.Update(input_);
  EXPECT_EQ(controller_.rate(), once);
}

TEST_F(RateControllerTest, FallsFurtherWhileWhatWasSentBeforeComesStillSlower) {
  Fill(800, TimeDelta::Millis(100));
  Run(TimeDelta::Millis(100));
  Fill(500, TimeDelta::Millis(200));
  input_.now += TimeDelta::Millis(40);  // of packets that left before the fall
  input_.newest_sent += TimeDelta::Millis(40);
  controller_.Update(input_);
  EXPECT_EQ(controller_.rate(), Kbps(500) * RateController::kBackOff);
}

TEST_F(RateControllerTest, AFallIsTakenBackIfTheQueueHadGoneByItself) {
  Fill(800, TimeDelta::Millis(100));
  Run(TimeDelta::Millis(100));
  Empty(900);
  input_.gone = true;
  input_.now += TimeDelta::Millis(40);
  input_.newest_sent += TimeDelta::Millis(40);
  controller_.Update(input_);
  EXPECT_TRUE(controller_.undone());
  EXPECT_EQ(controller_.rate(), Kbps(980));
  EXPECT_FALSE(controller_.capacity().mean());
}

// On a long way others may have made room by the time when packets come that left before the fall.
TEST_F(RateControllerTest, AFallStaysIfTheQueueWentSlowly) {
  Empty(1000);
  Run(TimeDelta::Millis(100));
  Fill(800, TimeDelta::Millis(100));
  input_.now += TimeDelta::Millis(300);
  controller_.Update(input_);
  const DataRate fallen = controller_.rate();
  ASSERT_LT(fallen, Kbps(800));
  Empty(900);
  input_.gone = true;
  input_.now += TimeDelta::Millis(200);
  input_.newest_sent += TimeDelta::Millis(200);
  controller_.Update(input_);
  EXPECT_FALSE(controller_.undone());
  EXPECT_LT(controller_.rate(), fallen * 1.1);
}

TEST_F(RateControllerTest, LayersThatComeLateInTheQueueOfOthersAreNotTakenForLess) {
  input_.allocated = Kbps(544);
  Fill(364, TimeDelta::Millis(80));  // over a short time
  input_.acked_long = Kbps(530);
  Run(TimeDelta::Millis(100));
  EXPECT_EQ(controller_.rate(), Kbps(530) * RateController::kBackOff);
}

TEST_F(RateControllerTest, WhatFitsStaysAsOftenAsTheQueueHasGone) {
  input_.allocated = Kbps(544);
  for (int i = 0; i < 3; ++i) {
    Empty(560);
    input_.gone = true;
    Run(TimeDelta::Millis(1500));
    Fill(600, TimeDelta::Millis(80));
    input_.gone = false;
    Run(TimeDelta::Millis(100));
    EXPECT_GE(controller_.rate_now(), Kbps(544)) << i;
  }
}

TEST_F(RateControllerTest, WhatFitsTheLineStaysWhenABurstFillsIt) {
  Empty(560);
  input_.allocated = Kbps(544);
  Run(TimeDelta::Millis(100));
  Fill(600, TimeDelta::Millis(80));
  Run(TimeDelta::Millis(100));
  EXPECT_GE(controller_.rate_now(), Kbps(544));
  // But not when the queue stays.
  Run(TimeDelta::Seconds(2));
  EXPECT_LT(controller_.rate_now(), Kbps(544));
}

TEST_F(RateControllerTest, AQueueThatStaysWhateverIsSentIsSomebodyElses) {
  Fill(800, TimeDelta::Millis(200));
  Run(TimeDelta::Seconds(2));
  EXPECT_FALSE(controller_.competing());
  Run(TimeDelta::Seconds(2));
  EXPECT_TRUE(controller_.competing());
  input_.overused = false;
  Run(TimeDelta::Seconds(1));
  const DataRate before = controller_.rate();
  controller_.OnLoss(0.05, input_);
  EXPECT_EQ(controller_.rate(), before * RateController::kLossBackOff);
}

TEST_F(RateControllerTest, AQueueThatStaysBecauseLayersWereKeptIsOurOwn) {
  input_.allocated = Kbps(600);
  Fill(700, TimeDelta::Millis(100));
  Run(TimeDelta::Seconds(6));
  EXPECT_FALSE(controller_.competing());
  input_.acked = input_.acked_long = Kbps(600);
  Run(TimeDelta::Seconds(3));
  EXPECT_TRUE(controller_.competing());
}

TEST_F(RateControllerTest, AQueueThatGetsShorterIsOurOwn) {
  for (int ms = 500; ms > 40; ms -= 20) {
    Fill(800, TimeDelta::Millis(ms));
    Run(TimeDelta::Millis(200));
    EXPECT_FALSE(controller_.competing()) << ms;
  }
}

TEST_F(RateControllerTest, CompetitionEndsWithTheQueueAndAfterAWhile) {
  Fill(800, TimeDelta::Millis(200));
  Run(TimeDelta::Seconds(4));
  ASSERT_TRUE(controller_.competing());
  Empty(700);
  Run(TimeDelta::Seconds(3));
  EXPECT_FALSE(controller_.competing());
}

TEST_F(RateControllerTest, LossIsNotJudgedHereWhileNobodyCompetes) {
  controller_.OnLoss(0.5, input_);
  EXPECT_EQ(controller_.rate(), Kbps(1000));
}

TEST_F(RateControllerTest, AQueueThatGrowsOnAfterALayerWasKeptIsNoBurst) {
  input_.allocated = Kbps(800);
  Empty(800);
  Run(TimeDelta::Seconds(1));
  Fill(1000, TimeDelta::Millis(60));
  Run(TimeDelta::Millis(100));
  EXPECT_GE(controller_.rate(), Kbps(800));
  Fill(400, TimeDelta::Millis(150));
  Run(TimeDelta::Millis(400));
  EXPECT_LT(controller_.rate(), Kbps(400));
}

}  // namespace
}  // namespace sluice
