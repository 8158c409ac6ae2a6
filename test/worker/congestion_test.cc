// What the real process tells of congestion control over its pipe: a call over loopback, whose receiver says when packets
// came.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "rtc/cc/transport_feedback_generator.h"
#include "rtc/rtp/demux.h"
#include "rtc/rtp/header_extension_values.h"
#include "test/support/media_world.h"
#include "test/worker/media_worker.h"

namespace sluice {
namespace {

using fbs::transport::TraceEventType;
using namespace testing_support;  // NOLINT(google-build-using-namespace): of tests

constexpr uint8_t kNumberId = 5;
constexpr uint32_t kSent = 1111;
constexpr uint32_t kReceived = 5000;
// As BandwidthController begins.
constexpr uint64_t kStart = 600'000;

// The machine may be busy, which looks like a line that is: figures are held to what is plausible.
class WorkerCongestionTest : public MediaWorkerTest {
 protected:
  void SetUp() override {
    MediaWorkerTest::SetUp();
    sender_port_ = CreatePlain("sender", true);
    receiver_port_ = CreatePlain("receiver", false);
    fbs::plain::ConnectRequestT connect;
    connect.ip = "127.0.0.1";
    connect.port = receiver_.port();
    Accept(worker_.Request(Method::PlainTransportConnect, "receiver", Body::PlainTransportConnect,
                           fbs::plain::CreateConnectRequest(worker_.b, &connect).Union()));
    ProduceVideo();
  }
  void ProduceVideo() {
    auto& b = worker_.b;
    const ProducerConfig config = VideoProducer("p", VideoParameters(kSent, kSent + 1));
    const auto parameters = wire::Encode(b, config.rtp_parameters);
    const auto mapping = wire::Encode(b, config.rtp_mapping);
    const auto body =
        fbs::transport::CreateProduceRequest(b, b.CreateString("p"), fbs::rtp::MediaKind::Video, parameters, mapping);
    Accept(worker_.Request(Method::TransportProduce, "sender", Body::TransportProduce, body.Union()));
  }
  void ConsumeVideo() {
    auto& b = worker_.b;
    ConsumerConfig config = VideoConsumer("c", "p", kReceived);
    config.rtp_parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
    config.rtp_parameters.header_extensions.push_back({.uri = rtp::HeaderExtension::kTransportWideCc, .id = kNumberId});
    const auto parameters = wire::Encode(b, config.rtp_parameters);
    const auto consumable = b.CreateVector(wire::Encode(b, config.consumable_encodings));
    const auto body =
        fbs::transport::CreateConsumeRequest(b, b.CreateString("c"), b.CreateString("p"), fbs::rtp::MediaKind::Video,
                                             parameters, fbs::rtp::StreamType::Simple, consumable);
    Accept(worker_.Request(Method::TransportConsume, "receiver", Body::TransportConsume, body.Union()));
  }

  // 800 kbit/s, 25 frames a second, the first a key frame; the receiver tells what came.
  void RunCall(TimeDelta time) {
    for (const Timestamp end = MonotonicNow() + time; MonotonicNow() < end;) {
      SendFrame();
      for (const Timestamp next = MonotonicNow() + TimeDelta::Millis(40); MonotonicNow() < next;) ReceiveUntil(next);
    }
  }
  void SendFrame() {
    for (int i = 0; i < 4; ++i) {
      RtpSpec spec{.seq = seq_++, .timestamp = timestamp_, .marker = i == 3};
      if (timestamp_ > 0 || i > 0) spec.payload = Vp8DeltaFrame();
      if (i > 0) spec.payload[0] = 0;
      spec.payload.resize(1000);
      peer_.SendTo(sender_port_, MakeRtp(spec));
    }
    timestamp_ += 3600;
  }
  void ReceiveUntil(Timestamp end) {
    const Timestamp next = std::min(end, feedback_.deadline());
    const auto packet = receiver_.Receive(static_cast<int>(std::max<int64_t>((next - MonotonicNow()).ms() + 1, 0)));
    const auto view = rtp::LooksLikeRtp(packet) ? rtp::PacketView::Parse(packet) : std::nullopt;
    if (const auto number = view ? view->Extension(kNumberId) : std::nullopt) {
      feedback_.OnPacket(rtp::TransportSequenceNumber::Parse(*number)->seq, MonotonicNow());
    }
    if (MonotonicNow() < feedback_.deadline()) return;
    while (const auto told = feedback_.Next(Ssrc(1), Ssrc(kReceived))) {
      receiver_.SendTo(receiver_port_, MakeRtcp(*told));
    }
  }

