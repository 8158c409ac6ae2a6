#include "rtc/stream/rate_counter.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// `bytes` each 10 ms for that long; what is counted in the end.
void Send(RateCounter& counter, size_t bytes, TimeDelta time, Timestamp& now) {
  for (const Timestamp end = now + time; now < end; now += TimeDelta::Millis(10)) counter.Add(bytes, now);
}

TEST(RateCounterTest, ToldOverTheLastSecond) {
  RateCounter counter;
  Timestamp now = Timestamp::Seconds(5);
  EXPECT_EQ(counter.Rate(now), DataRate::Zero());
  Send(counter, 100, TimeDelta::Seconds(3), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).kbps()), 80, 2);
  Send(counter, 200, TimeDelta::Seconds(1), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).kbps()), 160, 3);
  EXPECT_EQ(counter.Rate(now + TimeDelta::Seconds(2)), DataRate::Zero());
}

TEST(RateCounterTest, ToldOverALongerTimeWhenAskedTo) {
  RateCounter counter(TimeDelta::Seconds(5));
  Timestamp now = Timestamp::Seconds(5);
  Send(counter, 100, TimeDelta::Seconds(6), now);
  Send(counter, 200, TimeDelta::Seconds(1), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).kbps()), 96, 5);
  Send(counter, 200, TimeDelta::Seconds(5), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).kbps()), 160, 3);
}

TEST(RateCounterTest, AYoungStreamIsMeasuredOverItsOwnAge) {
  RateCounter counter(TimeDelta::Seconds(5));
  Timestamp now = Timestamp::Seconds(5);
  Send(counter, 100, TimeDelta::Millis(500), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).kbps()), 80, 3);
}

TEST(RateCounterTest, EachPacketCountsAsMuchMoreAsIsSaid) {
  RateCounter counter;
  Timestamp now = Timestamp::Seconds(5);
  Send(counter, 100, TimeDelta::Seconds(2), now);
  EXPECT_NEAR(static_cast<double>(counter.Rate(now, DataSize::Bytes(50)).kbps()), 120, 3);
}

}  // namespace
}  // namespace sluice
