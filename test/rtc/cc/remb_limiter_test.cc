#include "rtc/cc/remb_limiter.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(RembLimiterTest, SaysNothingWithoutAMaximum) {
  RembLimiter limiter;
  EXPECT_TRUE(limiter.deadline().IsInfinite());
  EXPECT_EQ(limiter.Due(At(1000)), std::nullopt);
}

TEST(RembLimiterTest, SaysTheMaximumAtOnceAndThenEverySecond) {
  RembLimiter limiter;
  limiter.SetMaximum(DataRate::KilobitsPerSec(500));
  EXPECT_EQ(limiter.Due(At(1000)), DataRate::KilobitsPerSec(500));
  EXPECT_EQ(limiter.Due(At(1999)), std::nullopt);
  EXPECT_EQ(limiter.Due(At(2000)), DataRate::KilobitsPerSec(500));
}

TEST(RembLimiterTest, ChangeIsSaidAtOnceAndTheSameAgainIsNoChange) {
  RembLimiter limiter;
  limiter.SetMaximum(DataRate::KilobitsPerSec(500));
  limiter.Due(At(1000));
  limiter.SetMaximum(DataRate::KilobitsPerSec(500));
  EXPECT_EQ(limiter.Due(At(1010)), std::nullopt);
  limiter.SetMaximum(DataRate::KilobitsPerSec(300));
  EXPECT_EQ(limiter.Due(At(1010)), DataRate::KilobitsPerSec(300));
}

TEST(RembLimiterTest, MaximumThatIsTakenBackIsSaidOnce) {
  RembLimiter limiter;
  limiter.SetMaximum(DataRate::KilobitsPerSec(500));
  limiter.Due(At(1000));
  limiter.SetMaximum(DataRate::Zero());
  EXPECT_EQ(limiter.Due(At(1500)), RembLimiter::kUnlimited);
  EXPECT_EQ(limiter.Due(At(5000)), std::nullopt);
  EXPECT_TRUE(limiter.deadline().IsInfinite());
}

}  // namespace
}  // namespace sluice
