#include "conference/web_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/conference/page.h"
#include "test/conference/web_client.h"

namespace sluice::conference {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

// The server over real sockets, with a conference that has no workers.
class WebServerTest : public testing::Test {
 protected:
  void Start(const Limits& limits = {}) {
    pool_ = std::make_unique<WorkerPool>(loop_.get(), WorkerPoolOptions{.workers = 1, .limits = limits});
    conference_ = std::make_unique<Conference>(*pool_, limits);
    auto files = WebFiles::Read(MakePage());
    ASSERT_TRUE(files.ok()) << files.status();
    server_ = std::make_unique<WebServer>(
        loop_.get(), WebServerOptions{.origins = {"https://friend.example"}, .limits = limits}, *std::move(files),
        *conference_, [this] {
          return Health{.ok = healthy_, .details = {{"status", healthy_ ? "ok" : "down"}}};
        });
    const absl::Status listening = server_->Listen();
    ASSERT_TRUE(listening.ok()) << listening;
  }
  void TearDown() override {
    server_->Close();
    pool_->Close();
    uv_run(loop_.get(), UV_RUN_DEFAULT);
  }
  std::string Get(const std::string& path, const std::string& headers = "") {
    return WebClient(loop_, server_->port()).Request("GET", path, headers);
  }
  static json Join(const std::string& room) {
    return {{"id", 1}, {"method", "join"}, {"data", {{"version", 1}, {"room", room}, {"name", "Ada"}}}};
  }

  controller::Loop loop_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<Conference> conference_;
  std::unique_ptr<WebServer> server_;
  bool healthy_ = true;
};

TEST_F(WebServerTest, ThePageIsServedForRoomsWithSecurityHeaders) {
  Start();
  for (const char* path : {"/", "/r/demo", "/r/demo?name=Ada"}) {
    const std::string response = Get(path);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200")) << path;
    EXPECT_THAT(response, HasSubstr("text/html; charset=utf-8"));
    EXPECT_THAT(response, HasSubstr("cache-control: no-cache"));
    EXPECT_THAT(response, HasSubstr("default-src 'none'"));
    EXPECT_THAT(response, HasSubstr("x-content-type-options: nosniff"));
    EXPECT_THAT(response, EndsWith("<title>Sluice</title>"));
  }
}

TEST_F(WebServerTest, ABigFileArrivesWholeAndMayBeKept) {
  Start();
  const std::string response = Get("/assets/main-ABCD1234.js");
  EXPECT_THAT(response, HasSubstr("text/javascript"));
  EXPECT_THAT(response, HasSubstr("immutable"));
  EXPECT_EQ(response.size() - response.find("\r\n\r\n") - 4, kBigFile);
}

TEST_F(WebServerTest, AnUnchangedFileIsNotSentAgain) {
  Start();
  const std::string first = Get("/");
  const size_t at = first.find("etag: ");
  ASSERT_NE(at, std::string::npos);
  const std::string etag = first.substr(at + 6, first.find("\r\n", at) - at - 6);
  const std::string second = Get("/", "If-None-Match: " + etag + "\r\n");
  EXPECT_THAT(second, StartsWith("HTTP/1.1 304"));
  EXPECT_THAT(second, Not(HasSubstr("<title>")));
}

TEST_F(WebServerTest, HeadHasNoBody) {
  Start();
  const std::string response = WebClient(loop_, server_->port()).Request("HEAD", "/");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST_F(WebServerTest, WhatIsNotThereIsNotFound) {
  Start();
  for (const char* path : {"/nothing", "/assets/", "/../../etc/passwd", "/%2e%2e/etc/passwd", "/ws"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 40")) << path;
  }
  EXPECT_THAT(WebClient(loop_, server_->port()).Request("POST", "/", "Content-Length: 0\r\n"),
              StartsWith("HTTP/1.1 405"));
}

TEST_F(WebServerTest, HealthFollowsTheWorkers) {
  Start();
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  healthy_ = false;
  const std::string response = Get("/healthz");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(response, HasSubstr(R"({"status":"down"})"));
}

TEST_F(WebServerTest, ThePortCanBeTakenOnce) {
  Start();
  WebServer second(loop_.get(), {.port = server_->port()}, WebFiles(), *conference_, nullptr);
  const absl::Status status = second.Listen();
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::to_string(server_->port())));
  second.Close();
  server_->Close();
  pool_->Close();
  uv_run(loop_.get(), UV_RUN_DEFAULT);
}

TEST_F(WebServerTest, OnlyPagesOfThisHostAndListedOnesOpenAWebSocket) {
  Start();
  const std::string own = "Origin: http://127.0.0.1:" + std::to_string(server_->port()) + "\r\n";
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade("/ws", own), 101);
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade("/ws", "Origin: https://friend.example\r\n"), 101);
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade("/ws"), 101);
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade("/ws", "Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade("/elsewhere"), 404);
}

