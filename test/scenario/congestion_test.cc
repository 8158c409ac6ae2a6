// What congestion control makes of a conference: many publishers and one narrow line, many subscribers with a line each,
// and lines that lose. Sources are simulcasts; a key frame is as large as any other frame here.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
constexpr std::array kRates = {kbps(70), kbps(250), kbps(900)};
constexpr TimeDelta kQueue = TimeDelta::Millis(300);
constexpr TimeDelta kDelay = TimeDelta::Millis(25);
const LinkConfig kWide{.delay = kDelay};

LinkConfig Line(DataRate rate) { return {.delay = kDelay, .rate = rate, .queue_limit = rate * kQueue}; }

// Follows what a subscriber sees of one video, in steps of 20 ms. A video that is not sent for want of bandwidth is no
// frozen one: the page says that it is off.
class Watch {
 public:
  explicit Watch(const Call::Subscription& of) : of_(of) {}
  void Step(TimeDelta step) {
    const MediaReceiver::Stats& stats = of_.receiver->stats();
    still_ = of_.consumer->starved() || stats.frames_decoded != decoded_ ? TimeDelta::Zero() : still_ + step;
    longest_ = std::max(longest_, still_);
    if (of_.consumer->starved() != off_) ++switches_;
    off_ = of_.consumer->starved();
    decoded_ = stats.frames_decoded;
  }
  void Begin() {
    longest_ = still_ = TimeDelta::Zero();
    switches_ = 0;
    layer_changes_ = of_.receiver->stats().layer_changes;
  }
  TimeDelta longest_freeze() const { return longest_; }
  // Of layer, and on and off.
  uint32_t changes() const { return of_.receiver->stats().layer_changes - layer_changes_ + switches_; }
  bool on() const { return !off_; }
  int layer() const { return off_ ? -1 : of_.receiver->stats().layer.value_or(0); }

 private:
  Call::Subscription of_;
  uint32_t decoded_ = 0;
  TimeDelta still_, longest_;
  bool off_ = false;
  uint32_t switches_ = 0;
  uint32_t layer_changes_ = 0;
};

// Publishers, of whom two talk, and one subscriber.
class Conference {
 public:
  Conference(uint64_t seed, int publishers) : call(seed), viewer(call.Join("viewer")) {
    viewer.peer->up().Configure(kWide);
    SetLine(kWide);
    for (int i = 0; i < publishers; ++i) Add(i);
  }
  void SetLine(const LinkConfig& config) { viewer.peer->down().Configure(config); }
  void Run(TimeDelta time) {
    constexpr TimeDelta kStep = TimeDelta::Millis(20);
    for (const Timestamp end = call.now() + time; call.now() < end;) {
      call.RunFor(kStep);
      for (Watch& video : videos) video.Step(kStep);
    }
  }
  void Begin() {
    for (Watch& video : videos) video.Begin();
  }
  TimeDelta LongestFreeze() const { return std::ranges::max(videos, {}, &Watch::longest_freeze).longest_freeze(); }
  uint32_t MostChanges() const { return std::ranges::max(videos, {}, &Watch::changes).changes(); }
  DataRate Given() const {
    DataRate sum;
    for (const Watch& video : videos) sum = sum + (video.on() ? kRates[static_cast<size_t>(video.layer())] : kbps(0));
    return sum;
  }
  int CountOn() const { return static_cast<int>(std::ranges::count_if(videos, &Watch::on)); }
  // Packets that never came, of all audio that was sent but for the last.
  uint32_t AudioMissing() const {
    uint32_t missing = 0;
    for (size_t i = 0; i < audios.size(); ++i) {
      missing += audio_senders[i]->stats().packets - audios[i].receiver->stats().packets;
    }
    return missing;
  }

  Call call;
  Call::Participant viewer;
  std::vector<Call::Subscription> subscriptions;
  std::vector<Watch> videos;
  std::vector<Call::Subscription> audios;
  std::vector<MediaSender*> audio_senders;

 private:
  void Add(int i) {
    const auto publisher = call.Join("publisher" + std::to_string(i));
    publisher.peer->up().Configure(kWide);
    publisher.peer->down().Configure(kWide);
    Producer& video = call.AnnounceSimulcast(publisher, kRates);
    subscriptions.push_back(call.Subscribe(viewer, video));
    videos.emplace_back(subscriptions.back());
    call.StartSendingLayers(publisher, video);
    if (i >= 2) return;
    Producer& audio = call.Announce(publisher, MediaKind::kAudio);
    audios.push_back(call.Subscribe(viewer, audio));
    audio_senders.push_back(&call.StartSending(publisher, audio));
  }
};

