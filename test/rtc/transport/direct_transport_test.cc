// Transports whose peer is the controller: what it sends comes by call, what is for it goes to the outbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DirectTransportTest : public testing::Test {
 protected:
  DirectTransportTest()
      : direct_(world_.AddDirectTransport("direct")),
        plain_(world_.AddTransport("plain")),
        producer_(**world_.router().Produce(direct_, VideoProducer("p", VideoParameters(1111, 1112)))) {}

  void Consume(Transport& by, const std::string& id, uint32_t ssrc) {
    ASSERT_TRUE(world_.router().Consume(by, VideoConsumer(id, "p", ssrc), world_.turn()).ok());
  }
  void Send(const Producer& producer, const Datagram& bytes) {
    direct_.HandleDirectRtp(producer, bytes, world_.turn());
    world_.EndTurn();
  }
  void SendRtcp(const Datagram& bytes) {
    direct_.HandleDirectRtcp(bytes, world_.turn());
    world_.EndTurn();
  }
  std::vector<DirectPacket> TakeDirectRtp() {
    auto packets = world_.TakeDirect();
    std::erase_if(packets, [](const DirectPacket& packet) { return packet.rtcp; });
    return packets;
  }
  template <class T>
  std::vector<T> TakeDirectRtcpOf() {
    std::vector<T> found;
    for (const DirectPacket& packet : world_.TakeDirect()) {
      if (!packet.rtcp) continue;
      EXPECT_EQ(packet.id, "direct");
      rtcp::ReadCompound(packet.bytes, rtcp::Overloaded{[&](const T& block) { found.push_back(block); }});
    }
    return found;
  }

  MediaWorld world_;
  Transport& direct_;
  Transport& plain_;
  Producer& producer_;
};

TEST_F(DirectTransportTest, IsConnectedFromTheBeginning) { EXPECT_TRUE(direct_.IsConnected()); }

TEST_F(DirectTransportTest, ForwardsWhatTheControllerSends) {
  Consume(plain_, "c", 5000);
  Send(producer_, MakeRtp({.seq = 1}));
  const auto sent = world_.TakeRtp(plain_);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(rtp::PacketView::Parse(sent[0])->ssrc(), Ssrc(5000));
}

TEST_F(DirectTransportTest, HandsWhatItsConsumersGetToTheControllerAndNothingToTheNetwork) {
  Consume(direct_, "a", 5000);
  Consume(direct_, "b", 6000);
  Send(producer_, MakeRtp({.seq = 1}));
  const auto packets = TakeDirectRtp();
  ASSERT_THAT(packets, SizeIs(2));
  EXPECT_EQ(packets[0].id, "a");
  EXPECT_EQ(packets[1].id, "b");
  for (const DirectPacket& packet : packets) {
    const auto rtp = rtp::PacketView::Parse(packet.bytes);
    ASSERT_TRUE(rtp);
    EXPECT_EQ(rtp->ssrc(), Ssrc(packet.id == "a" ? 5000 : 6000));
    EXPECT_EQ(rtp->payload().size(), 6u);
  }
  const TransportStats stats = direct_.Stats(world_.turn().now);
  EXPECT_EQ(stats.rtp_received.bytes, 18u);
  EXPECT_EQ(stats.rtp_sent.bytes, 2 * 18u);
  EXPECT_GT(stats.sent.bytes, stats.rtp_sent.bytes);  // the request for a key frame as well
}

TEST_F(DirectTransportTest, AsksTheControllerForKeyFramesAndLostPackets) {
  Consume(plain_, "c", 5000);
  world_.EndTurn();
  EXPECT_THAT(TakeDirectRtcpOf<rtcp::Pli>(), SizeIs(1));
  Send(producer_, MakeRtp({.seq = 1}));
  world_.TakeDirect();
  Send(producer_, MakeRtp({.seq = 3, .payload = Vp8DeltaFrame()}));
  const auto nacks = TakeDirectRtcpOf<rtcp::Nack>();
  ASSERT_THAT(nacks, SizeIs(1));
  EXPECT_THAT(nacks[0].seqs, ElementsAre(SeqNum(2)));
}

TEST_F(DirectTransportTest, AnswersTheControllersRtcp) {
  Consume(direct_, "c", 5000);
  Send(producer_, MakeRtp({.seq = 1}));
  const auto sent = TakeDirectRtp();
  ASSERT_THAT(sent, SizeIs(1));
  const SeqNum seq = rtp::PacketView::Parse(sent[0].bytes)->seq();
  world_.Advance(TimeDelta::Millis(200));
  world_.TakeDirect();
  SendRtcp(MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {seq}}));
  const auto again = TakeDirectRtp();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(rtp::PacketView::Parse(again[0].bytes)->ssrc(), Ssrc(5001));
}

TEST_F(DirectTransportTest, ReportsToTheController) {
  Send(producer_, MakeRtp({.seq = 1}));
  world_.Advance(TimeDelta::Millis(1600));
  const auto reports = TakeDirectRtcpOf<rtcp::ReceiverReport>();
  ASSERT_THAT(reports, testing::Not(IsEmpty()));
  EXPECT_EQ(reports[0].reports.at(0).source, Ssrc(1111));
}

TEST_F(DirectTransportTest, CountsWhatCannotBeUsedAndSendsNothing) {
  Consume(plain_, "c", 5000);
  Send(producer_, {});
  Send(producer_, {0x80, 101, 0});
  Send(producer_, MakeRtp({.ssrc = 4444, .payload_type = 7}));
  SendRtcp({1, 2, 3});
  EXPECT_EQ(direct_.drops().of(DropReason::kBadRtp), 2u);
  EXPECT_EQ(direct_.drops().of(DropReason::kUnknownSsrc), 1u);
  EXPECT_EQ(direct_.drops().of(DropReason::kBadRtcp), 1u);
  EXPECT_THAT(world_.TakeRtp(plain_), IsEmpty());
}

TEST_F(DirectTransportTest, TakesAPacketForTheProducerItIsSentIntoAndForNoOther) {
  ProducerConfig config = VideoProducer("q", VideoParameters(2222, 2223));
  Producer& other = **world_.router().Produce(direct_, config);
  Send(other, MakeRtp({.ssrc = 1111}));
  EXPECT_EQ(direct_.drops().of(DropReason::kUnknownSsrc), 1u);
  EXPECT_EQ(producer_.streams()[0].receive(), nullptr);
}

TEST_F(DirectTransportTest, NeedsNoMidInPacketsForAProducerThatHasOne) {
  ProducerConfig config = VideoProducer("q", VideoParameters(0, 0));
  config.rtp_parameters.encodings = {{}};
  config.rtp_parameters.mid = "v";
  Producer& open = **world_.router().Produce(direct_, config);
  Send(open, MakeRtp({.ssrc = 31}));
  EXPECT_EQ(open.streams()[0].ssrc(), Ssrc(31));
  EXPECT_EQ(direct_.drops().total(), 0u);
}

}  // namespace
}  // namespace sluice
