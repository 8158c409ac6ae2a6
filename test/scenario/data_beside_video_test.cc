// Data channels beside video on a narrow line: what congestion control leaves to each.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "test/scenario/line_conference.h"
#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }
const SimulcastShape kShape{.rates = {kbps(70), kbps(250), kbps(600)}};
constexpr uint32_t kBinaryPpid = 53;

// A channel that sends beside video on a narrow line.
class DataBesideVideo {
 public:
  DataBesideVideo(uint64_t seed, DataRate line) : call(seed) {
    call.EnableData();
    viewer = call.Join("viewer");
    viewer.peer->up().Configure(kWideLine);
    viewer.peer->down().Configure(Line(line));
    for (int i = 0; i < 2; ++i) {
      const auto publisher = call.Join("publisher" + std::to_string(i));
      publisher.peer->up().Configure(kWideLine);
      publisher.peer->down().Configure(kWideLine);
      Producer& video = call.AnnounceSimulcast(publisher, kShape);
      watches.emplace_back(call.Subscribe(viewer, video));
      call.StartSendingLayers(publisher, video);
      Producer& audio = call.Announce(publisher, MediaKind::kAudio);
      audio_receivers.push_back(call.Subscribe(viewer, audio).receiver);
      audio_senders.push_back(&call.StartSending(publisher, audio));
    }
  }
  // With `per_step` bytes of data every 20 ms. What does not fit the channel's buffer is not sent.
  void Run(TimeDelta time, size_t per_step) {
    constexpr TimeDelta kStep = TimeDelta::Millis(20);
    const std::vector<uint8_t> message(per_step, 'x');
    for (const Timestamp end = call.now() + time; call.now() < end;) {
      if (per_step > 0) {
        call.worker().Do([&] { return viewer.transport->SendData(1, kBinaryPpid, message, {}, call.worker().turn()); });
      }
      call.RunFor(kStep);
      for (Watch& watch : watches) watch.Step(kStep);
      longest_queue = std::max(longest_queue, viewer.transport->congestion()->snapshot().queue_delay);
    }
  }
  void Begin() {
    for (Watch& watch : watches) watch.Begin();
    longest_queue = TimeDelta::Zero();
    begun_ = call.now();
    arrived_ = BytesArrived();
  }
  // Since Begin().
  DataRate DataRateSince() const {
    return DataSize::Bytes(static_cast<int64_t>(BytesArrived() - arrived_)) / (call.now() - begun_);
  }
  uint32_t AudioMissing() const {
    uint32_t missing = 0;
    for (size_t i = 0; i < audio_senders.size(); ++i) {
      missing += audio_senders[i]->stats().packets - audio_receivers[i]->stats().packets;
    }
    return missing;
  }
  Call call;
  Call::Participant viewer;
  std::vector<Watch> watches;
  std::vector<MediaSender*> audio_senders;
  std::vector<MediaReceiver*> audio_receivers;
  TimeDelta longest_queue;

 private:
  size_t BytesArrived() const {
    size_t bytes = 0;
    for (const SctpMessageReceived& message : viewer.peer->data()->messages()) bytes += message.payload.size();
    return bytes;
  }

  Timestamp begun_;
  size_t arrived_ = 0;
};

TEST(DataBesideVideoScenario, LayersLeaveRoomForAChannelThatSends) {
  constexpr size_t kPerStep = 750;  // 300 kbit/s
  constexpr TimeDelta kTime = TimeDelta::Seconds(40);
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    DataBesideVideo c(seed, kbps(1000));
    c.Run(TimeDelta::Seconds(20), kPerStep);
    c.Begin();
    c.Run(kTime, kPerStep);
    EXPECT_GE(c.DataRateSince(), kbps(295));
    EXPECT_LE(c.longest_queue, TimeDelta::Millis(100));
    EXPECT_LE(c.viewer.transport->congestion()->allocated(), kbps(1080));
    for (const Watch& watch : c.watches) {
      EXPECT_LE(watch.longest_freeze(), TimeDelta::Millis(100));
      EXPECT_LE(watch.changes(), 6u);
      EXPECT_TRUE(watch.on());
    }
    EXPECT_EQ(std::ranges::max(c.watches, {}, &Watch::layer).layer(), 1);
    c.call.Settle();
    EXPECT_EQ(c.AudioMissing(), 0u);
  }
}

// A file takes whatever it gets, and fills the queue: pictures become small, and there may be room for one only. What was
// tried often in vain is not tried again for a while.
TEST(DataBesideVideoScenario, AFloodOfDataDoesNotEndVideo) {
  constexpr size_t kPerStep = 10'000;  // 4 Mbit/s
  constexpr TimeDelta kTime = TimeDelta::Seconds(40);
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    DataBesideVideo c(seed, kbps(1000));
    c.Run(TimeDelta::Seconds(20), 0);
    c.Begin();
    c.Run(kTime, kPerStep);
    EXPECT_GE(c.DataRateSince(), kbps(400));
    for (const Watch& watch : c.watches) EXPECT_LE(watch.longest_freeze(), TimeDelta::Millis(2000));
    EXPECT_TRUE(std::ranges::any_of(c.watches, &Watch::on));
    c.Run(TimeDelta::Seconds(20), 0);
    EXPECT_TRUE(std::ranges::all_of(c.watches, &Watch::on));
    c.Run(LayerCeiling::kLongest, 0);
    EXPECT_GE(std::ranges::max(c.watches, {}, &Watch::layer).layer(), 1) << "and are larger again afterwards";
  }
}

}  // namespace
}  // namespace sluice::sim
