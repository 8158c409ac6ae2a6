// Whatever was created and closed, memory, descriptors and ports are back where they were.

#include "test/worker/resident_memory.h"
#include "test/worker/webrtc_worker.h"

namespace sluice {
namespace {

constexpr int kTransports = 10'000;
constexpr int kAtOnce = 250;  // alive at the same time

// What a process of 20 MB may keep of ten thousand transports: fragments of its heap.
constexpr int64_t kMaxGrowthKb = 4096;

class WorkerResourcesTest : public WebRtcWorkerTest {
 protected:
  // Descriptors once the loop has turned: libuv closes at the end of one.
  size_t Descriptors() {
    for (int i = 0; i < 2; ++i) Accept(worker_.Request(Method::WorkerDump));
    return OpenDescriptors();
  }
  // Creates and closes kTransports, `create` being given each id.
  template <class Create>
  void RunWaves(int transports, Create create) {
    for (int done = 0; done < transports; done += kAtOnce) {
      for (int i = 0; i < kAtOnce; ++i) create("t" + std::to_string(i));
      for (int i = 0; i < kAtOnce; ++i) CloseTransport("t" + std::to_string(i));
      worker_.ForgetReceived();
    }
  }
  template <class Create>
  void ExpectNothingStays(Create create) {
    RunWaves(4 * kAtOnce, create);  // what is allocated once, for good, is allocated now
    const size_t descriptors = Descriptors();
    const int64_t before = ResidentKib(worker_.pid());
    RunWaves(kTransports, create);
    EXPECT_EQ(Descriptors(), descriptors);
    const int64_t growth = ResidentKib(worker_.pid()) - before;
    RecordProperty("growth_kb", static_cast<int>(growth));
    std::printf("resident %ld kB, growth %ld kB\n", static_cast<long>(before), static_cast<long>(growth));
    if (kResidentMemoryTells) {
      EXPECT_LE(growth, kMaxGrowthKb);
    }
    const auto* dump = Accept(worker_.Request(Method::RouterDump, "r"))->body_as_RouterDump();
    EXPECT_EQ(SizeOf(dump->transport_ids()), 0u);
  }
};

TEST_F(WorkerResourcesTest, TenThousandTransportsWithPortsOfTheirOwn) {
  // A range hardly larger than what is alive at once: a port that stayed taken would be missed.
  ListenInfoT info = Listen(Protocol::kUdp);
  const uint16_t first = Create("probe", {info}).candidates[0].address.port();
  CloseTransport("probe");
  info.port_range = std::make_unique<fbs::net::PortRangeT>();
  info.port_range->min = static_cast<uint16_t>(std::min(first, uint16_t{59'000}));
  info.port_range->max = static_cast<uint16_t>(info.port_range->min + 2 * kAtOnce);
  ExpectNothingStays([&](const std::string& id) { Accept(TryCreate(id, {info})); });
}

TEST_F(WorkerResourcesTest, TenThousandTransportsOfOneServer) {
  CreateServer("s", {Listen(Protocol::kUdp), Listen(Protocol::kTcp)});
  ExpectNothingStays([&](const std::string& id) { CreateOn("s", id); });
  const auto* dump = Accept(worker_.Request(Method::WebRtcServerDump, "s"))->body_as_WebRtcServerDump();
  EXPECT_EQ(SizeOf(dump->web_rtc_transport_ids()), 0u);
  EXPECT_EQ(SizeOf(dump->local_ice_username_fragments()), 0u);
}

TEST_F(WorkerResourcesTest, TenThousandTransportsClosedWhileConnecting) {
  CreateServer("s", {Listen(Protocol::kUdp)});
  const std::vector<DtlsFingerprint> fingerprints = WebRtcPeer().fingerprints();
  UdpPeer peer;
  ExpectNothingStays([&](const std::string& id) {
    const Made made = CreateOn("s", id);
    Accept(Connect(id, fbs::webrtc::DtlsRole::Server, fingerprints));
    // The check makes it send its ClientHello; nobody answers that.
    IceClient client(IceCredentials::Random(), made.ice, rng_);
    client.Start(MonotonicNow());
    std::array<uint8_t, IceClient::kMaxRequest> request;
    peer.SendTo(made.candidates[0].address.port(), std::span(request).first(client.OnTimer(MonotonicNow(), request)));
  });
}

TEST_F(WorkerResourcesTest, TcpConnectionsOfStrangersAreClosedWithTheirListener) {
  const size_t before = Descriptors();
  CreateServer("s", {Listen(Protocol::kTcp)});
  const Made made = CreateOn("s", "t");
  std::vector<std::unique_ptr<WebRtcPeer>> peers;
  for (int i = 0; i < 300; ++i) {
    peers.push_back(std::make_unique<WebRtcPeer>());
    ASSERT_TRUE(peers.back()->Open(Protocol::kTcp, made.candidates[0].address));
  }
  CloseServer("s");
  EXPECT_EQ(Descriptors(), before);
}

}  // namespace
}  // namespace sluice
