// What tells of arrivals, and what is told of them, in any order: RFC 8888 feedback generated and read, an estimate for
// REMB, the circuit breaker. The input is a list of steps; packets have any numbers and times, and RTCP comes as it stands
// in the input.
//
// Whatever comes: messages fit a datagram and end, estimates stay within their bounds, nothing is in flight that was not
// sent, and the breaker closes again.
#include <array>
#include <cstdint>
#include <span>

#include "rtc/base/bytes.h"
#include "rtc/base/check.h"
#include "rtc/cc/circuit_breaker.h"
#include "rtc/cc/congestion_feedback_generator.h"
#include "rtc/cc/remb_estimator.h"
#include "rtc/cc/sent_packet_history.h"
#include "rtc/cc/stream_numbers.h"
#include "rtc/rtcp/compound.h"

namespace sluice {
namespace {

class World {
 public:
  explicit World(std::span<const uint8_t> input) : in_(input) {}

  void Run() {
    while (in_.ok() && in_.left() > 0) Step(in_.U8() % 8);
    while (breaker_.is_open(now_)) now_ += CircuitBreaker::kMaxPause;
    SLUICE_CHECK(now_ < Timestamp::Seconds(1'000'000'000));
  }

 private:
  void Step(int what) {
    switch (what) {
      case 0:
        now_ += TimeDelta::Micros(int64_t{in_.U16()} << (in_.U8() % 10));
        break;
      case 1:
        for (int left = in_.U8(); left > 0; --left) Send();
        break;
      case 2:
        generator_.OnPacket(Ssrc(in_.U8()), SeqNum(in_.U16()), now_ - TimeDelta::Millis(in_.U8()),
                            static_cast<rtcp::Ecn>(in_.U8() & 3));
        break;
      case 3:
        Generate();
        break;
      case 4:
        Read(in_.Bytes(std::min<size_t>(in_.left(), in_.U8())));
        break;
      case 5:
        Estimate();
        break;
      case 6:
        estimator_.SetMaximum(DataRate::KilobitsPerSec(in_.U16() & 0xFF));
        if (in_.U8() % 8 == 0) estimator_.StopEstimating();
        break;
      default:
        Break();
    }
  }
  void Send() {
    const Ssrc ssrc(in_.U8() & 0x7F);
    numbers_.OnSent(ssrc, seq_, number_);
    history_.OnSent(number_, in_.U16(), 0, now_);
    number_ = number_ + 1;
    seq_ = seq_ + (in_.U8() & 1);
  }
  void Generate() {
    int messages = 0;
    while (const auto message = generator_.Next(Ssrc(1), now_, in_.U32())) {
      SLUICE_CHECK(++messages < 1000);
      std::array<uint8_t, CongestionFeedbackGenerator::kMaxSize> bytes;
      rtcp::CompoundWriter out(bytes);
      SLUICE_CHECK(out.Add(*message));
      Read(out.written());
    }
    SLUICE_CHECK(generator_.deadline().IsInfinite());
  }
  void Read(std::span<const uint8_t> datagram) {
    rtcp::ReadCompound(
        datagram,
        rtcp::Overloaded{
            [&](const rtcp::CongestionFeedback& feedback) { Check(history_.OnFeedback(feedback, numbers_, now_)); },
            [&](const rtcp::TransportFeedback& feedback) { Check(history_.OnFeedback(feedback, now_)); },
        });
  }
  static void Check(const FeedbackReport& report) {
    SLUICE_CHECK(report.in_flight >= DataSize::Zero());
    SLUICE_CHECK(report.packets.size() <= SentPacketHistory::kMaxReport);
  }
  void Estimate() {
    RembEstimator::Packet packet{.ssrc = Ssrc(in_.U8() % 3),
                                 .timestamp = in_.U32(),
                                 .clock_rate = uint32_t{1} + in_.U16(),
                                 .size = in_.U16(),
                                 .arrival = now_};
    if (in_.U8() & 1) packet.sent = rtp::AbsSendTime{.ticks = in_.U24()};
    estimator_.OnPacket(packet);
    if (const auto remb = estimator_.Due(now_)) {
      SLUICE_CHECK(*remb > DataRate::Zero() && *remb <= RembEstimator::kUnlimited);
    }
  }
  void Break() {
    const uint8_t bits = in_.U8();
    CircuitBreaker::Report report{.advanced = (bits & 1) != 0,
                                  .loss = in_.U8() / 255.0,
                                  .sending = DataRate::BitsPerSec(in_.U32()),
                                  .packet = DataSize::Bytes(in_.U16())};
    if (bits & 2) report.rtt = TimeDelta::Micros(in_.U32());
    if (bits & 4) breaker_.OnReport(report, now_);
    const auto reason = breaker_.Check((bits & 8) != 0, now_);
    SLUICE_CHECK(!reason || breaker_.is_open(now_));
  }

  ByteReader in_;
  Timestamp now_ = Timestamp::Seconds(1);
  CongestionFeedbackGenerator generator_;
  StreamNumbers numbers_;
  SentPacketHistory history_;
  RembEstimator estimator_;
  CircuitBreaker breaker_;
  SeqNum number_{65000};
  SeqNum seq_{65100};
};

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::World(std::span(data, size)).Run();
  return 0;
}
