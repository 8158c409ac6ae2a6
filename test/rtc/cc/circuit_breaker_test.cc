#include "rtc/cc/circuit_breaker.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using Reason = CircuitBreaker::Reason;
using Report = CircuitBreaker::Report;

constexpr DataSize kPacket = DataSize::Bytes(1200);
// At 100 ms and 25 % of loss TCP gets 235 kbit/s.
const Report kBad{.advanced = true,
                  .loss = 0.25,
                  .rtt = TimeDelta::Millis(100),
                  .sending = DataRate::KilobitsPerSec(2500),
                  .packet = kPacket};
const Report kGood{.advanced = true,
                   .loss = 0.25,
                   .rtt = TimeDelta::Millis(100),
                   .sending = DataRate::KilobitsPerSec(2200),
                   .packet = kPacket};
const Report kNothingCame{.rtt = TimeDelta::Millis(100), .sending = DataRate::KilobitsPerSec(500), .packet = kPacket};

class CircuitBreakerTest : public testing::Test {
 protected:
  // A second of sending with a report at its end. What it tripped for.
  std::optional<Reason> Second(const std::optional<Report>& report, bool sending = true) {
    breaker_.Check(sending, now_);
    now_ += TimeDelta::Seconds(1);
    if (report) breaker_.OnReport(*report, now_);
    return breaker_.Check(sending, now_);
  }
  // Seconds until it trips, at most a hundred.
  int SecondsUntilTripped(const std::optional<Report>& report) {
    for (int seconds = 1; seconds <= 100; ++seconds) {
      reason_ = Second(report);
      if (reason_) return seconds;
    }
    return 101;
  }

  CircuitBreaker breaker_;
  Timestamp now_ = Timestamp::Seconds(100);
  std::optional<Reason> reason_;
};

TEST_F(CircuitBreakerTest, StaysClosedWhileItGoesWell) {
  EXPECT_EQ(SecondsUntilTripped(kGood), 101);
  EXPECT_FALSE(breaker_.is_open(now_));
}

TEST_F(CircuitBreakerTest, TripsWhenTenTimesWhatTcpWouldGetIsSent) {
  EXPECT_EQ(SecondsUntilTripped(kBad), 3);
  EXPECT_EQ(reason_, Reason::kCongestion);
  EXPECT_TRUE(breaker_.is_open(now_));
  EXPECT_EQ(breaker_.times_tripped(), 1u);
}

TEST_F(CircuitBreakerTest, OneGoodReportBetweenIsEnough) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Second(i % 3 == 2 ? kGood : kBad), std::nullopt);
}

TEST_F(CircuitBreakerTest, TripsWhenReportsTellOfNothingThatCame) {
  EXPECT_EQ(SecondsUntilTripped(kNothingCame), 3);
  EXPECT_EQ(reason_, Reason::kMediaTimeout);
}

TEST_F(CircuitBreakerTest, TripsWhenNoReportsCome) {
  Second(kGood);
  EXPECT_EQ(SecondsUntilTripped(std::nullopt), 15);
  EXPECT_EQ(reason_, Reason::kRtcpTimeout);
}

TEST_F(CircuitBreakerTest, WhoSendsNothingIsNotMissed) {
  for (int i = 0; i < 60; ++i) EXPECT_EQ(Second(kNothingCame, false), std::nullopt);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(Second(std::nullopt, false), std::nullopt);
  EXPECT_EQ(SecondsUntilTripped(std::nullopt), 15) << "from when sending began";
}

TEST_F(CircuitBreakerTest, ManyReportsInASecondAreOne) {
  breaker_.Check(true, now_);
  for (int i = 0; i < 20; ++i) {
    now_ += TimeDelta::Millis(50);
    breaker_.OnReport(kBad, now_);
    EXPECT_EQ(breaker_.Check(true, now_), std::nullopt);
  }
}

TEST_F(CircuitBreakerTest, TriesAgainAfterAPauseThatGrowsEachTime) {
  TimeDelta wanted = CircuitBreaker::kPause;
  for (int i = 0; i < 5; ++i) {
    SCOPED_TRACE(i);
    ASSERT_LE(SecondsUntilTripped(kBad), 3);
    const Timestamp tripped = now_;
    while (breaker_.is_open(now_)) Second(kBad);
    EXPECT_EQ(now_ - tripped, wanted);
    wanted = std::min(wanted * int64_t{2}, CircuitBreaker::kMaxPause);
  }
}

TEST_F(CircuitBreakerTest, WhatWasLongAgoIsForgiven) {
  SecondsUntilTripped(kBad);
  now_ += CircuitBreaker::kPause + CircuitBreaker::kMemory;
  SecondsUntilTripped(kBad);
  EXPECT_TRUE(breaker_.is_open(now_ + CircuitBreaker::kPause - TimeDelta::Millis(1)));
  EXPECT_FALSE(breaker_.is_open(now_ + CircuitBreaker::kPause));
}

}  // namespace
}  // namespace sluice
