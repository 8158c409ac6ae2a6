// Two workers with a pipe between them: Alice publishes to the near one, Bob watches at the far one. Every encoding
// crosses the pipe under an SSRC of its own; the choice among them is made at the far side.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"
#include "test/sim/stream_parameters.h"

namespace sluice::sim {
namespace {

constexpr TimeDelta kOneWay = TimeDelta::Millis(10);
constexpr uint32_t kPipeSsrc = 70'000, kPipeRtxSsrc = 80'000, kBobSsrc = 90'000;

struct PipeOptions {
  bool rtx = false;
  bool srtp = false;
  bool simulcast = false;
};

SrtpKeying KeyingOf(const Transport& transport) { return *transport.local_srtp(); }

class PipedCall {
 public:
  PipedCall(uint64_t seed, const PipeOptions& options)
      : call(seed),
        far(call.events(), call.network(), seed + 1000, 2),
        alice(call.Join("alice")),
        bob(call.events(), call.network(), "bob", SocketAddress::Ipv4({192, 0, 2, 200}, 5000), seed + 2000) {
    JoinFar();
    Connect(options);
    near_producer = options.simulcast ? &call.AnnounceSimulcast(alice) : &call.Announce(alice, MediaKind::kVideo);
    Pipe(options);
    Subscribe();
  }

  // From the near worker to the far one.
  void SetPipe(const LinkConfig& config) { call.network().Down(far.AddressOf(*far_pipe)).Configure(config); }
  void StartSending() { layers = call.StartSendingLayers(alice, *near_producer); }
  const MediaReceiver::Stats& got() const { return at_bob->stats(); }

  Call call;
  SimWorker far;
  Call::Participant alice;
  SimPeer bob;
  Transport* near_pipe = nullptr;
  Transport* far_pipe = nullptr;
  Transport* bobs_transport = nullptr;
  Producer* near_producer = nullptr;
  Consumer* pipe_consumer = nullptr;
  Producer* pipe_producer = nullptr;
  Consumer* consumer = nullptr;
  const MediaReceiver* at_bob = nullptr;
  std::vector<MediaSender*> layers;

