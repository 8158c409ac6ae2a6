// Two participants through a worker: what arrives, what is repaired, and how fast, under faults in both directions.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr TimeDelta kOneWay = TimeDelta::Millis(20);  // per link: 40 ms from one end to the other
constexpr TimeDelta kDuration = TimeDelta::Seconds(20);

// Alice sends audio and video to Bob.
class OneWayCall {
 public:
  explicit OneWayCall(uint64_t seed, SrtpSuite suite = SrtpSuite::kAeadAes128Gcm) : call(seed, suite) {
    alice = call.Join("alice");
    bob = call.Join("bob");
    Producer& audio = call.Announce(alice, MediaKind::kAudio);
    Producer& video = call.Announce(alice, MediaKind::kVideo);
    to_bob_audio = call.Subscribe(bob, audio);
    to_bob_video = call.Subscribe(bob, video);
    audio_sender = &call.StartSending(alice, audio);
    video_sender = &call.StartSending(alice, video);
    SetLinks({.delay = kOneWay});
  }
  // Of Alice's way up and Bob's way down, and of the ways back.
  void SetLinks(const LinkConfig& config) {
    for (const auto& who : {alice, bob}) {
      who.peer->up().Configure(config);
      who.peer->down().Configure(config);
    }
  }
  void Run() {
    call.RunFor(kDuration);
    call.Settle();
  }
  // Faults begin when the picture is there: before, nobody can know what of the first key frame is missing.
  void RunWith(const LinkConfig& faults) {
    call.RunFor(TimeDelta::Seconds(1));
    SetLinks(faults);
    Run();
  }
  const MediaReceiver& audio() const { return *to_bob_audio.receiver; }
  const MediaReceiver& video() const { return *to_bob_video.receiver; }

  Call call;
  Call::Participant alice, bob;
  Call::Subscription to_bob_audio, to_bob_video;
  MediaSender* audio_sender = nullptr;
  MediaSender* video_sender = nullptr;
};

TimeDelta Quantile(std::vector<TimeDelta> values, double share) {
  if (values.empty()) return TimeDelta::Zero();
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

// Packets that never came, but for those of the last frame: nothing after them tells that they are missing.
size_t MissingBeforeTheEnd(const MediaSender& sender, const MediaReceiver& receiver) {
  const uint32_t end = sender.stats().packets - sender.config().packets_per_frame;
  size_t missing = 0;
  for (uint32_t index = 0; index < end; ++index) missing += receiver.indices().contains({0, index}) ? 0 : 1;
  return missing;
}

class SuiteScenario : public testing::TestWithParam<SrtpSuite> {};

TEST_P(SuiteScenario, OnACleanNetworkEverythingArrivesOnceAndAtOnce) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed, GetParam());
    c.Run();
    for (const auto& [sender, receiver] :
         {std::pair(c.audio_sender, &c.audio()), std::pair(c.video_sender, &c.video())}) {
      EXPECT_EQ(receiver->stats().packets, sender->stats().packets);
      EXPECT_EQ(receiver->stats().frames_complete, sender->stats().frames);
      EXPECT_EQ(receiver->stats().repaired, 0u);
      EXPECT_EQ(receiver->stats().repeated, 0u);
      EXPECT_EQ(receiver->stats().alien, 0u);
      EXPECT_EQ(receiver->stats().nacked, 0u);
      EXPECT_EQ(receiver->stats().plis, 0u);
      EXPECT_EQ(receiver->holes(), 0);
      EXPECT_LT(receiver->first_seq().seq().value(), 0x8000);  // whoever loses it need not guess the roll-over counter
      // The probe of the first second sends evenly what is to be sent anyway.
      EXPECT_EQ(Quantile(receiver->stats().delays, 0.95), kOneWay + kOneWay);
      EXPECT_LE(Quantile(receiver->stats().delays, 1), kOneWay + kOneWay + TimeDelta::Millis(50));
      EXPECT_GE(receiver->sender_reports(), 10u);
      EXPECT_EQ(sender->stats().asked_for, 0u);
    }
    EXPECT_EQ(c.video().stats().frames_decoded, c.video_sender->stats().frames);
    EXPECT_LE(c.video_sender->stats().key_requests, 1u);  // when the consumer began
    for (const auto& who : {c.alice, c.bob}) {
      EXPECT_EQ(who.peer->stats().srtp_failures, 0u);
      EXPECT_EQ(who.peer->stats().unknown_packets, 0u);
      EXPECT_EQ(who.peer->stats().bad_rtcp, 0u);
      EXPECT_EQ(who.transport->drops().total(), 0u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Suites, SuiteScenario,
                         testing::Values(SrtpSuite::kAeadAes128Gcm, SrtpSuite::kAeadAes256Gcm,
                                         SrtpSuite::kAesCm128HmacSha1_80, SrtpSuite::kAesCm128HmacSha1_32),
                         [](const auto& info) { return std::string(SrtpSuiteInfoOf(info.param).name); });

// Loss in percent on every link, in both directions: media crosses two of them.
class LossScenario : public testing::TestWithParam<int> {
 protected:
  double loss() const { return GetParam() / 100.0; }
};

TEST_P(LossScenario, RepairsVideoByRetransmission) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.RunWith({.delay = kOneWay, .loss = loss()});
    const auto& sent = c.video_sender->stats();
    const auto& got = c.video().stats();
    EXPECT_EQ(MissingBeforeTheEnd(*c.video_sender, c.video()), 0u);
    EXPECT_EQ(got.alien, 0u);
    EXPECT_EQ(c.video().holes(), 0);
    EXPECT_GE(got.frames_decoded + 2, sent.frames);  // a key frame may overtake the repair of what was before it
    // About as many as were lost on either link, at the chance of two.
    const double lost = 1 - (1 - loss()) * (1 - loss());
    EXPECT_NEAR(static_cast<double>(got.repaired) / sent.packets, lost, 0.03);
    // A repair takes a round trip of 40 ms to whoever has the packet; half of them no more than that and a wait for
    // the next packet.
    RecordProperty("repaired", std::to_string(got.repaired));
    RecordProperty("repair_ms_median", std::to_string(Quantile(got.repair_delays, 0.5).ms()));
    RecordProperty("repair_ms_p95", std::to_string(Quantile(got.repair_delays, 0.95).ms()));
    RecordProperty("repair_ms_p99", std::to_string(Quantile(got.repair_delays, 0.99).ms()));
    EXPECT_LE(Quantile(got.repair_delays, 0.5), TimeDelta::Millis(160));
    EXPECT_LE(Quantile(got.repair_delays, 0.95), TimeDelta::Millis(400));
  }
}

