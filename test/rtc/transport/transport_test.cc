#include "rtc/transport/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TransportTest : public testing::Test {
 protected:
  TransportTest() : sender_(world_.AddTransport("sender")) {
    ProducerConfig config = VideoProducer("p", VideoParameters(1111, 1112));
    config.rtp_parameters.header_extensions = {{.uri = rtp::HeaderExtension::kTransportWideCc, .id = 5}};
    EXPECT_TRUE(world_.router().Produce(sender_, config).ok());
  }
  Datagram Numbered(uint16_t seq) {
    transport_seq_ = {0, static_cast<uint8_t>(seq)};
    return MakeRtp({.seq = seq, .extensions = {{.id = 5, .value = transport_seq_}}});
  }

  MediaWorld world_;
  Transport& sender_;
  std::array<uint8_t, 2> transport_seq_{};
};

TEST_F(TransportTest, FeedsBackWhenTransportWideNumbersArrived) {
  world_.Receive(sender_, Numbered(1));
  world_.Receive(sender_, Numbered(3));
  world_.Advance(TimeDelta::Millis(110));
  const auto feedback = world_.TakeRtcpOf<rtcp::TransportFeedback>(sender_);
  ASSERT_THAT(feedback, SizeIs(1));
  ASSERT_THAT(feedback[0].packets, SizeIs(3));
  EXPECT_TRUE(feedback[0].packets[0].arrival);
  EXPECT_FALSE(feedback[0].packets[1].arrival);
  world_.Advance(TimeDelta::Millis(500));
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::TransportFeedback>(sender_), IsEmpty());
}

TEST_F(TransportTest, HoldsTheSenderToTheConfiguredMaximumByRemb) {
  world_.Receive(sender_, Numbered(1));
  world_.TakeRtcp(sender_);
  sender_.SetMaxIncomingBitrate(DataRate::KilobitsPerSec(800));
  world_.Advance(TimeDelta::Millis(2100));
  const auto remb = world_.TakeRtcpOf<rtcp::Remb>(sender_);
  ASSERT_GE(remb.size(), 2u);
  EXPECT_NEAR(static_cast<double>(remb[0].bitrate.bps()), 800'000, 8);
  EXPECT_THAT(remb[0].ssrcs, testing::ElementsAre(Ssrc(1111)));
}

// Another producer on a transport of its own, without transport-wide numbers.
class UnnumberedTest : public testing::Test {
 protected:
  // Three seconds of video, 50 packets of 1000 bytes a second.
  void Produce(std::vector<RtcpFeedback> feedback) {
    ProducerConfig config = VideoProducer("p", VideoParameters(1111, 1112));
    config.rtp_parameters.codecs[0].rtcp_feedback = std::move(feedback);
    ASSERT_TRUE(world_.router().Produce(sender_, config).ok());
    for (uint16_t seq = 1; seq <= 150; ++seq) {
      std::vector<uint8_t> payload = Vp8DeltaFrame();
      payload.resize(988);
      world_.Receive(sender_, MakeRtp({.seq = seq, .timestamp = seq * 1800u, .payload = payload}));
      world_.Advance(TimeDelta::Millis(20));
    }
  }
  MediaWorld world_;
  Transport& sender_ = world_.AddTransport("sender");
};

TEST_F(UnnumberedTest, GetsCongestionFeedbackWhereThatWasNegotiated) {
  Produce({{"ack", "ccfb"}, {"goog-remb", ""}});
  const auto rtcp = world_.TakeRtcp(sender_);
  size_t packets = 0;
  for (const Datagram& datagram : rtcp) {
    rtcp::ReadCompound(datagram, rtcp::Overloaded{
                                     [&](const rtcp::CongestionFeedback& feedback) {
                                       ASSERT_THAT(feedback.streams, SizeIs(1));
                                       EXPECT_EQ(feedback.streams[0].ssrc, Ssrc(1111));
                                       packets += feedback.streams[0].packets.size();
                                       EXPECT_LE(feedback.streams[0].packets.size(), 4u);
                                     },
                                     [&](const rtcp::Remb&) { ADD_FAILURE() << "it knows better than REMB"; },
                                 });
  }
  EXPECT_NEAR(static_cast<double>(packets), 150, 4);
}

TEST_F(UnnumberedTest, IsToldAnEstimateWhereOnlyRembWasNegotiated) {
  Produce({{"goog-remb", ""}});
  const auto remb = world_.TakeRtcpOf<rtcp::Remb>(sender_);
  ASSERT_GE(remb.size(), 2u);
  EXPECT_GT(remb.back().bitrate, DataRate::KilobitsPerSec(500));  // of 400 that come
  EXPECT_LT(remb.back().bitrate, DataRate::KilobitsPerSec(1000));
  EXPECT_THAT(remb.back().ssrcs, testing::ElementsAre(Ssrc(1111)));
  const auto available = sender_.Stats(world_.turn().now).available_incoming;
  ASSERT_TRUE(available);
  EXPECT_GE(*available, remb.back().bitrate);  // it has grown since
}

TEST_F(UnnumberedTest, IsToldNothingThatWasNotNegotiated) {
  Produce({{"nack", ""}});
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Remb>(sender_), IsEmpty());
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::CongestionFeedback>(sender_), IsEmpty());
}

