// Feedback of a peer in any order and about anything, against the cap; and the layers that are chosen under it. The
// input is a list of steps: packets are sent, time passes, and RTCP comes as it stands in the input.
//
// Whatever comes, the cap is at least its floor, and layers are among those that there are.
#include <array>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/cc/feedback_cap.h"
#include "rtc/cc/layer_allocation.h"
#include "rtc/rtcp/compound.h"

namespace sluice {
namespace {

void Allocate(ByteReader& in, FeedbackCap& cap, Timestamp now) {
  std::vector<LayerDemand> demands(in.U8() % 8);
  for (LayerDemand& demand : demands) {
    demand.wanted = in.U8();
    demand.current = in.U8();
    demand.priority = in.U8();
    for (int left = in.U8() % 10; left > 0; --left) demand.rates.push_back(DataRate::KilobitsPerSec(in.U16()));
  }
  const std::vector<size_t> given = AllocateLayers(demands, cap.cap().value_or(DataRate::KilobitsPerSec(in.U16())));
  SLUICE_CHECK(given.size() == demands.size());
  for (size_t i = 0; i < given.size(); ++i) {
    SLUICE_CHECK(given[i] <= demands[i].wanted && (given[i] == 0 || given[i] < demands[i].rates.size()));
  }
  cap.OnAllocated(in.U8() & 1, in.U8() & 1, now);
}

void Run(std::span<const uint8_t> data) {
  ByteReader in(data);
  FeedbackCap cap;
  Timestamp now = Timestamp::Seconds(1);
  SeqNum next(in.U16());
  while (in.ok() && in.left() > 0) {
    switch (in.U8() % 6) {
      case 0:
        now += TimeDelta::Micros(int64_t{in.U16()} << (in.U8() % 16));
        break;
      case 1:
        for (int left = in.U8(); left > 0; --left) {
          cap.OnSent(next, in.U16(), now);
          next = next + 1;
        }
        break;
      case 2: {
        const auto datagram = in.Bytes(std::min<size_t>(in.left(), in.U8()));
        rtcp::ReadCompound(datagram,
                           rtcp::Overloaded{
                               [&](const rtcp::TransportFeedback& feedback) { cap.OnFeedback(feedback, now); },
                               [&](const rtcp::Remb& remb) { cap.OnRemb(remb.bitrate); },
                           });
        break;
      }
      case 3: {
        // About packets that were sent, or nearly.
        rtcp::TransportFeedback feedback{.reference_time = static_cast<int32_t>(in.U24() << 8) >> 8};
        SeqNum seq = next + (static_cast<int8_t>(in.U8()) - 64);
        for (int left = in.U8(); left > 0; --left, seq = seq + 1) {
          const uint8_t delta = in.U8();
          feedback.packets.push_back({.seq = seq});
          if (delta & 1) feedback.packets.back().arrival = rtcp::TransportFeedback::kDeltaUnit * int64_t{delta};
        }
        if (!feedback.packets.empty()) cap.OnFeedback(feedback, now);
        break;
      }
      case 4:
        cap.OnLossReport(in.U8() / 256.0, DataRate::KilobitsPerSec(in.U16()), now);
        break;
      case 5:
        Allocate(in, cap, now);
        break;
    }
    SLUICE_CHECK(cap.arrived() >= DataRate::Zero());
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Run({data, size});
  return 0;
}
