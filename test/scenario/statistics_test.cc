// What getStats() says of producers, consumers and transports, against what passed the worker's own links and what the
// peers counted: the same numbers, not about the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "rtc/base/bytes.h"
#include "rtc/rtp/demux.h"
#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

constexpr TimeDelta kOneWay = TimeDelta::Millis(20);
constexpr TimeDelta kRoundTrip = TimeDelta::Millis(40);
constexpr size_t kTag = 16;  // of AEAD_AES_128_GCM, behind every RTP packet

// Counts the datagrams of one link; SSRCs stay readable under SRTP.
class Tap {
 public:
  struct Flow {
    uint64_t packets = 0;
    uint64_t bytes = 0;  // as on the wire
  };
  void Watch(Link& link) {
    LinkConfig config = link.config();
    config.extra_delay = [this](std::span<const uint8_t> datagram) {
      ++all_.packets;
      all_.bytes += datagram.size();
      if (rtp::LooksLikeRtp(datagram) && !rtp::LooksLikeRtcp(datagram)) {
        ByteReader reader(datagram.subspan(8));
        Flow& flow = flows_[reader.U32()];
        ++flow.packets;
        flow.bytes += datagram.size();
      }
      return TimeDelta::Zero();
    };
    link.Configure(config);
  }
  Flow of(Ssrc ssrc) const {
    const auto it = flows_.find(ssrc.value());
    return it == flows_.end() ? Flow{} : it->second;
  }
  Flow of(std::optional<Ssrc> ssrc) const { return ssrc ? of(*ssrc) : Flow{}; }
  const Flow& all() const { return all_; }

 private:
  Flow all_;
  std::map<uint32_t, Flow> flows_;
};

struct Case {
  bool webrtc = false;
  double loss = 0;
  std::string name;
};

// Alice sends audio and video to Bob. Loss strikes the media's way only, so that all requests arrive.
class StatisticsScenario : public testing::TestWithParam<Case> {
 protected:
  struct Run {
    Run(uint64_t seed, const Case& how) : call(seed) {
      for (auto* who : {&alice, &bob}) {
        const std::string name = who == &alice ? "alice" : "bob";
        *who = how.webrtc ? call.JoinByWebRtc(name) : call.Join(name);
        for (Link* link : {&who->peer->up(), &who->peer->down()}) link->Configure({.delay = kOneWay});
      }
      // What passes the worker's own links is what it got and what it sent.
      if (!how.webrtc) {
        from_alice.Watch(call.network().Down(call.worker().AddressOf(*alice.transport)));
        to_bob.Watch(call.network().Up(call.worker().AddressOf(*bob.transport)));
      } else {  // all share one address
        from_alice.Watch(call.network().Down(call.worker().shared_address()));
        to_bob.Watch(call.network().Up(call.worker().shared_address()));
      }
      call.RunFor(TimeDelta::Seconds(1));
      Producer& audio_producer = call.Announce(alice, MediaKind::kAudio);
      Producer& video_producer = call.Announce(alice, MediaKind::kVideo);
      audio = {&audio_producer, nullptr};
      video = {&video_producer, nullptr};
      at_bob_audio = call.Subscribe(bob, audio_producer);
      at_bob_video = call.Subscribe(bob, video_producer);
      audio.sender = &call.StartSending(alice, audio_producer);
      video.sender = &call.StartSending(alice, video_producer);
      call.RunFor(TimeDelta::Seconds(1));
      alice.peer->up().Configure({.delay = kOneWay, .loss = how.loss});
      bob.peer->down().Configure({.delay = kOneWay, .loss = how.loss});
      call.RunFor(TimeDelta::Seconds(20));
    }
    RtpStreamStats Received(const Call::Publication& of) const { return of.producer->streams()[0].Stats(call.now()); }
    RtpStreamStats Sent(const Call::Subscription& of) const { return of.consumer->stream(0).Stats(call.now()); }

