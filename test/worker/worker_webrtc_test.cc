// WebRTC transports and WebRtcServers of the real process: what they listen on, and how a peer connects over it.
#include <tuple>

#include "test/worker/webrtc_worker.h"

namespace sluice {
namespace {

using fbs::net::ListenInfoT;
using WorkerWebRtcTest = WebRtcWorkerTest;

constexpr int kShort = 200;  // ms, to see that no answer comes

class WorkerWebRtcPathTest : public WorkerWebRtcTest,
                             public testing::WithParamInterface<std::tuple<Protocol, const char*, DtlsRole>> {};

TEST_P(WorkerWebRtcPathTest, ConnectsAndTellsEachStep) {
  const auto [protocol, ip, role] = GetParam();
  const Made made = Create("t", {Listen(protocol, ip)});
  ASSERT_EQ(made.candidates.size(), 1u);
  WebRtcPeer peer;
  ASSERT_TRUE(peer.Open(protocol, made.candidates[0].address));
  const auto* connected = Accept(Connect("t", static_cast<fbs::webrtc::DtlsRole>(role), peer.fingerprints()));
  const bool peer_serves = role != DtlsRole::kClient;
  EXPECT_EQ(connected->body_as_WebRtcTransportConnect()->dtls_local_role(),
            peer_serves ? fbs::webrtc::DtlsRole::Client : fbs::webrtc::DtlsRole::Server);
  ASSERT_TRUE(peer.Check(made.ice));
  peer.StartDtls(peer_serves ? DtlsRole::kServer : DtlsRole::kClient, made.fingerprints[2]);
  EXPECT_TRUE(peer.RunUntilDtls(DtlsState::kConnected));

  const auto* selected = worker_.AwaitNotification(Event::WebRtcTransportIceSelectedTupleChange, "t");
  ASSERT_NE(selected, nullptr);
  const auto* tuple = selected->body_as_WebRtcTransportIceSelectedTupleChange()->tuple();
  EXPECT_EQ(tuple->remote_ip()->str(), ip);
  EXPECT_EQ(tuple->local_port(), made.candidates[0].address.port());
  EXPECT_EQ(tuple->protocol(), protocol == Protocol::kUdp ? fbs::net::Protocol::Udp : fbs::net::Protocol::Tcp);
  const auto* ice = worker_.AwaitNotification(Event::WebRtcTransportIceStateChange, "t");
  ASSERT_NE(ice, nullptr);
  EXPECT_EQ(ice->body_as_WebRtcTransportIceStateChange()->ice_state(), fbs::webrtc::IceState::Completed);
  EXPECT_EQ(AwaitDtls("t"), std::pair(fbs::webrtc::DtlsState::Connecting, std::string()));
  EXPECT_EQ(AwaitDtls("t"), std::pair(fbs::webrtc::DtlsState::Connected, peer.certificate_pem()));
}

INSTANTIATE_TEST_SUITE_P(Paths, WorkerWebRtcPathTest,
                         testing::Combine(testing::Values(Protocol::kUdp, Protocol::kTcp),
                                          testing::Values("127.0.0.1", "::1"),
                                          testing::Values(DtlsRole::kAuto, DtlsRole::kClient, DtlsRole::kServer)));

TEST_F(WorkerWebRtcTest, EveryFingerprintAlgorithmIsEnoughByItself) {
  for (size_t i = 0; i < kFingerprintNames.size(); ++i) {
    const std::string id = "t" + std::to_string(i);
    const Made made = Create(id, {Listen(Protocol::kUdp)});
    WebRtcPeer peer;
    ASSERT_TRUE(peer.Open(Protocol::kUdp, made.candidates[0].address));
    Accept(Connect(id, fbs::webrtc::DtlsRole::Client, {peer.fingerprints()[i]}));
    ASSERT_TRUE(peer.Check(made.ice));
    peer.StartDtls(DtlsRole::kClient, made.fingerprints[i]);
    EXPECT_TRUE(peer.RunUntilDtls(DtlsState::kConnected)) << kFingerprintNames[i];
  }
}

TEST_F(WorkerWebRtcTest, OfSeveralFingerprintsTheStrongestCounts) {
  WebRtcPeer stranger;
  for (const bool right : {true, false}) {
    const std::string id = right ? "right" : "wrong";
    const Made made = Create(id, {Listen(Protocol::kUdp)});
    WebRtcPeer peer;
    ASSERT_TRUE(peer.Open(Protocol::kUdp, made.candidates[0].address));
    const auto& strong = right ? peer : stranger;
    const auto& weak = right ? stranger : peer;
    Accept(Connect(id, fbs::webrtc::DtlsRole::Client,
                   {weak.fingerprints()[0], strong.fingerprints()[4], weak.fingerprints()[2]}));
    ASSERT_TRUE(peer.Check(made.ice));
    peer.StartDtls(DtlsRole::kClient, made.fingerprints[2]);
    EXPECT_TRUE(peer.RunUntilDtls(right ? DtlsState::kConnected : DtlsState::kFailed));
    AwaitDtls(id);
    EXPECT_EQ(AwaitDtls(id).first, right ? fbs::webrtc::DtlsState::Connected : fbs::webrtc::DtlsState::Failed);
  }
}

TEST_F(WorkerWebRtcTest, AnIllFormedFingerprintIsATypeErrorAndChangesNothing) {
  const Made made = Create("t", {Listen(Protocol::kUdp)});
  WebRtcPeer peer;
  auto fingerprints = peer.fingerprints();
  fingerprints[1].value += ":00";
  ExpectError(Connect("t", fbs::webrtc::DtlsRole::Client, fingerprints), "TypeError", "fingerprint.value");
  ExpectError(Connect("t", fbs::webrtc::DtlsRole::Client, {}), "TypeError", "fingerprints");
  Accept(Connect("t", fbs::webrtc::DtlsRole::Client, peer.fingerprints()));
}

TEST_F(WorkerWebRtcTest, ConnectsOnceAndNotAfterClosing) {
  Create("t", {Listen(Protocol::kUdp)});
  WebRtcPeer peer;
  Accept(Connect("t", fbs::webrtc::DtlsRole::Client, peer.fingerprints()));
  ExpectError(Connect("t", fbs::webrtc::DtlsRole::Client, peer.fingerprints()), "Error", "already");
  CloseTransport("t");
  ExpectError(Connect("t", fbs::webrtc::DtlsRole::Client, peer.fingerprints()), "NotFoundError", "t");
}

TEST_F(WorkerWebRtcTest, MayBeClosedInTheMiddleOfConnecting) {
  for (const Protocol protocol : {Protocol::kUdp, Protocol::kTcp}) {
    const Made made = Create("t", {Listen(protocol)});
    WebRtcPeer peer;
    ASSERT_TRUE(peer.Open(protocol, made.candidates[0].address));
    Accept(Connect("t", fbs::webrtc::DtlsRole::Server, peer.fingerprints()));  // it sends its ClientHello itself
    ASSERT_TRUE(peer.Check(made.ice));
    EXPECT_EQ(AwaitDtls("t").first, fbs::webrtc::DtlsState::Connecting);
    CloseTransport("t");
    peer.StartDtls(DtlsRole::kServer, made.fingerprints[2]);
    EXPECT_FALSE(peer.RunUntilDtls(DtlsState::kConnected, kShort));
    EXPECT_NE(worker_.Request(Method::WorkerDump), nullptr);
  }
}

TEST_F(WorkerWebRtcTest, OffersOneCandidateForEachAddressTheFirstPreferred) {
  std::vector<ListenInfoT> infos = {Listen(Protocol::kUdp), Listen(Protocol::kTcp), Listen(Protocol::kUdp, "::1"),
                                    Listen(Protocol::kTcp, "0.0.0.0")};
  infos[0].announced_address = "203.0.113.7";
  infos[0].expose_internal_ip = true;
  infos[1].expose_internal_ip = true;  // nothing to be exposed besides
  infos[3].announced_address = "media.example.org";
  const Made made = Create("t", infos);
  std::vector<std::string> names;
  for (const Candidate& c : made.candidates) names.push_back(c.name);
  EXPECT_THAT(names, testing::ElementsAre("203.0.113.7", "127.0.0.1", "127.0.0.1", "::1", "media.example.org"));
  for (size_t i = 1; i < made.candidates.size(); ++i) {
    EXPECT_GT(made.candidates[i - 1].priority, made.candidates[i].priority);
  }
  EXPECT_EQ(made.candidates[0].address.port(), made.candidates[1].address.port());
  for (size_t i : {1u, 2u, 3u}) EXPECT_TRUE(Answers(made.candidates[i], made.ice)) << i;
}

TEST_F(WorkerWebRtcTest, ADualStackSocketAnswersBothFamiliesAndAnIpv6OnlyOneDoesNot) {
  for (const bool only : {false, true}) {
    ListenInfoT info = Listen(Protocol::kUdp, "::");
    info.flags = std::make_unique<fbs::net::SocketFlagsT>();
    info.flags->ipv6_only = only;
    const std::string id = only ? "only" : "dual";
    const Made made = Create(id, {info});
    Candidate v6 = made.candidates[0], v4 = v6;
    v6.address = *SocketAddress::Parse("::1", v6.address.port());
    v4.address = *SocketAddress::Parse("127.0.0.1", v6.address.port());
    EXPECT_TRUE(Answers(v6, made.ice));
    EXPECT_EQ(Answers(v4, made.ice, only ? kShort : 5000), !only);
  }
}

TEST_F(WorkerWebRtcTest, APortRangeThatIsFullIsAnErrorThatNamesItAndLeavesNothingOpen) {
  const uint16_t port = Create("first", {Listen(Protocol::kUdp)}).candidates[0].address.port();
  ListenInfoT full = Listen(Protocol::kUdp);
  full.port_range = std::make_unique<fbs::net::PortRangeT>();
  full.port_range->min = full.port_range->max = port;
  const size_t before = OpenDescriptors();
  for (int i = 0; i < 5; ++i) {
    ExpectError(TryCreate("t", {Listen(Protocol::kUdp), Listen(Protocol::kTcp), full}), "Error",
                fmt::format("no free udp port on 127.0.0.1 from {} to {}", port, port));
  }
  Accept(worker_.Request(Method::WorkerDump));  // sockets are closed when the loop turns
  EXPECT_EQ(OpenDescriptors(), before);
  full.port_range->max = static_cast<uint16_t>(port - 1);
  ExpectError(TryCreate("t", {full}), "TypeError", "portRange");
}

TEST_F(WorkerWebRtcTest, APortIsSharedOnlyWhenBothAskForIt) {
  ListenInfoT info = Listen(Protocol::kUdp);
  info.flags = std::make_unique<fbs::net::SocketFlagsT>();
  info.flags->udp_reuse_port = true;
  // Out of a range each gets its own, whatever is asked.
  const uint16_t a = Create("a", {info}).candidates[0].address.port();
  CloseTransport("a");
  info.port = a;
  Create("b", {info});
  Create("c", {info});
  info.flags->udp_reuse_port = false;
  ExpectError(TryCreate("d", {info}), "Error", std::to_string(a));
}

TEST_F(WorkerWebRtcTest, BuffersAreTakenInAnySize) {
  ListenInfoT info = Listen(Protocol::kUdp);
  for (const uint32_t size : {1u, 65536u, 4294967295u}) {
    info.send_buffer_size = info.recv_buffer_size = size;
    const std::string id = std::to_string(size);
    const Made made = Create(id, {info});
    EXPECT_TRUE(Answers(made.candidates[0], made.ice)) << size;
  }
}

TEST_F(WorkerWebRtcTest, AServersCandidatesAreThoseEnabledThePreferredFirst) {
  CreateServer("s", {Listen(Protocol::kUdp), Listen(Protocol::kTcp)});
  const Made both = CreateOn("s", "both");
  ASSERT_EQ(both.candidates.size(), 2u);
  EXPECT_GT(both.candidates[0].priority, both.candidates[1].priority);
  const Made tcp_first = CreateOn("s", "tcp-first", true, true, true);
  EXPECT_LT(tcp_first.candidates[0].priority, tcp_first.candidates[1].priority);
  const Made tcp = CreateOn("s", "tcp", false, true);
  ASSERT_EQ(tcp.candidates.size(), 1u);
  EXPECT_EQ(tcp.candidates[0].protocol, Protocol::kTcp);
  EXPECT_TRUE(Answers(tcp.candidates[0], tcp.ice));
  EXPECT_FALSE(Answers(both.candidates[0], tcp.ice, kShort)) << "UDP is not enabled for it";
  const IceCredentials restarted = Restart("tcp");
  EXPECT_FALSE(Answers(both.candidates[0], restarted, kShort)) << "nor after a restart";
  EXPECT_TRUE(Answers(tcp.candidates[0], restarted));
}

TEST_F(WorkerWebRtcTest, AServerKnowsTheNameInUseAndTheNewestUntilThatIsUsed) {
  CreateServer("s", {Listen(Protocol::kUdp)});
  const Made made = CreateOn("s", "t");
  const IceCredentials never_used = Restart("t"), newest = Restart("t");
  const Candidate& at = made.candidates[0];
  EXPECT_TRUE(Answers(at, made.ice));
  EXPECT_FALSE(Answers(at, never_used, kShort));
  EXPECT_TRUE(Answers(at, newest));
  EXPECT_FALSE(Answers(at, made.ice, kShort));
  const auto* dump = Accept(worker_.Request(Method::WebRtcServerDump, "s"))->body_as_WebRtcServerDump();
  EXPECT_LE(dump->local_ice_username_fragments()->size(), 2u);
}

TEST_F(WorkerWebRtcTest, AServerThatClosesTakesItsTransportsAndNoOthers) {
  CreateServer("s", {Listen(Protocol::kUdp), Listen(Protocol::kTcp)});
  const Made of_server = CreateOn("s", "a");
  const Made own = Create("b", {Listen(Protocol::kUdp)});
  CloseServer("s");
  ExpectError(worker_.Request(Method::TransportDump, "a"), "NotFoundError", "a");
  ExpectError(worker_.Request(Method::WebRtcServerDump, "s"), "NotFoundError", "s");
  EXPECT_FALSE(Answers(of_server.candidates[0], of_server.ice, kShort));
  EXPECT_TRUE(Answers(own.candidates[0], own.ice));
  fbs::webrtc::OptionsT options;
  fbs::webrtc::ListenServerT listen;
  listen.web_rtc_server_id = "s";
  options.listen.Set(std::move(listen));
  ExpectError(TryCreate("c", std::move(options)), "NotFoundError", "s");
}

}  // namespace
}  // namespace sluice
