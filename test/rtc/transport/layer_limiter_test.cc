// What a transport does with what its peer says of the bit rate: which layers its consumers get, and how much is sent
// again. Lines with rates and queues are in test/scenario/layer_limit_test.cc.
#include "rtc/transport/layer_limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::Ge;
using ::testing::Le;
using ::testing::SizeIs;

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }

// One producer with three layers of about 50, 150 and 290 kbit/s, in packets of one frame each.
class LayerLimiterTest : public testing::Test {
 protected:
  LayerLimiterTest() {
    RtpParameters parameters = VideoParameters(1111, 1112);
    parameters.encodings = {{.ssrc = Ssrc(1111)}, {.ssrc = Ssrc(2222)}, {.ssrc = Ssrc(3333)}};
    EXPECT_TRUE(world_.router().Produce(sender_, VideoProducer("p", std::move(parameters))).ok());
  }

  Consumer& Consume(const std::string& id, uint32_t ssrc) {
    return **world_.router().Consume(receiver_, VideoConsumer(id, "p", ssrc, 3), world_.turn());
  }
  // Frames of all layers, every one a key frame.
  void Run(TimeDelta time) {
    for (const Timestamp end = world_.turn().now + time; world_.turn().now < end;) {
      ++frames_;
      for (const auto& [ssrc, size] : {std::pair(1111u, 250u), std::pair(2222u, 750u), std::pair(3333u, 1400u)}) {
        RtpSpec spec{.ssrc = ssrc, .seq = frames_, .timestamp = frames_ * 3600u};
        spec.payload.resize(size);
        world_.Receive(sender_, MakeRtp(spec));
      }
      world_.Advance(TimeDelta::Millis(40));
    }
  }
  void Remb(DataRate rate) {
    world_.Receive(receiver_, MakeRtcp(rtcp::Remb{.sender = Ssrc(1), .bitrate = rate, .ssrcs = {Ssrc(5000)}}));
  }
  void Pause(Consumer& consumer) { world_.router().PauseConsumer(consumer, world_.turn()); }
  static int LimitOf(const Consumer& consumer) { return consumer.limit() ? consumer.limit()->spatial : -1; }
  size_t CountRepeated(std::vector<uint16_t> seqs, uint32_t ssrc) {
    world_.TakeRtp(receiver_);
    rtcp::Nack nack{.sender = Ssrc(1), .media = Ssrc(ssrc)};
    for (uint16_t seq : seqs) nack.seqs.push_back(SeqNum(seq));
    world_.Receive(receiver_, MakeRtcp(nack));
    return world_.TakeRtp(receiver_).size();
  }

  MediaWorld world_;
  Transport& sender_ = world_.AddTransport("sender");
  Transport& receiver_ = world_.AddTransport("receiver");
  uint16_t frames_ = 0;
};

TEST_F(LayerLimiterTest, NobodyIsLimitedAndNoTimerRunsUntilThePeerSaysSomething) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  EXPECT_EQ(c.limit(), std::nullopt);
  EXPECT_EQ(c.current_layers()->spatial, 2);
  EXPECT_TRUE(receiver_.limiter().deadline().IsInfinite());
}

TEST_F(LayerLimiterTest, ABoundIsKeptAtOnceAndRaisedOnceASecond) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(200));
  EXPECT_EQ(LimitOf(c), 1);
  Run(TimeDelta::Millis(40));
  EXPECT_EQ(c.current_layers()->spatial, 1);
  EXPECT_EQ(c.preferred_layers()->spatial, 2);  // what the controller asked for is another thing
  Remb(kbps(1000));
  EXPECT_EQ(LimitOf(c), 1);
  Run(TimeDelta::Seconds(1));
  EXPECT_EQ(LimitOf(c), 2);
}

TEST_F(LayerLimiterTest, TheSumOfAllConsumersIsKeptWithinTheBound) {
  std::vector<Consumer*> consumers;
  for (uint32_t i = 0; i < 4; ++i) consumers.push_back(&Consume("c" + std::to_string(i), 5000 + 10 * i));
  consumers[3]->SetPriority(2);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(600));  // 290 + 150 + 50 + 50
  EXPECT_EQ(LimitOf(*consumers[3]), 2);
  EXPECT_EQ(LimitOf(*consumers[0]), 1);
  EXPECT_EQ(LimitOf(*consumers[1]), 0);
  EXPECT_EQ(LimitOf(*consumers[2]), 0);
}

TEST_F(LayerLimiterTest, WhatIsWantedFromNowOnIsSeenToSoon) {
  Consumer& a = Consume("a", 5000);
  Consumer& b = Consume("b", 6000);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(250));
  Run(TimeDelta::Millis(200));
  EXPECT_EQ(LimitOf(a), 1);
  EXPECT_EQ(LimitOf(b), 0);
  world_.router().SetPriority(b, 2, world_.turn());
  Run(TimeDelta::Millis(40));
  EXPECT_EQ(LimitOf(a), 0);
  EXPECT_EQ(LimitOf(b), 1);
}

