// The process contract, over the real process: how it begins, how it ends, and what it answers to nonsense.
#include "test/worker/worker_process.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace sluice {
namespace {

using fbs::request::Body;
using fbs::request::Method;
using testing::HasSubstr;
using Env = std::vector<std::string>;

TEST(WorkerProcessTest, AnnouncesItselfByItsPidAndEndsWithZeroWhenClosed) {
  WorkerProcess worker;
  ASSERT_TRUE(worker.AwaitRunning());
  const auto close =
      fbs::notification::CreateNotification(worker.b, worker.b.CreateString(""), fbs::notification::Event::WorkerClose);
  worker.b.FinishSizePrefixed(fbs::message::CreateMessage(worker.b, fbs::message::Body::Notification, close.Union()));
  worker.Write({worker.b.GetBufferPointer(), worker.b.GetSize()});
  EXPECT_EQ(worker.Exit(), 0);
}

TEST(WorkerProcessTest, EndsWithZeroWhenTheControllerIsGone) {
  WorkerProcess worker;
  ASSERT_TRUE(worker.AwaitRunning());
  worker.HangUp();
  EXPECT_EQ(worker.Exit(), 0);
}

TEST(WorkerProcessTest, EndsWithZeroOnInterruptAndTerminate) {
  for (int number : {SIGINT, SIGTERM}) {
    WorkerProcess worker;
    ASSERT_TRUE(worker.AwaitRunning());
    worker.Kill(number);
    EXPECT_EQ(worker.Exit(), 0) << number;
  }
}

TEST(WorkerProcessTest, IgnoresSignalsThatMeanNothingToIt) {
  WorkerProcess worker;
  ASSERT_TRUE(worker.AwaitRunning());
  for (int number : {SIGPIPE, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2}) worker.Kill(number);
  EXPECT_NE(worker.Request(Method::WorkerDump), nullptr);
}

TEST(WorkerProcessTest, RefusesAVersionThatIsMissingOrUntested) {
  EXPECT_EQ(WorkerProcess({}, Env{}).Exit(), 41);
  EXPECT_EQ(WorkerProcess({}, Env{"MEDIASOUP_VERSION=3.0.0"}).Exit(), 41);
  WorkerProcess forced({}, Env{"MEDIASOUP_VERSION=3.0.0", "SLUICE_ANY_MEDIASOUP_VERSION=1"});
  EXPECT_TRUE(forced.AwaitRunning());
}

TEST(WorkerProcessTest, EndsWith42OnWrongSettings) {
  EXPECT_EQ(WorkerProcess({"--logLevel=chicken"}).Exit(), 42);
  EXPECT_EQ(WorkerProcess({"--rtcMinPort=1000", "--rtcMaxPort=999"}).Exit(), 42);
  EXPECT_EQ(WorkerProcess({"--dtlsCertificateFile=/none", "--dtlsPrivateKeyFile=/none"}).Exit(), 42);
}

TEST(WorkerProcessTest, EndsWith42OnCertificateFilesThatAreNone) {
  const std::string self = SLUICE_WORKER_BIN;  // readable, and no PEM
  EXPECT_EQ(WorkerProcess({"--dtlsCertificateFile=" + self, "--dtlsPrivateKeyFile=" + self}).Exit(), 42);
  EXPECT_EQ(WorkerProcess({"--dtlsCertificateFile=" + self}).Exit(), 42);
}

TEST(WorkerProcessTest, EndsWith40WithoutPipes) {
  const std::string command = "MEDIASOUP_VERSION=3.27.1 " SLUICE_WORKER_BIN " 3<&- 4<&- 2>/dev/null";
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 40);
}

TEST(WorkerProcessTest, SkipsFramesThatAreNoMessagesAndGoesOn) {
  WorkerProcess worker;
  ASSERT_TRUE(worker.AwaitRunning());
  for (size_t size = 0; size < 200; ++size) {
    std::vector<uint8_t> garbage(4 + size);
    garbage[0] = static_cast<uint8_t>(size);
    for (size_t i = 0; i < size; ++i) garbage[4 + i] = static_cast<uint8_t>(i * 37 + size);
    worker.Write(garbage);
  }
  EXPECT_THAT(worker.AwaitLog('E'), HasSubstr("skipped a frame of 4 bytes"));
  EXPECT_NE(worker.Request(Method::WorkerDump), nullptr);
}

TEST(WorkerProcessTest, AFrameOverTheLimitEndsItWithAClearLine) {
  WorkerProcess worker;
  ASSERT_TRUE(worker.AwaitRunning());
  worker.Write(std::vector<uint8_t>{0xFF, 0xFF, 0xFF, 0x7F});
  EXPECT_THAT(worker.AwaitLog('E'), HasSubstr("over the limit of 8388608"));
  EXPECT_EQ(worker.Exit(), 0);
}

class WorkerRequestTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(worker_.AwaitRunning()); }
  void ExpectError(const fbs::response::Response* response, std::string_view type, std::string_view reason) {
    ASSERT_NE(response, nullptr);
    EXPECT_FALSE(response->accepted());
    ASSERT_NE(response->error(), nullptr);
    EXPECT_EQ(response->error()->str(), type);
    EXPECT_THAT(response->reason()->str(), HasSubstr(std::string(reason)));
  }
  void CreateRouter(const std::string& id) {
    const auto body = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString(id));
    const auto* response = worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, body.Union());
    ASSERT_TRUE(response && response->accepted());
  }
  WorkerProcess worker_;
};