TEST_F(TransportTest, DropsAndCountsByReason) {
  Path foreign = world_.PathTo(sender_);
  foreign.remote = foreign.remote.WithPort(1);
  Datagram packet = Numbered(1);
  sender_.HandleDatagram(foreign, packet, world_.turn().now, world_.turn());
  EXPECT_EQ(sender_.drops().of(DropReason::kForeignPath), 1u);
  world_.Receive(sender_, MakeRtp({.ssrc = 42}));
  EXPECT_EQ(sender_.drops().of(DropReason::kUnknownSsrc), 1u);
  world_.Receive(sender_, Datagram(100, 5));
  EXPECT_EQ(sender_.drops().of(DropReason::kUnknownKind), 1u);
  Datagram cut = Numbered(2);
  cut[0] |= 0x0F;  // more CSRCs than there is room for
  cut.resize(40);
  world_.Receive(sender_, cut);
  EXPECT_EQ(sender_.drops().of(DropReason::kBadRtp), 1u);
  EXPECT_THAT(world_.turn().ready, IsEmpty());
}

TEST_F(TransportTest, AnswersTheReceiversReferenceTime) {
  Transport& receiver = world_.AddTransport("receiver");
  ASSERT_TRUE(world_.router().Consume(receiver, VideoConsumer("c", "p", 5000), world_.turn()).ok());
  world_.Receive(sender_, Numbered(1));
  world_.Receive(sender_, MakeRtcp(rtcp::SenderReport{.sender = Ssrc(1111), .ntp = rtcp::NtpTime(uint64_t{1} << 40)}));
  world_.Receive(sender_, Numbered(2));
  const rtcp::NtpTime reference(0x1234'5678'9abc'def0);
  world_.Receive(receiver, MakeRtcp(rtcp::ExtendedReport{.sender = Ssrc(77), .reference_time = reference}));
  world_.Advance(TimeDelta::Millis(1600));
  const auto answers = world_.TakeRtcpOf<rtcp::ExtendedReport>(receiver);
  ASSERT_FALSE(answers.empty());
  ASSERT_THAT(answers[0].dlrr, SizeIs(1));
  EXPECT_EQ(answers[0].dlrr[0].receiver, Ssrc(77));
  EXPECT_EQ(answers[0].dlrr[0].last_rr, reference.Compact());
}

TEST_F(TransportTest, LearnsThePeersAddressFromItsFirstGoodPacketOnly) {
  PlainTransportConfig config{.id = "comedia", .comedia = true};
  config.rtp.socket = 77;
  DtlsCertificate certificate = *DtlsCertificate::Generate();
  auto dtls = *DtlsContext::Create(std::move(certificate));
  PacketPool pool;
  Rng rng(1);
  auto transport = Transport::CreatePlain(config, {*dtls, pool, rng, TimeDelta::Zero()}, world_.turn().now);
  const Path path{.socket = 77, .remote = SocketAddress::Ipv4({127, 0, 0, 1}, 4444)};
  Datagram garbage(50, 0x8F);
  transport->HandleDatagram(path, garbage, world_.turn().now, world_.turn());
  EXPECT_FALSE(transport->IsConnected());
  Datagram packet = MakeRtp({});
  transport->HandleDatagram(path, packet, world_.turn().now, world_.turn());
  EXPECT_TRUE(transport->IsConnected());
  ASSERT_THAT(world_.turn().outbox.transport, SizeIs(1));
  EXPECT_EQ(std::get<PlainPathChanged>(world_.turn().outbox.transport[0]).path.remote.port(), 4444);
}

TEST_F(TransportTest, RefusesToBeConnectedTwice) {
  const auto again = sender_.Connect(PlainConnectParameters{.rtp = world_.PathTo(sender_).remote}, world_.turn());
  EXPECT_EQ(again.code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace sluice
