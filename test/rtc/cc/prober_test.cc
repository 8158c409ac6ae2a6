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

  // Sends the probe over a line that carries `line`, with as much audio beside each packet.
  std::optional<Prober::Result> Answer(const Prober::Cluster& cluster, DataRate line,
                                       DataSize audio = DataSize::Zero()) {
    constexpr DataSize kSize = DataSize::Bytes(1000);
    std::vector<PacketResult> results;
    Timestamp free = now_;
    for (int i = 0; i < cluster.packets || DataSize::Bytes(1000 * i) < cluster.size; ++i) {
      const SentPacket packet{.sent = now_, .size = kSize, .probe = cluster.id};
      prober_.OnSent(packet);
      if (audio > DataSize::Zero()) prober_.OnSent({.sent = now_, .size = audio});
      free = std::max(free, now_) + kSize / line;
      results.push_back({.packet = packet, .arrival = free});
      free += audio / line;
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

TEST_F(ProberTest, TheStepAfterOneThatGotThroughIsTriedAtOnce) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  const Timestamp known = now_;
  target_ = Kbps(515);
  Prober::State state = Wants(Kbps(900));
  state.allocated = Kbps(500);  // the layer is sent, and the target is taken
  ASSERT_TRUE(Await(state, TimeDelta::Seconds(3)));
  EXPECT_LT(now_ - known, TimeDelta::Millis(300));
}

TEST_F(ProberTest, NoProbeMeetsTheKeyFrameOfALayerThatBegins) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  target_ = Kbps(515);
  Prober::State state = Wants(Kbps(900));
  state.key_frame = true;
  EXPECT_FALSE(Await(state, TimeDelta::Seconds(3)));
}

TEST_F(ProberTest, AStepThatIsFarIsGoneInTwoWithoutWaiting) {
  Answer(*Await(Wants(Kbps(1000)), TimeDelta::Seconds(3)), Kbps(100'000));
  const Timestamp known = now_;
  target_ = Kbps(600);
  const auto second = Await(Wants(Kbps(1000)), TimeDelta::Seconds(3));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rate, Kbps(1030));
  EXPECT_LT(now_ - known, TimeDelta::Millis(500));
}

TEST_F(ProberTest, ALineThatWasFullIsAskedForALittleMoreOnly) {
  const auto result = Answer(*Await(Wants(Kbps(5000)), TimeDelta::Seconds(3)), Kbps(400));
  ASSERT_TRUE(result && result->full);
  const auto next = Await(Wants(Kbps(5000)), TimeDelta::Seconds(10));
  ASSERT_TRUE(next);
  EXPECT_NEAR(static_cast<double>(next->rate.kbps()), 1.3 * 400, 20);
  // It carries more by now, which is believed when it was seen twice: twice the target may be asked for again.
  EXPECT_FALSE(Answer(*next, Kbps(100'000)));
  const auto again = Await(Wants(Kbps(5000)), TimeDelta::Seconds(10));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->rate, next->rate);
  EXPECT_TRUE(Answer(*again, Kbps(100'000)));
  target_ = again->rate;
  EXPECT_EQ(Await(Wants(Kbps(5000)), TimeDelta::Seconds(10))->rate, target_ * 2.0);
}

TEST_F(ProberTest, WhatLeavesBesideTheProbeCounts) {
  const auto cluster = Await(Wants(Kbps(500)), TimeDelta::Seconds(3));
  ASSERT_TRUE(cluster);
  // 515 of the probe and 103 of audio fill a line of 550, which carries what was asked for all the same.
  const auto result = Answer(*cluster, Kbps(550), DataSize::Bytes(200));
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->full);
  EXPECT_EQ(result->rate, cluster->rate);
}

TEST_F(ProberTest, WhatIsSentCountsWhileTheQueueIsLong) {
  Prober::State state = Wants(Kbps(500));
  state.calm = false;
  state.allocated = target_;
  EXPECT_FALSE(Await(state, TimeDelta::Seconds(5)));
  const Timestamp limited = now_;
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(5)));
  EXPECT_GE(now_ - limited, TimeDelta::Millis(900));
}

TEST_F(ProberTest, AStepThatDidNotLastMakesTheNextWait) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  now_ += TimeDelta::Seconds(3);
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  const Timestamp fell = now_;
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(30)));
  EXPECT_GE(now_ - fell, Prober::kAttemptInterval);
}

TEST_F(ProberTest, AStepThatLastedMakesTheNextFailureTheFirst) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(30)), Kbps(100'000));
  now_ += TimeDelta::Seconds(60);
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(30)), Kbps(100'000));
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  const Timestamp fell = now_;
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(60)));
  EXPECT_LT(now_ - fell, Prober::kAttemptInterval * 1.5);
}

TEST_F(ProberTest, AFallThatWasNoneChangesNothing) {
  Answer(*Await(Wants(Kbps(500)), TimeDelta::Seconds(3)), Kbps(100'000));
  prober_.OnFall(Kbps(515), Kbps(400), now_);
  prober_.OnFalseAlarm();
  EXPECT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(3)));
}

TEST_F(ProberTest, WhatWasHadBeforeADeepFallIsTriedAgainForLayersOnly) {
  prober_.OnFall(Kbps(1000), Kbps(300), now_);
  Prober::State state{.target = target_, .allocated = target_, .max = Kbps(50'000), .calm = true};
  Prober elastic = prober_;
  state.layers = true;
  EXPECT_TRUE(Await(state, TimeDelta::Seconds(6)));
  // Those that follow the target grow by themselves.
  state.layers = false;
  prober_ = elastic;
  EXPECT_FALSE(Await(state, TimeDelta::Seconds(6)));
}

TEST_F(ProberTest, AProbeThatIsNeverAnsweredIsGivenUp) {
  ASSERT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(3)));
  EXPECT_TRUE(Await(Wants(Kbps(500)), TimeDelta::Seconds(4)));
}

}  // namespace
}  // namespace sluice
