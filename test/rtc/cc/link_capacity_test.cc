#include "rtc/cc/link_capacity.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

TEST(LinkCapacityTest, IsTheMeanOfTheTimesWhenTheLineWasFull) {
  LinkCapacity capacity;
  EXPECT_FALSE(capacity.mean());
  for (const int64_t kbps : {1000, 980, 1020, 1000}) capacity.OnFull(Kbps(kbps));
  EXPECT_NEAR(static_cast<double>(capacity.mean()->kbps()), 1000, 15);
  EXPECT_FALSE(capacity.IsExceededBy(Kbps(1030)));
  EXPECT_TRUE(capacity.IsExceededBy(Kbps(1150)));
}

TEST(LinkCapacityTest, AnotherLineIsTakenAtOnce) {
  LinkCapacity capacity;
  capacity.OnFull(Kbps(1000));
  capacity.OnFull(Kbps(400));
  EXPECT_EQ(capacity.mean(), Kbps(400));
}

TEST(LinkCapacityTest, RatesThatSwayMakeItLessSure) {
  LinkCapacity steady;
  LinkCapacity swaying;
  for (int i = 0; i < 20; ++i) {
    steady.OnFull(Kbps(1000));
    swaying.OnFull(Kbps(i % 2 ? 1200 : 800));
  }
  EXPECT_TRUE(steady.IsExceededBy(Kbps(1100)));
  EXPECT_FALSE(swaying.IsExceededBy(Kbps(1200)));
}

}  // namespace
}  // namespace sluice
