// Many transports come and go: afterwards memory, descriptors and ports are what they were. And what is closed while it
// is still being connected is answered all the same.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "test/worker/worker_process.h"

namespace sluice {
namespace {

using fbs::request::Body;
using fbs::request::Method;

constexpr int kPorts = 400;
constexpr int kTransports = 10'000;

class ChurnTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    const auto body = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString("router"));
    ASSERT_TRUE(Good(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, body.Union())));
  }

  static bool Good(const fbs::response::Response* answer) { return answer && answer->accepted(); }
  size_t Descriptors() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(worker_.pid()) + "/fd")) {
      ++count;
    }
    return count;
  }
  uint64_t ResidentKib() const {
    std::ifstream file("/proc/" + std::to_string(worker_.pid()) + "/status");
    for (std::string word; file >> word;) {
      uint64_t kib = 0;
      if (word == "VmRSS:" && file >> kib) return kib;
    }
    return 0;
  }

  // The ports of the worker's own range, so that they run out unless they come back.
  flatbuffers::Offset<fbs::net::ListenInfo> Listen() {
    const auto ip = worker_.b.CreateString("127.0.0.1");
    fbs::net::ListenInfoBuilder info(worker_.b);
    info.add_ip(ip);
    return info.Finish();
  }
  flatbuffers::Offset<fbs::transport::Options> Base() {
    fbs::transport::OptionsBuilder options(worker_.b);
    options.add_max_send_message_size(262'144);
    options.add_max_receive_message_size(262'144);
    return options.Finish();
  }
  bool CreatePlain(const std::string& id) {
    auto& b = worker_.b;
    const auto listen = Listen();
    const auto base = Base();
    fbs::plain::OptionsBuilder options(b);
    options.add_base(base);
    options.add_listen_info(listen);
    options.add_rtcp_mux(true);
    const auto made = options.Finish();
    const auto body = fbs::router::CreateCreatePlainTransportRequest(b, b.CreateString(id), made);
    return Good(
        worker_.Request(Method::RouterCreatePlainTransport, "router", Body::RouterCreatePlainTransport, body.Union()));
  }
  bool CreateWebRtc(const std::string& id) {
    auto& b = worker_.b;
    const auto infos = b.CreateVector(std::vector{Listen()});
    const auto listen = fbs::webrtc::CreateListenIndividual(b, infos);
    const auto base = Base();
    fbs::webrtc::OptionsBuilder options(b);
    options.add_base(base);
    options.add_listen_type(fbs::webrtc::Listen::Individual);
    options.add_listen(listen.Union());
    const auto made = options.Finish();
    const auto body = fbs::router::CreateCreateWebRtcTransportRequest(b, b.CreateString(id), made);
    return Good(worker_.Request(Method::RouterCreateWebRtcTransport, "router", Body::RouterCreateWebRtcTransport,
                                body.Union()));
  }
  flatbuffers::Offset<void> CloseBody(const std::string& id) {
    return fbs::router::CreateCloseTransportRequest(worker_.b, worker_.b.CreateString(id)).Union();
  }
  bool Close(const std::string& id) {
    return Good(worker_.Request(Method::RouterCloseTransport, "router", Body::RouterCloseTransport, CloseBody(id)));
  }

  WorkerProcess worker_{{"--rtcMinPort=21000", "--rtcMaxPort=" + std::to_string(21000 + kPorts - 1)}};
};

TEST_F(ChurnTest, AfterTenThousandTransportsAllIsAsItWas) {
  constexpr int kAtOnce = 100, kWarmUp = 2'000;
  const size_t descriptors = Descriptors();
  uint64_t resident = 0;
  for (int made = 0; made < kTransports; made += kAtOnce) {
    if (made == kWarmUp) resident = ResidentKib();
    const bool plain = made / kAtOnce % 2 == 0;
    for (int i = 0; i < kAtOnce; ++i) {
      const std::string id = std::to_string(made + i);
      ASSERT_TRUE(plain ? CreatePlain(id) : CreateWebRtc(id)) << id;
    }
    for (int i = 0; i < kAtOnce; ++i) ASSERT_TRUE(Close(std::to_string(made + i)));
  }
  EXPECT_EQ(Descriptors(), descriptors);
  EXPECT_LT(ResidentKib(), resident + resident / 10) << "in KiB; after the first " << kWarmUp << ": " << resident;
  // All ports of the range can be had again, and not one more.
  for (int i = 0; i < kPorts; ++i) ASSERT_TRUE(CreatePlain("again" + std::to_string(i))) << i;
  EXPECT_FALSE(CreatePlain("one more"));
}

TEST_F(ChurnTest, ClosingWhileConnectingAnswersBoth) {
  ASSERT_TRUE(CreateWebRtc("t"));
  auto& b = worker_.b;
  std::string hex = "AA";
  for (int i = 1; i < 32; ++i) hex += ":AA";
  const auto fingerprint =
      fbs::webrtc::CreateFingerprint(b, fbs::webrtc::FingerprintAlgorithm::Sha256, b.CreateString(hex));
  const auto parameters =
      fbs::webrtc::CreateDtlsParameters(b, b.CreateVector(std::vector{fingerprint}), fbs::webrtc::DtlsRole::Client);
  const auto connect = fbs::webrtc::CreateConnectRequest(b, parameters);
  const uint32_t first =
      worker_.Ask(Method::WebRtcTransportConnect, "t", Body::WebRtcTransportConnect, connect.Union());
  const uint32_t second =
      worker_.Ask(Method::RouterCloseTransport, "router", Body::RouterCloseTransport, CloseBody("t"));
  const uint32_t third = worker_.Ask(Method::TransportRestartIce, "t");
  EXPECT_TRUE(Good(worker_.AwaitAnswer(first)));
  EXPECT_TRUE(Good(worker_.AwaitAnswer(second)));
  const auto* gone = worker_.AwaitAnswer(third);
  ASSERT_NE(gone, nullptr);
  EXPECT_EQ(gone->error()->str(), "NotFoundError");
}

}  // namespace
}  // namespace sluice
