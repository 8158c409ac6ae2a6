#include "rtc/stream/capture_clock.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

// The sender's wall clock when ours shows `ms`.
rtcp::NtpTime SenderClock(int64_t ms) {
  return rtcp::NtpTime((uint64_t{0xE000'0000} << 32)) + TimeDelta::Millis(ms) + TimeDelta::Seconds(12'345);
}

TEST(CaptureClockTest, TakesTheReportThatWaitedLeast) {
  CaptureClock clock;
  clock.OnSenderReport(SenderClock(0), At(80));
  clock.OnSenderReport(SenderClock(1000), At(1020));
  clock.OnSenderReport(SenderClock(2000), At(2060));
  EXPECT_EQ(clock.ToLocal(SenderClock(5000)).ms(), 5020);
}

TEST(CaptureClockTest, OneEstimateKeepsAudioAndVideoTogether) {
  CaptureClock clock;
  RtpClock audio(48'000), video(90'000);
  Rng rng(4);
  // Video reports and packets take 200 ms longer than audio's.
  for (int64_t second = 0; second < 60; ++second) {
    const int64_t ms = second * 1000;
    clock.OnSenderReport(SenderClock(ms), At(ms + 20 + rng.Between(0, 15)));
    audio.OnSenderReport(SenderClock(ms), static_cast<uint32_t>(ms * 48), At(ms + 20));
    clock.OnSenderReport(SenderClock(ms + 10), At(ms + 230 + rng.Between(0, 15)));
    video.OnSenderReport(SenderClock(ms + 10), static_cast<uint32_t>((ms + 10) * 90), At(ms + 230));
    const int64_t captured = ms + 100;
    auto a = audio.CaptureTime(static_cast<uint32_t>(captured * 48), clock, At(ms + 500));
    auto v = video.CaptureTime(static_cast<uint32_t>(captured * 90), clock, At(ms + 500));
    ASSERT_TRUE(a && v);
    ASSERT_LT(std::abs((*a - *v).us()), 1000);
    ASSERT_NEAR(static_cast<double>(a->ms()), static_cast<double>(captured + 20), 16);
  }
}

TEST(CaptureClockTest, FollowsADriftingSender) {
  CaptureClock clock;
  for (int64_t second = 0; second < 600; ++second) {  // 200 ppm slow
    const int64_t ms = second * 1000;
    clock.OnSenderReport(SenderClock(ms - ms / 5000), At(ms + 30));
  }
  EXPECT_NEAR(static_cast<double>(clock.ToLocal(SenderClock(600'000 - 120)).ms()), 600'030, 8);
}

TEST(CaptureClockTest, OneLateReportIsNoNewClock) {
  CaptureClock clock;
  clock.OnSenderReport(SenderClock(0), At(20));
  clock.OnSenderReport(SenderClock(1000), At(9000));
  EXPECT_EQ(clock.ToLocal(SenderClock(2000)).ms(), 2020);
}

TEST(CaptureClockTest, SenderThatSetsItsClockIsFollowed) {
  CaptureClock clock;
  for (int64_t second = 0; second < 10; ++second)
    clock.OnSenderReport(SenderClock(second * 1000), At(second * 1000 + 20));
  // Set forward: at once.
  clock.OnSenderReport(SenderClock(10'000 + 3'600'000), At(10'020));
  EXPECT_EQ(clock.ToLocal(SenderClock(11'000 + 3'600'000)).ms(), 11'020);
  // Set back: after three.
  for (int64_t second = 11; second < 14; ++second)
    clock.OnSenderReport(SenderClock(second * 1000), At(second * 1000 + 20));
  EXPECT_EQ(clock.ToLocal(SenderClock(14'000)).ms(), 14'020);
}

TEST(RtpClockTest, ArrivalsServeOnlyWithoutReports) {
  CaptureClock clock;
  RtpClock rtp(90'000);
  rtp.OnPacket(90'000, At(1000));
  EXPECT_FALSE(rtp.CaptureTime(90'000, clock, At(5900)));
  rtp.OnPacket(540'000, At(6100));
  EXPECT_EQ(rtp.CaptureTime(540'000, clock, At(6100)), At(6100));
  EXPECT_EQ(rtp.CaptureTime(531'000, clock, At(6100)), At(6000));
  clock.OnSenderReport(SenderClock(6150), At(6200));
  rtp.OnSenderReport(SenderClock(6150), 540'000, At(6200));
  EXPECT_EQ(rtp.CaptureTime(540'000, clock, At(6200)), At(6200));
  EXPECT_EQ(rtp.CaptureTime(549'000, clock, At(6200)), At(6300));
}

TEST(RtpClockTest, LaterPacketsOfAFrameAndRepairedOnesDoNotMoveTheArrival) {
  CaptureClock clock;
  RtpClock rtp(90'000);
  rtp.OnPacket(0, At(0));
  rtp.OnPacket(540'000, At(6000));
  rtp.OnPacket(540'000, At(6009));
  rtp.OnPacket(531'000, At(6020));
  EXPECT_EQ(rtp.CaptureTime(540'000, clock, At(6100)), At(6000));
  rtp.OnPacket(3000, At(6200));  // a step back of seconds: the sender began anew
  EXPECT_EQ(rtp.CaptureTime(3000, clock, At(6200)), At(6200));
}

TEST(RtpClockTest, WrapOfTheTimestampDoesNoHarm) {
  CaptureClock clock;
  RtpClock rtp(90'000);
  clock.OnSenderReport(SenderClock(0), At(0));
  rtp.OnSenderReport(SenderClock(0), 0xFFFFFFFF, At(0));
  EXPECT_EQ(rtp.CaptureTime(89'999, clock, At(1000)), At(1000));
}

TEST(RtpClockTest, ResetForgetsTheOldMapping) {
  CaptureClock clock;
  RtpClock rtp(90'000);
  clock.OnSenderReport(SenderClock(0), At(0));
  rtp.OnSenderReport(SenderClock(0), 5, At(0));
  rtp.Reset();
  EXPECT_FALSE(rtp.CaptureTime(5, clock, At(10)));
}

}  // namespace
}  // namespace sluice
