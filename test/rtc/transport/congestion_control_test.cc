// What congestion control makes of one transport's sending. Lines with rates and queues are in test/scenario and
// test/bwe.
#include "rtc/transport/congestion_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "rtc/rtp/header_extension_values.h"
#include "rtc/transport/probation.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr uint8_t kNumberId = 5;
constexpr uint32_t kVideo = 5000;
constexpr uint32_t kRtx = 5001;

uint32_t SsrcOf(const Datagram& packet) { return rtp::PacketView::Parse(packet)->ssrc().value(); }

// One sender, one receiver whose consumer's packets are numbered, and told of when the test says so.
class CongestionControlTest : public testing::Test {
 protected:
  CongestionControlTest() {
    EXPECT_TRUE(world_.router().Produce(sender_, VideoProducer("p", VideoParameters(1111, 1112))).ok());
  }

  Consumer& Consume(bool rtx = true) {
    ConsumerConfig config = VideoConsumer("c", "p", kVideo);
    RtpParameters& parameters = config.rtp_parameters;
    parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
    parameters.header_extensions.push_back({.uri = rtp::HeaderExtension::kTransportWideCc, .id = kNumberId});
    if (!rtx) {
      parameters.codecs.pop_back();
      parameters.encodings[0].rtx_ssrc.reset();
    }
    return **world_.router().Consume(receiver_, std::move(config), world_.turn());
  }
  // A frame of `packets` packets of 1000 bytes.
  void SendFrame(int packets, bool key_frame = false) {
    for (int i = 0; i < packets; ++i) {
      RtpSpec spec{.seq = seq_++, .timestamp = timestamp_, .marker = i + 1 == packets};
      if (!key_frame || i > 0) spec.payload = Vp8DeltaFrame();
      if (i > 0) spec.payload[0] = 0;
      spec.payload.resize(1000);
      world_.Receive(sender_, MakeRtp(spec));
    }
    timestamp_ += 3600;
  }
  // 25 frames a second; everything that left is told of as it came.
  void RunCall(TimeDelta time, int packets) {
    for (const Timestamp end = world_.turn().now + time; world_.turn().now < end;) {
      SendFrame(packets, timestamp_ == 0);
      for (int i = 0; i < 4; ++i) {
        world_.Advance(TimeDelta::Millis(10));
        Collect();
        if (told_) TellArrivals();
      }
    }
  }
  void Collect() {
    for (const Datagram& packet : world_.TakeRtp(receiver_)) {
      const auto view = rtp::PacketView::Parse(packet);
      const auto value = view->Extension(kNumberId);
      if (value) arrivals_.push_back(rtp::TransportSequenceNumber::Parse(*value)->seq);
      sent_.push_back(packet);
    }
  }
  void TellArrivals() {
    if (arrivals_.empty()) return;
    rtcp::TransportFeedback feedback{.sender = Ssrc(1), .media = Ssrc(kVideo)};
    feedback.reference_time = static_cast<int32_t>(world_.turn().now.ms() / 64);
    for (const SeqNum seq : arrivals_)
      feedback.packets.push_back({.seq = seq, .arrival = TimeDelta::Millis(world_.turn().now.ms() % 64)});
    arrivals_.clear();
    world_.Receive(receiver_, MakeRtcp(feedback));
  }
  size_t CountSent(uint32_t ssrc) const { return static_cast<size_t>(std::ranges::count(sent_, ssrc, SsrcOf)); }
  template <class Event>
  size_t CountEvents() {
    return static_cast<size_t>(std::ranges::count_if(world_.turn().outbox.transport,
                                                     [](const auto& e) { return std::holds_alternative<Event>(e); }));
  }

  MediaWorld world_;
  Transport& sender_ = world_.AddTransport("sender");
  Transport& receiver_ = world_.AddTransport("receiver");
  bool told_ = true;
  uint16_t seq_ = 1;
  uint32_t timestamp_ = 0;
  std::vector<SeqNum> arrivals_;
  std::vector<Datagram> sent_;
};

TEST_F(CongestionControlTest, IsThereForWhomFeedbackWasPromised) {
  EXPECT_EQ(receiver_.congestion(), nullptr);
  Consume();
  EXPECT_NE(receiver_.congestion(), nullptr);
  EXPECT_EQ(sender_.congestion(), nullptr);
}

TEST_F(CongestionControlTest, VideoWaitsForItsTurnAndIsNumberedWhenItLeaves) {
  Consume();
  RunCall(TimeDelta::Seconds(3), 2);
  sent_.clear();
  SendFrame(60);  // far more than may leave at once
  Collect();
  const size_t at_once = sent_.size();
  EXPECT_GT(at_once, 0u);
  EXPECT_LT(at_once, 30u);
  EXPECT_GT(receiver_.congestion()->pacer().packets(), 0u);
  for (int i = 0; i < 100; ++i) {
    world_.Advance(TimeDelta::Millis(10));
    Collect();
    TellArrivals();
  }
  std::vector<uint16_t> numbers;
  for (const Datagram& packet : sent_) {
    if (SsrcOf(packet) == kVideo) numbers.push_back(rtp::PacketView::Parse(packet)->seq().value());
  }
  ASSERT_THAT(numbers, SizeIs(60));
  for (size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], static_cast<uint16_t>(numbers[i - 1] + 1));
}