TEST_P(LossScenario, RepairsAudioUnderItsOwnNumbers) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.RunWith({.delay = kOneWay, .loss = loss()});
    const double arrived = static_cast<double>(c.audio().stats().packets) / c.audio_sender->stats().packets;
    EXPECT_GE(arrived, 0.995);
    EXPECT_EQ(c.audio().stats().alien, 0u);
  }
}

TEST_P(LossScenario, ShowsAFirstPictureSoon) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.SetLinks({.delay = kOneWay, .loss = loss()});
    c.call.RunFor(TimeDelta::Millis(GetParam() == 0 ? 200 : 2500));
    EXPECT_GE(c.video().stats().frames_decoded, 1u);
  }
}

TEST_P(LossScenario, ReportsTheLossOfItsOwnLink) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.RunWith({.delay = kOneWay, .loss = loss()});
    const auto stats = c.to_bob_video.consumer->stream(0).Stats(c.call.now());
    EXPECT_NEAR(static_cast<double>(stats.packets_lost) / static_cast<double>(stats.packets), loss(), 0.03);
    ASSERT_TRUE(stats.round_trip_time);
    EXPECT_NEAR(stats.round_trip_time->seconds(), 0.040, 0.002);
  }
}

INSTANTIATE_TEST_SUITE_P(Percent, LossScenario, testing::Values(0, 1, 2, 5, 10), testing::PrintToStringParamName());

TEST(BurstLossScenario, KeyFramesMendWhatRepetitionsCannot) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    // The way of the media only: on the way back a burst of so many RTCP packets would last for seconds.
    const LinkConfig bursts{.delay = kOneWay, .good_to_bad = 0.002, .bad_to_good = 0.05};
    c.alice.peer->up().Configure(bursts);
    c.bob.peer->down().Configure(bursts);
    c.Run();
    EXPECT_GE(c.video().stats().frames_decoded, c.video_sender->stats().frames * 95 / 100);
    EXPECT_LE(c.video().stats().longest_freeze, TimeDelta::Seconds(2));
    EXPECT_EQ(c.video().stats().alien, 0u);
  }
}

TEST(LongScenario, EveryNumberWrapsAndNothingIsLost) {
  const uint64_t seed = Seeds().front();
  SLUICE_TRACE_SEED(seed);
  OneWayCall c(seed);
  c.call.RunFor(TimeDelta::Seconds(1));
  c.SetLinks({.delay = kOneWay, .loss = 0.01});
  c.call.RunFor(TimeDelta::Seconds(12 * 60));  // 72,000 packets of video
  c.call.Settle();
  EXPECT_GT(c.video().last_seq() - c.video().first_seq(), 65536);
  EXPECT_EQ(MissingBeforeTheEnd(*c.video_sender, c.video()), 0u);
  EXPECT_EQ(c.video().holes(), 0);
  EXPECT_EQ(c.video().stats().alien, 0u);
  EXPECT_EQ(c.bob.peer->stats().srtp_failures, 0u);
  EXPECT_EQ(c.alice.transport->drops().of(DropReason::kUnauthenticated), 0u);
}

