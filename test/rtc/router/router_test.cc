#include "rtc/router/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtp/rtx.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RouterTest : public testing::Test {
 protected:
  RouterTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    producer_ = *world_.router().Produce(sender_, VideoProducer("p", VideoParameters(1111, 1112)));
    consumer_ = *world_.router().Consume(receiver_, VideoConsumer("c", "p", 5000), world_.turn());
    world_.EndTurn();
  }
  void SendKeyFrame(uint16_t seq) { world_.Receive(sender_, MakeRtp({.seq = seq, .timestamp = seq * 3000u})); }
  void SendDelta(uint16_t seq) {
    world_.Receive(sender_, MakeRtp({.seq = seq, .timestamp = seq * 3000u, .payload = Vp8DeltaFrame()}));
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Producer* producer_ = nullptr;
  Consumer* consumer_ = nullptr;
};

TEST_F(RouterTest, ForwardsUnderTheConsumersSsrcWithNumbersOfItsOwn) {
  SendKeyFrame(60000);
  SendDelta(60001);
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(2));
  const auto first = rtp::PacketView::Parse(sent[0]), second = rtp::PacketView::Parse(sent[1]);
  EXPECT_EQ(first->ssrc(), Ssrc(5000));
  EXPECT_LT(first->seq().value(), 0x8000);
  EXPECT_EQ(second->seq().DistanceFrom(first->seq()), 1);
  EXPECT_EQ(second->timestamp() - first->timestamp(), 3000u);
}

TEST_F(RouterTest, BeginsWithAKeyFrame) {
  SendDelta(1);
  EXPECT_THAT(world_.TakeRtp(receiver_), IsEmpty());
  SendKeyFrame(2);
  EXPECT_THAT(world_.TakeRtp(receiver_), SizeIs(1));
}

TEST_F(RouterTest, AsksTheSenderForAKeyFrameOnceForManyConsumers) {
  SendDelta(1);
  world_.Advance(TimeDelta::Seconds(2));
  world_.TakeRtcp(sender_);
  for (int i = 0; i < 5; ++i) {
    auto consumer =
        world_.router().Consume(receiver_, VideoConsumer("c" + std::to_string(i), "p", 6000 + 10 * i), world_.turn());
    ASSERT_TRUE(consumer.ok()) << consumer.status();
  }
  world_.EndTurn();
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Pli>(sender_), SizeIs(1));
}

TEST_F(RouterTest, PassesOnAPictureLossOnceHoweverOftenItIsRepeated) {
  SendKeyFrame(1);
  world_.Advance(TimeDelta::Seconds(2));
  world_.TakeRtcp(sender_);
  for (int i = 0; i < 20; ++i) world_.Receive(receiver_, MakeRtcp(rtcp::Pli{.sender = Ssrc(1), .media = Ssrc(5000)}));
  const auto asked = world_.TakeRtcpOf<rtcp::Pli>(sender_);
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].media, Ssrc(1111));
}

TEST_F(RouterTest, AsksForLostPacketsAndForwardsThemWhenRtxBringsThem) {
  SendKeyFrame(1);
  SendDelta(3);
  const auto nacks = world_.TakeRtcpOf<rtcp::Nack>(sender_);
  ASSERT_THAT(nacks, SizeIs(1));
  EXPECT_THAT(nacks[0].seqs, ElementsAre(SeqNum(2)));
  std::vector<uint8_t> payload = {0, 2};
  for (uint8_t byte : Vp8DeltaFrame()) payload.push_back(byte);
  world_.Receive(sender_,
                 MakeRtp({.ssrc = 1112, .payload_type = 102, .seq = 7, .timestamp = 6000, .payload = payload}));
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(3));
  const auto first = rtp::PacketView::Parse(sent[0]), repaired = rtp::PacketView::Parse(sent[2]);
  EXPECT_EQ(repaired->seq().DistanceFrom(first->seq()), 1);
  EXPECT_EQ(repaired->payload_type(), PayloadType(101));
}

