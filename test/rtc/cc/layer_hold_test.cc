#include "rtc/cc/layer_hold.h"

#include <gtest/gtest.h>

#include "rtc/cc/layer_allocation.h"

namespace sluice {
namespace {

constexpr DataRate kBudget = DataRate::KilobitsPerSec(1000);

class LayerHoldTest : public testing::Test {
 protected:
  void Give(size_t before, size_t given) { hold_.OnGiven(before, given, kBudget, now_); }
  // How long it takes until it may rise.
  TimeDelta Wait() {
    const Timestamp begin = now_;
    while (hold_.Limit(kBudget, now_) != kNoLayer) now_ += TimeDelta::Seconds(1);
    return now_ - begin;
  }

  LayerHold hold_;
  Timestamp now_ = Timestamp::Seconds(100);
};

TEST_F(LayerHoldTest, AtFirstNothingIsHeld) { EXPECT_EQ(Wait(), TimeDelta::Zero()); }

TEST_F(LayerHoldTest, AFallIsFollowedByAWhileOfRest) {
  Give(2, 1);
  EXPECT_EQ(Wait(), LayerHold::kFirst);
}

TEST_F(LayerHoldTest, EachRiseThatDoesNotLastMakesTheNextOneWaitTwiceAsLong) {
  for (const int64_t seconds : {8, 16, 32, 40, 40}) {
    Give(0, 1);
    now_ += TimeDelta::Seconds(5);
    Give(1, 0);
    EXPECT_EQ(Wait(), TimeDelta::Seconds(seconds));
  }
  Give(0, 1);
  now_ += LayerHold::kLasting + TimeDelta::Seconds(1);
  Give(1, 0);
  EXPECT_EQ(Wait(), LayerHold::kFirst);
}

TEST_F(LayerHoldTest, NoLayerIsTheLowest) {
  Give(0, kNoLayer);
  EXPECT_EQ(Wait(), LayerHold::kFirst);
  Give(kNoLayer, 0);
  now_ += TimeDelta::Seconds(2);
  Give(0, kNoLayer);
  EXPECT_EQ(Wait(), LayerHold::kFirst * int64_t{2});
}

TEST_F(LayerHoldTest, MuchMoreThanAtTheFallEndsTheRest) {
  Give(0, 1);
  now_ += TimeDelta::Seconds(2);
  Give(1, 0);
  EXPECT_EQ(hold_.Limit(kBudget * 1.3, now_), 1u);
  EXPECT_EQ(hold_.Limit(kBudget * 1.5, now_), kNoLayer);
}

TEST_F(LayerHoldTest, OneFallThroughSeveralLayersHoldsTheHighestAlone) {
  Give(2, 1);
  now_ += TimeDelta::Seconds(1);
  Give(1, 0);
  EXPECT_EQ(hold_.Limit(kBudget, now_), 2u);
  now_ += TimeDelta::Seconds(1);
  Give(0, 1);
  now_ += TimeDelta::Seconds(5);
  Give(1, 0);
  EXPECT_EQ(hold_.Limit(kBudget, now_), 1u);
}

TEST_F(LayerHoldTest, MuchMoreIsMeasuredByTheRiseThatDidNotLast) {
  Give(0, 1);
  now_ += TimeDelta::Seconds(5);
  hold_.OnGiven(1, 0, kBudget * 0.5, now_);
  EXPECT_EQ(hold_.Limit(kBudget * 1.1, now_), 1u);
  EXPECT_EQ(hold_.Limit(kBudget * 1.2, now_), kNoLayer);
}

}  // namespace
}  // namespace sluice