    Call call;
    Call::Participant alice, bob;
    Call::Publication audio, video;
    Call::Subscription at_bob_audio, at_bob_video;
    Tap from_alice, to_bob;
  };
};

TEST_P(StatisticsScenario, OfAProducerAreWhatTheWorkerGot) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Run run(seed, GetParam());
    run.call.Settle();
    for (const Call::Publication& of : {run.audio, run.video}) {
      const StreamConfig& config = of.sender->config();
      SCOPED_TRACE(config.kind == MediaKind::kAudio ? "audio" : "video");
      const RtpStreamStats stats = run.Received(of);
      const Tap::Flow media = run.from_alice.of(config.ssrc), rtx = run.from_alice.of(config.rtx_ssrc);
      EXPECT_EQ(stats.ssrc, config.ssrc);
      EXPECT_EQ(stats.rtx_ssrc, config.rtx_ssrc);
      // Without RTX a repetition is a packet of the stream; one that came already is dropped before, as a replay.
      const uint64_t replays = config.rtx_ssrc ? 0 : run.alice.transport->drops().of(DropReason::kReplayed);
      EXPECT_EQ(stats.packets + replays, media.packets);
      if (replays == 0) {
        EXPECT_EQ(stats.bytes, media.bytes - kTag * media.packets);
      }
      EXPECT_EQ(stats.packets_retransmitted, rtx.packets);
      // Lost is what did not come under its own number.
      const auto expected = static_cast<int64_t>(of.sender->stats().packets);
      EXPECT_NEAR(static_cast<double>(stats.packets_lost),
                  static_cast<double>(expected) - static_cast<double>(stats.packets),
                  4);  // the last ones are not missed
      EXPECT_LE(stats.packets_repaired, stats.packets_retransmitted);
      EXPECT_EQ(stats.nack_count, of.sender->stats().nacks);
      EXPECT_EQ(stats.nack_packet_count, of.sender->stats().asked_for);
      EXPECT_EQ(stats.pli_count, of.sender->stats().key_requests);
      EXPECT_EQ(stats.fir_count, 0u);
      EXPECT_EQ(stats.packets_discarded, 0u);
    }
  }
}

TEST_P(StatisticsScenario, OfAConsumerAreWhatTheWorkerSentAndThePeerSaid) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Run run(seed, GetParam());
    run.call.Settle();
    uint64_t nacks = 0;
    for (const Call::Subscription& of : {run.at_bob_audio, run.at_bob_video}) {
      const StreamConfig& config = of.receiver->config();
      SCOPED_TRACE(config.kind == MediaKind::kAudio ? "audio" : "video");
      const RtpStreamStats stats = run.Sent(of);
      const Tap::Flow media = run.to_bob.of(config.ssrc), rtx = run.to_bob.of(config.rtx_ssrc);
      EXPECT_EQ(stats.ssrc, config.ssrc);
      const uint64_t repeated = stats.packets_retransmitted;
      if (config.rtx_ssrc) {
        EXPECT_EQ(stats.packets, media.packets);
        EXPECT_EQ(stats.bytes, media.bytes - kTag * media.packets);
        // Probes are filled with repetitions as well, which nobody asked for.
        const bool probed = run.bob.transport->Stats(run.call.now()).probation_sent.bytes > 0;
        EXPECT_LE(repeated, rtx.packets);
        EXPECT_EQ(repeated < rtx.packets, probed);
      } else {
        EXPECT_EQ(stats.packets + repeated, media.packets);
      }
      EXPECT_LE(stats.packets_repaired, repeated);
      EXPECT_GE(stats.packets_repaired * 2, repeated);  // few are needed twice
      EXPECT_EQ(stats.packets_lost, of.receiver->stream().stats().lost);
      EXPECT_EQ(stats.nack_packet_count, of.receiver->stats().nacked);
      EXPECT_EQ(stats.pli_count, of.receiver->stats().plis);
      nacks += stats.nack_count;
    }
    EXPECT_EQ(nacks, run.bob.peer->stats().nacks_sent);
  }
}

