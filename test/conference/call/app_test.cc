#include "conference/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "test/conference/call/app_fixture.h"

namespace sluice::conference {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(AppTest, AJoinGetsWhatADeviceNeeds) {
  Start();
  auto ada = Connect();
  const json answer = Join(*ada, "demo", "Ada");
  EXPECT_FALSE(answer["peerId"].get<std::string>().empty());
  EXPECT_FALSE(answer["rejoinKey"].get<std::string>().empty());
  EXPECT_TRUE(answer["peers"].empty());
  EXPECT_GE(answer["routerRtpCapabilities"]["codecs"].size(), 5u);

  const json transport = ada->Ask("createTransport", {{"direction", "send"}})["data"];
  EXPECT_EQ(transport["iceParameters"]["iceLite"], true);
  ASSERT_EQ(transport["iceCandidates"].size(), 2u);
  EXPECT_EQ(transport["iceCandidates"][0]["protocol"], "udp");
  EXPECT_EQ(transport["iceCandidates"][1]["protocol"], "tcp");
  EXPECT_FALSE(transport["dtlsParameters"]["fingerprints"].empty());
}

TEST_F(AppTest, ParticipantsHearOfEachOther) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Connect();
  const json answer = Join(*ben, "demo", "Ben");
  ASSERT_EQ(answer["peers"].size(), 1u);
  EXPECT_EQ(answer["peers"][0]["name"], "Ada");
  const json joined = ada->AwaitEvent("peerJoined");
  EXPECT_EQ(joined["name"], "Ben");
  EXPECT_EQ(joined["peerId"], answer["peerId"]);
  ben->Disconnect();
  EXPECT_EQ(ada->AwaitEvent("peerLeft")["peerId"], answer["peerId"]);
}

TEST_F(AppTest, WhatOneSendsTheOtherReceivesUntilItEnds) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  MakeTransport(*ben, "recv");
  const json produced = ada->Ask("produce", Sound(MakeTransport(*ada, "send")));
  const std::string producer = produced.at("/data/producerId"_json_pointer);

  EXPECT_EQ(ben->AwaitEvent("newProducer")["producerId"], producer);
  const json consumer = ben->AwaitEvent("newConsumer");
  EXPECT_EQ(consumer["producerId"], producer);
  EXPECT_EQ(consumer["kind"], "audio");
  EXPECT_EQ(consumer["source"], "microphone");
  EXPECT_EQ(consumer["paused"], false);
  EXPECT_FALSE(consumer["rtpParameters"]["codecs"].empty());
  const json its_id{{"consumerId", consumer["consumerId"]}};
  EXPECT_TRUE(ben->Ask("consumerReady", its_id).contains("data"));
  EXPECT_TRUE(ben->Ask("pauseConsumer", its_id).contains("data"));

  EXPECT_TRUE(ada->Ask("pauseProducer", {{"producerId", producer}}).contains("data"));
  EXPECT_EQ(ben->AwaitEvent("consumerPaused"), its_id);
  EXPECT_EQ(ben->AwaitEvent("producerPaused")["producerId"], producer);
  EXPECT_TRUE(ada->Ask("resumeProducer", {{"producerId", producer}}).contains("data"));
  EXPECT_EQ(ben->AwaitEvent("consumerResumed"), its_id);
  EXPECT_EQ(ben->AwaitEvent("producerResumed")["producerId"], producer);

  EXPECT_TRUE(ada->Ask("closeProducer", {{"producerId", producer}}).contains("data"));
  EXPECT_EQ(ben->AwaitEvent("consumerClosed"), its_id);
  EXPECT_EQ(ben->AwaitEvent("producerClosed")["producerId"], producer);
  EXPECT_EQ(ErrorCodeOf(ben->Ask("consumerReady", its_id)), "notFound");
}

TEST_F(AppTest, WhoComesLaterReceivesWhatIsSentAlready) {
  Start();
  auto ada = Joined("demo", "Ada");
  ada->Ask("produce", Sound(MakeTransport(*ada, "send"), /*paused=*/true));
  auto ben = Connect();
  const json peers = Join(*ben, "demo", "Ben")["peers"];
  EXPECT_EQ(peers.at("/0/producers/0/paused"_json_pointer), true);
  EXPECT_FALSE(ben->Has("newConsumer"));
  MakeTransport(*ben, "recv");
  EXPECT_EQ(ben->AwaitEvent("newConsumer")["paused"], true);
}

