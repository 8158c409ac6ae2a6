#include "rtc/cc/remb_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }
constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }

TEST(RembMaximumTest, NothingIsSaidWithoutAMaximum) {
  RembEstimator estimator;
  EXPECT_TRUE(estimator.deadline().IsInfinite());
  EXPECT_EQ(estimator.Due(At(1000)), std::nullopt);
}

TEST(RembMaximumTest, IsSaidAtOnceAndThenEverySecond) {
  RembEstimator estimator;
  estimator.SetMaximum(kbps(500));
  EXPECT_EQ(estimator.Due(At(1000)), kbps(500));
  EXPECT_EQ(estimator.Due(At(1999)), std::nullopt);
  EXPECT_EQ(estimator.Due(At(2000)), kbps(500));
}

TEST(RembMaximumTest, AChangeIsSaidAtOnceAndTheSameAgainIsNoChange) {
  RembEstimator estimator;
  estimator.SetMaximum(kbps(500));
  estimator.Due(At(1000));
  estimator.SetMaximum(kbps(500));
  EXPECT_EQ(estimator.Due(At(1010)), std::nullopt);
  estimator.SetMaximum(kbps(300));
  EXPECT_EQ(estimator.Due(At(1010)), kbps(300));
}

TEST(RembMaximumTest, OneThatIsTakenBackIsSaidOnce) {
  RembEstimator estimator;
  estimator.SetMaximum(kbps(500));
  estimator.Due(At(1000));
  estimator.SetMaximum(DataRate::Zero());
  EXPECT_EQ(estimator.Due(At(1500)), RembEstimator::kUnlimited);
  EXPECT_EQ(estimator.Due(At(5000)), std::nullopt);
  EXPECT_TRUE(estimator.deadline().IsInfinite());
}

// How the sender dates its packets.
enum class Dates : uint8_t { kAbsSendTime, kTimestamps };