TEST_F(WorkerRequestTest, ABodyThatIsMissingOrUnreadableIsAnsweredUnderItsId) {
  ExpectError(worker_.Request(Method::WorkerCreateRouter), "TypeError", "body is missing");
  const auto garbage = worker_.b.CreateString(std::string(5000, 'x'));  // a vtable far outside
  ExpectError(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, garbage.Union()), "TypeError",
              "cannot be read");
  const auto other = fbs::worker::CreateCloseRouterRequest(worker_.b);
  ExpectError(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCloseRouter, other.Union()), "TypeError",
              "body is missing");
}

TEST_F(WorkerRequestTest, AFieldThatIsMissingOrWrongIsNamed) {
  const auto no_id = fbs::worker::CreateCreateRouterRequest(worker_.b);
  ExpectError(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, no_id.Union()), "TypeError",
              "routerId");
  const auto level = fbs::worker::CreateUpdateSettingsRequest(worker_.b, worker_.b.CreateString("chicken"));
  ExpectError(worker_.Request(Method::WorkerUpdateSettings, "", Body::WorkerUpdateSettings, level.Union()), "TypeError",
              "logLevel");
  CreateRouter("r");
  const auto transport = fbs::router::CreateCreateWebRtcTransportRequest(worker_.b, worker_.b.CreateString("t"));
  ExpectError(
      worker_.Request(Method::RouterCreateWebRtcTransport, "r", Body::RouterCreateWebRtcTransport, transport.Union()),
      "TypeError", "options");
}

TEST_F(WorkerRequestTest, WhoIsNotThereIsNotFound) {
  ExpectError(worker_.Request(Method::RouterDump, "nobody"), "NotFoundError", "nobody");
  CreateRouter("r");
  ExpectError(worker_.Request(Method::TransportDump, "r"), "NotFoundError", "Transport");
}

TEST_F(WorkerRequestTest, AMethodThatDoesNotExistIsAnErrorAndNothingElse) {
  ExpectError(worker_.Request(static_cast<Method>(199)), "Error", "199");
  ExpectError(worker_.Request(static_cast<Method>(255)), "Error", "255");
}

TEST_F(WorkerRequestTest, AnIdIsGivenOnceAndFreeAgainAfterClosing) {
  CreateRouter("r");
  auto create = [this] {
    const auto body = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString("r"));
    return worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, body.Union());
  };
  ExpectError(create(), "Error", "exists already");
  const auto close = fbs::worker::CreateCloseRouterRequest(worker_.b, worker_.b.CreateString("r"));
  const auto* closed = worker_.Request(Method::WorkerCloseRouter, "", Body::WorkerCloseRouter, close.Union());
  ASSERT_TRUE(closed && closed->accepted());
  const auto* again = create();
  EXPECT_TRUE(again && again->accepted());
}

TEST_F(WorkerRequestTest, AnIdIsUniqueAcrossKinds) {
  CreateRouter("x");
  fbs::worker::CreateWebRtcServerRequestT server;
  server.web_rtc_server_id = "x";
  server.listen_infos.push_back(std::make_unique<fbs::net::ListenInfoT>());
  server.listen_infos.back()->ip = "127.0.0.1";
  const auto create = [&] {
    return worker_.Request(Method::WorkerCreateWebRtcServer, "", Body::WorkerCreateWebRtcServer,
                           fbs::worker::CreateCreateWebRtcServerRequest(worker_.b, &server).Union());
  };
  ExpectError(create(), "Error", "exists already");
  server.web_rtc_server_id = "y";
  const auto* created = create();
  EXPECT_TRUE(created && created->accepted());
  const auto router = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString("y"));
  ExpectError(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, router.Union()), "Error",
              "exists already");
  const auto close = fbs::worker::CreateCloseRouterRequest(worker_.b, worker_.b.CreateString("y"));
  ExpectError(worker_.Request(Method::WorkerCloseRouter, "", Body::WorkerCloseRouter, close.Union()), "NotFoundError",
              "y");
}

TEST_F(WorkerRequestTest, TellsWhatItUses) {
  const auto* response = worker_.Request(Method::WorkerGetResourceUsage);
  ASSERT_TRUE(response && response->accepted());
  const auto* usage = response->body_as_WorkerResourceUsage();
  ASSERT_NE(usage, nullptr);
  EXPECT_GT(usage->ru_maxrss(), 1000u);  // KiB
  EXPECT_LT(usage->ru_maxrss(), 1'000'000u);
  EXPECT_GT(usage->ru_minflt(), 0u);
}

TEST_F(WorkerRequestTest, TheDumpNamesWhatIsThereInOrder) {
  CreateRouter("b");
  CreateRouter("a");
  const auto* response = worker_.Request(Method::WorkerDump);
  ASSERT_TRUE(response && response->accepted());
  const auto* dump = response->body_as_WorkerDump();
  ASSERT_NE(dump, nullptr);
  EXPECT_EQ(dump->pid(), static_cast<uint32_t>(worker_.pid()));
  ASSERT_EQ(dump->router_ids()->size(), 2u);
  EXPECT_EQ(dump->router_ids()->Get(0)->str(), "b");
  EXPECT_EQ(dump->channel_message_handlers()->channel_request_handlers()->Get(1)->str(), "a");
}

}  // namespace
}  // namespace sluice
