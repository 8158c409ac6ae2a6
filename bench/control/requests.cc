#include "bench/control/requests.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace sluice::bench {
namespace {

using fbs::request::Body;
using fbs::request::Method;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
namespace rtp = fbs::rtp;

constexpr int kPayloadType = 101, kRtxPayloadType = 102;

std::string Id(const char* what, int i) { return what + std::to_string(i); }

rtp::RtpParametersT Parameters(uint32_t ssrc, const std::string& mid) {
  auto codec = std::make_unique<rtp::CodecParametersT>();
  codec->mime_type = "video/VP8";
  codec->payload_type = kPayloadType;
  codec->clock_rate = 90000;
  for (const auto& [type, parameter] : {std::pair("nack", ""), {"nack", "pli"}, {"ccm", "fir"}}) {
    auto feedback = std::make_unique<rtp::RtcpFeedbackT>();
    feedback->type = type;
    feedback->parameter = parameter;
    codec->rtcp_feedback.push_back(std::move(feedback));
  }
  auto rtx = std::make_unique<rtp::CodecParametersT>();
  rtx->mime_type = "video/rtx";
  rtx->payload_type = kRtxPayloadType;
  rtx->clock_rate = 90000;
  auto apt = std::make_unique<rtp::ParameterT>();
  apt->name = "apt";
  rtp::IntValueT value;
  value.value = kPayloadType;
  apt->value.Set(std::move(value));
  rtx->parameters.push_back(std::move(apt));
  auto encoding = std::make_unique<rtp::EncodingParametersT>();
  encoding->ssrc = ssrc;
  encoding->rtx = std::make_unique<rtp::RtxT>();
  encoding->rtx->ssrc = ssrc + 1;
  rtp::RtpParametersT out;
  out.mid = mid;
  out.codecs.push_back(std::move(codec));
  out.codecs.push_back(std::move(rtx));
  out.encodings.push_back(std::move(encoding));
  out.rtcp = std::make_unique<rtp::RtcpParametersT>();
  out.rtcp->cname = "bench";
  return out;
}

OneRequest Produce(FlatBufferBuilder& b, const std::string& transport, const std::string& id, uint32_t ssrc) {
  fbs::transport::ProduceRequestT out;
  out.producer_id = id;
  out.kind = rtp::MediaKind::Video;
  out.rtp_parameters = std::make_unique<rtp::RtpParametersT>(Parameters(ssrc, id));
  out.rtp_mapping = std::make_unique<rtp::MappingT>();
  for (int type : {kPayloadType, kRtxPayloadType}) {
    auto codec = std::make_unique<rtp::CodecMappingT>();
    codec->payload_type = codec->mapped_payload_type = static_cast<uint8_t>(type);
    out.rtp_mapping->codecs.push_back(std::move(codec));
  }
  auto encoding = std::make_unique<rtp::EncodingMappingT>();
  encoding->ssrc = ssrc;
  encoding->mapped_ssrc = ssrc + 1'000'000'000;
  out.rtp_mapping->encodings.push_back(std::move(encoding));
  return {Method::TransportProduce, transport, Body::TransportProduce,
          fbs::transport::ProduceRequest::Pack(b, &out).Union()};
}

OneRequest Consume(FlatBufferBuilder& b, const std::string& transport, int i, uint32_t ssrc) {
  fbs::transport::ConsumeRequestT out;
  out.consumer_id = Id("consumer", i);
  out.producer_id = "producer";
  out.kind = rtp::MediaKind::Video;
  out.rtp_parameters = std::make_unique<rtp::RtpParametersT>(Parameters(ssrc, std::to_string(i)));
  auto encoding = std::make_unique<rtp::EncodingParametersT>();
  encoding->ssrc = 1'000'000'010;
  out.consumable_rtp_encodings.push_back(std::move(encoding));
  return {Method::TransportConsume, transport, Body::TransportConsume,
          fbs::transport::ConsumeRequest::Pack(b, &out).Union()};
}

OneRequest CreatePlain(FlatBufferBuilder& b, int i) {
  fbs::router::CreatePlainTransportRequestT out;
  out.transport_id = Id("plain", i);
  out.options = std::make_unique<fbs::plain::OptionsT>();
  out.options->base = std::make_unique<fbs::transport::OptionsT>();
  out.options->base->enable_sctp = true;
  out.options->base->max_send_message_size = out.options->base->max_receive_message_size = 262'144;
  out.options->base->sctp_send_buffer_size = out.options->base->sctp_per_stream_send_queue_limit = 262'144;
  out.options->base->sctp_max_receiver_window_buffer_size = 262'144;
  out.options->listen_info = std::make_unique<fbs::net::ListenInfoT>();
  out.options->listen_info->ip = "127.0.0.1";
  out.options->listen_info->port_range = std::make_unique<fbs::net::PortRangeT>();
  out.options->rtcp_mux = true;
  return {Method::RouterCreatePlainTransport, "router", Body::RouterCreatePlainTransport,
          fbs::router::CreatePlainTransportRequest::Pack(b, &out).Union()};
}

OneRequest CreateServer(FlatBufferBuilder& b) {
  fbs::worker::CreateWebRtcServerRequestT out;
  out.web_rtc_server_id = "server";
  out.listen_infos.push_back(std::make_unique<fbs::net::ListenInfoT>());
  out.listen_infos[0]->ip = "127.0.0.1";
  out.listen_infos[0]->port_range = std::make_unique<fbs::net::PortRangeT>();
  return {Method::WorkerCreateWebRtcServer, "", Body::WorkerCreateWebRtcServer,
          fbs::worker::CreateWebRtcServerRequest::Pack(b, &out).Union()};
}

OneRequest CreateWebRtc(FlatBufferBuilder& b, int i) {
  fbs::router::CreateWebRtcTransportRequestT out;
  out.transport_id = Id("webrtc", i);
  out.options = std::make_unique<fbs::webrtc::OptionsT>();
  out.options->base = std::make_unique<fbs::transport::OptionsT>();
  fbs::webrtc::ListenServerT server;
  server.web_rtc_server_id = "server";
  out.options->listen.Set(std::move(server));
  return {Method::RouterCreateWebRtcTransportWithServer, "router", Body::RouterCreateWebRtcTransport,
          fbs::router::CreateWebRtcTransportRequest::Pack(b, &out).Union()};
}

std::unique_ptr<fbs::sctp::StreamParametersT> Stream(int id) {
  auto out = std::make_unique<fbs::sctp::StreamParametersT>();
  out->stream_id = static_cast<uint16_t>(id);
  out->ordered = true;
  return out;
}

OneRequest ProduceData(FlatBufferBuilder& b) {
  fbs::transport::ProduceDataRequestT out;
  out.data_producer_id = "dataproducer";
  out.sctp_stream_parameters = Stream(0);
  return {Method::TransportProduceData, Id("plain", 0), Body::TransportProduceData,
          fbs::transport::ProduceDataRequest::Pack(b, &out).Union()};
}

OneRequest ConsumeData(FlatBufferBuilder& b, const std::string& transport, int i, int stream) {
  fbs::transport::ConsumeDataRequestT out;
  out.data_consumer_id = Id("dataconsumer", i);
  out.data_producer_id = "dataproducer";
  out.sctp_stream_parameters = Stream(stream);
  out.label = "chat";
  return {Method::TransportConsumeData, transport, Body::TransportConsumeData,
          fbs::transport::ConsumeDataRequest::Pack(b, &out).Union()};
}

template <class Request>
Offset<void> Named(FlatBufferBuilder& b, Offset<Request> (*create)(FlatBufferBuilder&, Offset<flatbuffers::String>),
                   const std::string& id) {
  return create(b, b.CreateString(id)).Union();
}

}  // namespace