TEST_F(AppTest, LeavingEndsWhatWasSent) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  MakeTransport(*ben, "recv");
  ada->Ask("produce", Sound(MakeTransport(*ada, "send")));
  const json consumer = ben->AwaitEvent("newConsumer");
  ada->Disconnect();
  EXPECT_EQ(ben->AwaitEvent("consumerClosed")["consumerId"], consumer["consumerId"]);
  ben->AwaitEvent("peerLeft");
}

TEST_F(AppTest, APageGetsNothingThatItCannotReceive) {
  Start();
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  const json only_vp8{
      {{"kind", "video"}, {"mimeType", "video/VP8"}, {"preferredPayloadType", 101}, {"clockRate", 90000}}};
  ben->Ask("createTransport", {{"direction", "recv"}, {"rtpCapabilities", {{"codecs", only_vp8}}}});
  ada->Ask("produce", Sound(MakeTransport(*ada, "send")));
  ben->AwaitEvent("newProducer");
  ben->Ask("ping");
  EXPECT_FALSE(ben->Has("newConsumer"));
}

TEST_F(AppTest, RequestsThatDoNotFitGetTypedErrors) {
  Start();
  auto ada = Joined("demo", "Ada");
  const std::string sending = MakeTransport(*ada, "send");
  const std::string receiving = MakeTransport(*ada, "recv");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("createTransport", {{"direction", "send"}})), "wrongState");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("produce", Sound(receiving))), "wrongState");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("produce", Sound("nonsense"))), "notFound");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("restartIce", {{"transportId", "nonsense"}})), "notFound");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("pauseProducer", {{"producerId", "nonsense"}})), "notFound");
  EXPECT_EQ(ErrorCodeOf(ada->Ask("pauseConsumer", {{"consumerId", "nonsense"}})), "notFound");

  json strange = Sound(sending);
  strange["rtpParameters"]["codecs"][0]["mimeType"] = "audio/tuba";
  EXPECT_EQ(ErrorCodeOf(ada->Ask("produce", strange)), "unsupported");
  EXPECT_TRUE(ada->Ask("produce", Sound(sending)).contains("data")) << "what failed changed nothing";
  EXPECT_EQ(ErrorCodeOf(ada->Ask("produce", Sound(sending))), "wrongState");
}

TEST_F(AppTest, ATransportIsConnectedOnceAndItsIceRestartedAtWill) {
  Start();
  auto ada = Joined("demo", "Ada");
  const json transport = ada->Ask("createTransport", {{"direction", "send"}})["data"];
  const json& id = transport["transportId"];
  std::string fingerprint = "00";
  for (int i = 1; i < 32; ++i) fingerprint += ":00";
  const json connect{
      {"transportId", id},
      {"dtlsParameters", {{"role", "client"}, {"fingerprints", {{{"algorithm", "sha-256"}, {"value", fingerprint}}}}}}};
  const json connected = ada->Ask("connectTransport", connect);
  EXPECT_TRUE(connected.contains("data")) << connected;
  EXPECT_EQ(ErrorCodeOf(ada->Ask("connectTransport", connect)), "wrongState");
  const json restarted = ada->Ask("restartIce", {{"transportId", id}});
  EXPECT_NE(restarted.at("/data/iceParameters/usernameFragment"_json_pointer),
            transport["iceParameters"]["usernameFragment"]);
}

TEST_F(AppTest, ARejoinWithTheKeyReplacesTheEarlierConnection) {
  Start();
  auto ada = Connect();
  const json first = Join(*ada, "demo", "Ada");
  auto ben = Joined("demo", "Ben");
  auto again = Connect();
  EXPECT_EQ(ErrorCodeOf(TryJoin(*again, "demo", "Ada")), "nameTaken");
  EXPECT_EQ(ErrorCodeOf(TryJoin(*again, "demo", "Ada", {{"rejoinKey", "guess"}})), "nameTaken");
  const json second = TryJoin(*again, "demo", "Ada", {{"rejoinKey", first["rejoinKey"]}});
  ASSERT_TRUE(second.contains("data")) << second;
  EXPECT_EQ(ada->AwaitClose(), 4003);
  EXPECT_EQ(ben->AwaitEvent("peerLeft")["peerId"], first["peerId"]);
  EXPECT_EQ(ben->AwaitEvent("peerJoined")["peerId"], second["data"]["peerId"]);
  EXPECT_EQ(app_->conference().peers(), 2u);
}

