#include "rtc/forward/timestamp_mapper.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

TEST(TimestampMapperTest, FirstSourceKeepsItsTimestamps) {
  TimestampMapper mapper(90'000);
  EXPECT_EQ(mapper.Map(1234, At(0)), 1234u);
  EXPECT_EQ(mapper.Map(1234 + 3000, At(33)), 4234u);
}

TEST(TimestampMapperTest, SwitchMovesByTheDifferenceOfCaptureTimes) {
  TimestampMapper mapper(90'000);
  mapper.Map(1000, At(0));
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(777'000, At(100)), 10'000u);
  EXPECT_EQ(mapper.Map(780'000, At(133)), 13'000u);
}

TEST(TimestampMapperTest, SwitchToAnOlderFrameStillGoesForward) {
  TimestampMapper mapper(90'000);
  mapper.Map(1000, At(100));
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(777'000, At(50)), 1001u);
}

TEST(TimestampMapperTest, LatePacketDoesNotMoveTheReference) {
  TimestampMapper mapper(90'000);
  mapper.Map(10'000, At(100));
  EXPECT_EQ(mapper.Map(7'000, At(67)), 7'000u);
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(0, At(200)), 19'000u);
}

TEST(TimestampMapperTest, WrapsAndSwitchesBeforeTheFirstPacketDoNoHarm) {
  TimestampMapper mapper(48'000);
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(0xFFFFFFF0, At(0)), 0xFFFFFFF0u);
  EXPECT_EQ(mapper.Map(0x10, At(1)), 0x10u);
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(5, At(21)), 0x10u + 960);
}

TEST(TimestampMapperTest, TwoSwitchesWithoutAPacketBetweenAreOne) {
  TimestampMapper mapper(90'000);
  mapper.Map(1000, At(0));
  mapper.SwitchSource();
  mapper.SwitchSource();
  EXPECT_EQ(mapper.Map(0, At(10)), 1900u);
}

}  // namespace
}  // namespace sluice
