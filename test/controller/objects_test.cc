// Routers, transports, producers and consumers against a worker that answers as the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/controller/objects_fixture.h"

namespace sluice::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(ObjectsTest, AWebRtcTransportKnowsWhatTheClientIsTold) {
  auto transport = MakeTransport();
  EXPECT_EQ(request_.method, Method::RouterCreateWebRtcTransport);
  EXPECT_EQ(request_.handler_id, "router");
  const auto& options = *request_.body.AsRouterCreateWebRtcTransport()->options;
  EXPECT_EQ(options.listen.AsIndividual()->listen_infos.at(0)->ip, "127.0.0.1");
  EXPECT_EQ(options.listen.AsIndividual()->listen_infos.at(0)->port, 5);
  EXPECT_EQ(options.base->initial_available_outgoing_bitrate, 600'000u);
  EXPECT_EQ(transport->ice_parameters().username_fragment, "frag");
  EXPECT_EQ(transport->ice_candidates().at(0).address, "192.0.2.1");
  EXPECT_EQ(transport->ice_candidates().at(0).protocol, Protocol::kTcp);
  EXPECT_EQ(transport->dtls_parameters().fingerprints, (std::vector<DtlsFingerprint>{{"sha-256", "AB:CD"}}));
  EXPECT_EQ(router_->transports().size(), 1u);
}

TEST_F(ObjectsTest, ATransportNeedsSomethingToListenOn) {
  Result<std::shared_ptr<WebRtcTransport>> result;
  router_->CreateWebRtcTransport({}, result.Take());
  EXPECT_EQ(result.count, 0);
  loop_.Settle();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(ObjectsTest, ConnectingSendsFingerprintsAndLearnsOurRole) {
  auto transport = MakeTransport();
  Outcome outcome;
  transport->Connect({.role = DtlsRole::kServer, .fingerprints = {{"sha-384", "00:11"}}}, outcome.Take());
  const fbs::request::RequestT request = worker_.Next();
  const auto& sent = *request.body.AsWebRtcTransportConnect()->dtls_parameters;
  EXPECT_EQ(sent.role, fbs::webrtc::DtlsRole::Server);
  EXPECT_EQ(sent.fingerprints.at(0)->algorithm, fbs::webrtc::FingerprintAlgorithm::Sha384);
  fbs::webrtc::ConnectResponseT response;
  response.dtls_local_role = fbs::webrtc::DtlsRole::Client;
  worker_.Accept(request.id, response);
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(transport->dtls_parameters().role, DtlsRole::kClient);

  transport->Connect({.fingerprints = {{"md5", "00"}}}, outcome.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("fingerprints[0].algorithm: "));
}

TEST_F(ObjectsTest, AProducerIsNegotiatedAndGetsTheCnameOfItsTransport) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  const auto& sent = *request_.body.AsTransportProduce();
  EXPECT_EQ(request_.handler_id, transport->id());
  EXPECT_EQ(sent.producer_id, producer->id());
  EXPECT_EQ(sent.rtp_parameters->rtcp->cname, "me");
  EXPECT_EQ(sent.rtp_parameters->header_extensions.at(0)->uri, fbs::rtp::HeaderExtensionUri::Mid);
  EXPECT_EQ(sent.rtp_parameters->encodings.at(1)->rtx->ssrc, 77u);
  EXPECT_EQ(sent.rtp_mapping->codecs.at(0)->mapped_payload_type, 101);
  EXPECT_EQ(sent.rtp_mapping->encodings.at(1)->rid, "r1");
  EXPECT_EQ(sent.rtp_mapping->encodings.at(1)->mapped_ssrc,
            *producer->consumable_rtp_parameters().encodings.at(1).ssrc);
  EXPECT_EQ(producer->type(), RtpType::kSimulcast);
  EXPECT_EQ(router_->FindProducer(producer->id()), producer);

  RtpParameters audio{.codecs = {{.mime_type = "audio/opus", .payload_type = 111, .clock_rate = 48000, .channels = 2}},
                      .rtcp = {.cname = "another"}};
  transport->Produce({.rtp_parameters = audio}, nullptr);
  request_ = worker_.Next();
  EXPECT_EQ(request_.body.AsTransportProduce()->rtp_parameters->rtcp->cname, "me");
  EXPECT_EQ(request_.body.AsTransportProduce()->rtp_parameters->encodings.size(), 1u);
}

TEST_F(ObjectsTest, AProducerWithWrongParametersIsRefusedHere) {
  auto transport = MakeTransport();
  Result<std::shared_ptr<Producer>> result;
  transport->Produce({.kind = MediaKind::kAudio, .rtp_parameters = SentVideo()}, result.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("kind: "));
  RtpParameters twice = SentVideo();
  twice.encodings[1].rid = "r0";
  transport->Produce({.kind = MediaKind::kVideo, .rtp_parameters = twice}, result.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("encodings[1].rid"));
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(ObjectsTest, ConsumersCountTheirMidsAndKnowTheirState) {
  auto sender = MakeTransport();
  auto receiver = MakeTransport();
  auto producer = MakeProducer(sender);
  auto first = MakeConsumer(receiver, producer);
  const auto& sent = *request_.body.AsTransportConsume();
  EXPECT_EQ(sent.producer_id, producer->id());
  EXPECT_EQ(sent.type, fbs::rtp::StreamType::Simulcast);
  EXPECT_EQ(sent.consumable_rtp_encodings.size(), 2u);
  EXPECT_TRUE(sent.paused);
  EXPECT_EQ(first->rtp_parameters().mid, "0");
  EXPECT_TRUE(first->paused());
  EXPECT_THAT(first->score().producer_scores, ElementsAre(10, 9));
  EXPECT_EQ(MakeConsumer(receiver, producer)->rtp_parameters().mid, "1");
  EXPECT_EQ(receiver->consumers().size(), 2u);
}

TEST_F(ObjectsTest, ConsumingWhatIsNotThereIsNotFound) {
  auto transport = MakeTransport();
  Result<std::shared_ptr<Consumer>> result;
  transport->Consume({.producer_id = "gone"}, result.Take());
  loop_.Settle();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kNotFound);
}

TEST_F(ObjectsTest, PausingTakesEffectWhenTheWorkerSaysSo) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  Outcome outcome;
  producer->Pause(outcome.Take());
  EXPECT_FALSE(producer->paused());
  worker_.Accept(worker_.Next().id);
  EXPECT_TRUE(producer->paused());
  producer->Resume(outcome.Take());
  worker_.Reject(worker_.Next().id, "Error", "no");
  EXPECT_TRUE(producer->paused());
  EXPECT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.count, 2);
}

