// What is closed while it is still being connected is answered all the same.
#include <gmock/gmock.h>

#include "test/worker/worker_process.h"

namespace sluice {
namespace {

using fbs::request::Body;
using fbs::request::Method;

class CloseTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    const auto body = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString("router"));
    ASSERT_TRUE(Good(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, body.Union())));
  }

  static bool Good(const fbs::response::Response* answer) { return answer && answer->accepted(); }
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
  WorkerProcess worker_;
};

TEST_F(CloseTest, ClosingWhileConnectingAnswersBoth) {
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
