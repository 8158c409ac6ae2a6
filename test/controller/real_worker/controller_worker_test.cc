// The library against sluice-worker itself: every call of the public headers once, and what happens when it dies.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "controller/worker.h"
#include "test/controller/loop.h"

namespace sluice::controller {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A build that is being worked on can be tried without linking anew.
const char* WorkerBinary() {
  const char* other = std::getenv("SLUICE_WORKER_BINARY");
  return other != nullptr ? other : SLUICE_WORKER;
}

const RtpCodecCapability kOpus{.mime_type = "audio/opus", .clock_rate = 48000, .channels = 2};
const RtpCodecCapability kVp8{.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000};
constexpr char kFingerprint[] =
    "82:5A:68:3D:36:C3:0A:DE:AF:E7:32:43:D2:88:83:57:AC:2D:65:E5:80:C4:B6:FB:AF:1A:A0:21:9F:6D:0C:AD";

RtpParameters SentAudio(uint32_t ssrc) {
  return {.mid = "0",
          .codecs = {{.mime_type = "audio/opus", .payload_type = 111, .clock_rate = 48000, .channels = 2}},
          .header_extensions = {{.uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level", .id = 10}},
          .encodings = {{.ssrc = ssrc, .dtx = true}},
          .rtcp = {.cname = "alice"}};
}
RtpParameters SentVideo() {
  return {.mid = "1",
          .codecs = {{.mime_type = "video/VP8",
                      .payload_type = 96,
                      .clock_rate = 90000,
                      .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"transport-cc", ""}}},
                     {.mime_type = "video/rtx", .payload_type = 97, .clock_rate = 90000, .parameters = {{"apt", 96}}}},
          .header_extensions = {{.uri = "urn:ietf:params:rtp-hdrext:sdes:mid", .id = 1},
                                {.uri = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", .id = 2}},
          .encodings = {{.rid = "r0", .scalability_mode = "L1T3", .max_bitrate = 100'000},
                        {.rid = "r1", .scalability_mode = "L1T3", .max_bitrate = 400'000},
                        {.rid = "r2", .scalability_mode = "L1T3", .max_bitrate = 900'000}},
          .rtcp = {.cname = "alice"}};
}

class RealWorkerTest : public ::testing::Test {
 protected:
  RealWorkerTest() {
    worker_ = Get<std::shared_ptr<Worker>>(
        [this](auto done) { Worker::Start(loop_.get(), {.binary = WorkerBinary()}, std::move(done)); });
    if (!worker_) return;
    router_ = Get<std::shared_ptr<Router>>([this](auto done) {
      worker_->CreateRouter({.media_codecs = {kOpus, kVp8}}, std::move(done));
    });
  }
  ~RealWorkerTest() override {
    if (!worker_) return;
    bool exited = worker_->died();
    worker_->on.exited = [&] { exited = true; };
    worker_->Close();
    EXPECT_TRUE(loop_.RunUntil([&] { return exited; }));
  }

  // Calls and waits for the answer; fails unless it is a value.
  template <class T, class Call>
  T Get(Call call) {
    absl::StatusOr<T> result = Try<T>(std::move(call));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : T{};
  }
  template <class T, class Call>
  absl::StatusOr<T> Try(Call call) {
    std::optional<absl::StatusOr<T>> result;
    call(Callback<T>([&](absl::StatusOr<T> r) { result = std::move(r); }));
    EXPECT_TRUE(loop_.RunUntil([&] { return result.has_value(); })) << "no answer";
    return result ? *std::move(result) : absl::DeadlineExceededError("no answer");
  }
  template <class Call>
  absl::Status Do(Call call) {
    std::optional<absl::Status> result;
    call(DoneCallback([&](absl::Status status) { result = std::move(status); }));
    EXPECT_TRUE(loop_.RunUntil([&] { return result.has_value(); })) << "no answer";
    return result.value_or(absl::DeadlineExceededError("no answer"));
  }

  std::shared_ptr<WebRtcTransport> MakeTransport() {
    return Get<std::shared_ptr<WebRtcTransport>>([this](auto done) {
      router_->CreateWebRtcTransport({.listen_infos = {{.ip = "127.0.0.1"}}}, std::move(done));
    });
  }
  template <class TransportPtr>
  std::shared_ptr<Producer> MakeProducer(const TransportPtr& transport, MediaKind kind, RtpParameters parameters) {
    return Get<std::shared_ptr<Producer>>([&](auto done) {
      transport->Produce({.kind = kind, .rtp_parameters = std::move(parameters)}, std::move(done));
    });
  }
  std::shared_ptr<Consumer> MakeConsumer(const std::shared_ptr<WebRtcTransport>& transport,
                                         const std::shared_ptr<Producer>& producer) {
    return Get<std::shared_ptr<Consumer>>([&](auto done) {
      transport->Consume({.producer_id = producer->id(), .rtp_capabilities = router_->rtp_capabilities()},
                         std::move(done));
    });
  }

  Loop loop_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Router> router_;
};

TEST_F(RealWorkerTest, TellsWhatItHasAndUses) {
  auto dump = Get<WorkerDump>([&](auto done) { worker_->Dump(std::move(done)); });
  EXPECT_EQ(dump.pid, static_cast<uint32_t>(worker_->pid()));
  EXPECT_THAT(dump.router_ids, Contains(router_->id()));
  auto usage = Get<ResourceUsage>([&](auto done) { worker_->GetResourceUsage(std::move(done)); });
  EXPECT_GT(usage.max_rss_kib, 1000u);
  router_->Close();
  dump = Get<WorkerDump>([&](auto done) { worker_->Dump(std::move(done)); });
  EXPECT_THAT(dump.router_ids, SizeIs(0));
}

TEST_F(RealWorkerTest, LogSettingsChangeOneByOneAndTagsCanBeCleared) {
  int lines = 0;
  worker_->on.log = [&](const LogLine& line) { lines += line.source == LogLine::Source::kPipe ? 1 : 0; };
  // Lines and answers come in their order. How many lines this brings, for a new router has one of the tag "info":
  const auto lines_after = [&](WorkerSettings settings) {
    EXPECT_TRUE(Do([&](auto done) { worker_->UpdateSettings(settings, std::move(done)); }).ok());
    const int before = lines;
    Get<std::shared_ptr<Router>>([&](auto done) { worker_->CreateRouter({}, std::move(done)); });
    return lines - before;
  };
  EXPECT_EQ(lines_after({.log_level = "debug"}), 0);
  EXPECT_EQ(lines_after({.log_tags = {{"info", "ice"}}}), 1);
  EXPECT_EQ(lines_after({.log_level = "warn"}), 0);
  EXPECT_EQ(lines_after({.log_level = "debug"}), 1);
  EXPECT_EQ(lines_after({}), 1);
  EXPECT_EQ(lines_after({.log_tags = {{}}}), 0);
  const WorkerSettings wrong{.log_level = "chicken", .log_tags = {{"info"}}};
  const absl::Status refused = Do([&](auto done) { worker_->UpdateSettings(wrong, std::move(done)); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(lines_after({}), 0);
}

TEST_F(RealWorkerTest, SharesThePortsOfAServer) {
  auto server = Get<std::shared_ptr<WebRtcServer>>([&](auto done) {
    worker_->CreateWebRtcServer(
        {.listen_infos = {{.ip = "127.0.0.1"}, {.protocol = Protocol::kTcp, .ip = "127.0.0.1"}}}, std::move(done));
  });
  ASSERT_TRUE(server);
  auto dump = Get<WebRtcServerDump>([&](auto done) { server->Dump(std::move(done)); });
  ASSERT_THAT(dump.udp_sockets, SizeIs(1));
  ASSERT_THAT(dump.tcp_servers, SizeIs(1));
  EXPECT_GT(dump.udp_sockets[0].port, 0);
  auto make = [&](auto done) { router_->CreateWebRtcTransport({.webrtc_server = server}, std::move(done)); };
  auto first = Get<std::shared_ptr<WebRtcTransport>>(make);
  auto second = Get<std::shared_ptr<WebRtcTransport>>(make);
  ASSERT_TRUE(first && second);
  ASSERT_FALSE(first->ice_candidates().empty());
  EXPECT_EQ(first->ice_candidates()[0].port, dump.udp_sockets[0].port);
  EXPECT_NE(first->ice_parameters().username_fragment, second->ice_parameters().username_fragment);

  std::optional<CloseReason> why;
  first->on.closed = [&](CloseReason reason) { why = reason; };
  server->Close();
  EXPECT_EQ(why, CloseReason::kListenServerClosed);
  auto router_dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(router_dump.transport_ids, SizeIs(0));
}

TEST_F(RealWorkerTest, AnAddressThatIsNotOursIsRefused) {
  auto server = Try<std::shared_ptr<WebRtcServer>>(
      [&](auto done) { worker_->CreateWebRtcServer({.listen_infos = {{.ip = "203.0.113.1"}}}, std::move(done)); });
  EXPECT_FALSE(server.ok());
  auto garbage = Try<std::shared_ptr<WebRtcTransport>>([&](auto done) {
    router_->CreateWebRtcTransport({.listen_infos = {{.ip = "not an address"}}}, std::move(done));
  });
  EXPECT_EQ(garbage.status().code(), absl::StatusCode::kInvalidArgument) << garbage.status();
  auto dump = Get<WorkerDump>([&](auto done) { worker_->Dump(std::move(done)); });
  EXPECT_THAT(dump.webrtc_server_ids, SizeIs(0));
}

TEST_F(RealWorkerTest, AWebRtcTransportAnswersEveryCall) {
  auto transport = MakeTransport();
  ASSERT_TRUE(transport);
  EXPECT_EQ(transport->ice_state(), IceState::kNew);
  EXPECT_FALSE(transport->dtls_parameters().fingerprints.empty());
  EXPECT_TRUE(Do([&](auto done) { transport->SetMaxIncomingBitrate(1'500'000, std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { transport->SetMaxOutgoingBitrate(2'000'000, std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { transport->SetMinOutgoingBitrate(100'000, std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { transport->EnableTraceEvents({"bwe", "unknown"}, std::move(done)); }).ok());
  const std::string before = transport->ice_parameters().username_fragment;
  auto restarted = Get<IceParameters>([&](auto done) { transport->RestartIce(std::move(done)); });
  EXPECT_NE(restarted.username_fragment, before);
  EXPECT_EQ(restarted.username_fragment, transport->ice_parameters().username_fragment);
  auto stats = Get<WebRtcTransportStats>([&](auto done) { transport->GetStats(std::move(done)); });
  EXPECT_EQ(stats.dtls_state, DtlsState::kNew);
  EXPECT_EQ(stats.max_incoming_bitrate, 1'500'000u);

  const DtlsParameters remote{.role = DtlsRole::kServer, .fingerprints = {{"sha-256", kFingerprint}}};
  EXPECT_TRUE(Do([&](auto done) { transport->Connect(remote, std::move(done)); }).ok());
  EXPECT_EQ(transport->dtls_parameters().role, DtlsRole::kClient);
  EXPECT_FALSE(Do([&](auto done) { transport->Connect(remote, std::move(done)); }).ok()) << "only once";
}

TEST_F(RealWorkerTest, ProducersAndConsumersAnswerEveryCall) {
  auto sender = MakeTransport();
  auto receiver = MakeTransport();
  auto video = MakeProducer(sender, MediaKind::kVideo, SentVideo());
  auto audio = MakeProducer(sender, MediaKind::kAudio, SentAudio(11));
  ASSERT_TRUE(video && audio);
  EXPECT_EQ(video->type(), RtpType::kSimulcast);
  EXPECT_EQ(audio->type(), RtpType::kSimple);
  auto consumer = MakeConsumer(receiver, video);
  auto listener = MakeConsumer(receiver, audio);
  ASSERT_TRUE(consumer && listener);
  EXPECT_EQ(consumer->rtp_parameters().encodings.at(0).scalability_mode, "L3T3");
  EXPECT_TRUE(router_->CanConsume(video->id(), router_->rtp_capabilities()));

  EXPECT_TRUE(Do([&](auto done) { consumer->SetPreferredLayers({2, 1}, std::move(done)); }).ok());
  EXPECT_EQ(consumer->preferred_layers(), (ConsumerLayers{2, 1}));
  EXPECT_TRUE(Do([&](auto done) { consumer->SetPreferredLayers({99, 99}, std::move(done)); }).ok());
  EXPECT_EQ(consumer->preferred_layers(), (ConsumerLayers{2, 2})) << "clamped by the worker";
  EXPECT_TRUE(Do([&](auto done) { consumer->SetPriority(200, std::move(done)); }).ok());
  EXPECT_EQ(consumer->priority(), 200);
  EXPECT_TRUE(Do([&](auto done) { consumer->RequestKeyFrame(std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { consumer->EnableTraceEvents({"rtp", "pli"}, std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { video->EnableTraceEvents({"keyframe"}, std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { consumer->Pause(std::move(done)); }).ok());
  EXPECT_TRUE(consumer->paused());
  EXPECT_TRUE(Do([&](auto done) { consumer->Resume(std::move(done)); }).ok());

  auto stats = Get<std::vector<RtpStreamStats>>([&](auto done) { consumer->GetStats(std::move(done)); });
  ASSERT_FALSE(stats.empty());
  EXPECT_EQ(stats[0].direction, RtpStreamStats::Direction::kOutbound);
  EXPECT_EQ(stats[0].ssrc, *consumer->rtp_parameters().encodings[0].ssrc);
  Get<std::vector<RtpStreamStats>>([&](auto done) { video->GetStats(std::move(done)); });

  auto consumer_dump = Get<ConsumerDump>([&](auto done) { consumer->Dump(std::move(done)); });
  EXPECT_EQ(consumer_dump.priority, 200);
  EXPECT_EQ(consumer_dump.preferred_spatial_layer, 2);
  EXPECT_THAT(consumer_dump.trace_events, ::testing::UnorderedElementsAre("rtp", "pli"));
  ASSERT_THAT(consumer_dump.streams, SizeIs(1));
  EXPECT_EQ(consumer_dump.streams[0].rtx_ssrc, consumer->rtp_parameters().encodings[0].rtx_ssrc);
  auto producer_dump = Get<ProducerDump>([&](auto done) { video->Dump(std::move(done)); });
  EXPECT_THAT(producer_dump.trace_events, ::testing::ElementsAre("keyframe"));
  auto sender_dump = Get<TransportDump>([&](auto done) { sender->Dump(std::move(done)); });
  EXPECT_THAT(sender_dump.producer_ids, ::testing::UnorderedElementsAre(video->id(), audio->id()));
  EXPECT_EQ(sender_dump.ssrc_to_producer[11], audio->id());
  EXPECT_EQ(sender_dump.mid_to_producer["1"], video->id());
  auto receiver_dump = Get<TransportDump>([&](auto done) { receiver->Dump(std::move(done)); });
  EXPECT_EQ(receiver_dump.ssrc_to_consumer[*consumer->rtp_parameters().encodings[0].ssrc], consumer->id());

  bool paused = false;
  consumer->on.producer_paused = [&] { paused = true; };
  EXPECT_TRUE(Do([&](auto done) { video->Pause(std::move(done)); }).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return paused; }));
  EXPECT_TRUE(consumer->producer_paused());

  auto dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(dump.producer_consumers[video->id()], Contains(consumer->id()));

  std::optional<CloseReason> why;
  consumer->on.closed = [&](CloseReason reason) { why = reason; };
  video->Close();
  EXPECT_TRUE(loop_.RunUntil([&] { return why.has_value(); }));
  EXPECT_EQ(why, CloseReason::kProducerClosed);
  listener->Close();
  sender->Close();
  receiver->Close();
  dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(dump.transport_ids, SizeIs(0));
}

TEST_F(RealWorkerTest, TellsWhichLayersOfAProducerAreWanted) {
  auto sender = MakeTransport();
  auto receiver = MakeTransport();
  auto video = MakeProducer(sender, MediaKind::kVideo, SentVideo());
  auto consumer = MakeConsumer(receiver, video);
  ASSERT_TRUE(consumer);
  std::vector<std::optional<ConsumerLayers>> told;
  video->on.wanted_layers = [&](const std::optional<ConsumerLayers>& layers) { told.push_back(layers); };
  EXPECT_TRUE(Do([&](auto done) { video->WatchWantedLayers(std::move(done)); }).ok());
  EXPECT_TRUE(Do([&](auto done) { consumer->SetPreferredLayers({0, 2}, std::move(done)); }).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return !told.empty(); })) << "less, after a while";
  EXPECT_TRUE(Do([&](auto done) { consumer->SetPreferredLayers({1, 2}, std::move(done)); }).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return told.size() > 1; })) << "more, at once";
  EXPECT_TRUE(Do([&](auto done) { consumer->Pause(std::move(done)); }).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return told.size() > 2; })) << "nobody";
  EXPECT_EQ(told, (std::vector<std::optional<ConsumerLayers>>{ConsumerLayers{0, 2}, ConsumerLayers{1, 2}, {}}));
}

TEST_F(RealWorkerTest, AnSsrcThatIsInUseIsRefused) {
  auto transport = MakeTransport();
  auto first = MakeProducer(transport, MediaKind::kAudio, SentAudio(11));
  RtpParameters again = SentAudio(11);
  again.mid = "9";
  auto second = Try<std::shared_ptr<Producer>>(
      [&](auto done) { transport->Produce({.rtp_parameters = std::move(again)}, std::move(done)); });
  EXPECT_FALSE(second.ok());
  EXPECT_EQ(transport->producers().size(), 1u);
}

TEST_F(RealWorkerTest, APlainTransportLearnsItsSenderAndCountsPackets) {
  auto transport = Get<std::shared_ptr<PlainTransport>>([&](auto done) {
    router_->CreatePlainTransport({.listen_info = {.ip = "127.0.0.1"}, .comedia = true}, std::move(done));
  });
  ASSERT_TRUE(transport);
  auto producer = MakeProducer(transport, MediaKind::kAudio, SentAudio(0x01020304));
  ASSERT_TRUE(producer);
  bool learnt = false;
  bool scored = false;
  transport->on.tuple = [&](const TransportTuple& tuple) { learnt = tuple.remote_ip == "127.0.0.1"; };
  producer->on.score = [&](const std::vector<ProducerScore>& scores) { scored = !scores.empty(); };

  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(transport->tuple().local_port);
  for (uint8_t i = 0; i < 5; ++i) {
    const uint8_t packet[] = {0x80, 111, 0, i, 0, 0, 0, static_cast<uint8_t>(i * 160), 1, 2, 3, 4, 'h', 'e', 'l', 'o'};
    EXPECT_GT(sendto(fd, packet, sizeof(packet), 0, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  close(fd);
  EXPECT_TRUE(loop_.RunUntil([&] { return learnt && scored; }));
  std::vector<RtpStreamStats> stats;
  EXPECT_TRUE(loop_.RunUntil([&] {
    stats = Get<std::vector<RtpStreamStats>>([&](auto done) { producer->GetStats(std::move(done)); });
    return !stats.empty() && stats[0].packet_count == 5;
  }));
  EXPECT_EQ(producer->score().size(), 1u);
  auto transport_stats = Get<PlainTransportStats>([&](auto done) { transport->GetStats(std::move(done)); });
  EXPECT_EQ(transport_stats.rtp_bytes_received, 5u * 16);
}

TEST_F(RealWorkerTest, AKilledWorkerIsToldToEverybody) {
  auto transport = MakeTransport();
  std::vector<std::string> events;
  absl::Status why;
  transport->on.closed = [&](CloseReason reason) { events.emplace_back(ToString(reason)); };
  worker_->on.died = [&](const absl::Status& status) {
    events.push_back("died");
    why = status;
  };
  kill(worker_->pid(), SIGSTOP);  // so that the call is certainly pending
  bool answered = false;
  worker_->Dump([&](auto dump) {
    answered = true;
    EXPECT_EQ(dump.status().code(), absl::StatusCode::kUnavailable);
  });
  kill(worker_->pid(), SIGKILL);
  EXPECT_TRUE(loop_.RunUntil([&] { return !why.ok(); }));
  EXPECT_TRUE(answered);
  EXPECT_THAT(events, ::testing::ElementsAre("worker died", "died"));
  EXPECT_THAT(std::string(why.message()), HasSubstr("signal 9"));
}

TEST(RealWorkerStartTest, WrongSettingsAreTheCallersMistake) {
  Loop loop;
  absl::Status status;
  Worker::Start(loop.get(), {.binary = WorkerBinary(), .rtc_min_port = 40000, .rtc_max_port = 30000},
                [&](auto worker) { status = worker.status(); });
  EXPECT_TRUE(loop.RunUntil([&] { return !status.ok(); }));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

}  // namespace
}  // namespace sluice::controller
