// A router whose worker answers as the test says, and shortcuts to make what lives in it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "controller/router.h"
#include "controller/webrtc_server.h"
#include "controller/worker.h"
#include "test/controller/fake_worker_end.h"

namespace sluice::controller {

using fbs::notification::Event;
using fbs::request::Method;

inline RtpCodecCapability Vp8() { return {.kind = MediaKind::kVideo, .mime_type = "video/VP8", .clock_rate = 90000}; }
inline RtpCodecCapability Opus() { return {.mime_type = "audio/opus", .clock_rate = 48000, .channels = 2}; }

inline RtpParameters SentVideo() {
  return {.mid = "1",
          .codecs = {{.mime_type = "video/VP8", .payload_type = 96, .clock_rate = 90000}},
          .header_extensions = {{.uri = "urn:ietf:params:rtp-hdrext:sdes:mid", .id = 4}},
          .encodings = {{.rid = "r0", .max_bitrate = 100'000}, {.rid = "r1", .rtx_ssrc = 77}},
          .rtcp = {.cname = "me"}};
}

// The value and the status of one call.
template <class T>
struct Result {
  int count = 0;
  absl::Status status;
  T value{};
  Callback<T> Take() {
    return [this](absl::StatusOr<T> result) {
      ++count;
      status = result.status();
      if (result.ok()) value = *std::move(result);
    };
  }
};
struct Outcome {
  int count = 0;
  absl::Status status;
  DoneCallback Take() {
    return [this](const absl::Status& s) {
      ++count;
      status = s;
    };
  }
};

class ObjectsTest : public ::testing::Test {
 protected:
  explicit ObjectsTest(std::chrono::milliseconds timeout = std::chrono::seconds(60))
      : worker_(loop_, timeout),
        router_(std::make_shared<Router>(worker_.connection(), "router", std::weak_ptr<Worker>(),
                                         RouterRtpCapabilities({Opus(), Vp8()}).value())) {}
  // A test must leave no objects behind on its loop.
  ~ObjectsTest() override { router_->Close(); }

  static fbs::webrtc::DumpResponseT TransportDump() {
    fbs::webrtc::DumpResponseT dump;
    dump.ice_parameters = std::make_unique<fbs::webrtc::IceParametersT>();
    dump.ice_parameters->username_fragment = "frag";
    dump.ice_parameters->password = "secret";
    dump.ice_candidates.push_back(std::make_unique<fbs::webrtc::IceCandidateT>());
    dump.ice_candidates[0]->address = "192.0.2.1";
    dump.ice_candidates[0]->port = 4711;
    dump.ice_candidates[0]->protocol = fbs::net::Protocol::Tcp;
    dump.dtls_parameters = std::make_unique<fbs::webrtc::DtlsParametersT>();
    dump.dtls_parameters->fingerprints.push_back(std::make_unique<fbs::webrtc::FingerprintT>());
    dump.dtls_parameters->fingerprints[0]->algorithm = fbs::webrtc::FingerprintAlgorithm::Sha256;
    dump.dtls_parameters->fingerprints[0]->value = "AB:CD";
    return dump;
  }

  std::shared_ptr<WebRtcTransport> MakeTransport(std::shared_ptr<WebRtcServer> server = nullptr) {
    Result<std::shared_ptr<WebRtcTransport>> result;
    WebRtcTransportOptions options{.webrtc_server = std::move(server)};
    if (!options.webrtc_server) options.listen_infos = {{.ip = "127.0.0.1", .port = 5}};
    router_->CreateWebRtcTransport(std::move(options), result.Take());
    request_ = worker_.Next();
    worker_.Accept(request_.id, TransportDump());
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  std::shared_ptr<DirectTransport> MakeDirectTransport() {
    Result<std::shared_ptr<DirectTransport>> result;
    router_->CreateDirectTransport({}, result.Take());
    request_ = worker_.Next();
    worker_.Accept(request_.id, fbs::direct::DumpResponseT());
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  std::shared_ptr<Producer> MakeProducer(const std::shared_ptr<Transport>& transport) {
    Result<std::shared_ptr<Producer>> result;
    transport->Produce({.kind = MediaKind::kVideo, .rtp_parameters = SentVideo()}, result.Take());
    request_ = worker_.Next();
    fbs::transport::ProduceResponseT response;
    response.type = fbs::rtp::StreamType::Simulcast;
    worker_.Accept(request_.id, std::move(response));
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  // As the worker answers: the request's own values.
  static fbs::data::ProducerDumpResponseT Echo(const fbs::transport::ProduceDataRequestT& request) {
    fbs::data::ProducerDumpResponseT dump;
    dump.id = request.data_producer_id;
    dump.type = request.type;
    if (request.sctp_stream_parameters) {
      dump.sctp_stream_parameters = std::make_unique<fbs::sctp::StreamParametersT>(*request.sctp_stream_parameters);
    }
    dump.label = request.label;
    dump.protocol = request.protocol;
    dump.paused = request.paused;
    return dump;
  }
  static fbs::data::ConsumerDumpResponseT Echo(const fbs::transport::ConsumeDataRequestT& request) {
    fbs::data::ConsumerDumpResponseT dump;
    dump.id = request.data_consumer_id;
    dump.data_producer_id = request.data_producer_id;
    dump.type = request.type;
    if (request.sctp_stream_parameters) {
      dump.sctp_stream_parameters = std::make_unique<fbs::sctp::StreamParametersT>(*request.sctp_stream_parameters);
    }
    dump.label = request.label;
    dump.protocol = request.protocol;
    dump.paused = request.paused;
    dump.subchannels = request.subchannels;
    dump.buffered_amount_low_threshold = 1024;
    return dump;
  }
  std::shared_ptr<DataProducer> MakeDataProducer(const std::shared_ptr<Transport>& transport,
                                                 DataProducerOptions options) {
    Result<std::shared_ptr<DataProducer>> result;
    transport->ProduceData(std::move(options), result.Take());
    request_ = worker_.Next();
    worker_.Accept(request_.id, Echo(*request_.body.AsTransportProduceData()));
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  std::shared_ptr<DataConsumer> MakeDataConsumer(const std::shared_ptr<Transport>& transport,
                                                 DataConsumerOptions options) {
    Result<std::shared_ptr<DataConsumer>> result;
    transport->ConsumeData(std::move(options), result.Take());
    request_ = worker_.Next();
    worker_.Accept(request_.id, Echo(*request_.body.AsTransportConsumeData()));
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  std::shared_ptr<Consumer> MakeConsumer(const std::shared_ptr<Transport>& transport,
                                         const std::shared_ptr<Producer>& producer) {
    Result<std::shared_ptr<Consumer>> result;
    transport->Consume({.producer_id = producer->id(), .rtp_capabilities = router_->rtp_capabilities(), .paused = true},
                       result.Take());
    request_ = worker_.Next();
    fbs::transport::ConsumeResponseT response;
    response.paused = true;
    response.score = std::make_unique<fbs::consumer::ScoreT>();
    response.score->producer_scores = {10, 9};
    worker_.Accept(request_.id, std::move(response));
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }

  Loop loop_;
  FakeWorkerEnd worker_;
  std::shared_ptr<Router> router_;
  fbs::request::RequestT request_;  // of the last Make...()
};

}  // namespace sluice::controller