TEST_F(LayerLimiterTest, WhoIsPausedTakesNoShareAndBeginsAtTheLowestLayer) {
  Consumer& a = Consume("a", 5000);
  const Consumer& b = Consume("b", 6000);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(320));
  EXPECT_EQ(LimitOf(a), 1);
  EXPECT_EQ(LimitOf(b), 1);
  Pause(a);
  Run(TimeDelta::Seconds(1));
  EXPECT_EQ(LimitOf(a), 0);
  EXPECT_EQ(LimitOf(b), 2);
}

TEST_F(LayerLimiterTest, WhoComesUnderABoundBeginsAtTheLowestLayer) {
  Consume("a", 5000);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(2000));
  const Consumer& b = Consume("b", 6000);
  EXPECT_EQ(LimitOf(b), 0);
  Run(TimeDelta::Millis(1100));
  EXPECT_EQ(LimitOf(b), 2);
}

TEST_F(LayerLimiterTest, AFloodOfBoundsIsDividedTenTimesASecond) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  for (int64_t k = 300; k > 0; --k) Remb(kbps(k));
  EXPECT_EQ(LimitOf(c), 2);
  EXPECT_LE(receiver_.NextDeadline(), world_.turn().now + LayerLimiter::kMinInterval);
  world_.Advance(LayerLimiter::kMinInterval);
  EXPECT_EQ(LimitOf(c), 0);
}

TEST_F(LayerLimiterTest, AStillPictureKeepsItsLayer) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  Remb(kbps(200));
  world_.Advance(TimeDelta::Seconds(5));
  EXPECT_EQ(LimitOf(c), 1);
}

TEST_F(LayerLimiterTest, LossReportsOfThePeerCount) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  rtcp::ReceiverReport report{.sender = Ssrc(1)};
  report.reports.push_back({.source = Ssrc(5000), .fraction_lost = 80});
  world_.Receive(receiver_, MakeRtcp(report));
  ASSERT_TRUE(receiver_.limiter().cap());
  EXPECT_THAT(receiver_.limiter().cap()->kbps(), testing::AllOf(Ge(155), Le(200)));
  EXPECT_EQ(LimitOf(c), 1);
}

TEST_F(LayerLimiterTest, RepetitionsGetAShareOfTheBound) {
  Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  std::vector<uint16_t> seqs;
  for (const Datagram& datagram : world_.TakeRtp(receiver_)) {
    seqs.push_back(rtp::PacketView::Parse(datagram)->seq().value());
  }
  seqs.erase(seqs.begin(), seqs.end() - 20);
  world_.Advance(TimeDelta::Millis(150));
  EXPECT_EQ(CountRepeated(seqs, 5000), 20u);
  Remb(kbps(400));
  world_.Advance(TimeDelta::Millis(150));
  EXPECT_EQ(CountRepeated(seqs, 5000), 2u);  // 0.5 s of 40 kbit/s are 2500 bytes, which the second one overdraws
  world_.Advance(TimeDelta::Millis(50));
  EXPECT_EQ(CountRepeated(seqs, 5000), 0u);
}

TEST_F(LayerLimiterTest, WhereNobodyHasLayersEverythingIsRepeated) {
  const auto simple = world_.router().Produce(sender_, VideoProducer("q", VideoParameters(7777, 7778)));
  ASSERT_TRUE(simple.ok());
  ASSERT_TRUE(world_.router().Consume(receiver_, VideoConsumer("c", "q", 5000), world_.turn()).ok());
  std::vector<uint16_t> seqs;
  for (uint16_t seq = 1; seq <= 20; ++seq) {
    RtpSpec spec{.ssrc = 7777, .seq = seq};
    spec.payload.resize(1000);
    world_.Receive(sender_, MakeRtp(spec));
  }
  for (const Datagram& datagram : world_.TakeRtp(receiver_)) {
    seqs.push_back(rtp::PacketView::Parse(datagram)->seq().value());
  }
  ASSERT_THAT(seqs, SizeIs(20));
  Remb(kbps(60));
  world_.Advance(TimeDelta::Millis(500));
  EXPECT_EQ(CountRepeated(seqs, 5000), 20u);
}

TEST_F(LayerLimiterTest, FeedbackAboutPacketsThatWereNeverSentIsHarmless) {
  const Consumer& c = Consume("c", 5000);
  Run(TimeDelta::Seconds(2));
  rtcp::TransportFeedback feedback;
  for (int i = 0; i < 1000; ++i) feedback.packets.push_back({.seq = SeqNum(static_cast<uint16_t>(65000 + i))});
  feedback.packets.back().arrival = TimeDelta::Zero();
  for (int i = 0; i < 100; ++i) world_.Receive(receiver_, MakeRtcp(feedback));
  EXPECT_EQ(receiver_.limiter().cap(), std::nullopt);
  EXPECT_EQ(c.limit(), std::nullopt);
}

}  // namespace
}  // namespace sluice