  std::optional<fbs::transport::CongestionStatsT> Stats(const std::string& transport) {
    const auto* response = Accept(worker_.Request(Method::TransportGetCongestionStats, transport));
    const auto* body = response->body_as_TransportGetCongestionStats();
    EXPECT_TRUE(body);
    if (!body || !body->stats()) return std::nullopt;
    fbs::transport::CongestionStatsT out;
    body->stats()->UnPackTo(&out);
    return out;
  }

  void Trace(const std::vector<TraceEventType>& types) {
    fbs::transport::EnableTraceEventRequestT request;
    request.events = types;
    Accept(worker_.Request(Method::TransportEnableTraceEvent, "receiver", Body::TransportEnableTraceEvent,
                           fbs::transport::CreateEnableTraceEventRequest(worker_.b, &request).Union()));
  }
  // What of them came by now.
  std::vector<fbs::transport::TraceNotificationT> TakeTraces() {
    Accept(worker_.Request(Method::TransportDump, "receiver"));  // they come in order: what was told before is read
    std::vector<fbs::transport::TraceNotificationT> traces;
    while (const auto* told = worker_.AwaitNotification(Event::TransportTrace, "receiver", 0)) {
      traces.emplace_back();
      told->body_as_TransportTrace()->UnPackTo(&traces.back());
    }
    return traces;
  }

