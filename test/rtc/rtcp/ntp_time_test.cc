#include "rtc/rtcp/ntp_time.h"

#include <gtest/gtest.h>

#include "rtc/base/rng.h"

namespace sluice::rtcp {
namespace {

TEST(NtpTimeTest, CountsFrom1900) {
  // 1970-01-01 plus half a second.
  const NtpTime ntp = NtpTime::From(Timestamp::Millis(500), TimeDelta::Zero());
  EXPECT_EQ(ntp.seconds(), 2'208'988'800u);
  EXPECT_EQ(ntp.fraction(), 0x80000000u);
  EXPECT_EQ(ntp.Compact(), (2'208'988'800u & 0xFFFF) << 16 | 0x8000u);
}

TEST(NtpTimeTest, TimesComeBackToTheMicrosecond) {
  Rng rng(1);
  for (int i = 0; i < 10'000; ++i) {
    const TimeDelta offset = TimeDelta::Micros(rng.Between(1'700'000'000'000'000, 1'900'000'000'000'000));
    const Timestamp time = Timestamp::Micros(rng.Between(0, 10'000'000'000'000));
    EXPECT_EQ(NtpTime::From(time, offset).ToTimestamp(offset), time);
  }
}

TEST(NtpTimeTest, DifferencesAreSigned) {
  const NtpTime a = NtpTime::From(Timestamp::Seconds(10), TimeDelta::Seconds(1'800'000'000));
  const NtpTime b = a + TimeDelta::Micros(1'234'567);
  EXPECT_EQ(b - a, TimeDelta::Micros(1'234'567));
  EXPECT_EQ(a - b, TimeDelta::Micros(-1'234'567));
  EXPECT_EQ(a + TimeDelta::Micros(-1'234'567) - a, TimeDelta::Micros(-1'234'567));
}

TEST(NtpTimeTest, GoesOnOverTheEraOf2036) {
  const NtpTime before(0xFFFFFFFF'80000000);
  const NtpTime after = before + TimeDelta::Seconds(1);
  EXPECT_EQ(after.seconds(), 0u);
  EXPECT_EQ(after - before, TimeDelta::Seconds(1));
}

TEST(CompactDeltaTest, ClampsAndComesBack) {
  EXPECT_EQ(ToCompactDelta(TimeDelta::Seconds(1)), 65536u);
  EXPECT_EQ(ToCompactDelta(TimeDelta::Seconds(-1)), 0u);
  EXPECT_EQ(ToCompactDelta(TimeDelta::Infinite()), 0xFFFFFFFFu);
  EXPECT_EQ(FromCompactDelta(0x8000), TimeDelta::Millis(500));
}

TEST(RoundTripTimeTest, TakesTheStayAtThePeerOff) {
  const NtpTime sent = NtpTime::From(Timestamp::Seconds(5), TimeDelta::Seconds(1'800'000'000));
  const NtpTime now = sent + TimeDelta::Millis(500);
  const TimeDelta rtt = RoundTripTime(now, sent.Compact(), ToCompactDelta(TimeDelta::Millis(250)));
  EXPECT_NEAR(rtt.seconds(), 0.250, 0.0001);
}

TEST(RoundTripTimeTest, IsNeverNegative) {
  const NtpTime sent = NtpTime::From(Timestamp::Seconds(5), TimeDelta::Seconds(1'800'000'000));
  EXPECT_EQ(RoundTripTime(sent, sent.Compact(), 100), kMinRoundTripTime);
  EXPECT_EQ(RoundTripTime(sent, sent.Compact(), 0), kMinRoundTripTime);
}

}  // namespace
}  // namespace sluice::rtcp
