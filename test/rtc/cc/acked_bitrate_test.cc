#include "rtc/cc/acked_bitrate.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataSize kSize = DataSize::Bytes(1250);

void Arrive(AckedBitrate& acked, Timestamp& now, TimeDelta time, int64_t kbps) {
  const Timestamp end = now + time;
  for (; now < end; now += kSize / DataRate::KilobitsPerSec(kbps)) acked.OnArrival(now, kSize);
}

TEST(AckedBitrateTest, KnowsNothingAtFirst) {
  AckedBitrate acked;
  EXPECT_FALSE(acked.Over(AckedBitrate::kShort));
  Timestamp now = Timestamp::Seconds(10);
  Arrive(acked, now, TimeDelta::Millis(100), 1000);
  EXPECT_FALSE(acked.Over(AckedBitrate::kShort));
  Arrive(acked, now, TimeDelta::Millis(100), 1000);
  EXPECT_TRUE(acked.Over(AckedBitrate::kShort));
  EXPECT_FALSE(acked.Over(AckedBitrate::kLong));
}

TEST(AckedBitrateTest, TheShortTimeSeesAChangeBeforeTheLongOne) {
  AckedBitrate acked;
  Timestamp now = Timestamp::Seconds(-10);  // a clock that began earlier
  Arrive(acked, now, TimeDelta::Seconds(3), 1000);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kShort)->kbps()), 1000, 60);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kLong)->kbps()), 1000, 20);
  Arrive(acked, now, TimeDelta::Millis(250), 500);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kShort)->kbps()), 500, 60);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kLong)->kbps()), 875, 30);
}

TEST(AckedBitrateTest, APauseCounts) {
  AckedBitrate acked;
  Timestamp now = Timestamp::Seconds(10);
  Arrive(acked, now, TimeDelta::Seconds(2), 1000);
  now += TimeDelta::Millis(500);
  acked.OnArrival(now, kSize);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kLong)->kbps()), 500, 30);
}

TEST(AckedBitrateTest, AnotherClockBeginsAnew) {
  AckedBitrate acked;
  Timestamp now = Timestamp::Seconds(1000);
  Arrive(acked, now, TimeDelta::Seconds(2), 1000);
  now = Timestamp::Seconds(1);
  acked.OnArrival(now, kSize);
  EXPECT_FALSE(acked.Over(AckedBitrate::kLong));
  Arrive(acked, now, TimeDelta::Seconds(2), 500);
  EXPECT_NEAR(static_cast<double>(acked.Over(AckedBitrate::kLong)->kbps()), 500, 30);
}

}  // namespace
}  // namespace sluice
