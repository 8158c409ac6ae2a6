#include "rtc/stream/send_stream.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class SendStreamTest : public testing::Test {
 protected:
  void Report(uint32_t highest, int32_t lost, uint32_t lsr = 0, uint32_t dlsr = 0) {
    rtcp::ReportBlock block;
    block.source = Ssrc(5);
    block.extended_highest_seq = highest;
    block.cumulative_lost = lost;
    block.last_sr = lsr;
    block.delay_since_last_sr = dlsr;
    stream_.OnReportBlock(block, now_);
  }

  SendStream stream_{Ssrc(5), 90'000};
  rtcp::NtpTime now_{uint64_t{1000} << 32};
};

TEST_F(SendStreamTest, OwesNoReportBeforeACaptureTimeIsKnown) {
  EXPECT_FALSE(stream_.MakeSenderReport(At(0), now_));
  stream_.OnSent(1000, 900, 1234, std::nullopt, At(0));
  EXPECT_FALSE(stream_.MakeSenderReport(At(0), now_));
}

TEST_F(SendStreamTest, ReportMapsCaptureTimeNotSendingTime) {
  // Captured at 1000 ms, sent at 1200 ms, reported at 1500 ms: at the time of the report the timestamp is 500 ms on.
  stream_.OnSent(1000, 900, 100'000, At(1000), At(1200));
  auto report = stream_.MakeSenderReport(At(1500), now_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(5));
  EXPECT_EQ(report->ntp, now_);
  EXPECT_EQ(report->rtp_timestamp, 100'000u + 45'000);
}

TEST_F(SendStreamTest, CountsWhatLeftUnderItsSsrc) {
  stream_.OnSent(1000, 900, 0, At(0), At(0));
  stream_.OnSent(1000, 900, 0, At(0), At(0));
  stream_.OnRetransmitted(1000, 900, false);
  stream_.OnRetransmitted(1002, 902, true);
  auto report = stream_.MakeSenderReport(At(0), now_);
  EXPECT_EQ(report->packet_count, 3u);
  EXPECT_EQ(report->octet_count, 2700u);
  EXPECT_EQ(stream_.stats().packets, 2u);
  EXPECT_EQ(stream_.stats().bytes, 2000u);
  EXPECT_EQ(stream_.stats().retransmitted_packets, 2u);
  EXPECT_EQ(stream_.stats().retransmitted_bytes, 2002u);
}

TEST_F(SendStreamTest, RoundTripComesFromTheEchoOfAReport) {
  const uint32_t sent = now_.Compact();
  now_ = now_ + TimeDelta::Millis(250);
  Report(10, 0, sent, rtcp::ToCompactDelta(TimeDelta::Millis(200)));
  ASSERT_TRUE(stream_.rtt());
  EXPECT_NEAR(static_cast<double>(stream_.rtt()->us()), 50'000, 100);
  Report(10, 0, 0, 0);
  Report(10, 0, 0x4242, 7);
  EXPECT_NEAR(static_cast<double>(stream_.rtt()->us()), 50'000, 100) << "nonsense is not believed";
}

TEST_F(SendStreamTest, ScoreFallsWithReportedLossAndRecovers) {
  EXPECT_EQ(stream_.score(), 10);
  EXPECT_FALSE(stream_.UpdateScore());
  uint32_t highest = 1000;
  int32_t lost = 0;
  Report(highest, lost);
  for (int i = 0; i < 10; ++i) {
    Report(highest += 100, lost += 20);
    stream_.UpdateScore();
  }
  EXPECT_EQ(stream_.score(), 4);
  for (int i = 0; i < 10; ++i) {
    Report(highest += 100, lost);
    stream_.UpdateScore();
  }
  EXPECT_EQ(stream_.score(), 10);
}

TEST_F(SendStreamTest, RetransmittedLossWeighsLittle) {
  uint32_t highest = 1000;
  int32_t lost = 0;
  Report(highest, lost);
  for (int i = 0; i < 10; ++i) {
    for (int n = 0; n < 20; ++n) stream_.OnRetransmitted(1000, 900, true);
    Report(highest += 100, lost += 20);
    stream_.UpdateScore();
  }
  EXPECT_EQ(stream_.score(), 8);
}

TEST_F(SendStreamTest, SenselessReportsDoNotMoveTheScore) {
  Report(1000, 0);
  Report(0x90000000, 0x7FFFFF);
  Report(5, -0x800000);
  Report(6, 0x7FFFFF);
  stream_.UpdateScore();
  EXPECT_GE(stream_.score(), 0);
  EXPECT_LE(stream_.score(), 10);
}

}  // namespace
}  // namespace sluice
