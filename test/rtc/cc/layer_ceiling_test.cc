#include "rtc/cc/layer_ceiling.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
constexpr DataRate kSum = kbps(800);
constexpr DataRate kBudget = kbps(750);

class LayerCeilingTest : public testing::Test {
 protected:
  void Fall() { ceiling_.OnFall(kSum, DataRate::Zero(), kBudget, now_); }
  void Rise() { ceiling_.OnRise(kBudget, now_); }
  bool IsHeld(DataRate budget = kBudget) const { return ceiling_.Most(budget, now_) < DataRate::Infinite(); }
  // How long it takes until there is none.
  TimeDelta Wait() {
    const Timestamp begin = now_;
    while (IsHeld()) now_ += TimeDelta::Seconds(1);
    return now_ - begin;
  }

  LayerCeiling ceiling_;
  Timestamp now_ = Timestamp::Seconds(100);
};

TEST_F(LayerCeilingTest, AtFirstThereIsNone) {
  EXPECT_FALSE(IsHeld());
  EXPECT_EQ(ceiling_.Enough(now_), DataRate::Zero());
}

TEST_F(LayerCeilingTest, WhatDidNotFitIsNotTriedAgainForAWhile) {
  Fall();
  EXPECT_EQ(ceiling_.Most(kBudget, now_), kSum * LayerCeiling::kBelow);
  EXPECT_EQ(Wait(), LayerCeiling::kFirst);
}

TEST_F(LayerCeilingTest, EachRiseThatDoesNotLastMakesTheNextOneWaitTwiceAsLong) {
  for (const int64_t seconds : {16, 32, 60, 60}) {
    Rise();
    now_ += TimeDelta::Seconds(5);
    Fall();
    EXPECT_EQ(Wait(), TimeDelta::Seconds(seconds));
  }
  Rise();
  now_ += LayerCeiling::kLasting + TimeDelta::Seconds(1);
  Fall();
  EXPECT_EQ(Wait(), LayerCeiling::kFirst);
}

TEST_F(LayerCeilingTest, OfOneFallOverSeveralDivisionsTheFirstSumCounts) {
  Fall();
  now_ += TimeDelta::Seconds(1);
  ceiling_.OnFall(kSum * 0.5, DataRate::Zero(), kBudget * 0.5, now_);
  EXPECT_EQ(ceiling_.Most(kBudget, now_), kSum * LayerCeiling::kBelow);
  now_ += LayerCeiling::kOneFall + TimeDelta::Millis(1);
  ceiling_.OnFall(kSum * 0.5, DataRate::Zero(), kBudget * 0.5, now_);
  EXPECT_EQ(ceiling_.Most(kBudget * 0.5, now_), kSum * (0.5 * LayerCeiling::kBelow));
}

TEST_F(LayerCeilingTest, MuchMoreThanAtTheFallEndsIt) {
  Fall();
  EXPECT_TRUE(IsHeld(kBudget * 1.3));
  EXPECT_FALSE(IsHeld(kBudget * 1.5));
}

TEST_F(LayerCeilingTest, MuchMoreIsMeasuredByTheRiseThatDidNotLast) {
  Rise();
  now_ += TimeDelta::Seconds(5);
  ceiling_.OnFall(kSum, DataRate::Zero(), kBudget * 0.5, now_);
  EXPECT_TRUE(IsHeld(kBudget * 1.1));
  EXPECT_FALSE(IsHeld(kBudget * 1.2));
}

TEST_F(LayerCeilingTest, WhatWouldEndItIsToldOnceWhatSwayedHasSettled) {
  Fall();
  EXPECT_EQ(ceiling_.Enough(now_), DataRate::Zero());
  now_ += LayerCeiling::kFirst;
  EXPECT_EQ(ceiling_.Enough(now_), kBudget * LayerCeiling::kMuchMore);
}

}  // namespace
}  // namespace sluice