TEST_F(ObjectsTest, ConsumersTellWhatHappensToThem) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  std::vector<std::string> events;
  consumer->on.producer_paused = [&] { events.push_back("paused"); };
  consumer->on.producer_resumed = [&] { events.push_back("resumed"); };
  consumer->on.score = [&](const ConsumerScore& s) { events.push_back("score " + std::to_string(s.score)); };
  consumer->on.layers_changed = [&](std::optional<ConsumerLayers> layers) {
    events.push_back(layers ? "layer " + std::to_string(layers->spatial) : "none");
  };
  consumer->on.trace = [&](const TraceEvent& trace) { events.push_back(trace.type); };
  worker_.Notify(consumer->id(), Event::ConsumerProducerPause);
  worker_.Notify(consumer->id(), Event::ConsumerProducerPause);  // said twice, told once
  EXPECT_TRUE(consumer->producer_paused());
  worker_.Notify(consumer->id(), Event::ConsumerProducerResume);
  fbs::consumer::ScoreNotificationT score;
  score.score = std::make_unique<fbs::consumer::ScoreT>();
  score.score->score = 7;
  worker_.Notify(consumer->id(), Event::ConsumerScore, score);
  fbs::consumer::LayersChangeNotificationT layers;
  layers.layers = std::make_unique<fbs::consumer::LayersT>();
  layers.layers->spatial_layer = 2;
  worker_.Notify(consumer->id(), Event::ConsumerLayersChange, layers);
  EXPECT_EQ(consumer->current_layers(), (ConsumerLayers{.spatial = 2}));
  worker_.Notify(consumer->id(), Event::ConsumerLayersChange, fbs::consumer::LayersChangeNotificationT());
  EXPECT_FALSE(consumer->current_layers().has_value());
  fbs::consumer::TraceNotificationT trace;
  trace.type = fbs::consumer::TraceEventType::Pli;
  worker_.Notify(consumer->id(), Event::ConsumerTrace, trace);
  EXPECT_THAT(events, ElementsAre("paused", "resumed", "score 7", "layer 2", "none", "pli"));
  worker_.Notify(consumer->id(), Event::ConsumerScore);  // without its body: nothing happens
  EXPECT_EQ(events.size(), 6u);
}

