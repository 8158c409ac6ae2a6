#include "rtc/cc/delay_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

constexpr DataRate kRate = DataRate::KilobitsPerSec(1000);

class DelayEstimatorTest : public ::testing::Test {
 protected:
  // A packet every 10 ms for `time`, delayed by 50 ms, `queue` at the end of the time, and jitter.
  void Run(TimeDelta time, TimeDelta queue, TimeDelta jitter = TimeDelta::Zero()) {
    const TimeDelta from = queue_;
    const Timestamp begin = now_;
    for (; now_ - begin < time; now_ += TimeDelta::Millis(10)) {
      const TimeDelta waited = from + (queue - from) * ((now_ - begin) / time);
      const TimeDelta more = TimeDelta::Micros(rng_.Between(0, jitter.us()));
      // The order stays.
      last_arrival_ = std::max(last_arrival_, now_ + TimeDelta::Millis(50) + waited + more + clock_);
      estimator_.OnPacket(now_, last_arrival_);
      if ((now_ - begin).ms() % 100 == 90) estimator_.Update(kRate, load_);
    }
    queue_ = queue;
  }

  DelayEstimator estimator_;
  DelayEstimator::Load load_ = DelayEstimator::Load::kUnknown;
  Rng rng_{3};
  Timestamp now_ = Timestamp::Seconds(1000);
  Timestamp last_arrival_ = Timestamp::Never();
  TimeDelta queue_ = TimeDelta::Zero();
  TimeDelta clock_ = TimeDelta::Seconds(-300);  // the receiver's
};

TEST_F(DelayEstimatorTest, AnEmptyLineIsNoOveruse) {
  Run(TimeDelta::Seconds(5), TimeDelta::Zero());
  EXPECT_EQ(estimator_.queue(), TimeDelta::Zero());
  EXPECT_FALSE(estimator_.IsOverused());
  EXPECT_TRUE(estimator_.IsCalm());
}

TEST_F(DelayEstimatorTest, AQueueThatGrowsIsNoticedBeforeItIsLong) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  Run(TimeDelta::Millis(200), TimeDelta::Millis(100));
  EXPECT_TRUE(estimator_.IsOverused());
  EXPECT_GT(estimator_.trend(), 0.2);
  EXPECT_GT(estimator_.queue(), TimeDelta::Millis(40));
}

TEST_F(DelayEstimatorTest, AQueueThatStaysIsNoticedWithoutATrend) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  Run(TimeDelta::Seconds(3), TimeDelta::Millis(60));
  Run(TimeDelta::Seconds(1), TimeDelta::Millis(60));
  EXPECT_NEAR(estimator_.trend(), 0, 0.02);
  EXPECT_TRUE(estimator_.IsOverused());
}

TEST_F(DelayEstimatorTest, ALineThatBecameFarThinnerGrowsSteeply) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  EXPECT_FALSE(estimator_.IsSteep());
  Run(TimeDelta::Millis(100), TimeDelta::Millis(350));
  EXPECT_TRUE(estimator_.IsSteep());
}

TEST_F(DelayEstimatorTest, AQueueOfAnyLengthThatGrowsSlowlyIsNotSteep) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  for (int i = 1; i <= 20; ++i) {
    Run(TimeDelta::Millis(100), TimeDelta::Millis(80 * i));
    EXPECT_FALSE(estimator_.IsSteep()) << i;
  }
}

TEST_F(DelayEstimatorTest, JitterIsNotSteep) {
  for (int i = 0; i < 300; ++i) {
    Run(TimeDelta::Millis(100), TimeDelta::Zero(), TimeDelta::Millis(60));
    EXPECT_FALSE(estimator_.IsSteep()) << i;
  }
}

// What waited for the end of a stall comes at once, or as fast as the line carries it: the first waited longest.
TEST_F(DelayEstimatorTest, AStallIsNotSteep) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  for (int i = 0; i < 5; ++i) {
    queue_ = TimeDelta::Millis(300);
    for (int ms = 270; ms >= 0; ms -= 30) {
      Run(TimeDelta::Millis(30), TimeDelta::Millis(ms));
      estimator_.Update(kRate, load_);
      EXPECT_FALSE(estimator_.IsSteep()) << ms;
    }
  }
}

TEST_F(DelayEstimatorTest, JitterIsNoOveruse) {
  for (int i = 0; i < 300; ++i) {
    Run(TimeDelta::Millis(100), TimeDelta::Zero(), TimeDelta::Millis(30));
    EXPECT_FALSE(estimator_.IsOverused()) << i;
  }
}