// WebRTC transports share one address here: whose bytes are whose is seen of plain ones.
class PlainStatisticsScenario : public StatisticsScenario {};

TEST_P(PlainStatisticsScenario, OfTransportsAreEveryDatagramsBytes) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Run run(seed, GetParam());
    run.call.Settle();
    const auto sum = [](const Tap& tap, std::optional<Ssrc> a, std::optional<Ssrc> b) {
      return tap.of(a).bytes + tap.of(b).bytes;
    };
    const TransportStats received = run.alice.transport->Stats(run.call.now());
    const StreamConfig &audio = run.audio.sender->config(), &video = run.video.sender->config();
    EXPECT_EQ(received.received.bytes, run.from_alice.all().bytes);
    EXPECT_EQ(received.rtx_received.bytes, run.from_alice.of(video.rtx_ssrc).bytes);
    if (run.alice.transport->drops().total() == 0) {
      EXPECT_EQ(received.rtp_received.bytes, sum(run.from_alice, audio.ssrc, video.ssrc));
    }
    const TransportStats sent = run.bob.transport->Stats(run.call.now());
    const StreamConfig &audio_out = run.at_bob_audio.receiver->config(),
                       &video_out = run.at_bob_video.receiver->config();
    EXPECT_EQ(sent.sent.bytes, run.to_bob.all().bytes);
    EXPECT_EQ(sent.rtp_sent.bytes + sent.rtx_sent.bytes + sent.probation_sent.bytes,
              sum(run.to_bob, audio_out.ssrc, video_out.ssrc) + run.to_bob.of(video_out.rtx_ssrc).bytes);
    EXPECT_EQ(sent.rtp_received.bytes, 0u);
    EXPECT_EQ(received.rtp_sent.bytes, 0u);
  }
}

TEST_P(StatisticsScenario, RatesLossAndDelayAreThoseOfTheLinks) {
  const double loss = GetParam().loss;
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Run run(seed, GetParam());
    // 100 packets a second of 1000 bytes and 12 or more of header, a frame more or less at the second's edge; of that the
    // share that came.
    constexpr double kVideoRate = 100 * 1016 * 8;
    const RtpStreamStats in = run.Received(run.video), out = run.Sent(run.at_bob_video);
    EXPECT_NEAR(static_cast<double>(in.bitrate.bps()), kVideoRate * (1 - loss), kVideoRate * (0.05 + loss));
    EXPECT_NEAR(static_cast<double>(out.bitrate.bps()), kVideoRate, kVideoRate * (0.05 + loss));
    for (const RtpStreamStats& stats : {in, out, run.Received(run.audio), run.Sent(run.at_bob_audio)}) {
      ASSERT_TRUE(stats.round_trip_time);
      EXPECT_NEAR(stats.round_trip_time->seconds(), kRoundTrip.seconds(), 0.002);
    }
    for (const RtpStreamStats& stats : {in, out}) {
      EXPECT_NEAR(stats.fraction_lost / 256.0, loss, loss * 1.2);
      EXPECT_NEAR(static_cast<double>(stats.packets_lost) / static_cast<double>(stats.packets), loss, 0.02);
      EXPECT_LT(stats.jitter, 90u);  // a millisecond: the links have none
      EXPECT_THAT(stats.score, loss == 0 ? AllOf(Ge(10), Le(10)) : AllOf(Ge(7), Le(10)));
    }
    ASSERT_EQ(in.rate_by_layer.size(), 1u);
    EXPECT_EQ(in.rate_by_layer[0].rate, in.bitrate);
    const TransportStats up = run.alice.transport->Stats(run.call.now()),
                         down = run.bob.transport->Stats(run.call.now());
    EXPECT_NEAR(up.rtp_loss_received, loss, 0.02 + loss);
    EXPECT_NEAR(down.rtp_loss_sent, loss, 0.02 + loss);
    EXPECT_GT(up.rtp_received.rate, in.bitrate);
    EXPECT_GT(up.received.rate, up.rtp_received.rate);
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, StatisticsScenario,
                         testing::Values(Case{.name = "Plain"}, Case{.loss = 0.05, .name = "PlainWithLoss"},
                                         Case{.webrtc = true, .name = "WebRtc"},
                                         Case{.webrtc = true, .loss = 0.05, .name = "WebRtcWithLoss"}),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Transports, PlainStatisticsScenario,
                         testing::Values(Case{.name = "Plain"}, Case{.loss = 0.05, .name = "PlainWithLoss"}),
                         [](const auto& info) { return info.param.name; });

