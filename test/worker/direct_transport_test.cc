// Direct transports through the real process: RTP and RTCP in and out by the control pipe.
#include <gmock/gmock.h>

#include "rtc/base/bytes.h"
#include "test/worker/worker_process.h"
#include "worker/wire/rtp_wire.h"

namespace sluice {
namespace {

using fbs::notification::Event;
using fbs::request::Body;
using fbs::request::Method;
using testing::HasSubstr;
using NoteBody = fbs::notification::Body;

class WorkerDirectTest : public testing::Test {
 protected:
  WorkerDirectTest() : worker_({"--logLevel=warn"}) {}

  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    fbs::worker::CreateRouterRequestT router;
    router.router_id = "r";
    Accept(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter,
                           fbs::worker::CreateCreateRouterRequest(worker_.b, &router).Union()));
    fbs::router::CreateDirectTransportRequestT request;
    request.transport_id = "t";
    request.options = std::make_unique<fbs::direct::OptionsT>();
    request.options->base = std::make_unique<fbs::transport::OptionsT>();
    request.options->base->direct = true;
    request.options->base->max_send_message_size = 1024;
    const auto* response =
        Accept(worker_.Request(Method::RouterCreateDirectTransport, "r", Body::RouterCreateDirectTransport,
                               fbs::router::CreateCreateDirectTransportRequest(worker_.b, &request).Union()));
    ASSERT_NE(response->body_as_DirectTransportDump(), nullptr);
    EXPECT_TRUE(response->body_as_DirectTransportDump()->base()->direct());
    EXPECT_EQ(response->body_as_DirectTransportDump()->base()->max_send_message_size(), 1024u);
  }
  const fbs::response::Response* Accept(const fbs::response::Response* response) {
    EXPECT_TRUE(response && response->accepted())
        << (response && response->reason() ? response->reason()->c_str() : "");
    return response;
  }
  static RtpParameters Opus(uint32_t ssrc) {
    RtpParameters out;
    out.codecs.push_back(
        {.mime_type = "audio/opus", .payload_type = PayloadType(100), .clock_rate = 48000, .channels = uint8_t{2}});
    out.encodings.push_back({.ssrc = Ssrc(ssrc)});
    out.rtcp.cname = "test";
    return out;
  }
  void Produce(const std::string& id, uint32_t ssrc) {
    auto& b = worker_.b;
    RtpMapping mapping;
    mapping.codecs.push_back({PayloadType(100), PayloadType(100)});
    mapping.encodings.push_back({.ssrc = Ssrc(ssrc), .mapped_ssrc = Ssrc(2222)});
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto wire_mapping = wire::Encode(b, mapping);
    const auto body = fbs::transport::CreateProduceRequest(b, b.CreateString(id), fbs::rtp::MediaKind::Audio,
                                                           parameters, wire_mapping);
    Accept(worker_.Request(Method::TransportProduce, "t", Body::TransportProduce, body.Union()));
  }
  void Consume(const std::string& id, const std::string& producer, uint32_t ssrc) {
    auto& b = worker_.b;
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto consumable = b.CreateVector(wire::Encode(b, Opus(2222).encodings));
    const auto body = fbs::transport::CreateConsumeRequest(b, b.CreateString(id), b.CreateString(producer),
                                                           fbs::rtp::MediaKind::Audio, parameters,
                                                           fbs::rtp::StreamType::Simple, consumable);
    Accept(worker_.Request(Method::TransportConsume, "t", Body::TransportConsume, body.Union()));
  }
  static std::vector<uint8_t> Rtp(uint16_t seq, uint32_t ssrc, size_t payload) {
    std::vector<uint8_t> out(12 + payload, 0x55);
    ByteWriter w(out);
    w.U8(0x80), w.U8(100), w.U16(seq), w.U32(seq * 960u), w.U32(ssrc);
    return out;
  }
  void Notify(Event event, const std::string& id, NoteBody type, flatbuffers::Offset<void> body) {
    auto& b = worker_.b;
    const auto note = fbs::notification::CreateNotification(b, b.CreateString(id), event, type, body);
    b.FinishSizePrefixed(fbs::message::CreateMessage(b, fbs::message::Body::Notification, note.Union()));
    worker_.Write({b.GetBufferPointer(), b.GetSize()});
    b.Clear();
  }
  void SendRtp(const std::string& producer, const std::vector<uint8_t>& packet) {
    auto& b = worker_.b;
    Notify(Event::ProducerSend, producer, NoteBody::ProducerSend,
           fbs::producer::CreateSendNotification(b, b.CreateVector(packet)).Union());
  }

  WorkerProcess worker_;
};

TEST_F(WorkerDirectTest, CarriesRtpToTheControllerInOrder) {
  Produce("p", 1111);
  Consume("c", "p", 3333);
  constexpr uint16_t kPackets = 300;  // more than a turn takes at once
  for (uint16_t seq = 0; seq < kPackets; ++seq) SendRtp("p", Rtp(seq, 1111, 100));
  std::optional<uint16_t> last;
  for (int i = 0; i < kPackets; ++i) {
    const auto* note = worker_.AwaitNotification(Event::ConsumerRtp, "c");
    ASSERT_NE(note, nullptr) << "after " << i;
    const auto* data = note->body_as_ConsumerRtp()->data();
    ASSERT_EQ(data->size(), 112u);
    const auto seq = static_cast<uint16_t>(data->Get(2) << 8 | data->Get(3));
    if (last) {
      ASSERT_EQ(seq, static_cast<uint16_t>(*last + 1));
    }
    last = seq;
  }
  const auto* stats = Accept(worker_.Request(Method::TransportGetStats, "t"))->body_as_DirectTransportGetStats();
  ASSERT_NE(stats, nullptr);
  EXPECT_EQ(stats->base()->rtp_bytes_received(), kPackets * 112u);
  EXPECT_EQ(stats->base()->rtp_bytes_sent(), kPackets * 112u);
}