TEST_F(ObjectsTest, TransportsTellTheirIceAndDtlsStates) {
  auto transport = MakeTransport();
  std::vector<std::string> events;
  transport->on.ice_state = [&](IceState state) { events.emplace_back(ToString(state)); };
  transport->on.dtls_state = [&](DtlsState state) { events.emplace_back(ToString(state)); };
  transport->on.ice_selected_tuple = [&](const TransportTuple& tuple) { events.push_back(tuple.remote_ip); };
  fbs::webrtc::IceStateChangeNotificationT ice;
  ice.ice_state = fbs::webrtc::IceState::Completed;
  worker_.Notify(transport->id(), Event::WebRtcTransportIceStateChange, ice);
  fbs::webrtc::IceSelectedTupleChangeNotificationT selected;
  selected.tuple = std::make_unique<fbs::net::TupleT>();
  selected.tuple->remote_ip = "203.0.113.9";
  worker_.Notify(transport->id(), Event::WebRtcTransportIceSelectedTupleChange, selected);
  fbs::webrtc::DtlsStateChangeNotificationT dtls;
  dtls.dtls_state = fbs::webrtc::DtlsState::Connected;
  dtls.remote_cert = "PEM";
  worker_.Notify(transport->id(), Event::WebRtcTransportDtlsStateChange, dtls);
  EXPECT_THAT(events, ElementsAre("completed", "203.0.113.9", "connected"));
  EXPECT_EQ(transport->dtls_remote_cert(), "PEM");
  EXPECT_EQ(transport->ice_selected_tuple()->remote_ip, "203.0.113.9");
}

TEST_F(ObjectsTest, ClosingATransportClosesWhatLivesOnIt) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  std::vector<std::string> events;
  transport->on.closed = [&](CloseReason) { events.push_back("transport"); };
  producer->on.closed = [&](CloseReason reason) { events.push_back("producer: " + std::string(ToString(reason))); };
  consumer->on.closed = [&](CloseReason reason) { events.push_back("consumer: " + std::string(ToString(reason))); };
  Outcome pending;
  consumer->Resume(pending.Take());
  transport->Close();
  transport->Close();
  EXPECT_THAT(events, ElementsAre("consumer: parent closed", "producer: parent closed"));
  EXPECT_TRUE(producer->closed() && consumer->closed() && transport->closed());
  EXPECT_EQ(transport->dtls_state(), DtlsState::kClosed);
  EXPECT_TRUE(router_->transports().empty());
  EXPECT_EQ(router_->FindProducer(producer->id()), nullptr);
  worker_.Accept(worker_.Next().id);  // the resume: it had been asked before
  EXPECT_EQ(pending.count, 1);
  const fbs::request::RequestT close = worker_.Next();
  EXPECT_EQ(close.method, Method::RouterCloseTransport);
  EXPECT_EQ(close.handler_id, "router");
  EXPECT_EQ(close.body.AsRouterCloseTransport()->transport_id, transport->id());
  EXPECT_EQ(worker_.waiting(), 0u);  // children need no request of their own

  Outcome outcome;
  producer->Pause(outcome.Take());
  EXPECT_EQ(outcome.count, 0);
  loop_.Settle();
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kFailedPrecondition);
  worker_.Notify(consumer->id(), Event::ConsumerProducerPause);
  EXPECT_FALSE(consumer->producer_paused());
}

