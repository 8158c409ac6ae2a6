// The history, the estimators and the prober allocate nothing once the first packet was sent.
#include <gtest/gtest.h>

#include "rtc/base/rng.h"
#include "rtc/cc/bandwidth_controller.h"
#include "rtc/cc/sent_packet_history.h"
#include "test/support/allocations/allocation_counter.h"

namespace sluice {
namespace {

constexpr int kPackets = 20;  // in 100 ms: 1.9 Mbit/s

// A minute of sending over a line that delays more now and then and loses some.
class Sender {
 public:
  void Second() {
    for (int i = 0; i < 10; ++i) Period();
  }
  const BandwidthController& controller() const { return controller_; }

 private:
  void Period() {
    // More than the line gives, so that it is asked for again and again.
    controller_.SetDemand(DataRate::KilobitsPerSec(500), DataRate::KilobitsPerSec(10'000), now_);
    const auto probe = controller_.TakeProbe(now_);
    probes_ += probe.has_value();
    rtcp::TransportFeedback feedback{
        .reference_time = static_cast<int32_t>(now_.us() / rtcp::TransportFeedback::kReferenceUnit.us())};
    const TimeDelta late = TimeDelta::Micros(now_.us() % rtcp::TransportFeedback::kReferenceUnit.us());
    const TimeDelta queue = TimeDelta::Millis(rng_.Chance(0.05) ? 120 : 5);
    for (int i = 0; i < kPackets; ++i, next_ = next_ + 1) {
      const TimeDelta sent = TimeDelta::Millis(5) * int64_t{i};
      history_.OnSentUnnumbered(100, now_ + sent);
      controller_.OnSent(history_.OnSent(next_, 1100, probe ? probe->id : uint16_t{0}, now_ + sent));
      feedback.packets.push_back({.seq = next_});
      if (!rng_.Chance(0.02)) feedback.packets.back().arrival = late + sent + queue;
    }
    now_ += TimeDelta::Millis(100);
    controller_.OnFeedback(history_.OnFeedback(feedback, now_ + TimeDelta::Millis(50)));
    controller_.OnTimer(now_);
  }

  SentPacketHistory history_;
  BandwidthController controller_;
  Rng rng_{1};
  Timestamp now_ = Timestamp::Seconds(1000);
  SeqNum next_;
  int probes_ = 0;
};

TEST(CongestionControlSteadyStateTest, AllocatesNothing) {
  Sender sender;
  sender.Second();
  const uint64_t before = test::AllocationCount();
  for (int i = 0; i < 60; ++i) sender.Second();
  EXPECT_EQ(test::AllocationCount() - before, 0u);
  EXPECT_GT(sender.controller().snapshot().probes, 2u);
}

}  // namespace
}  // namespace sluice
