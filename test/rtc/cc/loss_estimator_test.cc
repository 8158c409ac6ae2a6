#include "rtc/cc/loss_estimator.h"

#include <gtest/gtest.h>

#include <vector>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

class LossEstimatorTest : public ::testing::Test {
 protected:
  // Sends at `kbps` for `time`; `loses` tells of each packet.
  template <class Loses>
  void Run(TimeDelta time, int kbps, Loses loses) {
    constexpr int64_t kSize = 1000;
    const TimeDelta gap = DataSize::Bytes(kSize) / DataRate::KilobitsPerSec(kbps);
    const Timestamp end = now_ + time;
    while (now_ < end) {
      std::vector<PacketResult> results;
      for (const Timestamp report = now_ + TimeDelta::Millis(100); now_ < report; now_ += gap) {
        results.push_back({.packet = {.sent = now_, .size = DataSize::Bytes(kSize)}});
        if (!loses()) results.back().arrival = now_;
      }
      estimator_.OnFeedback({.received = now_, .packets = results});
    }
  }

  LossEstimator estimator_;
  Rng rng_{5};
  Timestamp now_ = Timestamp::Seconds(1000);
};

TEST_F(LossEstimatorTest, NothingLostLimitsNothing) {
  Run(TimeDelta::Seconds(5), 1000, [] { return false; });
  EXPECT_FALSE(estimator_.bandwidth());
  EXPECT_EQ(estimator_.loss(), 0);
}

TEST_F(LossEstimatorTest, RandomLossThatDoesNotDependOnTheRateLimitsNothing) {
  for (int i = 0; i < 10; ++i) {
    Run(TimeDelta::Seconds(2), i % 2 ? 1500 : 700, [&] { return rng_.Chance(0.1); });
    if (i > 2) {
      EXPECT_FALSE(estimator_.bandwidth()) << i;
    }
  }
  EXPECT_NEAR(estimator_.inherent(), 0.1, 0.04);
}

TEST_F(LossEstimatorTest, APolicerIsFound) {
  Run(TimeDelta::Seconds(2), 800, [] { return false; });
  Run(TimeDelta::Seconds(2), 1600, [&] { return rng_.Chance(1 - 1000.0 / 1600); });
  ASSERT_TRUE(estimator_.bandwidth());
  EXPECT_NEAR(static_cast<double>(estimator_.bandwidth()->kbps()), 1000, 150);
}

TEST_F(LossEstimatorTest, WhatHeldOnceIsForgotten) {
  Run(TimeDelta::Seconds(2), 1600, [&] { return rng_.Chance(0.4); });
  Run(TimeDelta::Seconds(20), 1600, [] { return false; });
  EXPECT_FALSE(estimator_.bandwidth());
}

TEST_F(LossEstimatorTest, WhatCameYetIsNotLost) {
  std::vector<PacketResult> lost(10, {.packet = {.sent = now_, .size = DataSize::Bytes(1000)}});
  estimator_.OnFeedback({.received = now_, .packets = lost});
  for (PacketResult& result : lost) {
    result.arrival = now_;
    result.was_lost = true;
  }
  estimator_.OnFeedback({.received = now_, .packets = lost});
  Run(TimeDelta::Millis(500), 1000, [] { return false; });
  EXPECT_EQ(estimator_.loss(), 0);
  EXPECT_FALSE(estimator_.bandwidth());
}

TEST_F(LossEstimatorTest, WhatWasLostWhileTheWayWasShutLimitsNothing) {
  Run(TimeDelta::Seconds(2), 800, [] { return false; });
  std::vector<PacketResult> lost(100, {.packet = {.sent = now_, .size = DataSize::Bytes(1000)}});
  now_ += TimeDelta::Seconds(2);
  estimator_.ForgetUntil(now_);
  estimator_.OnFeedback({.received = now_, .packets = lost});
  Run(TimeDelta::Seconds(1), 800, [] { return false; });
  EXPECT_FALSE(estimator_.bandwidth());
  EXPECT_EQ(estimator_.loss(), 0);
}

}  // namespace
}  // namespace sluice
