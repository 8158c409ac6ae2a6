#include "rtc/cc/prober.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

class ProberTest : public ::testing::Test {
 protected:
  Prober::State Wants(DataRate next) const {
    return {.target = target_, .allocated = target_ * 0.5, .next = next, .max = Kbps(50'000), .calm = true};
  }

  // Asks every 100 ms for at most `time`.
  std::optional<Prober::Cluster> Await(const Prober::State& state, TimeDelta time) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += TimeDelta::Millis(100)) {
      if (auto cluster = prober_.Take(state, now_)) return cluster;
    }
    return std::nullopt;
  }

  // Sends the probe over a line that carries `line`.
  std::optional<Prober::Result> Answer(const Prober::Cluster& cluster, DataRate line) {
    constexpr DataSize kSize = DataSize::Bytes(1000);
    std::vector<PacketResult> results;
    Timestamp free = now_;
    for (int i = 0; i < cluster.packets || DataSize::Bytes(1000 * i) < cluster.size; ++i) {
      const SentPacket packet{.sent = now_, .size = kSize, .probe = cluster.id};
      prober_.OnSent(packet);
      free = std::max(free, now_) + kSize / line;
      results.push_back({.packet = packet, .arrival = free});
      now_ += kSize / cluster.rate;
    }
    now_ = std::max(now_, free) + TimeDelta::Millis(100);
    return prober_.OnFeedback({.received = now_, .packets = results});
  }

  Prober prober_;
  Timestamp now_ = Timestamp::Seconds(1000);
  DataRate target_ = Kbps(300);
};

TEST_F(ProberTest, TriesThreeAndSixTimesTheStart) {
  prober_.SetStart(target_);
  EXPECT_EQ(Await(Wants(Kbps(0)), TimeDelta::Seconds(1))->rate, Kbps(900));
  EXPECT_EQ(Await(Wants(Kbps(0)), TimeDelta::Seconds(3))->rate, Kbps(1800));
}

TEST_F(ProberTest, TriesTwiceAsMuchAfterAStartThatGotThrough) {
  prober_.SetStart(target_);
  Answer(*Await(Wants(Kbps(0)), TimeDelta::Seconds(1)), Kbps(100'000));
  const auto result = Answer(*Await(Wants(Kbps(0)), TimeDelta::Seconds(1)), Kbps(100'000));
  EXPECT_FALSE(result->full);
  EXPECT_EQ(Await(Wants(Kbps(0)), TimeDelta::Seconds(1))->rate, Kbps(3600));
}

TEST_F(ProberTest, ALineThatCarriesLessIsFoundByTheDelays) {
  prober_.SetStart(target_);
  Answer(*Await(Wants(Kbps(0)), TimeDelta::Seconds(1)), Kbps(100'000));
  const auto result = Answer(*Await(Wants(Kbps(0)), TimeDelta::Seconds(1)), Kbps(1000));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->full);
  EXPECT_NEAR(static_cast<double>(result->rate.kbps()), 950, 60);
  EXPECT_FALSE(Await(Wants(Kbps(0)), TimeDelta::Seconds(10)));
}

TEST_F(ProberTest, TheNextStepIsTriedWhileLessIsSentThanMayBe) {
  EXPECT_NEAR(static_cast<double>(Await(Wants(Kbps(500)), TimeDelta::Seconds(3))->rate.kbps()), 515, 1);
}

TEST_F(ProberTest, NothingIsTriedForAStepThatTheTargetAllows) {
  EXPECT_FALSE(Await(Wants(Kbps(200)), TimeDelta::Seconds(10)));
  EXPECT_FALSE(Await(Wants(Kbps(0)), TimeDelta::Seconds(10)));
}

TEST_F(ProberTest, NothingIsTriedWhileTheQueueIsLong) {
  Prober::State state = Wants(Kbps(500));
  state.calm = false;
  EXPECT_FALSE(Await(state, TimeDelta::Seconds(10)));
}

TEST_F(ProberTest, NoProbeIsMoreThanTwiceTheTarget) {
  EXPECT_EQ(Await(Wants(Kbps(5000)), TimeDelta::Seconds(3))->rate, Kbps(600));
}

TEST_F(ProberTest, WhatDoesNotGetThroughIsTriedLessOften) {
  TimeDelta before = TimeDelta::Zero();
  for (int i = 0; i < 4; ++i) {
    const Timestamp begin = now_;
    const auto cluster = Await(Wants(Kbps(500)), TimeDelta::Seconds(30));
    ASSERT_TRUE(cluster);
    const TimeDelta waited = now_ - begin;
    EXPECT_GE(waited + TimeDelta::Millis(500), before);
    before = waited;
    Answer(*cluster, Kbps(200));
  }
  EXPECT_GT(before, TimeDelta::Seconds(4));
  EXPECT_LE(before, Prober::kMaxInterval);
}

TEST_F(ProberTest, AStepThatDidNotLastMakesTheNextWait) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  now_ += TimeDelta::Seconds(3);
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  const Timestamp fell = now_;
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(30)));
  EXPECT_GE(now_ - fell, Prober::kAttemptInterval);
}

TEST_F(ProberTest, AFallThatWasNoneChangesNothing) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  prober_.OnFalseAlarm();
  EXPECT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(3)));
}

TEST_F(ProberTest, AProbeThatIsNeverAnsweredIsGivenUp) {
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(3)));
  EXPECT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(4)));
}

}  // namespace
}  // namespace sluice