TEST(OutageScenario, MediaGoesOnAfterTwoSecondsWithoutNetwork) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.call.RunFor(TimeDelta::Seconds(5));
    c.SetLinks({.delay = kOneWay, .loss = 1});
    c.call.RunFor(TimeDelta::Seconds(2));
    c.SetLinks({.delay = kOneWay});
    const uint32_t before = c.video().stats().frames_decoded;
    c.call.RunFor(TimeDelta::Seconds(3));
    // 75 frames are made in 3 s; the repair of the gap, or a key frame, may take a second.
    EXPECT_GE(c.video().stats().frames_decoded, before + 50);
    EXPECT_LE(c.video().stats().longest_freeze, TimeDelta::Seconds(3));
  }
}

TEST(DuplicationScenario, NothingIsForwardedTwice) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.alice.peer->up().Configure({.delay = kOneWay, .duplicate = 0.2});
    c.Run();
    EXPECT_GT(c.alice.peer->up().stats().duplicated, 400u);
    for (const auto* receiver : {&c.audio(), &c.video()}) {
      EXPECT_EQ(receiver->stats().repeated, 0u);
      EXPECT_EQ(receiver->stats().alien, 0u);
      EXPECT_EQ(receiver->holes(), 0);
    }
    EXPECT_EQ(c.video().stats().packets, c.video_sender->stats().packets);
    EXPECT_EQ(c.bob.peer->stats().srtp_failures, 0u);
  }
}

TEST(ReorderingScenario, NothingIsLostAndLittleIsAskedFor) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.RunWith({.delay = kOneWay, .reorder = 0.05, .reorder_delay = TimeDelta::Millis(10)});
    for (const auto& [sender, receiver] :
         {std::pair(c.audio_sender, &c.audio()), std::pair(c.video_sender, &c.video())}) {
      EXPECT_EQ(receiver->stats().packets, sender->stats().packets);
      EXPECT_EQ(receiver->stats().alien, 0u);
      EXPECT_EQ(receiver->holes(), 0);
      EXPECT_LE(receiver->stats().nacked, sender->stats().packets / 5);
    }
    EXPECT_EQ(c.video().stats().frames_decoded, c.video_sender->stats().frames);
  }
}

TEST(BottleneckScenario, AQueueDelaysButLosesNothing) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.bob.peer->down().Configure({.delay = kOneWay, .rate = DataRate::KilobitsPerSec(1500)});
    c.Run();
    EXPECT_EQ(c.video().stats().packets, c.video_sender->stats().packets);
    EXPECT_GT(Quantile(c.video().stats().delays, 0.9), kOneWay + kOneWay + TimeDelta::Millis(10));
  }
}

TEST(FeedbackScenario, TellsTheSenderOfEveryPacketWhetherItCame) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    OneWayCall c(seed);
    c.alice.peer->up().Configure({.delay = kOneWay, .loss = 0.05});
    c.Run();
    // Every 100 ms for 20 s. The last packets may be lost without one after them to tell.
    EXPECT_NEAR(c.alice.peer->stats().feedback_messages, 200, 20);
    const auto& came = c.alice.peer->feedback();
    EXPECT_NEAR(static_cast<double>(came.size()), c.alice.peer->transport_packets(), 5);
    // Of audio the repetitions have the number of the original, which then came after all: what stays lost is video,
    // two thirds of the packets.
    const auto lost = std::ranges::count_if(came, [](const auto& packet) { return !packet.second; });
    EXPECT_NEAR(static_cast<double>(lost) / static_cast<double>(came.size()), 0.05 * 2 / 3, 0.015);
  }
}

TEST(FeedbackScenario, HoldsTheSenderToTheConfiguredMaximum) {
  OneWayCall c(1);
  c.call.worker().Do([&] { c.alice.transport->SetMaxIncomingBitrate(DataRate::KilobitsPerSec(500)); });
  c.call.RunFor(TimeDelta::Seconds(10));
  EXPECT_NEAR(c.alice.peer->stats().rembs, 10, 2);
  EXPECT_NEAR(static_cast<double>(c.alice.peer->stats().remb.bps()), 500'000, 1000);
  EXPECT_EQ(c.bob.peer->stats().rembs, 0u);
}

}  // namespace
}  // namespace sluice::sim
