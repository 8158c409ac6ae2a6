#include "rtc/media/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Three simulcast encodings by SSRC 10, 20, 30.
class SimulcastTest : public testing::Test {
 protected:
  SimulcastTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    RtpParameters params = VideoParameters(10, 11);
    params.encodings.push_back({.ssrc = Ssrc(20), .rtx_ssrc = Ssrc(21)});
    params.encodings.push_back({.ssrc = Ssrc(30), .rtx_ssrc = Ssrc(31)});
    EXPECT_TRUE(world_.router().Produce(sender_, VideoProducer("p", params)).ok());
    consumer_ = *world_.router().Consume(receiver_, VideoConsumer("c", "p", 5000, 3), world_.turn());
    world_.EndTurn();
  }
  void Send(uint32_t ssrc, uint16_t seq, bool key_frame) {
    world_.Receive(sender_, MakeRtp({.ssrc = ssrc,
                                     .seq = seq,
                                     .timestamp = seq * 3000u,
                                     .payload = key_frame ? RtpSpec().payload : Vp8DeltaFrame()}));
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Consumer* consumer_ = nullptr;
};

TEST_F(SimulcastTest, ForwardsOneLayerAndSwitchesUpAtAKeyFrameOnly) {
  Send(10, 1, true);
  EXPECT_THAT(world_.TakeRtp(receiver_), SizeIs(1));
  EXPECT_EQ(consumer_->current_layers()->spatial, 0);
  Send(30, 1, false);  // a higher layer appears: a key frame of it is asked for
  EXPECT_THAT(world_.TakeRtp(receiver_), IsEmpty());
  const auto asked = world_.TakeRtcpOf<rtcp::Pli>(sender_);
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked.back().media, Ssrc(30));
  Send(10, 2, false);
  Send(30, 2, true);
  Send(10, 3, false);
  EXPECT_THAT(world_.TakeRtp(receiver_), SizeIs(2));
  EXPECT_EQ(consumer_->current_layers()->spatial, 2);
}

TEST_F(SimulcastTest, GoesDownWhenTheSenderStopsTheLayer) {
  Send(10, 1, true);
  Send(30, 1, true);
  EXPECT_EQ(consumer_->current_layers()->spatial, 2);
  for (uint16_t seq = 2; seq < 50; ++seq) {
    Send(10, seq, false);
    world_.Advance(TimeDelta::Millis(100));
  }
  const auto asked = world_.TakeRtcpOf<rtcp::Pli>(sender_);
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked.back().media, Ssrc(10));
  Send(10, 50, true);
  EXPECT_EQ(consumer_->current_layers()->spatial, 0);
}

TEST_F(SimulcastTest, NewConsumerAsksForTheBestLayerThatComes) {
  Send(10, 1, true);
  Send(30, 1, true);
  world_.Advance(TimeDelta::Seconds(1));
  world_.TakeRtcp(sender_);
  ASSERT_TRUE(world_.router().Consume(receiver_, VideoConsumer("late", "p", 7000, 3), world_.turn()).ok());
  world_.EndTurn();
  const auto asked = world_.TakeRtcpOf<rtcp::Pli>(sender_);
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].media, Ssrc(30));
}

TEST_F(SimulcastTest, KeepsNumbersAndTimestampsContinuousOverTheSwitch) {
  Send(10, 100, true);
  world_.Advance(TimeDelta::Millis(30));
  Send(30, 7, true);
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(2));
  const auto before = rtp::PacketView::Parse(sent[0]), after = rtp::PacketView::Parse(sent[1]);
  EXPECT_EQ(after->seq().DistanceFrom(before->seq()), 1);
  const auto step = static_cast<int32_t>(after->timestamp() - before->timestamp());
  EXPECT_GT(step, 0);
  EXPECT_LT(step, 90000);
}

TEST_F(SimulcastTest, TellsWhichLayersItForwards) {
  Send(10, 1, true);
  Send(30, 1, true);
  std::vector<int> spatial;
  for (const MediaEvent& event : world_.turn().outbox.media) {
    if (const auto* change = std::get_if<ConsumerLayersChanged>(&event)) spatial.push_back(change->layers->spatial);
  }
  EXPECT_THAT(spatial, testing::ElementsAre(0, 2));
}

TEST_F(SimulcastTest, ClampsPreferredLayersIntoWhatExists) {
  consumer_->SetPreferredLayers({.spatial = 9, .temporal = 9});
  EXPECT_EQ(consumer_->preferred_layers()->spatial, 2);
  consumer_->SetPreferredLayers({.spatial = 1, .temporal = 0});
  Send(30, 1, true);
  Send(20, 1, true);
  Send(30, 2, true);
  EXPECT_EQ(consumer_->current_layers()->spatial, 1);
}

TEST_F(SimulcastTest, RefusesParametersThatDoNotFitTheProducer) {
  const auto few = world_.router().Consume(receiver_, VideoConsumer("d", "p", 6000, 2), world_.turn());
  EXPECT_EQ(few.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(few.status().message()), testing::HasSubstr("consumableRtpEncodings"));
  ConsumerConfig audio = VideoConsumer("d", "p", 6000, 3);
  audio.kind = MediaKind::kAudio;
  EXPECT_THAT(std::string(world_.router().Consume(receiver_, audio, world_.turn()).status().message()),
              testing::StartsWith("kind"));
}

TEST_F(SimulcastTest, RepeatsNothingThatLeftBeforeItWaitedForAKeyFrame) {
  const auto ask_for = [&](SeqNum seq) {
    world_.Advance(TimeDelta::Seconds(1));
    world_.Receive(receiver_, MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {seq}}));
    return world_.TakeRtp(receiver_).size();
  };
  Send(10, 1, true);
  const SeqNum before = rtp::PacketView::Parse(world_.TakeRtp(receiver_)[0])->seq();
  EXPECT_EQ(ask_for(before), 1u);
  consumer_->AwaitKeyFrame(world_.turn().outbox.media);
  EXPECT_EQ(ask_for(before), 0u);
  Send(10, 2, true);
  const SeqNum after = rtp::PacketView::Parse(world_.TakeRtp(receiver_)[0])->seq();
  EXPECT_EQ(ask_for(before), 0u);
  EXPECT_EQ(ask_for(after), 1u);
}

}  // namespace
}  // namespace sluice