 private:
  void JoinFar() {
    constexpr SrtpSuite kSuite = SrtpSuite::kAeadAes128Gcm;
    bobs_transport = &far.AddPlain("bob", kSuite);
    const SrtpKeying keying{.suite = kSuite, .key = std::string(SrtpSuiteInfoOf(kSuite).keying_size(), 'k')};
    far.Do([&] { ASSERT_TRUE(bobs_transport->Connect({.rtp = bob.address(), .srtp = keying}, far.turn()).ok()); });
    const auto bytes = [](const std::string& text) {
      return std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    };
    bob.Connect(far.AddressOf(*bobs_transport), kSuite, bytes(keying.key), bytes(KeyingOf(*bobs_transport).key));
  }
  void Connect(const PipeOptions& options) {
    const auto suite = options.srtp ? std::optional(SrtpSuite::kAeadAes256Gcm) : std::nullopt;
    near_pipe = &call.worker().AddPlain("near", suite);
    far_pipe = &far.AddPlain("far", suite);
    PlainConnectParameters to_far{.rtp = far.AddressOf(*far_pipe)};
    PlainConnectParameters to_near{.rtp = call.worker().AddressOf(*near_pipe)};
    if (options.srtp) {
      to_far.srtp = KeyingOf(*far_pipe);
      to_near.srtp = KeyingOf(*near_pipe);
    }
    call.worker().Do([&] { ASSERT_TRUE(near_pipe->Connect(to_far, call.worker().turn()).ok()); });
    far.Do([&] { ASSERT_TRUE(far_pipe->Connect(to_near, far.turn()).ok()); });
  }
  // As the controller does it: a pipe consumer at the near end, and a producer of what it sends at the far one.
  void Pipe(const PipeOptions& options) {
    const StreamConfig video = Video(Ssrc(1));
    ConsumerConfig config = ConsumerConfigOf("pipe", video, *near_producer);
    config.type = RtpType::kPipe;
    RtpParameters& params = config.rtp_parameters;
    params.encodings.clear();
    for (uint32_t i = 0; i < near_producer->streams().size(); ++i) {
      params.encodings.push_back({.ssrc = Ssrc(kPipeSsrc + i)});
      if (options.rtx) params.encodings.back().rtx_ssrc = Ssrc(kPipeRtxSsrc + i);
    }
    if (!options.rtx) {
      params.codecs.pop_back();
      params.codecs[0].rtcp_feedback = {{"nack", "pli"}};
    }
    ProducerConfig far_config{.id = "piped", .kind = MediaKind::kVideo, .rtp_parameters = params};
    for (const RtpCodecParameters& codec : params.codecs) {
      far_config.rtp_mapping.codecs.push_back({codec.payload_type, codec.payload_type});
    }
    for (const RtpEncodingParameters& encoding : params.encodings) {
      far_config.rtp_mapping.encodings.push_back(
          {.ssrc = encoding.ssrc, .mapped_ssrc = Ssrc(encoding.ssrc->value() + 100'000)});
    }
    call.worker().Do(
        [&] { pipe_consumer = *call.worker().router().Consume(*near_pipe, std::move(config), call.worker().turn()); });
    far.Do([&] { pipe_producer = *far.router().Produce(*far_pipe, std::move(far_config)); });
  }
  void Subscribe() {
    const StreamConfig video = Video(Ssrc(kBobSsrc));
    far.Do([&] {
      consumer = *far.router().Consume(*bobs_transport, ConsumerConfigOf("bob's", video, *pipe_producer), far.turn());
    });
    at_bob = &bob.AddReceiver(video);
    for (Link* link : {&bob.up(), &bob.down(), &alice.peer->up(), &alice.peer->down()}) {
      link->Configure({.delay = kOneWay});
    }
    SetPipe({.delay = kOneWay});
  }
};

class PipeScenario : public testing::TestWithParam<PipeOptions> {};

TEST_P(PipeScenario, EverythingArrivesAtTheFarSide) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    PipedCall c(seed, GetParam());
    c.StartSending();
    c.call.RunFor(TimeDelta::Seconds(5));
    c.call.Settle();
    for (size_t i = 0; i < c.layers.size(); ++i) {
      SCOPED_TRACE(i);
      const RtpStreamStats near = c.pipe_consumer->stream(i).Stats(c.call.now());
      const RtpStreamStats far = c.pipe_producer->streams()[i].Stats(c.call.now());
      EXPECT_EQ(near.ssrc, Ssrc(static_cast<uint32_t>(kPipeSsrc + i)));
      EXPECT_EQ(near.packets, c.layers[i]->stats().packets);
      EXPECT_EQ(far.packets, near.packets);
      EXPECT_EQ(far.packets_lost, 0);
      EXPECT_EQ(far.score, c.pipe_producer->streams()[i].score());
    }
    EXPECT_GE(c.got().frames_decoded + 5, c.layers.back()->stats().frames);
    EXPECT_EQ(c.got().alien, 0u);
    EXPECT_EQ(c.at_bob->holes(), 0);
    EXPECT_EQ(c.far_pipe->drops().total(), 0u);
    EXPECT_EQ(c.near_pipe->drops().total(), 0u);
    if (c.layers.size() > 1) {
      EXPECT_EQ(c.pipe_producer->type(), RtpType::kSimulcast);
      EXPECT_EQ(c.got().layer, 2);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pipes, PipeScenario,
                         testing::Values(PipeOptions{}, PipeOptions{.rtx = true}, PipeOptions{.srtp = true},
                                         PipeOptions{.simulcast = true},
                                         PipeOptions{.rtx = true, .srtp = true, .simulcast = true}),
                         [](const auto& info) {
                           return std::string(info.param.rtx ? "Rtx" : "NoRtx") + (info.param.srtp ? "Srtp" : "Clear") +
                                  (info.param.simulcast ? "Simulcast" : "OneStream");
                         });

TEST(PipeRepairScenario, WithRtxWhatThePipeLosesIsRepaired) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    PipedCall c(seed, {.rtx = true, .srtp = true});
    c.StartSending();
    c.call.RunFor(TimeDelta::Seconds(1));
    c.SetPipe({.delay = kOneWay, .loss = 0.05});
    c.call.RunFor(TimeDelta::Seconds(10));
    c.SetPipe({.delay = kOneWay});
    c.call.RunFor(TimeDelta::Seconds(1));
    c.call.Settle();
    const RtpStreamStats far = c.pipe_producer->streams()[0].Stats(c.call.now());
    EXPECT_GT(far.packets_lost, 20);
    EXPECT_EQ(static_cast<int64_t>(far.packets_repaired), far.packets_lost);
    EXPECT_EQ(c.got().packets, c.layers[0]->stats().packets);
    EXPECT_EQ(c.at_bob->holes(), 0);
  }
}

TEST(PipeSelectionScenario, TheFarSideChoosesTheLayer) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    PipedCall c(seed, {.simulcast = true});
    c.StartSending();
    c.call.RunFor(TimeDelta::Seconds(2));
    for (int layer : {0, 2, 1}) {
      const auto requests = [&](int of) { return c.layers[static_cast<size_t>(of)]->stats().key_requests; };
      const int other = (layer + 1) % 3;
      const uint32_t asked = requests(layer), others = requests(other);
      c.far.Do([&] { c.consumer->SetPreferredLayers({.spatial = layer}); });
      c.call.RunFor(TimeDelta::Seconds(2));
      EXPECT_EQ(c.got().layer, layer);
      // The request went through the pipe, for that encoding alone.
      EXPECT_GT(requests(layer), asked);
      EXPECT_EQ(requests(other), others);
    }
    EXPECT_EQ(c.got().alien, 0u);
    EXPECT_EQ(c.at_bob->holes(), 0);
  }
}

TEST(PipePauseScenario, APauseStopsThePipeAndAResumeBeginsWithAKeyFrame) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    PipedCall c(seed, {.simulcast = true});
    c.StartSending();
    c.call.RunFor(TimeDelta::Seconds(2));
    c.call.worker().Do([&] { c.call.worker().router().PauseProducer(*c.near_producer, c.call.worker().turn()); });
    c.far.Do([&] { c.far.router().PauseProducer(*c.pipe_producer, c.far.turn()); });
    c.call.RunFor(TimeDelta::Seconds(1));
    const uint64_t piped = c.pipe_consumer->stream(2).Stats(c.call.now()).packets;
    const uint32_t frames = c.got().frames_decoded;
    c.call.RunFor(TimeDelta::Seconds(2));
    EXPECT_EQ(c.pipe_consumer->stream(2).Stats(c.call.now()).packets, piped);
    EXPECT_EQ(c.got().frames_decoded, frames);
    c.call.worker().Do([&] { c.call.worker().router().ResumeProducer(*c.near_producer, c.call.worker().turn()); });
    c.far.Do([&] { c.far.router().ResumeProducer(*c.pipe_producer, c.far.turn()); });
    c.call.RunFor(TimeDelta::Seconds(2));
    EXPECT_GE(c.got().frames_decoded, frames + 45);  // of 50
    EXPECT_EQ(c.at_bob->holes(), 0);
  }
}

}  // namespace
}  // namespace sluice::sim