std::vector<Step> SetUp(const ControlOptions& options) {
  auto router = [](FlatBufferBuilder& b, int) {
    return OneRequest{Method::WorkerCreateRouter, "", Body::WorkerCreateRouter,
                      Named(b, &fbs::worker::CreateCreateRouterRequest, "router")};
  };
  std::vector<Step> steps{
      {"router", 1, router},
      {"server", 1, [](FlatBufferBuilder& b, int) { return CreateServer(b); }},
      {"plain transports", options.transports, [](FlatBufferBuilder& b, int i) { return CreatePlain(b, i); }},
      {"producer", 1, [](FlatBufferBuilder& b, int) { return Produce(b, Id("plain", 0), "producer", 10); }}};
  if (std::find(options.kinds.begin(), options.kinds.end(), "dataconsumers") != options.kinds.end()) {
    steps.push_back({"data producer", 1, [](FlatBufferBuilder& b, int) { return ProduceData(b); }});
  }
  return steps;
}

std::vector<Step> StepsOf(const std::string& kind, const ControlOptions& options, int repetition) {
  const int n = options.count, spread = options.transports;
  const auto first_ssrc = 2 * static_cast<uint32_t>(repetition * n);
  auto on = [spread](int i) { return Id("plain", i % spread); };
  MakeRequest create, close;
  if (kind == "consumers") {
    create = [on, first_ssrc](FlatBufferBuilder& b, int i) {
      return Consume(b, on(i), i, 2'000'000'000u + first_ssrc + 2 * static_cast<uint32_t>(i));
    };
    close = [on](FlatBufferBuilder& b, int i) {
      return OneRequest{Method::TransportCloseConsumer, on(i), Body::TransportCloseConsumer,
                        Named(b, &fbs::transport::CreateCloseConsumerRequest, Id("consumer", i))};
    };
  } else if (kind == "producers") {
    create = [on, first_ssrc](FlatBufferBuilder& b, int i) {
      return Produce(b, on(i), Id("p", i), 1000 + first_ssrc + 2 * static_cast<uint32_t>(i));
    };
    close = [on](FlatBufferBuilder& b, int i) {
      return OneRequest{Method::TransportCloseProducer, on(i), Body::TransportCloseProducer,
                        Named(b, &fbs::transport::CreateCloseProducerRequest, Id("p", i))};
    };
  } else if (kind == "transports") {
    create = [](FlatBufferBuilder& b, int i) { return CreateWebRtc(b, i); };
    close = [](FlatBufferBuilder& b, int i) {
      return OneRequest{Method::RouterCloseTransport, "router", Body::RouterCloseTransport,
                        Named(b, &fbs::router::CreateCloseTransportRequest, Id("webrtc", i))};
    };
  } else {
    create = [on, spread](FlatBufferBuilder& b, int i) { return ConsumeData(b, on(i), i, i / spread + 1); };
    close = [on](FlatBufferBuilder& b, int i) {
      return OneRequest{Method::TransportCloseDataConsumer, on(i), Body::TransportCloseDataConsumer,
                        Named(b, &fbs::transport::CreateCloseDataConsumerRequest, Id("dataconsumer", i))};
    };
  }
  return {{"create " + kind, n, create}, {"close " + kind, n, close}};
}

}  // namespace sluice::bench