TEST_F(CongestionControlTest, TransportWideNumbersHaveNoGapsWhateverTheyStandIn) {
  Consume();
  RunCall(TimeDelta::Seconds(5), 4);
  std::vector<uint16_t> numbers;
  for (const Datagram& packet : sent_) {
    numbers.push_back(
        rtp::TransportSequenceNumber::Parse(*rtp::PacketView::Parse(packet)->Extension(kNumberId))->seq.value());
  }
  ASSERT_FALSE(numbers.empty());
  for (size_t i = 1; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], static_cast<uint16_t>(numbers[i - 1] + 1));
}

TEST_F(CongestionControlTest, ProbesAreFilledWithWhatLeftLatelyByRtx) {
  Consume();
  receiver_.SetTraces(false, true);
  RunCall(TimeDelta::Seconds(3), 4);
  EXPECT_GT(CountSent(kRtx), 0u);
  EXPECT_EQ(CountSent(Probation::kSsrc.value()), 0u);
  EXPECT_GT(receiver_.Stats(world_.turn().now).probation_sent.bytes, 0u);
  EXPECT_EQ(receiver_.Stats(world_.turn().now).rtx_sent.bytes, 0u);
  EXPECT_GT(CountEvents<ProbationTrace>(), 0u);
}

TEST_F(CongestionControlTest, WithoutRtxProbesAreFilledWithAStreamOfTheirOwn) {
  Consume(/*rtx=*/false);
  RunCall(TimeDelta::Seconds(3), 4);
  std::vector<Datagram> probation;
  std::ranges::copy_if(sent_, std::back_inserter(probation),
                       [](const Datagram& packet) { return SsrcOf(packet) == Probation::kSsrc.value(); });
  ASSERT_THAT(probation, Not(IsEmpty()));
  for (size_t i = 0; i < probation.size(); ++i) {
    const auto packet = rtp::PacketView::Parse(probation[i]);
    EXPECT_EQ(packet->payload_type(), Probation::kPayloadType);
    EXPECT_EQ(packet->seq(), rtp::PacketView::Parse(probation[0])->seq() + static_cast<int>(i));
    EXPECT_TRUE(packet->Extension(kNumberId));
  }
}

TEST_F(CongestionControlTest, APeerThatTellsNothingIsLeftAlone) {
  told_ = false;
  Consume();
  RunCall(TimeDelta::Seconds(4), 4);
  EXPECT_FALSE(receiver_.congestion()->active());
  EXPECT_FALSE(receiver_.Stats(world_.turn().now).available_outgoing);
  sent_.clear();
  SendFrame(60);
  Collect();
  EXPECT_THAT(sent_, SizeIs(60));
  TellArrivals();
  EXPECT_TRUE(receiver_.congestion()->active());
}

TEST_F(CongestionControlTest, WhenTooMuchWaitsItGoesOnWithAKeyFrameThatIsAskedFor) {
  Consume();
  RunCall(TimeDelta::Seconds(3), 2);
  world_.TakeRtcp(sender_);
  sent_.clear();
  for (int i = 0; i < 10; ++i) SendFrame(60);
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Pli>(sender_), Not(IsEmpty()));
  for (int i = 0; i < 200; ++i) {
    world_.Advance(TimeDelta::Millis(10));
    Collect();
    TellArrivals();
  }
  EXPECT_LT(CountSent(kVideo), 300u);
  sent_.clear();
  SendFrame(2);
  Collect();
  EXPECT_EQ(CountSent(kVideo), 0u);
  SendFrame(2, /*key_frame=*/true);
  Collect();
  EXPECT_EQ(CountSent(kVideo), 2u);
}

TEST_F(CongestionControlTest, NothingThatWaitedLeavesAfterAPauseOrTheEnd) {
  Consumer& consumer = Consume();
  RunCall(TimeDelta::Seconds(3), 2);
  SendFrame(60);
  Collect();
  world_.router().PauseConsumer(consumer, world_.turn());
  sent_.clear();
  world_.Advance(TimeDelta::Seconds(1));
  Collect();
  EXPECT_EQ(CountSent(kVideo), 0u);
  world_.router().ResumeConsumer(consumer, world_.turn());
  SendFrame(60, /*key_frame=*/true);
  world_.router().CloseConsumer(consumer, world_.turn());
  Collect();
  sent_.clear();
  world_.Advance(TimeDelta::Seconds(1));
  Collect();
  EXPECT_EQ(CountSent(kVideo), 0u);
  EXPECT_EQ(receiver_.congestion()->pacer().packets(), 0u);
}