TEST_F(ObjectsTest, ChildrenAreClosedInTheOrderInWhichTheyWereMade) {
  std::vector<int> closed;
  for (int i = 0; i < 8; ++i) {
    MakeTransport()->on.closed = [&closed, i](CloseReason) { closed.push_back(i); };
  }
  router_->Close();
  EXPECT_THAT(closed, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(ObjectsTest, AClosedProducerTakesItsConsumersAlong) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  std::optional<CloseReason> why;
  consumer->on.closed = [&](CloseReason reason) { why = reason; };
  producer->Close();
  const fbs::request::RequestT close = worker_.Next();
  EXPECT_EQ(close.method, Method::TransportCloseProducer);
  EXPECT_EQ(close.handler_id, transport->id());
  worker_.Notify(consumer->id(), Event::ConsumerProducerClose);
  EXPECT_EQ(why, CloseReason::kProducerClosed);
  EXPECT_TRUE(transport->consumers().empty());
  EXPECT_TRUE(transport->producers().empty());
}

TEST_F(ObjectsTest, AnAnswerAfterClosingMakesNoObject) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  Result<std::shared_ptr<Consumer>> result;
  transport->Consume({.producer_id = producer->id(), .rtp_capabilities = router_->rtp_capabilities()}, result.Take());
  const uint32_t id = worker_.Next().id;
  transport->Close();
  worker_.Accept(id, fbs::transport::ConsumeResponseT());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(transport->consumers().empty());
}

TEST_F(ObjectsTest, AnAnswerOfAnotherKindIsAnError) {
  Result<RouterDump> result;
  router_->Dump(result.Take());
  worker_.Accept(worker_.Next().id, fbs::worker::DumpResponseT());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kInternal);
}

TEST_F(ObjectsTest, AHandlerMayReplaceItselfAndLetGoOfItsObject) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  const std::string id = consumer->id();
  std::weak_ptr<Consumer> weak = consumer;
  int second = 0;
  consumer->on.producer_paused = [&] { consumer->on.producer_paused = [&] { ++second; }; };
  consumer->on.producer_resumed = [&] {
    consumer->Close();
    consumer = nullptr;
  };
  worker_.Notify(id, Event::ConsumerProducerPause);
  worker_.Notify(id, Event::ConsumerProducerResume);
  EXPECT_TRUE(weak.expired());
  EXPECT_EQ(second, 0);
}

TEST_F(ObjectsTest, NoObjectKeepsItselfAlive) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  auto consumer = MakeConsumer(transport, producer);
  // Handlers that capture the object would be a cycle, if closing did not drop them.
  consumer->on.score = [consumer](const ConsumerScore&) {};
  producer->on.closed = [producer](CloseReason) {};
  transport->on.closed = [transport](CloseReason) {};
  std::weak_ptr<Object> objects[] = {transport, producer, consumer};
  transport = nullptr;
  producer = nullptr;
  consumer = nullptr;
  loop_.Settle();
  for (const auto& object : objects) EXPECT_FALSE(object.expired());
  router_->Close();
  loop_.Settle();
  while (worker_.waiting() > 0) worker_.Accept(worker_.Next().id);
  for (const auto& object : objects) EXPECT_TRUE(object.expired());
}

