#include "rtc/cc/feedback_cap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <limits>

namespace sluice {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }

// A sender of packets of 1000 bytes over a line with a rate, a queue and a loss; the peer tells every 100 ms what came,
// on a clock of its own.
class FeedbackCapTest : public testing::Test {
 protected:
  static constexpr size_t kSize = 1000;

  void Send() {
    cap_.OnSent(next_, kSize, now_);
    if (start_ < now_) start_ = now_;
    const TimeDelta queue = start_ - now_;
    const bool lost = queue > max_queue_ || counter_++ * 37 % 100 < lose_of_100_;
    std::optional<Timestamp> arrival;
    if (!lost) {
      if (line_ < DataRate::Infinite()) start_ += DataSize::Bytes(kSize) / line_;
      arrival = start_ + TimeDelta::Millis(20);
    }
    under_way_.push_back({next_, arrival});
    next_ = next_ + 1;
  }
  std::optional<DataRate> Run(DataRate rate, TimeDelta time) {
    const TimeDelta gap = DataSize::Bytes(kSize) / rate;
    const Timestamp end = now_ + time;
    for (Timestamp send = now_; now_ < end;) {
      now_ = std::min(send, feedback_at_);
      if (now_ == send) {
        Send();
        send += gap;
      } else {
        TellWhatCame();
        feedback_at_ += TimeDelta::Millis(100);
      }
    }
    return cap_.cap();
  }
  void TellWhatCame() {
    rtcp::TransportFeedback feedback;
    size_t count = 0;
    for (size_t i = 0; i < under_way_.size(); ++i) {
      if (under_way_[i].second && *under_way_[i].second <= now_) count = i + 1;
    }
    if (count == 0) return;
    const Timestamp base = now_ + clock_offset_;
    const int64_t unit = rtcp::TransportFeedback::kReferenceUnit.us();
    const int64_t reference = base.us() / unit;
    feedback.reference_time = static_cast<int32_t>(static_cast<uint32_t>(reference) << 8) >> 8;
    for (size_t i = 0; i < count; ++i) {
      const auto& [seq, arrival] = under_way_.front();
      rtcp::TransportFeedback::Packet packet{.seq = seq};
      if (arrival) packet.arrival = *arrival + clock_offset_ - Timestamp::Micros(reference * unit);
      feedback.packets.push_back(packet);
      under_way_.pop_front();
    }
    cap_.OnFeedback(feedback, now_);
    last_ = feedback;
  }

  FeedbackCap cap_;
  Timestamp now_ = Timestamp::Seconds(1000);
  Timestamp feedback_at_ = now_;
  Timestamp start_ = now_;  // when the line is free
  DataRate line_ = DataRate::Infinite();
  TimeDelta max_queue_ = TimeDelta::Millis(300);
  TimeDelta clock_offset_ = TimeDelta::Seconds(123);
  uint32_t lose_of_100_ = 0;
  uint32_t counter_ = 0;
  SeqNum next_{65000};
  std::deque<std::pair<SeqNum, std::optional<Timestamp>>> under_way_;
  rtcp::TransportFeedback last_;
};

TEST_F(FeedbackCapTest, SaysNothingWhileAllArrives) {
  EXPECT_EQ(Run(kbps(2000), TimeDelta::Seconds(10)), std::nullopt);
  EXPECT_NEAR(cap_.arrived() / kbps(2000), 1, 0.05);
}

TEST_F(FeedbackCapTest, AFewPercentOfLossChangeNothing) {
  lose_of_100_ = 5;
  EXPECT_EQ(Run(kbps(2000), TimeDelta::Seconds(20)), std::nullopt);
}

TEST_F(FeedbackCapTest, CutsBelowWhatArrivesWhenTheLineIsTooNarrow) {
  line_ = kbps(900);
  const auto cap = Run(kbps(1500), TimeDelta::Seconds(2));
  ASSERT_TRUE(cap);
  EXPECT_LT(*cap, kbps(900));
  EXPECT_GT(*cap, kbps(600));
  EXPECT_NEAR(cap_.arrived() / kbps(900), 1, 0.1);
}

TEST_F(FeedbackCapTest, HalvesAtMostAtOnce) {
  line_ = kbps(100);
  while (!cap_.cap()) Run(kbps(1600), TimeDelta::Millis(100));
  EXPECT_NEAR(*cap_.cap() / kbps(800), 1, 0.1);
  Run(kbps(800), TimeDelta::Seconds(10));
  EXPECT_LT(*cap_.cap(), kbps(420));
}

TEST_F(FeedbackCapTest, CountsOneCongestionOnce) {
  line_ = kbps(900);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  const DataRate first = *cap_.cap();
  // What is still under way was sent too fast as well.
  for (int i = 0; i < 4; ++i) EXPECT_EQ(*Run(kbps(1500), TimeDelta::Millis(100)), first);
  for (int i = 0; i < 10; ++i) EXPECT_GE(*Run(kbps(600), TimeDelta::Millis(100)), first);
}

TEST_F(FeedbackCapTest, GrowsByEightPercentASecondWhileItHoldsSomethingBack) {
  line_ = kbps(900);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  Run(kbps(600), TimeDelta::Seconds(2));
  cap_.OnAllocated(/*limited=*/true, /*raised=*/false, now_);
  const DataRate before = *cap_.cap();
  Run(kbps(600), TimeDelta::Seconds(10));
  EXPECT_NEAR(*cap_.cap() / before, 2.2, 0.1);  // 1.08 ^ 10 = 2.16
}