// A sender that honours REMB, behind a line with a queue of 300 ms; 30 frames a second, on a clock of its own.
class RembLineTest : public testing::TestWithParam<Dates> {
 protected:
  void RunFor(TimeDelta time) {
    queues_.clear();
    const DataSize before = carried_;
    for (const Timestamp end = now_ + time; now_ < end;) {
      now_ += kStep;
      if (now_ >= next_frame_) SendFrame();
      Deliver();
      while (!told_.empty() && told_.front().first <= now_) {
        rate_ = std::min(told_.front().second, most_);
        told_.pop_front();
      }
    }
    utilisation_ = (carried_ - before) / time / line_;
  }
  void SendFrame() {
    next_frame_ += TimeDelta::Micros(33'333);
    DataSize left = rate_ * TimeDelta::Micros(33'333);
    while (left > DataSize::Zero()) {
      const DataSize size = std::min(left, DataSize::Bytes(1100));
      left -= size;
      const Timestamp begin = std::max(free_, now_);
      if (begin - now_ > TimeDelta::Millis(300)) {
        ++dropped_;
        continue;
      }
      free_ = begin + size / line_;
      queues_.push_back(begin - now_);
      Timestamp arrival = free_ + TimeDelta::Millis(20);
      if (jitter_ > TimeDelta::Zero()) arrival += TimeDelta::Micros(rng_.Between(0, jitter_.us()));
      flying_.push_back({.ssrc = Ssrc(1),
                         .timestamp = static_cast<uint32_t>(0xFFFF0000 + now_.us() * 9 / 100),
                         .size = static_cast<size_t>(size.bytes()),
                         .arrival = arrival});
      if (GetParam() == Dates::kAbsSendTime) flying_.back().sent = rtp::AbsSendTime::From(now_);
    }
  }
  void Deliver() {
    while (!flying_.empty() && flying_.front().arrival <= now_) {
      estimator_.OnPacket(flying_.front());
      carried_ += DataSize::Bytes(static_cast<int64_t>(flying_.front().size));
      flying_.pop_front();
    }
    if (const auto remb = estimator_.Due(now_)) told_.emplace_back(now_ + TimeDelta::Millis(20), *remb);
  }
  TimeDelta QueueP95() {
    std::ranges::sort(queues_);
    return queues_[queues_.size() * 95 / 100];
  }

  static constexpr TimeDelta kStep = TimeDelta::Millis(1);
  RembEstimator estimator_;
  Rng rng_{1};
  Timestamp now_ = Timestamp::Seconds(1000);
  Timestamp next_frame_ = now_;
  Timestamp free_ = now_;
  DataRate line_ = kbps(1000);
  DataRate rate_ = kbps(300);
  DataRate most_ = kbps(5000);
  TimeDelta jitter_ = TimeDelta::Zero();
  std::deque<RembEstimator::Packet> flying_;
  std::deque<std::pair<Timestamp, DataRate>> told_;  // on their way back
  std::vector<TimeDelta> queues_;
  DataSize carried_;
  int dropped_ = 0;
  double utilisation_ = 0;
};

TEST_P(RembLineTest, FindsALineOfOneMegabitAndKeepsTheQueueShort) {
  RunFor(TimeDelta::Seconds(15));
  RunFor(TimeDelta::Seconds(60));
  EXPECT_GT(utilisation_, 0.8);
  EXPECT_LT(QueueP95(), TimeDelta::Millis(80));
  EXPECT_EQ(dropped_, 0);
  RecordProperty("utilisation_percent", static_cast<int>(utilisation_ * 100));
  RecordProperty("queue_p95_ms", static_cast<int>(QueueP95().ms()));
}

TEST_P(RembLineTest, FollowsALineThatBecomesNarrowAndWideAgain) {
  RunFor(TimeDelta::Seconds(20));
  line_ = kbps(400);
  RunFor(TimeDelta::Seconds(5));
  EXPECT_LT(rate_, kbps(440));
  RunFor(TimeDelta::Seconds(20));
  EXPECT_GT(utilisation_, 0.75);
  EXPECT_LT(QueueP95(), TimeDelta::Millis(100));
  line_ = kbps(2000);
  RunFor(TimeDelta::Seconds(30));
  RunFor(TimeDelta::Seconds(10));
  EXPECT_GT(utilisation_, 0.75);
}

TEST_P(RembLineTest, JitterIsNoQueue) {
  line_ = kbps(20'000);
  most_ = kbps(1500);
  jitter_ = TimeDelta::Millis(15);
  RunFor(TimeDelta::Seconds(30));
  RunFor(TimeDelta::Seconds(30));
  EXPECT_GT(rate_, kbps(1400));
}

TEST_P(RembLineTest, AFallIsToldAtOnce) {
  RunFor(TimeDelta::Seconds(20));
  line_ = kbps(300);
  const Timestamp fell = now_;
  while (rate_ > kbps(500) && now_ - fell < TimeDelta::Seconds(3)) RunFor(kStep);
  EXPECT_LT(now_ - fell, TimeDelta::Millis(900));
}

TEST_P(RembLineTest, TheMaximumHoldsWhateverIsEstimated) {
  estimator_.SetMaximum(kbps(350));
  RunFor(TimeDelta::Seconds(20));
  EXPECT_EQ(rate_, kbps(350));
  EXPECT_GT(estimator_.estimate(), kbps(350));
  estimator_.SetMaximum(DataRate::Zero());
  RunFor(TimeDelta::Seconds(15));
  EXPECT_GT(rate_, kbps(700));
}

TEST_P(RembLineTest, WhatWasLongAgoIsNotRepeated) {
  RunFor(TimeDelta::Seconds(5));
  for (const Timestamp end = now_ + TimeDelta::Seconds(10); now_ < end; now_ += kStep) Deliver();
  EXPECT_TRUE(estimator_.deadline().IsInfinite());
  next_frame_ = free_ = now_;
  RunFor(TimeDelta::Seconds(2));
  EXPECT_FALSE(estimator_.deadline().IsInfinite());
}

TEST_P(RembLineTest, OneWhoFindsOutByItselfIsNotLimited) {
  RunFor(TimeDelta::Seconds(5));
  estimator_.StopEstimating();
  EXPECT_EQ(estimator_.Due(now_), RembEstimator::kUnlimited);
  EXPECT_TRUE(estimator_.deadline().IsInfinite());
}

INSTANTIATE_TEST_SUITE_P(Dates, RembLineTest, testing::Values(Dates::kAbsSendTime, Dates::kTimestamps),
                         [](const auto& info) {
                           return info.param == Dates::kAbsSendTime ? "AbsSendTime" : "Timestamps";
                         });

TEST(RembClockTest, NonsenseFromASenderIsBorne) {
  Rng rng(7);
  RembEstimator estimator;
  Timestamp now = At(1000);
  for (int i = 0; i < 20'000; ++i) {
    now += TimeDelta::Micros(rng.Between(0, 20'000));
    RembEstimator::Packet packet{.ssrc = Ssrc(rng.U32() % 4),
                                 .timestamp = rng.U32(),
                                 .clock_rate = 1 + rng.U32() % 100'000,
                                 .size = rng.U32() % 1500,
                                 .arrival = now};
    if (rng.Chance(0.5)) packet.sent = rtp::AbsSendTime{.ticks = rng.U32() & 0xFFFFFF};
    estimator.OnPacket(packet);
    if (const auto remb = estimator.Due(now)) {
      ASSERT_GE(*remb, RembEstimator::kFloor);
      ASSERT_LE(*remb, RembEstimator::kUnlimited);
    }
  }
}

}  // namespace
}  // namespace sluice
