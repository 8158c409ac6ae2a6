#include "rtc/stream/receive_stream.h"

#include <gtest/gtest.h>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

using Verdict = ReceiveStream::Verdict;

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class ReceiveStreamTest : public testing::Test {
 protected:
  Verdict Packet(int seq, int64_t ms = 0, uint32_t timestamp = 0) {
    return stream_.OnPacket(SeqNum(static_cast<uint16_t>(seq)), timestamp, 100, At(ms)).verdict;
  }

  ReceiveStream stream_{Ssrc(5), 90'000};
};

TEST_F(ReceiveStreamTest, ReportsNothingBeforeTheFirstPacket) {
  EXPECT_FALSE(stream_.MakeReportBlock(At(0)));
  EXPECT_EQ(stream_.score(), 0);
  EXPECT_EQ(stream_.OnRecovered(SeqNum(4), At(0)).verdict, Verdict::kDuplicate);
}

TEST_F(ReceiveStreamTest, CountsLossAsRfc3550Does) {
  for (int seq : {10, 11, 12, 15, 16, 17, 18, 19}) Packet(seq);
  auto block = stream_.MakeReportBlock(At(0));
  ASSERT_TRUE(block);
  EXPECT_EQ(block->source, Ssrc(5));
  EXPECT_EQ(block->cumulative_lost, 2);
  EXPECT_EQ(block->fraction_lost, 256 * 2 / 10);
  EXPECT_EQ(block->extended_highest_seq, 19u);
  // The next interval stands alone; the sum goes on.
  Packet(20);
  Packet(22);
  block = stream_.MakeReportBlock(At(0));
  EXPECT_EQ(block->cumulative_lost, 3);
  EXPECT_EQ(block->fraction_lost, 256 / 3);
}

TEST_F(ReceiveStreamTest, FractionIsOf256) {
  for (int seq = 0; seq < 101; seq += 2) Packet(seq);
  stream_.MakeReportBlock(At(0));
  for (int seq = 102; seq <= 200; seq += 2) Packet(seq);
  EXPECT_EQ(stream_.MakeReportBlock(At(0))->fraction_lost, 128);
}

TEST_F(ReceiveStreamTest, WrapCountsACycle) {
  Packet(65535);
  Packet(0);
  Packet(1);
  auto block = stream_.MakeReportBlock(At(0));
  EXPECT_EQ(block->extended_highest_seq, 0x10001u);
  EXPECT_EQ(block->cumulative_lost, 0);
}

TEST_F(ReceiveStreamTest, LatePacketIsNoLossAndADuplicateNoGain) {
  Packet(10);
  Packet(12);
  EXPECT_EQ(Packet(11), Verdict::kReordered);
  EXPECT_EQ(Packet(11), Verdict::kDuplicate);
  EXPECT_EQ(Packet(13), Verdict::kNew);
  EXPECT_EQ(stream_.stats().lost, 0);
  EXPECT_EQ(stream_.stats().reordered, 1u);
  EXPECT_EQ(stream_.stats().duplicates, 1u);
  EXPECT_EQ(stream_.stats().packets, 5u);
}

TEST_F(ReceiveStreamTest, NumbersContinueOverTheWrapWithoutRepetition) {
  ExtSeqNum last = stream_.OnPacket(SeqNum(65000), 0, 10, At(0)).seq;
  for (int i = 1; i < 200'000; ++i) {
    auto result = stream_.OnPacket(SeqNum(static_cast<uint16_t>(65000 + i)), 0, 10, At(0));
    ASSERT_EQ(result.verdict, Verdict::kNew);
    ASSERT_EQ(result.seq, last + 1);
    last = result.seq;
  }
}

TEST_F(ReceiveStreamTest, RepairedPacketStaysLostInReports) {
  Packet(10);
  Packet(12);
  EXPECT_EQ(stream_.OnRecovered(SeqNum(11), At(1)).verdict, Verdict::kReordered);
  EXPECT_EQ(stream_.OnRecovered(SeqNum(11), At(1)).verdict, Verdict::kDuplicate);
  EXPECT_EQ(stream_.OnRecovered(SeqNum(14), At(1)).verdict, Verdict::kDuplicate) << "was never missed";
  EXPECT_EQ(stream_.stats().lost, 1);
  EXPECT_EQ(stream_.stats().repaired, 1u);
}

TEST_F(ReceiveStreamTest, OneStrayNumberChangesNothing) {
  Packet(10);
  EXPECT_EQ(Packet(30'010), Verdict::kDoubtful);
  EXPECT_EQ(Packet(11), Verdict::kNew);
  EXPECT_EQ(Packet(30'011), Verdict::kDoubtful) << "not right after the stray one";
  EXPECT_EQ(stream_.stats().lost, 0);
  EXPECT_EQ(stream_.stats().doubtful, 2u);
}

TEST_F(ReceiveStreamTest, TwoInARowRestartTheStream) {
  Packet(20'000);
  const ExtSeqNum before = stream_.highest();
  EXPECT_EQ(Packet(100), Verdict::kDoubtful);
  auto result = stream_.OnPacket(SeqNum(101), 0, 100, At(0));
  EXPECT_EQ(result.verdict, Verdict::kRestarted);
  EXPECT_EQ(result.seq.seq(), SeqNum(101));
  EXPECT_GT(result.seq, before);
  EXPECT_EQ(Packet(102), Verdict::kNew);
  EXPECT_EQ(stream_.MakeReportBlock(At(0))->cumulative_lost, 0);
}

TEST_F(ReceiveStreamTest, JitterOfASteadyStreamIsZeroAndOfAShakyOneItsDeviation) {
  for (int i = 0; i < 100; ++i) Packet(i, 33 * i, static_cast<uint32_t>(2970 * i));
  EXPECT_EQ(stream_.stats().jitter, 0u);
  // Every second frame 10 ms late: each step deviates by 900 ticks.
  for (int i = 100; i < 400; ++i) Packet(i, 33 * i + (i % 2 ? 10 : 0), static_cast<uint32_t>(2970 * i));
  EXPECT_NEAR(stream_.stats().jitter, 900, 20);
}

TEST_F(ReceiveStreamTest, PacketsOfOneFrameAreNoJitter) {
  for (int i = 0; i < 300; ++i) Packet(i, 33 * (i / 10) + i % 10, static_cast<uint32_t>(2970 * (i / 10)));
  EXPECT_EQ(stream_.stats().jitter, 0u);
}

TEST_F(ReceiveStreamTest, EchoesTheLastSenderReport) {
  Packet(1);
  EXPECT_EQ(stream_.MakeReportBlock(At(10))->last_sr, 0u);
  rtcp::NtpTime ntp(0x1234'5678'9ABC'DEF0);
  stream_.OnSenderReport(ntp, At(1000));
  auto block = stream_.MakeReportBlock(At(1500));
  EXPECT_EQ(block->last_sr, 0x5678'9ABCu);
  EXPECT_EQ(block->delay_since_last_sr, 0x8000u);
}

TEST_F(ReceiveStreamTest, RoundTripComesFromTheAnswerToAReferenceTime) {
  rtcp::NtpTime sent(uint64_t{1000} << 32);
  rtcp::NtpTime now = sent + TimeDelta::Millis(150);
  stream_.OnDlrr(sent.Compact(), rtcp::ToCompactDelta(TimeDelta::Millis(50)), now);
  ASSERT_TRUE(stream_.rtt());
  EXPECT_NEAR(static_cast<double>(stream_.rtt()->us()), 100'000, 100);
  stream_.OnDlrr(0, 0, now);
  stream_.OnDlrr(0x1234, 0, now);
  EXPECT_NEAR(static_cast<double>(stream_.rtt()->us()), 100'000, 100) << "nonsense is not believed";
}

TEST_F(ReceiveStreamTest, BitRateCoversTheLastSecond) {
  int seq = 0;
  for (int64_t ms = 0; ms < 3000; ms += 10) Packet(seq++, ms);
  EXPECT_NEAR(static_cast<double>(stream_.bitrate(At(3000)).bps()), 80'000, 5000);
  EXPECT_EQ(stream_.bitrate(At(4500)).bps(), 0);
}

TEST_F(ReceiveStreamTest, ScoreIsTenWhileAllComesAndFallsWithLoss) {
  int seq = 0;
  Packet(seq++, 0);
  EXPECT_EQ(stream_.score(), 10);
  EXPECT_TRUE(stream_.UpdateScore(At(0)));
  for (int64_t second = 1; second <= 20; ++second) {
    for (int i = 0; i < 100; ++i, ++seq) {
      if (i % 5 != 0 || second < 10) Packet(seq, second * 1000);
    }
    stream_.UpdateScore(At(second * 1000));
    if (second < 10) {
      EXPECT_EQ(stream_.score(), 10);
    }
  }
  EXPECT_EQ(stream_.score(), 4) << "20 % lost";
}

TEST_F(ReceiveStreamTest, RepairedLossWeighsLittle) {
  Packet(0, 0);
  int seq = 1;
  for (int64_t second = 1; second <= 10; ++second) {
    for (int i = 0; i < 100; ++i, ++seq) {
      if (i % 5 != 0) Packet(seq, second * 1000);
    }
    for (int i = 0; i < 100; i += 5)
      stream_.OnRecovered(SeqNum(static_cast<uint16_t>(seq - 100 + i)), At(second * 1000));
    stream_.UpdateScore(At(second * 1000));
  }
  EXPECT_EQ(stream_.score(), 8);
}

TEST_F(ReceiveStreamTest, SilentStreamScoresZeroUntilItComesAgain) {
  Packet(0, 0);
  stream_.UpdateScore(At(0));
  EXPECT_FALSE(stream_.UpdateScore(At(1000)));
  EXPECT_TRUE(stream_.UpdateScore(At(2000)));
  EXPECT_EQ(stream_.score(), 0);
  EXPECT_FALSE(stream_.active());
  Packet(1, 3000);
  EXPECT_TRUE(stream_.UpdateScore(At(3000)));
  EXPECT_EQ(stream_.score(), 10);
}

TEST_F(ReceiveStreamTest, AccountsRtxApart) {
  Packet(1);
  stream_.OnRtxPacket(500);
  EXPECT_EQ(stream_.stats().packets, 1u);
  EXPECT_EQ(stream_.stats().bytes, 100u);
  EXPECT_EQ(stream_.stats().rtx_packets, 1u);
  EXPECT_EQ(stream_.stats().rtx_bytes, 500u);
}

TEST_F(ReceiveStreamTest, AnySequenceOfNumbersIsSurvivedAndNeverTakenTwice) {
  Rng rng(11);
  for (int round = 0; round < 50; ++round) {
    ReceiveStream stream(Ssrc(1), 90'000);
    std::vector<bool> recent(1 << 16);
    int64_t next = rng.Between(0, 65535);
    for (int i = 0; i < 3000; ++i) {
      const int64_t seq = rng.Chance(0.02)  ? rng.Between(0, 65535)
                          : rng.Chance(0.2) ? next - rng.Between(0, 50)
                                            : next++;
      auto result = stream.OnPacket(SeqNum(static_cast<uint16_t>(seq)), rng.U32(), 100, At(i));
      ASSERT_EQ(result.seq.seq(), SeqNum(static_cast<uint16_t>(seq)));
      ASSERT_GT(result.seq.value(), -70'000);
      if (i % 100 == 0) {
        auto block = stream.MakeReportBlock(At(i));
        ASSERT_LE(std::abs(block->cumulative_lost), 0x7FFFFF);
        stream.UpdateScore(At(i));
        ASSERT_LE(stream.score(), 10);
      }
    }
  }
}

}  // namespace
}  // namespace sluice
