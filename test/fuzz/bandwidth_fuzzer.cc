// Feedback of a peer in any order and about anything, against the history of what was sent and the controller behind it.
// The input is a list of steps: packets are sent, time passes, feedback comes as it stands in the input or nearly right,
// REMB and loss reports come, demands and bounds change.
//
// Whatever comes, the target stays within the bounds, what is in flight is never negative, and no probe is endless.
#include <algorithm>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/cc/bandwidth_controller.h"
#include "rtc/cc/sent_packet_history.h"
#include "rtc/rtcp/compound.h"

namespace sluice {
namespace {

class World {
 public:
  explicit World(ByteReader& in) : in_(in), next_(in.U16()) {}

  void Step() {
    switch (in_.U8() % 8) {
      case 0:
        now_ += TimeDelta::Micros(int64_t{in_.U16()} << (in_.U8() % 16));
        break;
      case 1:
        Send();
        break;
      case 2: {
        const auto datagram = in_.Bytes(std::min<size_t>(in_.left(), in_.U8()));
        rtcp::ReadCompound(datagram, rtcp::Overloaded{
                                         [&](const rtcp::TransportFeedback& feedback) { Tell(feedback); },
                                         [&](const rtcp::Remb& remb) { controller_.OnRemb(remb.bitrate, now_); },
                                     });
        break;
      }
      case 3:
        TellNearlyRight();
        break;
      case 4:
        controller_.OnLossReport(in_.U8() / 255.0, DataRate::KilobitsPerSec(in_.U16()), now_);
        break;
      case 5:
        controller_.SetDemand(DataRate::KilobitsPerSec(in_.U16()), DataRate::KilobitsPerSec(in_.U16()), now_);
        break;
      case 6: {
        min_ = DataRate::KilobitsPerSec(in_.U16());
        max_ = DataRate::KilobitsPerSec(in_.U16());
        min_ = std::min(min_, max_);
        std::optional<DataRate> start;
        if (in_.U8() & 1) start = DataRate::KilobitsPerSec(in_.U16());
        controller_.SetBounds(min_, start, max_);
        break;
      }
      case 7:
        controller_.OnRtt(TimeDelta::Millis(in_.U16()) - TimeDelta::Seconds(1));
        if (now_ >= controller_.deadline()) controller_.OnTimer(now_);
        break;
    }
    Check();
  }

 private:
  void Send() {
    const uint8_t flags = in_.U8();
    if (flags & 1) history_.OnSentUnnumbered(in_.U16(), now_);
    if (flags & 2) {
      if (const auto probe = controller_.TakeProbe(now_)) {
        SLUICE_CHECK(probe->packets > 0 && probe->rate <= std::max(max_, controller_.target()));
        probe_ = probe->id;
      }
    }
    const TimeDelta gap = TimeDelta::Micros(int64_t{in_.U8()} * 64);
    for (int left = in_.U8(); left > 0; --left, next_ = next_ + 1, now_ += gap)
      controller_.OnSent(history_.OnSent(next_, in_.U16(), flags & 4 ? probe_ : uint16_t{0}, now_));
  }

  void Tell(const rtcp::TransportFeedback& feedback) {
    const FeedbackReport report = history_.OnFeedback(feedback, now_);
    SLUICE_CHECK(report.packets.size() <= SentPacketHistory::kMaxReport);
    controller_.OnFeedback(report);
  }

  // About packets that were sent, or nearly.
  void TellNearlyRight() {
    rtcp::TransportFeedback feedback{.reference_time = static_cast<int32_t>(in_.U24() << 8) >> 8};
    SeqNum seq = next_ + (static_cast<int8_t>(in_.U8()) - 64);
    for (int left = in_.U8(); left > 0; --left, seq = seq + 1) {
      const uint8_t delta = in_.U8();
      feedback.packets.push_back({.seq = seq});
      if (delta & 1) feedback.packets.back().arrival = rtcp::TransportFeedback::kDeltaUnit * int64_t{delta};
    }
    if (!feedback.packets.empty()) Tell(feedback);
  }

  void Check() const {
    SLUICE_CHECK(controller_.target() >= min_ && controller_.target() <= max_);
    SLUICE_CHECK(controller_.pacing_rate() >= controller_.target());
    SLUICE_CHECK(history_.in_flight() >= DataSize::Zero());
    const BandwidthController::Snapshot snapshot = controller_.snapshot();
    SLUICE_CHECK(snapshot.queue_delay >= TimeDelta::Zero() && snapshot.loss >= 0 && snapshot.loss <= 1);
  }

  ByteReader& in_;
  SentPacketHistory history_;
  BandwidthController controller_;
  DataRate min_ = BandwidthController::kDefaultMin;
  DataRate max_ = BandwidthController::kDefaultMax;
  Timestamp now_ = Timestamp::Seconds(1);
  SeqNum next_;
  uint16_t probe_ = 0;
};

void Run(std::span<const uint8_t> data) {
  ByteReader in(data);
  World world(in);
  while (in.ok() && in.left() > 0) world.Step();
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run({data, size});
  return 0;
}
