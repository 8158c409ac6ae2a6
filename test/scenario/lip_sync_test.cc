// Audio and video of one sender must stay together for its receivers: by the sender reports that they get, the same
// moment of capture has the same NTP time in both streams, whatever the network did to one of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr TimeDelta kMaxSkew = TimeDelta::Millis(20);

// SRTP leaves the SSRC in the clear.
uint32_t SsrcOf(std::span<const uint8_t> datagram) {
  if (datagram.size() < 12 || (datagram[1] >= 192 && datagram[1] <= 223)) return 0;
  return static_cast<uint32_t>(datagram[8] << 24 | datagram[9] << 16 | datagram[10] << 8 | datagram[11]);
}

class LipSyncScenario : public testing::Test {
 protected:
  static LinkConfig LateVideo(Ssrc video) {
    return {.delay = TimeDelta::Millis(20), .extra_delay = [video](std::span<const uint8_t> datagram) {
              return TimeDelta::Millis(SsrcOf(datagram) == video.value() ? 200 : 0);
            }};
  }

  // Runs a call and returns the largest skew seen, sampled every 100 ms once both streams have had a report.
  TimeDelta LargestSkew(uint64_t seed, const std::function<LinkConfig(Ssrc video)>& link, bool reports = true) {
    Call call(seed);
    const auto alice = call.Join("alice");
    const auto bob = call.Join("bob");
    Producer& audio = call.Announce(alice, MediaKind::kAudio);
    Producer& video = call.Announce(alice, MediaKind::kVideo);
    const auto* to_audio = call.Subscribe(bob, audio).receiver;
    const auto* to_video = call.Subscribe(bob, video).receiver;
    alice.peer->up().Configure(link(*video.config().rtp_parameters.encodings[0].ssrc));
    bob.peer->down().Configure({.delay = TimeDelta::Millis(20)});
    if (!reports) alice.peer->LeaveOutSenderReports();
    call.StartSending(alice, audio);
    call.StartSending(alice, video);
    TimeDelta largest = TimeDelta::Zero();
    samples_ = 0;
    for (int i = 0; i < 300; ++i) {
      call.RunFor(TimeDelta::Millis(100));
      if (!to_audio->capture_offset() || !to_video->capture_offset()) continue;
      ++samples_;
      const TimeDelta skew = *to_audio->capture_offset() - *to_video->capture_offset();
      largest = std::max({largest, skew, -skew});
    }
    return largest;
  }
  int samples_ = 0;
};

TEST_F(LipSyncScenario, HoldsWith200MsMoreDelayOnVideo) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    const TimeDelta skew = LargestSkew(seed, LateVideo);
    EXPECT_GT(samples_, 200);
    EXPECT_LE(skew, kMaxSkew);
  }
}

TEST_F(LipSyncScenario, HoldsUnderJitterAndLoss) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    const TimeDelta skew = LargestSkew(seed, [](Ssrc) {
      return LinkConfig{.delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(150), .loss = 0.1};
    });
    EXPECT_GT(samples_, 200);
    EXPECT_LE(skew, kMaxSkew);
  }
}

// What the measurement would say if capture times were guessed from arrivals: here they have to be.
TEST_F(LipSyncScenario, IsOffByTheDelayWithoutSenderReports) {
  const TimeDelta skew = LargestSkew(1, LateVideo, false);
  EXPECT_GT(samples_, 200);
  EXPECT_NEAR(skew.seconds(), 0.200, 0.020);
}

}  // namespace
}  // namespace sluice::sim