TEST_F(CongestionControlTest, WhenReportsSayThatNothingArrivesVideoStopsForAWhile) {
  Consume();
  RunCall(TimeDelta::Seconds(2), 2);
  for (int i = 0; i < 5; ++i) {
    const rtcp::ReportBlock nothing{.source = Ssrc(kVideo), .extended_highest_seq = 1};
    rtcp::ReceiverReport report{.sender = Ssrc(1)};
    report.reports.push_back(nothing);
    world_.Receive(receiver_, MakeRtcp(report));
    RunCall(TimeDelta::Seconds(1), 2);
  }
  EXPECT_EQ(CountEvents<CircuitBroken>(), 1u);
  EXPECT_EQ(receiver_.Stats(world_.turn().now).circuit_breaks, 1u);
  sent_.clear();
  RunCall(TimeDelta::Seconds(5), 2);
  EXPECT_EQ(CountSent(kVideo), 0u);
  world_.TakeRtcp(sender_);
  world_.Advance(TimeDelta::Seconds(5));
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Pli>(sender_), Not(IsEmpty()));
  SendFrame(2, /*key_frame=*/true);
  Collect();
  EXPECT_EQ(CountSent(kVideo), 2u);
}

TEST_F(CongestionControlTest, TellsWhatTheLineIsTakenToCarry) {
  Consume();
  receiver_.SetMaxOutgoingBitrate(DataRate::KilobitsPerSec(5000));
  receiver_.SetTraces(true, false);
  RunCall(TimeDelta::Seconds(3), 4);
  const auto available = receiver_.Stats(world_.turn().now).available_outgoing;
  ASSERT_TRUE(available);
  EXPECT_GT(*available, DataRate::KilobitsPerSec(600));
  const BandwidthTrace* trace = nullptr;
  for (const auto& event : world_.turn().outbox.transport) {
    if (const auto* one = std::get_if<BandwidthTrace>(&event)) trace = one;
  }
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->max, DataRate::KilobitsPerSec(5000));
  EXPECT_GT(trace->allocated, DataRate::KilobitsPerSec(700));
  EXPECT_EQ(trace->available, *available);
  EXPECT_EQ(CountEvents<ProbationTrace>(), 0u);
}

TEST_F(CongestionControlTest, TheMaximumHolds) {
  Consume();
  receiver_.SetMaxOutgoingBitrate(DataRate::KilobitsPerSec(300));
  RunCall(TimeDelta::Seconds(3), 4);
  EXPECT_LE(*receiver_.Stats(world_.turn().now).available_outgoing, DataRate::KilobitsPerSec(300));
}

// RFC 3611 section 4.5: the peer, which sends as well, answers our reference time with how long it kept it.
TEST_F(CongestionControlTest, TheRoundTripTimeComesFromExtendedReportsToo) {
  Consume();
  ASSERT_TRUE(world_.router().Produce(receiver_, VideoProducer("back", VideoParameters(3333, 3334))).ok());
  world_.Receive(receiver_, MakeRtp({.ssrc = 3333}));
  world_.TakeRtcp(receiver_);
  world_.Advance(TimeDelta::Millis(1600));
  rtcp::ExtendedReport asked;
  for (const rtcp::ExtendedReport& report : world_.TakeRtcpOf<rtcp::ExtendedReport>(receiver_)) {
    if (report.reference_time) asked = report;
  }
  ASSERT_TRUE(asked.reference_time);
  EXPECT_FALSE(receiver_.congestion()->snapshot().rtt);
  const rtcp::NtpTime now = rtcp::NtpTime::From(world_.turn().now, TimeDelta::Seconds(1'700'000'000));
  const TimeDelta held = now - *asked.reference_time;
  world_.Advance(TimeDelta::Millis(80));
  rtcp::ExtendedReport answer{.sender = Ssrc(3333)};
  const auto answer_to = [&](Ssrc receiver) {
    answer.dlrr = {{.receiver = receiver,
                    .last_rr = asked.reference_time->Compact(),
                    .delay_since_last_rr = rtcp::ToCompactDelta(held)}};
    world_.Receive(receiver_, MakeRtcp(answer));
  };
  answer_to(Ssrc(asked.sender.value() + 1));
  EXPECT_FALSE(receiver_.congestion()->snapshot().rtt) << "somebody else's";
  answer_to(asked.sender);
  ASSERT_TRUE(receiver_.congestion()->snapshot().rtt);
  EXPECT_NEAR(static_cast<double>(receiver_.congestion()->snapshot().rtt->us()), 80'000, 100);
}

TEST_F(CongestionControlTest, WhileNothingIsSentNothingIsWokenUpFor) {
  Consume();
  RunCall(TimeDelta::Seconds(2), 2);
  world_.Advance(TimeDelta::Seconds(5));
  EXPECT_TRUE(receiver_.congestion()->deadline().IsInfinite());
}

}  // namespace
}  // namespace sluice