TEST_F(ObjectsTest, AWebRtcServerTakesItsTransportsAlong) {
  auto server = std::make_shared<WebRtcServer>(worker_.connection(), "server", std::weak_ptr<Worker>());
  auto transport = MakeTransport(server);
  EXPECT_EQ(request_.method, Method::RouterCreateWebRtcTransportWithServer);
  EXPECT_EQ(request_.body.AsRouterCreateWebRtcTransport()->options->listen.AsServer()->web_rtc_server_id, "server");
  auto producer = MakeProducer(transport);
  std::optional<CloseReason> why;
  transport->on.closed = [&](CloseReason reason) { why = reason; };
  server->Close();
  EXPECT_EQ(why, CloseReason::kListenServerClosed);
  EXPECT_TRUE(producer->closed());
  EXPECT_TRUE(router_->transports().empty());
  EXPECT_EQ(worker_.Next().method, Method::WorkerWebRtcServerClose);
  EXPECT_EQ(worker_.waiting(), 0u);

  Result<std::shared_ptr<WebRtcTransport>> late;
  router_->CreateWebRtcTransport({.webrtc_server = server}, late.Take());
  loop_.Settle();
  EXPECT_EQ(late.status.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ObjectsTest, StatisticsAreRead) {
  auto transport = MakeTransport();
  auto producer = MakeProducer(transport);
  Result<std::vector<RtpStreamStats>> result;
  producer->GetStats(result.Take());
  fbs::stream::BaseStatsT base;
  base.ssrc = 99;
  base.rid = "r1";
  base.packets_lost = -2;
  fbs::stream::RecvStatsT recv;
  recv.base = std::make_unique<fbs::stream::StatsT>();
  recv.base->data.Set(base);
  recv.packet_count = 1000;
  recv.bitrate_by_layer.push_back(std::make_unique<fbs::stream::BitrateByLayerT>());
  recv.bitrate_by_layer[0]->layer = "0.1";
  recv.bitrate_by_layer[0]->bitrate = 5;
  fbs::producer::GetStatsResponseT response;
  response.stats.push_back(std::make_unique<fbs::stream::StatsT>());
  response.stats[0]->data.Set(recv);
  response.stats.push_back(std::make_unique<fbs::stream::StatsT>());  // empty
  worker_.Accept(worker_.Next().id, response);
  ASSERT_EQ(result.value.size(), 2u);
  EXPECT_EQ(result.value[0].ssrc, 99u);
  EXPECT_EQ(result.value[0].rid, "r1");
  EXPECT_EQ(result.value[0].packets_lost, -2);
  EXPECT_EQ(result.value[0].packet_count, 1000u);
  EXPECT_EQ(result.value[0].bitrate_by_layer.at("0.1"), 5u);
  EXPECT_EQ(result.value[1].ssrc, 0u);
}

TEST_F(ObjectsTest, WhatCongestionControlTellsIsRead) {
  auto transport = MakeTransport();
  Result<std::optional<CongestionStats>> result;
  transport->GetCongestionStats(result.Take());
  fbs::transport::GetCongestionStatsResponseT response;
  response.stats = std::make_unique<fbs::transport::CongestionStatsT>();
  auto& sent = *response.stats;
  sent.timestamp = 1;
  sent.active = true;
  sent.target_bitrate = 2;
  sent.delay_based_bitrate = 3;
  sent.loss_based_bitrate = 4;
  sent.acked_bitrate = 5;
  sent.queue_delay = 7.5F;
  sent.pacer_queue_time = 8.5F;
  sent.round_trip_time = 9.5F;
  sent.loss = 0.25;
  sent.limit = fbs::transport::CongestionLimit::Loss;
  sent.competing = true;
  sent.wanted_bitrate = 10;
  sent.allocated_bitrate = 11;
  sent.probes = 12;
  sent.circuit_breaks = 13;
  fbs::request::RequestT request = worker_.Next();
  EXPECT_EQ(request.method, Method::TransportGetCongestionStats);
  EXPECT_EQ(request.handler_id, transport->id());
  worker_.Accept(request.id, std::move(response));
  ASSERT_TRUE(result.value) << result.status;
  EXPECT_EQ(*result.value, (CongestionStats{.timestamp = 1,
                                            .active = true,
                                            .target_bitrate = 2,
                                            .delay_based_bitrate = 3,
                                            .loss_based_bitrate = 4,
                                            .acked_bitrate = 5,
                                            .link_capacity = {},
                                            .queue_delay = 7.5F,
                                            .pacer_queue_time = 8.5F,
                                            .round_trip_time = 9.5F,
                                            .loss = 0.25,
                                            .limit = CongestionStats::Limit::kLoss,
                                            .competing = true,
                                            .wanted_bitrate = 10,
                                            .allocated_bitrate = 11,
                                            .probes = 12,
                                            .circuit_breaks = 13}));

  transport->GetCongestionStats(result.Take());
  worker_.Accept(worker_.Next().id, fbs::transport::GetCongestionStatsResponseT());
  EXPECT_EQ(result.count, 2);
  EXPECT_TRUE(result.status.ok());
  EXPECT_FALSE(result.value) << "a transport without congestion control";

  transport->GetCongestionStats(result.Take());
  worker_.Accept(worker_.Next().id);
  EXPECT_FALSE(result.status.ok()) << "an answer of nothing";
}

TEST_F(ObjectsTest, APlainTransportSendsItsKeysAndLearnsTheTuple) {
  Result<std::shared_ptr<PlainTransport>> result;
  router_->CreatePlainTransport({.listen_info = {.ip = "127.0.0.1"},
                                 .comedia = true,
                                 .enable_srtp = true,
                                 .srtp_crypto_suite = "AEAD_AES_128_GCM"},
                                result.Take());
  fbs::request::RequestT request = worker_.Next();
  EXPECT_EQ(request.body.AsRouterCreatePlainTransport()->options->srtp_crypto_suite,
            fbs::srtp::CryptoSuite::AeadAes128Gcm);
  fbs::plain::DumpResponseT dump;
  dump.comedia = true;
  dump.tuple = std::make_unique<fbs::net::TupleT>();
  dump.tuple->local_port = 7;
  dump.srtp_parameters = std::make_unique<fbs::srtp::ParametersT>();
  dump.srtp_parameters->crypto_suite = fbs::srtp::CryptoSuite::AeadAes128Gcm;
  dump.srtp_parameters->key_base64 = "a2V5";
  worker_.Accept(request.id, dump);
  ASSERT_TRUE(result.status.ok()) << result.status;
  auto transport = result.value;
  EXPECT_EQ(transport->tuple().local_port, 7);
  EXPECT_EQ(transport->srtp_parameters()->crypto_suite, "AEAD_AES_128_GCM");
  EXPECT_FALSE(transport->rtcp_tuple().has_value());

  Outcome outcome;
  transport->Connect({.srtp_parameters = SrtpParameters{"AEAD_AES_128_GCM", "b3RoZXI="}}, outcome.Take());
  request = worker_.Next();
  EXPECT_FALSE(request.body.AsPlainTransportConnect()->port.has_value());
  EXPECT_EQ(request.body.AsPlainTransportConnect()->srtp_parameters->key_base64, "b3RoZXI=");
  worker_.Accept(request.id, fbs::plain::ConnectResponseT());
  EXPECT_TRUE(outcome.status.ok());

  fbs::plain::TupleNotificationT tuple;
  tuple.tuple = std::make_unique<fbs::net::TupleT>();
  tuple.tuple->remote_port = 9;
  worker_.Notify(transport->id(), Event::PlainTransportTuple, tuple);
  EXPECT_EQ(transport->tuple().remote_port, 9);
}

TEST_F(ObjectsTest, TransportsOfEveryKindTellTracesAndTheirSctpState) {
  auto transport = MakeTransport();
  EXPECT_FALSE(transport->sctp_state().has_value());
  Result<std::shared_ptr<PlainTransport>> result;
  router_->CreatePlainTransport({.listen_info = {.ip = "127.0.0.1"}, .sctp = {.enable = true, .send_buffer_size = 7}},
                                result.Take());
  request_ = worker_.Next();
  const auto& base = *request_.body.AsRouterCreatePlainTransport()->options->base;
  EXPECT_TRUE(base.enable_sctp);
  EXPECT_FALSE(base.is_data_channel);
  EXPECT_EQ(base.sctp_send_buffer_size, 7u);
  EXPECT_EQ(base.sctp_per_stream_send_queue_limit, 2'000'000u);
  EXPECT_EQ(base.sctp_max_receiver_window_buffer_size, 5'242'880u);
  EXPECT_EQ(base.sctp_default_stream_buffered_amount_low_threshold, 1024u);
  EXPECT_EQ(base.max_send_message_size, 262'144u);
  fbs::plain::DumpResponseT dump;
  dump.base = std::make_unique<fbs::transport::DumpT>();
  dump.base->sctp_parameters = std::make_unique<fbs::sctp::ParametersT>();
  dump.base->sctp_parameters->port = 5000;
  dump.base->sctp_state = fbs::sctp::State::New;
  worker_.Accept(request_.id, dump);
  ASSERT_TRUE(result.value);
  EXPECT_EQ(result.value->sctp_parameters()->port, 5000);

  std::vector<std::string> events;
  result.value->on.sctp_state = [&](SctpState state) { events.emplace_back(ToString(state)); };
  result.value->on.trace = [&](const TraceEvent& trace) { events.push_back("plain " + trace.type); };
  transport->on.trace = [&](const TraceEvent& trace) { events.push_back("webrtc " + trace.type); };
  fbs::transport::SctpStateChangeNotificationT state;
  state.sctp_state = fbs::sctp::State::Connected;
  worker_.Notify(result.value->id(), Event::TransportSctpStateChange, state);
  fbs::transport::SctpNegotiatedCapabilitiesNotificationT negotiated;
  negotiated.negotiated_capabilities = std::make_unique<fbs::sctp::NegotiatedCapabilitiesT>();
  negotiated.negotiated_capabilities->negotiated_max_outbound_streams = 1024;
  worker_.Notify(result.value->id(), Event::TransportSctpNegotiatedCapabilities, negotiated);
  fbs::transport::TraceNotificationT trace;
  trace.type = fbs::transport::TraceEventType::Bwe;
  worker_.Notify(result.value->id(), Event::TransportTrace, trace);
  worker_.Notify(transport->id(), Event::TransportTrace, trace);
  EXPECT_THAT(events, ElementsAre("connected", "plain bwe", "webrtc bwe"));
  EXPECT_EQ(result.value->sctp_negotiated()->max_outbound_streams, 1024);
  result.value->Close();
  EXPECT_EQ(result.value->sctp_state(), SctpState::kClosed);
}

class ImpatientObjectsTest : public ObjectsTest {
 protected:
  ImpatientObjectsTest() : ObjectsTest(std::chrono::milliseconds(20)) {}
};

TEST_F(ImpatientObjectsTest, WhatTimedOutWhileBeingMadeIsClosedInTheWorker) {
  Result<std::shared_ptr<WebRtcTransport>> result;
  router_->CreateWebRtcTransport({.listen_infos = {{.ip = "127.0.0.1"}}}, result.Take());
  const std::string id = worker_.Next().body.AsRouterCreateWebRtcTransport()->transport_id;
  ASSERT_TRUE(loop_.RunUntil([&] { return result.count == 1; }));
  EXPECT_EQ(result.status.code(), absl::StatusCode::kDeadlineExceeded);
  const fbs::request::RequestT close = worker_.Next();
  EXPECT_EQ(close.method, Method::RouterCloseTransport);
  EXPECT_EQ(close.body.AsRouterCloseTransport()->transport_id, id);
}

}  // namespace
}  // namespace sluice::controller