  UdpPeer peer_, receiver_;
  uint16_t sender_port_ = 0, receiver_port_ = 0;
  uint16_t seq_ = 1;
  uint32_t timestamp_ = 0;
  TransportFeedbackGenerator feedback_;
};

TEST_F(WorkerCongestionTest, StatisticsTellWhatTheLineIsTakenToCarry) {
  EXPECT_FALSE(Stats("receiver")) << "nobody promised feedback yet";
  ConsumeVideo();
  EXPECT_FALSE(Stats("sender"));
  const auto before = Stats("receiver");
  ASSERT_TRUE(before);
  EXPECT_TRUE(before->active);
  EXPECT_EQ(before->target_bitrate, kStart);
  EXPECT_FALSE(before->acked_bitrate);
  EXPECT_FALSE(before->round_trip_time);
  EXPECT_EQ(before->probes, 0u);

  RunCall(TimeDelta::Seconds(3));
  const auto stats = Stats("receiver");
  ASSERT_TRUE(stats);
  EXPECT_TRUE(stats->active);
  EXPECT_GT(stats->target_bitrate, kStart / 2);
  EXPECT_GE(stats->delay_based_bitrate, stats->target_bitrate);
  EXPECT_GE(stats->loss_based_bitrate, stats->target_bitrate);
  ASSERT_TRUE(stats->acked_bitrate);
  EXPECT_NEAR(static_cast<double>(*stats->acked_bitrate), 840'000, 400'000);
  EXPECT_GE(stats->queue_delay, 0);
  EXPECT_LT(stats->queue_delay, 1000);
  EXPECT_GE(stats->pacer_queue_time, 0);
  EXPECT_LT(stats->pacer_queue_time, 1000);
  ASSERT_TRUE(stats->round_trip_time);
  EXPECT_LT(*stats->round_trip_time, 1000);
  EXPECT_LT(stats->loss, 0.1);
  EXPECT_NE(stats->limit, fbs::transport::CongestionLimit::Remb);
  EXPECT_NEAR(static_cast<double>(stats->wanted_bitrate), 840'000, 400'000);
  EXPECT_LE(stats->allocated_bitrate, stats->wanted_bitrate);
  EXPECT_GT(stats->probes, 0u);
  EXPECT_EQ(stats->circuit_breaks, 0u);
  EXPECT_GE(stats->timestamp, before->timestamp + 3000);
}

TEST_F(WorkerCongestionTest, TheEstimateIsTracedAndNothingElse) {
  Trace({TraceEventType::Bwe});
  ConsumeVideo();
  RunCall(TimeDelta::Seconds(3));
  const auto traces = TakeTraces();
  ASSERT_GE(traces.size(), 3u) << "layers are divided every second";
  for (const auto& trace : traces) {
    ASSERT_EQ(trace.type, TraceEventType::Bwe);
    EXPECT_EQ(trace.direction, fbs::base::TraceDirection::Out);
    EXPECT_EQ(trace.info.AsBwe()->bwe_type, fbs::transport::BweType::TransportCc);
    EXPECT_EQ(trace.info.AsBwe()->start_bitrate, kStart);
  }
  EXPECT_EQ(traces.front().info.AsBwe()->available_bitrate, kStart);
  const auto available = [](const auto& trace) { return trace.info.AsBwe()->available_bitrate; };
  EXPECT_GT(available(*std::ranges::max_element(traces, {}, available)), kStart) << "loopback carries more";
  const auto& last = *traces.back().info.AsBwe();
  EXPECT_NEAR(static_cast<double>(last.desired_bitrate), 840'000, 400'000);
  EXPECT_LE(last.effective_desired_bitrate, last.desired_bitrate);
  EXPECT_EQ(last.min_bitrate, 0u) << "none was set";
  EXPECT_EQ(last.max_bitrate, 0u);
  EXPECT_GT(traces.back().timestamp, traces.front().timestamp + 1000);
}

TEST_F(WorkerCongestionTest, ProbesAreTracedUntilTheyAreNotAskedFor) {
  Trace({TraceEventType::Probation});
  ConsumeVideo();
  RunCall(TimeDelta::Seconds(2));
  const auto traces = TakeTraces();
  const auto stats = Stats("receiver");
  ASSERT_TRUE(stats);
  EXPECT_THAT(traces, testing::SizeIs(testing::AllOf(testing::Gt(0u), testing::Le(stats->probes))));
  for (const auto& trace : traces) {
    EXPECT_EQ(trace.type, TraceEventType::Probation);
    EXPECT_EQ(trace.direction, fbs::base::TraceDirection::Out);
    EXPECT_EQ(trace.info.type, fbs::transport::TraceInfo::NONE);
  }
  Trace({});
  RunCall(TimeDelta::Seconds(2));
  EXPECT_THAT(TakeTraces(), testing::IsEmpty());
}

// What waited for its turn is shown as it leaves.
TEST_F(WorkerCongestionTest, PacketsOfAConsumerAreTracedAsTheyLeave) {
  ConsumeVideo();
  fbs::consumer::EnableTraceEventRequestT request;
  request.events = {fbs::consumer::TraceEventType::Rtp, fbs::consumer::TraceEventType::Keyframe};
  Accept(worker_.Request(Method::ConsumerEnableTraceEvent, "c", Body::ConsumerEnableTraceEvent,
                         fbs::consumer::CreateEnableTraceEventRequest(worker_.b, &request).Union()));
  RunCall(TimeDelta::Seconds(1));
  std::vector<fbs::consumer::TraceNotificationT> packets, key_frames;
  while (const auto* told = worker_.AwaitNotification(Event::ConsumerTrace, "c", 100)) {
    const auto* trace = told->body_as_ConsumerTrace();
    auto& list = trace->type() == fbs::consumer::TraceEventType::Rtp ? packets : key_frames;
    list.emplace_back();
    trace->UnPackTo(&list.back());
  }
  ASSERT_EQ(key_frames.size(), 1u);
  EXPECT_TRUE(key_frames[0].info.AsKeyFrame()->rtp_packet->is_key_frame);
  ASSERT_GT(packets.size(), 40u);
  std::optional<uint16_t> number;
  for (const auto& trace : packets) {
    const auto& packet = *trace.info.AsRtp()->rtp_packet;
    EXPECT_EQ(trace.direction, fbs::base::TraceDirection::Out);
    if (trace.info.AsRtp()->is_rtx) continue;
    EXPECT_EQ(packet.ssrc, kReceived);
    EXPECT_EQ(packet.sequence_number, static_cast<uint16_t>(number.value_or(packet.sequence_number - 1) + 1));
    number = packet.sequence_number;
    EXPECT_TRUE(packet.wide_sequence_number);
  }
}

}  // namespace
}  // namespace sluice
