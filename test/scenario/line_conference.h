// Publishers of simulcasts, two of whom talk, and one subscriber whose line is narrow: what it sees of each video.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "test/sim/call.h"

namespace sluice::sim {

inline constexpr TimeDelta kLineDelay = TimeDelta::Millis(25);
inline const LinkConfig kWideLine{.delay = kLineDelay};

// With a queue of 300 ms, which drops at its tail.
inline LinkConfig Line(DataRate rate) {
  return {.delay = kLineDelay, .rate = rate, .queue_limit = rate * TimeDelta::Millis(300)};
}

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
class LineConference {
 public:
  LineConference(uint64_t seed, int publishers, const SimulcastShape& shape)
      : call(seed), viewer(call.Join("viewer")), shape_(shape) {
    viewer.peer->up().Configure(kWideLine);
    SetLine(kWideLine);
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
    for (const Watch& video : videos)
      sum = sum + (video.on() ? shape_.rates[static_cast<size_t>(video.layer())] : DataRate::Zero());
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
    publisher.peer->up().Configure(kWideLine);
    publisher.peer->down().Configure(kWideLine);
    Producer& video = call.AnnounceSimulcast(publisher, shape_);
    subscriptions.push_back(call.Subscribe(viewer, video));
    videos.emplace_back(subscriptions.back());
    call.StartSendingLayers(publisher, video);
    if (i >= 2) return;
    Producer& audio = call.Announce(publisher, MediaKind::kAudio);
    audios.push_back(call.Subscribe(viewer, audio));
    audio_senders.push_back(&call.StartSending(publisher, audio));
  }

  const SimulcastShape shape_;
};

}  // namespace sluice::sim