TEST_F(WebServerTest, MessagesInSeveralFramesArePutTogether) {
  Start();
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(WebClient::kText, false, R"({"id":4,)");
  client.SendFrame(WebClient::kContinuation, false, R"("method":)");
  client.SendFrame(WebClient::kContinuation, true, R"("ping"})");
  EXPECT_EQ(client.Await([](const json& message) { return message.contains("data"); })["id"], 4);
}

TEST_F(WebServerTest, AMessageOfTheGreatestSizeIsReadAndABiggerOneCloses) {
  Limits limits;
  limits.message_bytes = 100'000;
  Start(limits);
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  std::string message = R"({"id":4,"method":"ping"})";
  message.append(limits.message_bytes - message.size(), ' ');
  client.SendFrame(WebClient::kText, true, message);
  EXPECT_EQ(client.Await([](const json& answer) { return answer.contains("data"); })["id"], 4);
  client.SendFrame(WebClient::kText, true, message + " ");
  EXPECT_EQ(client.AwaitClose(), 1009);
}

TEST_F(WebServerTest, ManySmallFramesOfOneEndlessMessageClose) {
  Limits limits;
  limits.message_bytes = 1000;
  Start(limits);
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(WebClient::kText, false, "{");
  for (int i = 0; i < 11; ++i) client.SendFrame(WebClient::kContinuation, false, std::string(100, ' '));
  EXPECT_EQ(client.AwaitClose(), 1009);
}

TEST_F(WebServerTest, BinaryFramesClose) {
  Start();
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(WebClient::kBinary, true, "bytes");
  EXPECT_EQ(client.AwaitClose(), 1003);
}

TEST_F(WebServerTest, TooManyMessagesClose) {
  Limits limits;
  limits.messages_per_second = 0.001;
  limits.message_burst = 5;
  Start(limits);
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  for (int i = 0; i < 6; ++i) client.Send({{"id", i}, {"method", "ping"}});
  EXPECT_EQ(client.AwaitClose(), 4001);
}

TEST_F(WebServerTest, WhoDoesNotJoinInTimeIsClosed) {
  Limits limits;
  limits.join_timeout = 1ms;
  Start(limits);
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  EXPECT_EQ(client.AwaitClose(), 4000);
}

TEST_F(WebServerTest, WhoDoesNotReadIsClosedAndGone) {
  Limits limits;
  limits.send_queue_messages = 100;
  limits.message_burst = 1e6;
  Start(limits);
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  client.Send(Join("demo"));
  ASSERT_TRUE(loop_.RunUntil([&] { return conference_->peers() == 1; }));
  client.StopReading();
  // Answers to these are longer than the kernel's buffers, and nobody takes them.
  const std::string request = json{{"id", 1}, {"method", "x"}}.dump();
  ASSERT_TRUE(loop_.RunUntil([&] {
    for (int i = 0; i < 500; ++i) client.SendFrame(WebClient::kText, true, request);
    return conference_->peers() == 0;
  }));
}

TEST_F(WebServerTest, APageThatAnswersPingsStaysAndASilentOneIsGivenUp) {
  Limits limits;
  limits.ping_interval = 1ms;  // every tick
  Start(limits);
  WebClient lively(loop_, server_->port());
  WebClient silent(loop_, server_->port());
  ASSERT_EQ(lively.Upgrade(), 101);
  ASSERT_EQ(silent.Upgrade(), 101);
  silent.set_answers_pings(false);
  EXPECT_EQ(silent.AwaitClose(), 0);
  EXPECT_EQ(silent.pings(), limits.missed_pings);
  EXPECT_GE(lively.pings(), limits.missed_pings);
  EXPECT_FALSE(lively.closed());
}

TEST_F(WebServerTest, AClosedSocketLeavesItsRoom) {
  Start();
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  client.Send(Join("demo"));
  ASSERT_TRUE(loop_.RunUntil([&] { return conference_->peers() == 1; }));
  client.Disconnect();
  EXPECT_TRUE(loop_.RunUntil([&] { return conference_->rooms() == 0; }));
}

TEST_F(WebServerTest, MoreConnectionsThanAllowedAreRefused) {
  Limits limits;
  limits.connections = 2;
  Start(limits);
  WebClient first(loop_, server_->port());
  WebClient second(loop_, server_->port());
  EXPECT_EQ(first.Upgrade(), 101);
  EXPECT_EQ(second.Upgrade(), 101);
  EXPECT_EQ(WebClient(loop_, server_->port()).Upgrade(), 503);
}

TEST_F(WebServerTest, ShuttingDownIsSaid) {
  Start();
  WebClient client(loop_, server_->port());
  ASSERT_EQ(client.Upgrade(), 101);
  server_->Close();
  EXPECT_EQ(client.AwaitClose(), 1001);
}

}  // namespace
}  // namespace sluice::conference