TEST(JitterStatistics, AreThoseOfTheLink) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice");
    constexpr TimeDelta kJitter = TimeDelta::Millis(12);
    alice.peer->up().Configure({.delay = kOneWay, .jitter = kJitter});
    const auto audio = call.Publish(alice, MediaKind::kAudio);
    call.RunFor(TimeDelta::Seconds(20));
    // Of two uniform delays the difference is a third of their range in the mean (RFC 3550, A.8: smoothed).
    const double ms = audio.producer->streams()[0].Stats(call.now()).jitter / 48.0;
    EXPECT_NEAR(ms, static_cast<double>(kJitter.ms()) / 3, 1.5);
  }
}

TEST(DuplicateStatistics, AreDroppedAsReplaysAndCountForNothingElse) {
  Call call(1);
  const auto alice = call.Join("alice");
  alice.peer->up().Configure({.delay = kOneWay, .duplicate = 0.2});
  const auto video = call.Publish(alice, MediaKind::kVideo);
  call.RunFor(TimeDelta::Seconds(5));
  call.Settle();
  const RtpStreamStats stats = video.producer->streams()[0].Stats(call.now());
  EXPECT_EQ(stats.packets, video.sender->stats().packets);
  EXPECT_EQ(stats.packets_discarded, 0u);
  EXPECT_EQ(stats.packets_lost, 0);
  EXPECT_EQ(alice.transport->drops().of(DropReason::kReplayed), alice.peer->up().stats().duplicated);
}

TEST(SimulcastStatistics, AreOfEachLayer) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice"), bob = call.Join("bob");
    for (const auto& who : {alice, bob}) {
      who.peer->up().Configure({.delay = kOneWay});
      who.peer->down().Configure({.delay = kOneWay});
    }
    Producer& producer = call.AnnounceSimulcast(alice);
    const auto at_bob = call.Subscribe(bob, producer);
    const auto layers = call.StartSendingLayers(alice, producer);
    call.RunFor(TimeDelta::Seconds(10));
    const DataRate best = producer.streams()[2].Stats(call.now()).bitrate;
    for (size_t i = 0; i < layers.size(); ++i) {
      SCOPED_TRACE(i);
      const RtpStreamStats stats = producer.streams()[i].Stats(call.now());
      EXPECT_EQ(stats.ssrc, layers[i]->config().ssrc);
      EXPECT_EQ(stats.rid, layers[i]->config().rid);
      EXPECT_NEAR(static_cast<double>(stats.packets), layers[i]->stats().packets, 4);
      EXPECT_NEAR(static_cast<double>(stats.bitrate.bps()), static_cast<double>(best.bps()) / (4 >> i), 20'000);
      EXPECT_EQ(stats.score, 10);
      EXPECT_LE(stats.pli_count, layers[i]->stats().key_requests + 1);
    }
    const RtpStreamStats sent = at_bob.consumer->stream(0).Stats(call.now());
    EXPECT_NEAR(static_cast<double>(sent.bitrate.bps()), static_cast<double>(best.bps()), 40'000);
    const ConsumerScore score = at_bob.consumer->Score();
    EXPECT_EQ(score.score, 10);
    EXPECT_EQ(score.producer_score, 10);
    EXPECT_THAT(score.producer_scores, testing::ElementsAre(10, 10, 10));
  }
}

}  // namespace
}  // namespace sluice::sim