TEST_F(FeedbackCapTest, EndsWhenItHoldsNothingBackAndIsFarAboveWhatIsSent) {
  line_ = kbps(900);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  cap_.OnAllocated(/*limited=*/false, /*raised=*/false, now_);
  EXPECT_TRUE(Run(kbps(600), TimeDelta::Seconds(1)));
  EXPECT_EQ(Run(kbps(600), TimeDelta::Seconds(10)), std::nullopt);
}

TEST_F(FeedbackCapTest, StandsStillBetweenLittleAndMuchLoss) {
  line_ = kbps(900);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  cap_.OnAllocated(true, false, now_);
  Run(kbps(600), TimeDelta::Seconds(2));
  lose_of_100_ = 5;
  Run(kbps(600), TimeDelta::Seconds(1));
  const DataRate before = *cap_.cap();
  EXPECT_EQ(*Run(kbps(600), TimeDelta::Seconds(5)), before);
}

TEST_F(FeedbackCapTest, AnAttemptThatFillsTheQueueEndsBeforeMuchIsLost) {
  line_ = kbps(600);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  cap_.OnAllocated(true, false, now_);
  Run(kbps(500), TimeDelta::Seconds(15));
  ASSERT_GT(*cap_.cap(), kbps(1000));
  cap_.OnAllocated(true, /*raised=*/true, now_);
  TimeDelta tried;
  for (; *cap_.cap() > kbps(1000); tried += TimeDelta::Millis(20)) Run(kbps(1500), TimeDelta::Millis(20));
  EXPECT_LE(tried, TimeDelta::Millis(320));
  EXPECT_NEAR(*cap_.cap() / kbps(550), 1, 0.05);  // a little over what went well
}

TEST_F(FeedbackCapTest, AnAttemptThatSucceedsStays) {
  line_ = kbps(600);
  while (!cap_.cap()) Run(kbps(1500), TimeDelta::Millis(100));
  cap_.OnAllocated(true, false, now_);
  line_ = kbps(5000);
  Run(kbps(500), TimeDelta::Seconds(15));
  cap_.OnAllocated(false, true, now_);
  for (int i = 0; i < 30; ++i)
    EXPECT_GE(Run(kbps(1500), TimeDelta::Millis(100)).value_or(DataRate::Infinite()), kbps(1650));
  EXPECT_EQ(Run(kbps(1500), TimeDelta::Seconds(10)), std::nullopt);
}

TEST_F(FeedbackCapTest, ReceiverReportsCountOnlyWithoutTransportWideFeedback) {
  Run(kbps(500), TimeDelta::Seconds(1));
  cap_.OnLossReport(0.5, kbps(500), now_);
  EXPECT_EQ(cap_.cap(), std::nullopt);
  now_ += FeedbackCap::kFeedbackLife;
  cap_.OnLossReport(0.05, kbps(500), now_);
  EXPECT_EQ(cap_.cap(), std::nullopt);
  cap_.OnLossReport(0.2, kbps(500), now_);
  EXPECT_NEAR(*cap_.cap() / kbps(340), 1, 0.01);
  cap_.OnLossReport(0.2, kbps(500), now_ + TimeDelta::Seconds(1));  // still of the time before
  EXPECT_NEAR(*cap_.cap() / kbps(340), 1, 0.01);
}

TEST_F(FeedbackCapTest, RembIsABoundOfItsOwn) {
  cap_.OnRemb(kbps(300));
  EXPECT_EQ(cap_.cap(), kbps(300));
  EXPECT_EQ(Run(kbps(1000), TimeDelta::Seconds(30)), kbps(300));
  cap_.OnRemb(kbps(100'000));
  EXPECT_EQ(cap_.cap(), kbps(100'000));
}

TEST_F(FeedbackCapTest, TheNumbersAndTheClockOfThePeerMayWrap) {
  clock_offset_ = TimeDelta::Seconds((int64_t{1} << 23) * 64 / 1000 - 1005);  // 24 bits signed, 5 s from now
  next_ = SeqNum(65500);
  line_ = kbps(900);
  EXPECT_EQ(Run(kbps(800), TimeDelta::Seconds(20)), std::nullopt);
  EXPECT_NEAR(cap_.arrived() / kbps(800), 1, 0.05);
}

TEST_F(FeedbackCapTest, FeedbackAboutPacketsNeverSentOrToldOfBeforeIsPassedOver) {
  Run(kbps(1000), TimeDelta::Seconds(2));
  rtcp::TransportFeedback bad = last_;
  for (auto& packet : bad.packets) packet.arrival.reset();
  for (int i = 0; i < 100; ++i) cap_.OnFeedback(bad, now_);  // told of before
  bad.packets.clear();
  for (int i = 0; i < 4000; ++i) bad.packets.push_back({.seq = next_ + i});  // never sent
  for (int i = 0; i < 100; ++i) cap_.OnFeedback(bad, now_);
  EXPECT_EQ(Run(kbps(1000), TimeDelta::Seconds(2)), std::nullopt);
}

TEST_F(FeedbackCapTest, AClockThatJumpsIsNoCongestion) {
  for (int i = 0; i < 10; ++i) {
    clock_offset_ += TimeDelta::Seconds(i % 2 ? 3600 : -1800);
    EXPECT_EQ(Run(kbps(1000), TimeDelta::Seconds(2)), std::nullopt);
  }
}

TEST_F(FeedbackCapTest, NeverFallsBelowItsFloor) {
  for (int i = 0; i < 100; ++i) {
    cap_.OnLossReport(1.0, kbps(20), now_);
    now_ += TimeDelta::Seconds(3);
  }
  EXPECT_EQ(cap_.cap(), FeedbackCap::kFloor);
}

}  // namespace
}  // namespace sluice