TEST_F(RouterTest, AnswersANackByRtxOncePerRoundTrip) {
  SendKeyFrame(1);
  const auto sent = world_.TakeRtp(receiver_);
  const auto original = rtp::PacketView::Parse(sent.at(0));
  const rtcp::Nack nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {original->seq()}};
  world_.Advance(TimeDelta::Millis(200));
  for (int i = 0; i < 3; ++i) world_.Receive(receiver_, MakeRtcp(nack));
  auto again = world_.TakeRtp(receiver_);
  ASSERT_THAT(again, SizeIs(1));
  const auto rtx = rtp::PacketView::Parse(again[0]);
  EXPECT_EQ(rtx->ssrc(), Ssrc(5001));
  EXPECT_EQ(rtx->payload_type(), PayloadType(102));
  EXPECT_EQ(rtp::SplitRtx(rtx->payload())->original_seq, original->seq());
  world_.Advance(TimeDelta::Millis(200));
  world_.Receive(receiver_, MakeRtcp(nack));
  EXPECT_THAT(world_.TakeRtp(receiver_), SizeIs(1));
}

TEST_F(RouterTest, ResendsIdenticalBytesWhereRtxIsNotNegotiated) {
  ConsumerConfig config = VideoConsumer("plain", "p", 7000);
  config.rtp_parameters.encodings[0].rtx_ssrc.reset();
  config.rtp_parameters.header_extensions = {{.uri = rtp::HeaderExtension::kAbsSendTime, .id = 3},
                                             {.uri = rtp::HeaderExtension::kTransportWideCc, .id = 4}};
  ASSERT_TRUE(world_.router().Consume(receiver_, config, world_.turn()).ok());
  world_.router().CloseConsumer(*consumer_, world_.turn());
  SendKeyFrame(1);
  const auto original = world_.TakeRtp(receiver_);
  ASSERT_THAT(original, SizeIs(1));
  world_.Advance(TimeDelta::Millis(200));
  SendDelta(2);
  world_.TakeRtp(receiver_);
  const SeqNum seq = rtp::PacketView::Parse(original[0])->seq();
  world_.Receive(receiver_, MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(7000), .seqs = {seq}}));
  EXPECT_EQ(world_.TakeRtp(receiver_), original);
}

TEST_F(RouterTest, LeavesNoGapOverAPauseAndResumesWithAKeyFrame) {
  SendKeyFrame(1);
  world_.router().PauseConsumer(*consumer_, world_.turn());
  SendDelta(2);
  SendDelta(3);
  const auto before = world_.TakeRtp(receiver_);
  ASSERT_THAT(before, SizeIs(1));
  world_.Advance(TimeDelta::Seconds(1));
  world_.TakeRtcp(sender_);
  world_.router().ResumeConsumer(*consumer_, world_.turn());
  world_.EndTurn();
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Pli>(sender_), SizeIs(1));
  SendDelta(4);
  SendKeyFrame(5);
  const auto after = world_.TakeRtp(receiver_);
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(rtp::PacketView::Parse(after[0])->seq().DistanceFrom(rtp::PacketView::Parse(before[0])->seq()), 1);
}

TEST_F(RouterTest, GoesOnAboveAllNumbersWhenTheSenderReturnsUnderAnotherSsrc) {
  ProducerConfig config = VideoProducer("open", VideoParameters(0, 0));
  config.rtp_parameters.encodings = {{}};
  config.rtp_parameters.mid = "v";
  config.rtp_parameters.header_extensions = {{.uri = rtp::HeaderExtension::kMid, .id = 1}};
  ASSERT_TRUE(world_.router().Produce(sender_, config).ok());
  ASSERT_TRUE(world_.router().Consume(receiver_, VideoConsumer("d", "open", 8000), world_.turn()).ok());
  const std::array<uint8_t, 1> mid = {'v'};
  const auto packet = [&](uint32_t ssrc, uint16_t seq) {
    return MakeRtp({.ssrc = ssrc, .seq = seq, .timestamp = seq * 10u, .extensions = {{.id = 1, .value = mid}}});
  };
  world_.Receive(sender_, packet(31, 50000));
  world_.Receive(sender_, packet(32, 10));
  world_.Receive(sender_, packet(32, 11));
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(3));
  for (size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(rtp::PacketView::Parse(sent[i])->seq().DistanceFrom(rtp::PacketView::Parse(sent[i - 1])->seq()), 1);
  }
}