TEST_F(WorkerDirectTest, CarriesRtcpBothWays) {
  Produce("p", 1111);
  SendRtp("p", Rtp(1, 1111, 100));
  const auto* report = worker_.AwaitNotification(Event::DirectTransportRtcp, "t");
  ASSERT_NE(report, nullptr);
  constexpr uint8_t kReceiverReport = 201;
  EXPECT_EQ(report->body_as_DirectTransportRtcp()->data()->Get(1), kReceiverReport);

  const auto before = Accept(worker_.Request(Method::TransportGetStats, "t"))->body_as_DirectTransportGetStats();
  const uint64_t received = before->base()->bytes_received();
  const std::vector<uint8_t> rtcp = {0x80, 201, 0, 1, 0, 0, 0, 9};
  Notify(Event::TransportSendRtcp, "t", NoteBody::TransportSendRtcp,
         fbs::transport::CreateSendRtcpNotification(worker_.b, worker_.b.CreateVector(rtcp)).Union());
  const auto after = Accept(worker_.Request(Method::TransportGetStats, "t"))->body_as_DirectTransportGetStats();
  EXPECT_EQ(after->base()->bytes_received(), received + rtcp.size());
}

TEST_F(WorkerDirectTest, TracesShowPacketsAndReports) {
  using fbs::producer::TraceEventType;
  Produce("p", 1111);
  auto& b = worker_.b;
  const auto kinds = b.CreateVector(std::vector<TraceEventType>{TraceEventType::Rtp, TraceEventType::Sr});
  Accept(worker_.Request(Method::ProducerEnableTraceEvent, "p", Body::ProducerEnableTraceEvent,
                         fbs::producer::CreateEnableTraceEventRequest(b, kinds).Union()));
  SendRtp("p", Rtp(7, 1111, 100));
  const auto* note = worker_.AwaitNotification(Event::ProducerTrace, "p");
  ASSERT_NE(note, nullptr);
  const auto* trace = note->body_as_ProducerTrace();
  EXPECT_EQ(trace->type(), TraceEventType::Rtp);
  EXPECT_EQ(trace->direction(), fbs::base::TraceDirection::In);
  ASSERT_NE(trace->info_as_Rtp(), nullptr);
  const auto* packet = trace->info_as_Rtp()->rtp_packet();
  EXPECT_FALSE(trace->info_as_Rtp()->is_rtx());
  EXPECT_EQ(packet->sequence_number(), 7);
  EXPECT_EQ(packet->ssrc(), 1111u);
  EXPECT_EQ(packet->payload_type(), 100);
  EXPECT_EQ(packet->timestamp(), 7u * 960);
  EXPECT_EQ(packet->size(), 112u);
  EXPECT_EQ(packet->payload_size(), 100u);
  EXPECT_FALSE(packet->wide_sequence_number().has_value());

  std::vector<uint8_t> report(28);
  ByteWriter w(report);
  w.U8(0x80), w.U8(200), w.U16(6), w.U32(1111), w.U32(11), w.U32(22), w.U32(33), w.U32(44), w.U32(55);
  Notify(Event::TransportSendRtcp, "t", NoteBody::TransportSendRtcp,
         fbs::transport::CreateSendRtcpNotification(b, b.CreateVector(report)).Union());
  note = worker_.AwaitNotification(Event::ProducerTrace, "p");
  ASSERT_NE(note, nullptr);
  const auto* sr = note->body_as_ProducerTrace()->info_as_Sr();
  ASSERT_NE(sr, nullptr);
  EXPECT_EQ(sr->ssrc(), 1111u);
  EXPECT_EQ(sr->ntp_sec(), 11u);
  EXPECT_EQ(sr->ntp_frac(), 22u);
  EXPECT_EQ(sr->rtp_ts(), 33u);
  EXPECT_EQ(sr->packet_count(), 44u);
  EXPECT_EQ(sr->octet_count(), 55u);
}

TEST_F(WorkerDirectTest, LogsAndIgnoresWhatIsUnknownOrMisplaced) {
  SendRtp("nobody", Rtp(1, 1111, 100));
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("\"nobody\" not found"));
  Notify(Event::ProducerSend, "t", NoteBody::NONE, 0);
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("Producer"));
  Notify(Event::TransportSendRtcp, "t", NoteBody::NONE, 0);
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("body is missing"));
  Notify(Event::ConsumerRtp, "t", NoteBody::NONE, 0);
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("no controller sends that"));
  Notify(static_cast<Event>(250), "t", NoteBody::NONE, 0);
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("event:250"));
  Produce("p", 1111);
  SendRtp("p", {});
  SendRtp("p", {1, 2, 3});
  Accept(worker_.Request(Method::TransportDump, "t"));
}

}  // namespace
}  // namespace sluice
