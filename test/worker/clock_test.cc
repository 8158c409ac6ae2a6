#include "worker/clock.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ClockTest, AStampIsBroughtOverToTheMonotonicClock) {
  const Timestamp now = Timestamp::Seconds(100);
  const TimeDelta offset = TimeDelta::Seconds(1'700'000'000);
  const timespec stamp{.tv_sec = 1'700'000'099, .tv_nsec = 990'000'000};
  EXPECT_EQ(ArrivalOf(stamp, offset, now), now - TimeDelta::Millis(10));
}

TEST(ClockTest, AStampFromAheadOrFromLongAgoIsNotBelieved) {
  const Timestamp now = Timestamp::Seconds(100);
  EXPECT_EQ(ArrivalOf({.tv_sec = 101, .tv_nsec = 0}, TimeDelta::Zero(), now), now);
  EXPECT_EQ(ArrivalOf({.tv_sec = 98, .tv_nsec = 0}, TimeDelta::Zero(), now), now);
}

}  // namespace
}  // namespace sluice
