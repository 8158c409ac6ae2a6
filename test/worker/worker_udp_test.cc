// Media and STUN over real sockets on loopback, through the real process.
#include <gmock/gmock.h>

#include "test/worker/media_worker.h"

namespace sluice {
namespace {

using WorkerUdpTest = MediaWorkerTest;

TEST_F(WorkerUdpTest, AnAuthenticatedCheckIsAnsweredAndSelectsThePath) {
  const Created transport = CreateWebRtc("t");
  UdpPeer peer;
  EXPECT_TRUE(Check(peer, transport));
  const auto* state = worker_.AwaitNotification(Event::WebRtcTransportIceStateChange, "t");
  ASSERT_NE(state, nullptr);
  const auto* selected = worker_.AwaitNotification(Event::WebRtcTransportIceSelectedTupleChange, "t");
  ASSERT_NE(selected, nullptr);
  const auto* tuple = selected->body_as_WebRtcTransportIceSelectedTupleChange()->tuple();
  EXPECT_EQ(tuple->remote_port(), peer.port());
  EXPECT_EQ(tuple->local_port(), transport.port);
  EXPECT_EQ(tuple->local_address()->str(), "127.0.0.1");
}

TEST_F(WorkerUdpTest, AnUnknownNameOrAWrongPasswordGetsNoAnswer) {
  Created transport = CreateWebRtc("t");
  UdpPeer peer;
  Created stranger = transport;
  stranger.ice.ufrag = "nobody";
  EXPECT_FALSE(Check(peer, stranger, 200));
  Created wrong = transport;
  wrong.ice.password += "x";
  EXPECT_FALSE(Check(peer, wrong, 200));
  EXPECT_TRUE(Check(peer, transport));
}

TEST_F(WorkerUdpTest, TransportsOfOneServerShareItsPort) {
  fbs::worker::CreateWebRtcServerRequestT request;
  request.web_rtc_server_id = "s";
  request.listen_infos.push_back(Loopback());
  Accept(worker_.Request(Method::WorkerCreateWebRtcServer, "", Body::WorkerCreateWebRtcServer,
                         fbs::worker::CreateCreateWebRtcServerRequest(worker_.b, &request).Union()));
  const Created a = CreateWebRtc("a", "s"), b = CreateWebRtc("b", "s");
  EXPECT_EQ(a.port, b.port);
  UdpPeer peer_a, peer_b;
  EXPECT_TRUE(Check(peer_a, a));
  EXPECT_TRUE(Check(peer_b, b));
  const auto* to_b = worker_.AwaitNotification(Event::WebRtcTransportIceSelectedTupleChange, "b");
  ASSERT_NE(to_b, nullptr);
  EXPECT_EQ(to_b->body_as_WebRtcTransportIceSelectedTupleChange()->tuple()->remote_port(), peer_b.port());

  fbs::router::CloseTransportRequestT close;
  close.transport_id = "a";
  Accept(worker_.Request(Method::RouterCloseTransport, "r", Body::RouterCloseTransport,
                         fbs::router::CreateCloseTransportRequest(worker_.b, &close).Union()));
  EXPECT_FALSE(Check(peer_a, a, 200)) << "a closed transport still answers";
  EXPECT_TRUE(Check(peer_b, b)) << "the other one does not any more";
}

TEST_F(WorkerUdpTest, ARestartKeepsTheOldNameUntilTheNewOneIsUsed) {
  const Created before = CreateWebRtc("t");
  const auto* response = Accept(worker_.Request(Method::TransportRestartIce, "t"));
  const auto* ice = response->body_as_TransportRestartIce();
  const Created after{.port = before.port, .ice = {ice->username_fragment()->str(), ice->password()->str()}};
  UdpPeer peer;
  EXPECT_TRUE(Check(peer, before));
  EXPECT_TRUE(Check(peer, after));
  EXPECT_FALSE(Check(peer, before, 200));
}

TEST_F(WorkerUdpTest, ForwardsWhatAPlainProducerSendsToAPlainConsumer) {
  UdpPeer sender, receiver;
  const uint16_t in = CreatePlain("in", true);
  CreatePlain("out", false);
  fbs::plain::ConnectRequestT connect;
  connect.ip = "127.0.0.1";
  connect.port = receiver.port();
  Accept(worker_.Request(Method::PlainTransportConnect, "out", Body::PlainTransportConnect,
                         fbs::plain::CreateConnectRequest(worker_.b, &connect).Union()));
  Produce("in", "p", 1111);
  Consume("out", "c", "p", 3333);

  constexpr int kPackets = 40;
  for (uint16_t seq = 0; seq < kPackets; ++seq) sender.SendTo(in, Rtp(seq, 1111, 200));
  std::optional<uint16_t> last;
  for (int received = 0; received < kPackets;) {
    const auto packet = receiver.Receive();
    ASSERT_GE(packet.size(), 12u) << "after " << received;
    if (packet[1] >= 192 && packet[1] <= 223) continue;  // RTCP
    EXPECT_EQ(packet.size(), 212u);
    EXPECT_EQ(packet[8] << 24 | packet[9] << 16 | packet[10] << 8 | packet[11], 3333);
    const auto seq = static_cast<uint16_t>(packet[2] << 8 | packet[3]);
    if (last) {
      EXPECT_EQ(seq, static_cast<uint16_t>(*last + 1));
    }
    last = seq;
    ++received;
  }
  EXPECT_NE(worker_.AwaitNotification(Event::PlainTransportTuple, "in"), nullptr);
  const auto* stats = Accept(worker_.Request(Method::ConsumerGetStats, "c"))->body_as_ConsumerGetStats();
  ASSERT_GE(stats->stats()->size(), 1u);
  EXPECT_EQ(stats->stats()->Get(0)->data_as_Send()->packet_count(), static_cast<uint64_t>(kPackets));
}

TEST_F(WorkerUdpTest, ReportsLeaveByTheClockWhenNothingElseHappens) {
  UdpPeer sender;
  const uint16_t in = CreatePlain("in", true);
  Produce("in", "p", 1111);
  sender.SendTo(in, Rtp(1, 1111, 200));
  constexpr uint8_t kReceiverReport = 201;
  const auto report = sender.Receive();
  ASSERT_GE(report.size(), 8u);
  EXPECT_EQ(report[1], kReceiverReport);
}

TEST_F(WorkerUdpTest, AFixedPortIsTakenOnce) {
  const uint16_t port = CreatePlain("a", true);
  fbs::router::CreatePlainTransportRequestT request;
  request.transport_id = "b";
  request.options = std::make_unique<fbs::plain::OptionsT>();
  request.options->rtcp_mux = true;
  request.options->listen_info = Loopback();
  request.options->listen_info->port = port;
  const auto* response = worker_.Request(Method::RouterCreatePlainTransport, "r", Body::RouterCreatePlainTransport,
                                         fbs::router::CreateCreatePlainTransportRequest(worker_.b, &request).Union());
  ASSERT_NE(response, nullptr);
  EXPECT_FALSE(response->accepted());
  EXPECT_THAT(response->reason()->str(), testing::HasSubstr(std::to_string(port)));
}

}  // namespace
}  // namespace sluice