struct Phase {
  DataRate line;
  TimeDelta most_frozen_at_first;  // in the first 5 s
  int least_on = 0;                // videos, in the end
  DataRate least_given;            // of all videos together, in the end
};

TEST(CongestionScenario, TenPublishersOnALineThatWidensAndNarrows) {
  constexpr std::array kPhases = {Phase{kbps(1000), TimeDelta::Millis(300), 10, kbps(700)},
                                  Phase{kbps(3000), TimeDelta::Millis(300), 10, kbps(2000)},
                                  Phase{kbps(500), TimeDelta::Millis(1500), 4, kbps(280)}};
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Conference c(seed, 10);
    for (const Phase& phase : kPhases) {
      SCOPED_TRACE(phase.line.kbps());
      c.SetLine(Line(phase.line));
      c.Begin();
      c.Run(TimeDelta::Seconds(5));
      EXPECT_LE(c.LongestFreeze(), phase.most_frozen_at_first);
      c.Begin();
      c.Run(TimeDelta::Seconds(55));
      EXPECT_LE(c.LongestFreeze(), TimeDelta::Millis(300));
      EXPECT_LE(c.MostChanges(), 8u);  // of one video; the goal is 4
      EXPECT_GE(c.CountOn(), phase.least_on);
      EXPECT_GE(c.Given(), phase.least_given);
    }
    c.call.Settle();
    EXPECT_EQ(c.AudioMissing(), 0u);
  }
}

// Each behind a line of its own, all of one router.
TEST(CongestionScenario, EverySubscriberGetsWhatItsOwnLineCarries) {
  constexpr std::array kLines = {std::pair(kbps(120), 0), std::pair(kbps(400), 1), std::pair(kbps(1400), 2),
                                 std::pair(kbps(10'000), 2), std::pair(kbps(330), 1)};
  constexpr size_t kSubscribers = 25;
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto publisher = call.Join("publisher");
    publisher.peer->up().Configure(kWide);
    publisher.peer->down().Configure(kWide);
    Producer& video = call.AnnounceSimulcast(publisher, kRates);
    std::vector<Watch> watches;
    for (size_t i = 0; i < kSubscribers; ++i) {
      const auto subscriber = call.Join("subscriber" + std::to_string(i));
      subscriber.peer->up().Configure(kWide);
      subscriber.peer->down().Configure(Line(kLines[i % kLines.size()].first));
      watches.emplace_back(call.Subscribe(subscriber, video));
    }
    call.StartSendingLayers(publisher, video);
    call.RunFor(TimeDelta::Seconds(5));
    for (Watch& watch : watches) watch.Begin();
    for (int i = 0; i < 6; ++i) {
      for (size_t k = 0; k < kSubscribers; ++k) EXPECT_EQ(watches[k].layer(), kLines[k % kLines.size()].second) << k;
      call.RunFor(TimeDelta::Seconds(5));
    }
    for (const Watch& watch : watches) EXPECT_EQ(watch.changes(), 0u);
  }
}

// Percent, on a way of 50 ms there and back.
class LossyLineScenario : public testing::TestWithParam<int> {};

TEST_P(LossyLineScenario, WhatIsLostIsRepairedAndDecoded) {
  constexpr TimeDelta kTime = TimeDelta::Seconds(30);
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Conference c(seed, 1);
    c.Run(TimeDelta::Seconds(5));
    c.SetLine({.delay = kDelay, .loss = GetParam() / 100.0});
    const MediaReceiver& receiver = *c.subscriptions[0].receiver;
    const uint32_t before = receiver.stats().frames_decoded;
    c.Run(kTime);
    const double sent = kTime.seconds() * 25;
    EXPECT_GE(receiver.stats().frames_decoded - before, sent * (GetParam() > 10 ? 0.95 : 0.99));
    EXPECT_LE(static_cast<double>(receiver.holes()), 0.001 * receiver.stats().packets);
  }
}

INSTANTIATE_TEST_SUITE_P(Percent, LossyLineScenario, testing::Values(1, 5, 10, 20));

}  // namespace
}  // namespace sluice::sim