TEST_F(DelayEstimatorTest, JitterIsLearntQuicklyWhileLittleIsSent) {
  TimeDelta learnt[2];
  for (const bool little : {false, true}) {
    estimator_ = DelayEstimator();
    load_ = little ? DelayEstimator::Load::kLittle : DelayEstimator::Load::kUnknown;
    queue_ = TimeDelta::Zero();
    Run(TimeDelta::Millis(100), TimeDelta::Zero());
    const TimeDelta before = estimator_.threshold();
    queue_ = TimeDelta::Millis(10);
    Run(TimeDelta::Seconds(1), TimeDelta::Millis(10));
    learnt[little] = estimator_.threshold() - before;
  }
  EXPECT_LT(learnt[false], TimeDelta::Millis(3));
  EXPECT_GT(learnt[true], TimeDelta::Millis(5));
}

TEST_F(DelayEstimatorTest, AQueueOfOurOwnIsNotTakenForJitter) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  const TimeDelta before = estimator_.threshold();
  load_ = DelayEstimator::Load::kMost;
  for (int i = 0; i < 20; ++i) {
    Run(TimeDelta::Seconds(1), TimeDelta::Millis(25));
    Run(TimeDelta::Seconds(1), TimeDelta::Zero());
  }
  EXPECT_EQ(estimator_.threshold(), before);
}

TEST_F(DelayEstimatorTest, WhatWasLearntBesideOthersIsUnlearntOnAFullLine) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  const TimeDelta before = estimator_.threshold();
  // Others keep a queue of 15 ms; then what is sent fills the line, and its queue goes now and then.
  load_ = DelayEstimator::Load::kLittle;
  Run(TimeDelta::Millis(100), TimeDelta::Millis(15));
  Run(TimeDelta::Seconds(10), TimeDelta::Millis(15));
  EXPECT_GT(estimator_.threshold(), before + TimeDelta::Millis(10));
  load_ = DelayEstimator::Load::kMost;
  Run(TimeDelta::Millis(100), TimeDelta::Zero());
  Run(TimeDelta::Seconds(15), TimeDelta::Zero());
  EXPECT_LT(estimator_.threshold(), before + TimeDelta::Millis(2));
}

TEST_F(DelayEstimatorTest, DeviationTellsHowMuchTheQueueSways) {
  load_ = DelayEstimator::Load::kLittle;
  Run(TimeDelta::Seconds(20), TimeDelta::Zero());
  EXPECT_EQ(estimator_.deviation(), TimeDelta::Zero());
  Run(TimeDelta::Seconds(20), TimeDelta::Zero(), TimeDelta::Millis(30));
  EXPECT_GT(estimator_.deviation(), TimeDelta::Micros(500));
  EXPECT_LT(estimator_.deviation(), TimeDelta::Millis(10));
}

TEST_F(DelayEstimatorTest, WhatIsToleratedIsNoOveruse) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  Run(TimeDelta::Seconds(3), TimeDelta::Millis(200));
  estimator_.Tolerate(TimeDelta::Millis(500));
  EXPECT_FALSE(estimator_.IsOverused());
  EXPECT_FALSE(estimator_.IsCalm());
}

TEST_F(DelayEstimatorTest, WhoSendsLessBearsMore) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  estimator_.Update(DataRate::KilobitsPerSec(2000));
  const TimeDelta large = estimator_.threshold();
  estimator_.Update(DataRate::KilobitsPerSec(500));
  EXPECT_GT(estimator_.threshold(), large + TimeDelta::Millis(15));
}

TEST_F(DelayEstimatorTest, AFalseAlarmRaisesTheThresholdForAWhile) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  const TimeDelta before = estimator_.threshold();
  estimator_.OnFalseAlarm();
  EXPECT_GT(estimator_.threshold(), before);
  Run(TimeDelta::Seconds(300), TimeDelta::Zero());
  EXPECT_LT(estimator_.threshold() - before, TimeDelta::Millis(1));
}

TEST_F(DelayEstimatorTest, ALongerRouteIsTheBaseAfterAWhile) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  Run(TimeDelta::Millis(10), TimeDelta::Millis(80));
  Run(TimeDelta::Seconds(15), TimeDelta::Millis(80));
  EXPECT_TRUE(estimator_.IsOverused());
  Run(TimeDelta::Seconds(8), TimeDelta::Millis(80));
  EXPECT_FALSE(estimator_.IsOverused());
}

TEST_F(DelayEstimatorTest, AClockThatJumpsIsANewOne) {
  Run(TimeDelta::Seconds(2), TimeDelta::Zero());
  clock_ = TimeDelta::Seconds(50);
  Run(TimeDelta::Seconds(1), TimeDelta::Zero());
  EXPECT_FALSE(estimator_.IsOverused());
  EXPECT_EQ(estimator_.queue(), TimeDelta::Zero());
}

}  // namespace
}  // namespace sluice
