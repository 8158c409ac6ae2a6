// Plain transports: one port or two, addresses given or learnt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr SocketId kRtpSocket = 51, kRtcpSocket = 52;
constexpr uint16_t kRtpPort = 6000, kRtcpPort = 6001;

Path At(SocketId socket, uint16_t port = 0) {
  Path path{.socket = socket, .local = SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(5000 + socket))};
  if (port != 0) path.remote = SocketAddress::Ipv4({192, 0, 2, 7}, port);
  return path;
}

class TwoPortTest : public testing::TestWithParam<bool> {
 protected:
  TwoPortTest()
      : transport_(world_.AddPlain(
            {.id = "t", .rtcp_mux = false, .comedia = comedia(), .rtp = At(kRtpSocket), .rtcp = At(kRtcpSocket)})) {
    EXPECT_TRUE(world_.router().Produce(transport_, VideoProducer("p", VideoParameters(1111, 1112))).ok());
    if (comedia()) return;
    const PlainConnectParameters remote{.rtp = At(kRtpSocket, kRtpPort).remote,
                                        .rtcp = At(kRtcpSocket, kRtcpPort).remote};
    EXPECT_TRUE(transport_.Connect(remote, world_.turn()).ok());
  }
  static bool comedia() { return GetParam(); }
  void Receive(const Path& path, Datagram bytes) {
    transport_.HandleDatagram(path, bytes, world_.turn().now, world_.turn());
    world_.EndTurn();
  }

  MediaWorld world_;
  Transport& transport_;
};

TEST_P(TwoPortTest, RtpAndRtcpHaveAPortEach) {
  Receive(At(kRtpSocket, kRtpPort), MakeRtp({.seq = 1}));
  Receive(At(kRtcpSocket, kRtcpPort), MakeRtcp(rtcp::ReceiverReport{.sender = Ssrc(9)}));
  world_.Advance(TimeDelta::Seconds(2));
  const auto sent = world_.TakeAll();
  ASSERT_THAT(sent, testing::Not(IsEmpty()));
  for (const auto& [path, bytes] : sent) {
    ASSERT_TRUE(rtp::LooksLikeRtcp(bytes));
    EXPECT_EQ(path.socket, kRtcpSocket);
    EXPECT_EQ(path.remote.port(), kRtcpPort);
  }
  const auto consumer = world_.router().Consume(transport_, VideoConsumer("c", "p", 5000), world_.turn());
  ASSERT_TRUE(consumer.ok());
  Receive(At(kRtpSocket, kRtpPort), MakeRtp({.seq = 2}));
  bool forwarded = false;
  for (const auto& [path, bytes] : world_.TakeAll()) {
    if (rtp::LooksLikeRtcp(bytes)) continue;
    forwarded = true;
    EXPECT_EQ(path.socket, kRtpSocket);
    EXPECT_EQ(path.remote.port(), kRtpPort);
  }
  EXPECT_TRUE(forwarded);
  EXPECT_EQ(transport_.drops().total(), 0u);
}

TEST_P(TwoPortTest, OthersAreNotListenedTo) {
  Receive(At(kRtpSocket, kRtpPort), MakeRtp({.seq = 1}));
  Receive(At(kRtpSocket, 7777), MakeRtp({.seq = 2}));
  EXPECT_EQ(transport_.drops().of(DropReason::kForeignPath), 1u);
}

INSTANTIATE_TEST_SUITE_P(Addresses, TwoPortTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Learnt" : "Given"; });

TEST(ComediaTwoPortTest, EachAddressIsToldWhenItIsLearnt) {
  MediaWorld world;
  Transport& transport =
      world.AddPlain({.id = "t", .rtcp_mux = false, .comedia = true, .rtp = At(kRtpSocket), .rtcp = At(kRtcpSocket)});
  ASSERT_TRUE(world.router().Produce(transport, VideoProducer("p", VideoParameters(1111, 1112))).ok());
  Datagram rtp = MakeRtp({.seq = 1}), rtcp = MakeRtcp(rtcp::ReceiverReport{.sender = Ssrc(9)});
  transport.HandleDatagram(At(kRtcpSocket, kRtcpPort), rtcp, world.turn().now, world.turn());
  EXPECT_FALSE(transport.IsConnected());
  transport.HandleDatagram(At(kRtpSocket, kRtpPort), rtp, world.turn().now, world.turn());
  EXPECT_TRUE(transport.IsConnected());
  ASSERT_THAT(world.turn().outbox.transport, SizeIs(2));
  const auto& first = std::get<PlainPathChanged>(world.turn().outbox.transport[0]);
  const auto& second = std::get<PlainPathChanged>(world.turn().outbox.transport[1]);
  EXPECT_TRUE(first.rtcp);
  EXPECT_EQ(first.path.remote.port(), kRtcpPort);
  EXPECT_FALSE(second.rtcp);
  EXPECT_EQ(second.path.remote.port(), kRtpPort);
}

}  // namespace
}  // namespace sluice
