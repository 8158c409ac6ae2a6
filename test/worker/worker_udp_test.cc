// Media and STUN over real sockets on loopback, through the real process.
#include <arpa/inet.h>
#include <gmock/gmock.h>

#include "rtc/base/bytes.h"
#include "rtc/ice/ice_client.h"
#include "test/worker/worker_process.h"
#include "worker/clock.h"
#include "worker/wire/rtp_wire.h"

namespace sluice {
namespace {

using fbs::notification::Event;
using fbs::request::Body;
using fbs::request::Method;

// A UDP socket on loopback with any port.
class UdpPeer {
 public:
  UdpPeer() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any = At(0);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
  }
  ~UdpPeer() { close(fd_); }
  uint16_t port() const {
    sockaddr_in own{};
    socklen_t size = sizeof(own);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }
  void SendTo(uint16_t port, std::span<const uint8_t> bytes) const {
    const sockaddr_in to = At(port);
    sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }
  // Empty when nothing comes in time.
  std::vector<uint8_t> Receive(int limit_ms = 5000) const {
    pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&p, 1, limit_ms) <= 0) return {};
    std::vector<uint8_t> bytes(2048);
    const ssize_t n = recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return bytes;
  }

 private:
  static sockaddr_in At(uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
  }
  int fd_;
};

class WorkerUdpTest : public testing::Test {
 protected:
  struct Created {
    uint16_t port = 0;
    IceCredentials ice;
  };

  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    fbs::worker::CreateRouterRequestT router;
    router.router_id = "r";
    Accept(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter,
                           fbs::worker::CreateCreateRouterRequest(worker_.b, &router).Union()));
  }
  const fbs::response::Response* Accept(const fbs::response::Response* response) {
    EXPECT_TRUE(response && response->accepted())
        << (response && response->reason() ? response->reason()->c_str() : "");
    return response;
  }
  static std::unique_ptr<fbs::net::ListenInfoT> Loopback() {
    auto out = std::make_unique<fbs::net::ListenInfoT>();
    out->ip = "127.0.0.1";
    return out;
  }
  Created CreateWebRtc(const std::string& id, const std::string& server = "") {
    fbs::router::CreateWebRtcTransportRequestT request;
    request.transport_id = id;
    request.options = std::make_unique<fbs::webrtc::OptionsT>();
    request.options->base = std::make_unique<fbs::transport::OptionsT>();
    if (server.empty()) {
      fbs::webrtc::ListenIndividualT listen;
      listen.listen_infos.push_back(Loopback());
      request.options->listen.Set(std::move(listen));
    } else {
      fbs::webrtc::ListenServerT listen;
      listen.web_rtc_server_id = server;
      request.options->listen.Set(std::move(listen));
    }
    const auto* response =
        Accept(worker_.Request(Method::RouterCreateWebRtcTransport, "r", Body::RouterCreateWebRtcTransport,
                               fbs::router::CreateCreateWebRtcTransportRequest(worker_.b, &request).Union()));
    const auto* dump = response->body_as_WebRtcTransportDump();
    return {.port = dump->ice_candidates()->Get(0)->port(),
            .ice = {.ufrag = dump->ice_parameters()->username_fragment()->str(),
                    .password = dump->ice_parameters()->password()->str()}};
  }
  uint16_t CreatePlain(const std::string& id, bool comedia) {
    fbs::router::CreatePlainTransportRequestT request;
    request.transport_id = id;
    request.options = std::make_unique<fbs::plain::OptionsT>();
    request.options->listen_info = Loopback();
    request.options->rtcp_mux = true;
    request.options->comedia = comedia;
    const auto* response =
        Accept(worker_.Request(Method::RouterCreatePlainTransport, "r", Body::RouterCreatePlainTransport,
                               fbs::router::CreateCreatePlainTransportRequest(worker_.b, &request).Union()));
    return response->body_as_PlainTransportDump()->tuple()->local_port();
  }
  // Sends one binding request as a client that knows `ice`; true when it was answered well.
  bool Check(const UdpPeer& peer, const Created& to, int limit_ms = 5000) {
    IceClient client(IceCredentials::Random(), to.ice, rng_);
    client.Start(MonotonicNow());
    uint8_t request[IceClient::kMaxRequest];
    const size_t size = client.OnTimer(MonotonicNow(), request);
    peer.SendTo(to.port, std::span(request).first(size));
    const auto answer = peer.Receive(limit_ms);
    const auto message = stun::Message::Parse(answer);
    return message && client.HandleResponse(*message, MonotonicNow());
  }
  static RtpParameters Opus(uint32_t ssrc) {
    RtpParameters out;
    out.codecs.push_back(
        {.mime_type = "audio/opus", .payload_type = PayloadType(100), .clock_rate = 48000, .channels = uint8_t{2}});
    out.encodings.push_back({.ssrc = Ssrc(ssrc)});
    out.rtcp.cname = "test";
    return out;
  }
  void Produce(const std::string& transport, const std::string& id, uint32_t ssrc) {
    auto& b = worker_.b;
    RtpMapping mapping;
    mapping.codecs.push_back({PayloadType(100), PayloadType(100)});
    mapping.encodings.push_back({.ssrc = Ssrc(ssrc), .mapped_ssrc = Ssrc(2222)});
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto wire_mapping = wire::Encode(b, mapping);
    const auto body = fbs::transport::CreateProduceRequest(b, b.CreateString(id), fbs::rtp::MediaKind::Audio,
                                                           parameters, wire_mapping);
    Accept(worker_.Request(Method::TransportProduce, transport, Body::TransportProduce, body.Union()));
  }
  void Consume(const std::string& transport, const std::string& id, const std::string& producer, uint32_t ssrc) {
    auto& b = worker_.b;
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto consumable = b.CreateVector(wire::Encode(b, Opus(2222).encodings));
    const auto body = fbs::transport::CreateConsumeRequest(b, b.CreateString(id), b.CreateString(producer),
                                                           fbs::rtp::MediaKind::Audio, parameters,
                                                           fbs::rtp::StreamType::Simple, consumable);
    Accept(worker_.Request(Method::TransportConsume, transport, Body::TransportConsume, body.Union()));
  }
  static std::vector<uint8_t> Rtp(uint16_t seq, uint32_t ssrc, size_t payload) {
    std::vector<uint8_t> out(12 + payload, 0x55);
    ByteWriter w(out);
    w.U8(0x80), w.U8(100), w.U16(seq), w.U32(seq * 960u), w.U32(ssrc);
    return out;
  }

  WorkerProcess worker_;
  Rng rng_{1};
};

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