TEST_F(AppTest, RoomsAreSpreadOverTheWorkersAndEmptyOnesCloseTheirRouter) {
  Start(2);
  auto ada = Joined("one", "Ada");
  auto ben = Joined("two", "Ben");
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(app_->workers().worker(i)->routers().size(), 1u) << i;
  ada->Disconnect();
  ben->Disconnect();
  EXPECT_TRUE(loop_.RunUntil([&] { return app_->conference().rooms() == 0; }));
  for (size_t i = 0; i < 2; ++i) EXPECT_TRUE(app_->workers().worker(i)->routers().empty()) << i;
}

TEST_F(AppTest, ADeadWorkerIsReportedAndItsRoomsComeBackAtOnce) {
  Start(1);
  auto ada = Joined("demo", "Ada");
  auto ben = Joined("demo", "Ben");
  MakeTransport(*ada, "send");
  const int pid = app_->workers().worker(0)->pid();
  kill(pid, SIGKILL);
  EXPECT_THAT(ada->AwaitEvent("workerDied")["message"].get<std::string>(), HasSubstr("lost"));
  EXPECT_EQ(ada->AwaitClose(), 4004);
  EXPECT_EQ(ben->AwaitClose(), 4004);

  const uint64_t before = uv_now(loop_.get());
  ada = Joined("demo", "Ada");
  ben = Joined("demo", "Ben");
  EXPECT_LT(uv_now(loop_.get()) - before, 5000u);
  EXPECT_FALSE(MakeTransport(*ada, "send").empty());
  EXPECT_EQ(ada->AwaitEvent("peerJoined")["name"], "Ben");
  EXPECT_NE(app_->workers().worker(0)->pid(), pid);
}

TEST_F(AppTest, AWorkersDeathLeavesOtherRoomsAlone) {
  Start(2);
  auto ada = Joined("one", "Ada");
  auto ben = Joined("two", "Ben");
  kill(app_->workers().worker(0)->pid(), SIGKILL);
  EXPECT_EQ(ada->AwaitClose(), 4004);
  EXPECT_FALSE(MakeTransport(*ben, "send").empty());
  EXPECT_THAT(WebClient(loop_, app_->port()).Request("GET", "/healthz"), HasSubstr("\"rooms\":1"));
}

TEST_F(AppTest, RequestsUnderWhichTheWorkerDiesAreAnsweredOrClosed) {
  Start(1);
  auto ada = Joined("demo", "Ada");
  kill(app_->workers().worker(0)->pid(), SIGKILL);
  const json answer = ada->Ask("createTransport", {{"direction", "send"}});
  EXPECT_TRUE(answer.is_null() || ErrorCodeOf(answer) == "unavailable") << answer;
  EXPECT_EQ(ada->AwaitClose(), 4004);
}

TEST_F(AppTest, TheWelcomeNamesThePage) {
  Start();
  EXPECT_THAT(app_->Welcome(), HasSubstr("http://localhost:" + std::to_string(app_->port()) + "/r/demo"));
}

TEST_F(AppTest, StoppingSaysGoodbyeAndEndsTheLoop) {
  Start(2);
  auto ada = Joined("demo", "Ada");
  app_->Stop();
  EXPECT_EQ(ada->AwaitClose(), 1001);
  ada.reset();
  EXPECT_EQ(uv_run(loop_.get(), UV_RUN_DEFAULT), 0);
}

TEST_F(AppTest, AWorkerThatCannotRunIsSaidAtTheStart) {
  Options options;
  options.listen = {"127.0.0.1", 0};
  options.worker_binary = "/bin/false";
  options.web_directory = MakePage();
  app_ = std::make_unique<App>(loop_.get(), options);
  std::optional<absl::Status> started;
  app_->Start([&](const absl::Status& status) { started = status; });
  ASSERT_TRUE(loop_.RunUntil([&] { return started.has_value(); }));
  EXPECT_FALSE(started->ok());
  EXPECT_THAT(std::string(started->message()), HasSubstr("exited with 1"));
}

}  // namespace
}  // namespace sluice::conference