TEST_F(RouterTest, ContinuesTheNumbersOfAnSsrcThatWasUsedBefore) {
  SendKeyFrame(1);
  const auto before = world_.TakeRtp(receiver_);
  world_.router().CloseConsumer(*consumer_, world_.turn());
  consumer_ = *world_.router().Consume(receiver_, VideoConsumer("again", "p", 5000), world_.turn());
  SendKeyFrame(2);
  const auto after = world_.TakeRtp(receiver_);
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(rtp::PacketView::Parse(after[0])->seq().DistanceFrom(rtp::PacketView::Parse(before.at(0))->seq()), 1);
}

TEST_F(RouterTest, RefusesWhatIsTakenAndChangesNothing) {
  const auto same_id = world_.router().Produce(sender_, VideoProducer("p", VideoParameters(1, 2)));
  EXPECT_EQ(same_id.status().code(), absl::StatusCode::kAlreadyExists);
  const auto same_ssrc = world_.router().Produce(sender_, VideoProducer("q", VideoParameters(1111, 2)));
  EXPECT_EQ(same_ssrc.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(world_.router().FindProducer("q"), nullptr);
  const auto taken = world_.router().Consume(receiver_, VideoConsumer("d", "p", 5000), world_.turn());
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kAlreadyExists);
  const auto unknown = world_.router().Consume(receiver_, VideoConsumer("d", "none", 1), world_.turn());
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(receiver_.consumers(), SizeIs(1));
  SendKeyFrame(1);
  EXPECT_THAT(world_.TakeRtp(receiver_), SizeIs(1));
}

TEST_F(RouterTest, ClosingAProducerClosesItsConsumersAndSaysSo) {
  ASSERT_TRUE(world_.router().Consume(receiver_, VideoConsumer("a", "p", 6000), world_.turn()).ok());
  const auto gone = world_.router().CloseProducer(*producer_, world_.turn());
  EXPECT_THAT(gone, ElementsAre("c", "a", "p"));
  EXPECT_EQ(world_.router().FindConsumer("c"), nullptr);
  std::vector<std::string> told;
  for (const MediaEvent& event : world_.turn().outbox.media) {
    if (const auto* closed = std::get_if<ConsumerProducerClosed>(&event)) told.push_back(closed->consumer_id);
  }
  EXPECT_THAT(told, ElementsAre("c", "a"));
}

TEST_F(RouterTest, ClosingATransportTakesEverythingOnItAlong) {
  EXPECT_THAT(world_.router().CloseTransport(sender_, world_.turn()), ElementsAre("c", "p", "sender"));
  EXPECT_EQ(world_.router().FindProducer("p"), nullptr);
  EXPECT_THAT(receiver_.consumers(), IsEmpty());
}

TEST_F(RouterTest, WhatIsWantedFromNowOnIsToldAtOnce) {
  const auto tells = [&](auto change) {
    world_.turn().moved.clear();
    change(world_.router(), world_.turn());
    return world_.turn().moved == std::vector<Transport*>{&receiver_};
  };
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.SetPriority(*consumer_, 7, turn); }));
  EXPECT_EQ(consumer_->priority(), 7);
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.SetPreferredLayers(*consumer_, {}, turn); }));
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.PauseConsumer(*consumer_, turn); }));
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.ResumeConsumer(*consumer_, turn); }));
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.PauseProducer(*producer_, turn); }));
  EXPECT_TRUE(tells([&](Router& router, Turn& turn) { router.ResumeProducer(*producer_, turn); }));
}

TEST_F(RouterTest, SendsReportsForWhatItSendsAndForWhatItGets) {
  SendKeyFrame(1);
  world_.Receive(sender_,
                 MakeRtcp(rtcp::SenderReport{
                     .sender = Ssrc(1111), .ntp = rtcp::NtpTime(uint64_t{0xE0000000} << 32), .rtp_timestamp = 3000}));
  SendDelta(2);
  world_.Advance(TimeDelta::Millis(1600));
  const auto receiver_reports = world_.TakeRtcpOf<rtcp::ReceiverReport>(sender_);
  ASSERT_THAT(receiver_reports, testing::Not(IsEmpty()));
  EXPECT_EQ(receiver_reports[0].reports.at(0).source, Ssrc(1111));
  const auto sender_reports = world_.TakeRtcpOf<rtcp::SenderReport>(receiver_);
  ASSERT_THAT(sender_reports, testing::Not(IsEmpty()));
  EXPECT_EQ(sender_reports[0].sender, Ssrc(5000));
  EXPECT_EQ(sender_reports[0].packet_count, 2u);
}

}  // namespace
}  // namespace sluice
