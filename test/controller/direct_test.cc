// Direct transports and observers against a worker that answers as the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/controller/objects_fixture.h"

namespace sluice::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using DirectTest = ObjectsTest;
using ObserverTest = ObjectsTest;

TEST_F(DirectTest, RtpAndRtcpGoBothWays) {
  auto transport = MakeDirectTransport();
  EXPECT_EQ(request_.method, Method::RouterCreateDirectTransport);
  EXPECT_TRUE(request_.body.AsRouterCreateDirectTransport()->options->base->direct);
  EXPECT_EQ(request_.body.AsRouterCreateDirectTransport()->options->base->max_send_message_size, 262'144u);
  EXPECT_EQ(transport->type(), TransportType::kDirect);
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  const std::vector<uint8_t> packet{0x80, 100, 0, 1};
  EXPECT_TRUE(producer->Send(packet).ok());
  auto sent = worker_.NextNotification();
  EXPECT_EQ(sent.event, Event::ProducerSend);
  EXPECT_EQ(sent.handler_id, producer->id());
  EXPECT_EQ(sent.body.AsProducerSend()->data, packet);
  EXPECT_TRUE(transport->SendRtcp(packet).ok());
  sent = worker_.NextNotification();
  EXPECT_EQ(sent.event, Event::TransportSendRtcp);
  EXPECT_EQ(sent.handler_id, transport->id());
  EXPECT_EQ(sent.body.AsTransportSendRtcp()->data, packet);

  std::vector<uint8_t> rtp;
  std::vector<uint8_t> rtcp;
  consumer->on.rtp = [&](std::span<const uint8_t> data) { rtp.assign(data.begin(), data.end()); };
  transport->on.rtcp = [&](std::span<const uint8_t> data) { rtcp.assign(data.begin(), data.end()); };
  fbs::consumer::RtpNotificationT media;
  media.data = packet;
  worker_.Notify(consumer->id(), Event::ConsumerRtp, media);
  fbs::direct::RtcpNotificationT report;
  report.data = {0x81, 200};
  worker_.Notify(transport->id(), Event::DirectTransportRtcp, report);
  EXPECT_EQ(rtp, packet);
  EXPECT_THAT(rtcp, ElementsAre(0x81, 200));
  transport->Close();
  EXPECT_EQ(producer->Send(packet).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(transport->SendRtcp(packet).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DirectTest, ThereAreNoBitRatesToLimit) {
  auto transport = MakeDirectTransport();
  Outcome outcome;
  transport->SetMaxIncomingBitrate(1, outcome.Take());
  transport->SetMaxOutgoingBitrate(1, outcome.Take());
  transport->SetMinOutgoingBitrate(1, outcome.Take());
  EXPECT_EQ(outcome.count, 0);
  loop_.Settle();
  EXPECT_EQ(outcome.count, 3);
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(DirectTest, TracesSayWhatTheySaw) {
  auto transport = MakeDirectTransport();
  auto producer = MakeProducer(transport);
  std::vector<TraceEvent> traces;
  producer->on.trace = [&](const TraceEvent& trace) { traces.push_back(trace); };
  transport->on.trace = [&](const TraceEvent& trace) { traces.push_back(trace); };
  fbs::producer::TraceNotificationT trace;
  trace.type = fbs::producer::TraceEventType::Keyframe;
  trace.timestamp = 12;
  fbs::producer::KeyFrameTraceInfoT key_frame;
  key_frame.is_rtx = true;
  key_frame.rtp_packet = std::make_unique<fbs::rtp::PacketDumpT>();
  key_frame.rtp_packet->sequence_number = 77;
  key_frame.rtp_packet->rid = "r1";
  key_frame.rtp_packet->wide_sequence_number = 5;
  trace.info.Set(key_frame);
  worker_.Notify(producer->id(), Event::ProducerTrace, trace);
  trace.type = fbs::producer::TraceEventType::Sr;
  fbs::producer::SrTraceInfoT report;
  report.ntp_sec = 3;
  report.octet_count = 9;
  trace.info.Set(report);
  worker_.Notify(producer->id(), Event::ProducerTrace, trace);
  fbs::transport::TraceNotificationT bwe;
  bwe.type = fbs::transport::TraceEventType::Bwe;
  fbs::transport::BweTraceInfoT estimate;
  estimate.bwe_type = fbs::transport::BweType::Remb;
  estimate.available_bitrate = 600'000;
  bwe.info.Set(estimate);
  worker_.Notify(transport->id(), Event::TransportTrace, bwe);
  ASSERT_EQ(traces.size(), 3u);
  const auto& packet = std::get<RtpPacketTrace>(traces[0].info);
  EXPECT_EQ(traces[0].timestamp, 12u);
  EXPECT_TRUE(traces[0].incoming);
  EXPECT_EQ(packet.sequence_number, 77);
  EXPECT_EQ(packet.rid, "r1");
  EXPECT_EQ(packet.wide_sequence_number, 5);
  EXPECT_TRUE(packet.is_rtx);
  EXPECT_EQ(std::get<SenderReportTrace>(traces[1].info).ntp_seconds, 3u);
  EXPECT_EQ(std::get<SenderReportTrace>(traces[1].info).octet_count, 9u);
  EXPECT_EQ(std::get<BandwidthTrace>(traces[2].info).type, BandwidthTrace::Type::kRemb);
  EXPECT_EQ(std::get<BandwidthTrace>(traces[2].info).available_bitrate, 600'000u);
}

TEST_F(ObserverTest, AnAudioLevelObserverTellsWhoIsLoud) {
  Result<std::shared_ptr<AudioLevelObserver>> result;
  router_->CreateAudioLevelObserver({.max_entries = 3, .threshold = -60}, result.Take());
  request_ = worker_.Next();
  const auto& options = *request_.body.AsRouterCreateAudioLevelObserver()->options;
  EXPECT_EQ(options.max_entries, 3);
  EXPECT_EQ(options.threshold, -60);
  EXPECT_EQ(options.interval, 1000);
  worker_.Accept(request_.id);
  auto observer = result.value;
  ASSERT_TRUE(observer);
  EXPECT_EQ(router_->rtp_observers().size(), 1u);

  auto producer = MakeProducer(MakeTransport());
  Outcome outcome;
  observer->AddProducer("gone", outcome.Take());
  loop_.Settle();
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kNotFound);
  observer->AddProducer(producer->id(), outcome.Take());
  request_ = worker_.Next();
  EXPECT_EQ(request_.method, Method::RtpObserverAddProducer);
  EXPECT_EQ(request_.handler_id, observer->id());
  EXPECT_EQ(request_.body.AsRtpObserverAddProducer()->producer_id, producer->id());
  worker_.Accept(request_.id);
  EXPECT_TRUE(outcome.status.ok());

  std::vector<std::string> events;
  observer->on.volumes = [&](const std::vector<AudioLevel>& levels) {
    for (const AudioLevel& level : levels) {
      events.push_back((level.producer == producer ? "it " : "? ") + std::to_string(level.volume));
    }
  };
  observer->on.silence = [&] { events.push_back("silence"); };
  fbs::observer::VolumesNotificationT volumes;
  for (const std::string& id : {producer->id(), std::string("closed meanwhile")}) {
    volumes.volumes.push_back(std::make_unique<fbs::observer::VolumeT>());
    volumes.volumes.back()->producer_id = id;
    volumes.volumes.back()->volume = -42;
  }
  worker_.Notify(observer->id(), Event::AudioLevelObserverVolumes, volumes);
  worker_.Notify(observer->id(), Event::AudioLevelObserverSilence);
  EXPECT_THAT(events, ElementsAre("it -42", "silence"));

  observer->Pause(outcome.Take());
  worker_.Accept(worker_.Next().id);
  EXPECT_TRUE(observer->paused());
  observer->Resume(outcome.Take());
  worker_.Accept(worker_.Next().id);
  EXPECT_FALSE(observer->paused());
  observer->RemoveProducer(producer->id(), outcome.Take());
  request_ = worker_.Next();
  EXPECT_EQ(request_.body.AsRtpObserverRemoveProducer()->producer_id, producer->id());
  worker_.Accept(request_.id);
  observer->Close();
  request_ = worker_.Next();
  EXPECT_EQ(request_.handler_id, "router");
  EXPECT_EQ(request_.body.AsRouterCloseRtpObserver()->rtp_observer_id, observer->id());
  EXPECT_THAT(router_->rtp_observers(), IsEmpty());
}

TEST_F(ObserverTest, AnActiveSpeakerObserverTellsWhoHasTheFloor) {
  Result<std::shared_ptr<ActiveSpeakerObserver>> result;
  router_->CreateActiveSpeakerObserver({}, result.Take());
  request_ = worker_.Next();
  EXPECT_EQ(request_.body.AsRouterCreateActiveSpeakerObserver()->options->interval, 300);
  worker_.Accept(request_.id);
  auto observer = result.value;
  ASSERT_TRUE(observer);
  auto producer = MakeProducer(MakeTransport());
  std::vector<std::shared_ptr<Producer>> speakers;
  observer->on.dominant_speaker = [&](const std::shared_ptr<Producer>& p) { speakers.push_back(p); };
  fbs::observer::DominantSpeakerNotificationT speaker;
  speaker.producer_id = "closed meanwhile";
  worker_.Notify(observer->id(), Event::ActiveSpeakerObserverDominantSpeaker, speaker);
  speaker.producer_id = producer->id();
  worker_.Notify(observer->id(), Event::ActiveSpeakerObserverDominantSpeaker, speaker);
  EXPECT_THAT(speakers, ElementsAre(producer));
  std::optional<CloseReason> why;
  observer->on.closed = [&](CloseReason reason) { why = reason; };
  router_->Close();
  EXPECT_EQ(why, CloseReason::kParentClosed);
}

TEST_F(ObserverTest, WrongOptionsAreRefusedHere) {
  Result<std::shared_ptr<AudioLevelObserver>> result;
  router_->CreateAudioLevelObserver({.max_entries = 0}, result.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("maxEntries: "));
  router_->CreateAudioLevelObserver({.threshold = 1}, result.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("threshold: "));
}

}  // namespace
}  // namespace sluice::controller
