#include "controller/transport.h"

#include <algorithm>

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/ortc.h"
#include "controller/random.h"
#include "controller/router.h"
#include "controller/trace.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

namespace {

// MIDs of consumers are at most 8 digits long: longer ones would not fit every header extension.
constexpr uint32_t kMaxMid = 99'999'999;

bool UsesSsrc(const Consumer& consumer, const RtpEncodingParameters& e) {
  for (const RtpEncodingParameters& used : consumer.rtp_parameters().encodings) {
    for (const auto& ssrc : {e.ssrc, e.rtx_ssrc}) {
      if (ssrc && (used.ssrc == ssrc || used.rtx_ssrc == ssrc)) return true;
    }
  }
  return false;
}

absl::Status CheckProducerOptions(const ProducerOptions& options) {
  for (const RtpCodecParameters& codec : options.rtp_parameters.codecs) {
    const bool audio = options.kind == MediaKind::kAudio;
    const std::string head = LowerCase(codec.mime_type.substr(0, 6));
    if (head != (audio ? "audio/" : "video/")) {
      return absl::InvalidArgumentError("kind: is not that of the codecs");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Transport::Transport(Base base)
    : Object(std::move(base.connection), std::move(base.id)),
      router_(std::move(base.router)),
      router_id_(std::move(base.router_id)),
      sctp_(base.sctp) {}

Transport::~Transport() = default;

void Transport::SetCname(std::string& cname) {
  if (type() == TransportType::kPipe) {
    // Producers that come through a pipe are of many senders: each keeps its clock.
    if (cname.empty()) cname = RandomName();
    return;
  }
  if (cname_.empty()) cname_ = cname.empty() ? RandomName() : cname;
  cname = cname_;
}

void Transport::Produce(ProducerOptions options, Callback<std::shared_ptr<Producer>> done) {
  const std::shared_ptr<Router> router = router_.lock();
  if (closed() || router == nullptr) return Refuse(std::move(done), ClosedError());
  if (absl::Status status = CheckProducerOptions(options); !status.ok()) return Refuse(std::move(done), status);
  if (!options.id.empty() && router->FindProducer(options.id) != nullptr) {
    return Refuse(std::move(done), absl::InvalidArgumentError("id: a producer has it already"));
  }
  RtpParameters& parameters = options.rtp_parameters;
  if (parameters.encodings.empty()) parameters.encodings.emplace_back();
  SetCname(parameters.rtcp.cname);
  absl::StatusOr<RtpMapping> mapping = ProducerRtpMapping(parameters, router->rtp_capabilities());
  if (!mapping.ok()) return Refuse(std::move(done), mapping.status());
  AnswerProducerFormats(parameters, router->rtp_capabilities(), *mapping);

  Producer::Data data{.kind = options.kind, .paused = options.paused};
  data.consumable_rtp_parameters =
      ConsumableRtpParameters(options.kind, parameters, router->rtp_capabilities(), *mapping);
  fbs::transport::ProduceRequestT request;
  request.producer_id = options.id.empty() ? RandomUuid() : options.id;
  request.kind = ToFbs(options.kind);
  request.rtp_parameters = ToFbs(parameters);
  request.rtp_mapping = ToFbs(*mapping);
  request.paused = options.paused;
  request.key_frame_request_delay = options.key_frame_request_delay;
  request.enable_mediasoup_packet_id_header_extension = options.enable_packet_id_extension;
  data.rtp_parameters = std::move(parameters);
  const std::string producer_id = request.producer_id;
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  Call(Method::TransportProduce, Body(std::move(request)),
       [self, producer_id, data = std::move(data), done = std::move(done)](auto response) mutable {
         self->OnProduced(producer_id, std::move(data), std::move(response), std::move(done));
       });
}

void Transport::OnProduced(const std::string& producer_id, Producer::Data data,
                           absl::StatusOr<const Response*> response, Callback<std::shared_ptr<Producer>> done) {
  absl::Status status = response.status();
  if (status.ok() && closed()) status = absl::CancelledError("the transport was closed meanwhile");
  const auto* body = status.ok() ? (*response)->body_as_TransportProduce() : nullptr;
  if (status.ok() && body == nullptr) status = UnreadableAnswer();
  if (!status.ok()) {
    // It may be there all the same, and nobody would ever close it.
    fbs::transport::CloseProducerRequestT close;
    close.producer_id = producer_id;
    if (absl::IsDeadlineExceeded(status)) Call(Method::TransportCloseProducer, Body(std::move(close)), nullptr);
    if (done) done(status);
    return;
  }
  data.type = FromFbs(body->type());
  auto producer = std::make_shared<Producer>(
      connection_, producer_id, std::static_pointer_cast<Transport>(shared_from_this()), id(), std::move(data));
  producers_[producer_id] = producer;
  if (auto router = router_.lock()) router->producers_[producer_id] = producer;
  if (done) done(std::move(producer));
}

absl::StatusOr<RtpParameters> Transport::NegotiateConsumer(const Producer& producer, const ConsumerOptions& options) {
  return ConsumerRtpParameters(producer.consumable_rtp_parameters(), options.rtp_capabilities,
                               {.enable_rtx = options.enable_rtx, .pipe = options.pipe});
}

absl::StatusOr<RtpParameters> Transport::NegotiateUnusedSsrcs(const Producer& producer,
                                                              const ConsumerOptions& options) {
  for (;;) {
    absl::StatusOr<RtpParameters> parameters = NegotiateConsumer(producer, options);
    if (!parameters.ok()) return parameters;
    // Random numbers collide now and then, among thousands of consumers.
    const bool taken = std::any_of(consumers_.begin(), consumers_.end(), [&](const auto& entry) {
      return std::any_of(parameters->encodings.begin(), parameters->encodings.end(),
                         [&](const auto& e) { return UsesSsrc(*entry.second, e); });
    });
    if (!taken) return parameters;
  }
}

void Transport::Consume(ConsumerOptions options, Callback<std::shared_ptr<Consumer>> done) {
  const std::shared_ptr<Router> router = router_.lock();
  if (closed() || router == nullptr) return Refuse(std::move(done), ClosedError());
  const std::shared_ptr<Producer> producer = router->FindProducer(options.producer_id);
  if (producer == nullptr) {
    return Refuse(std::move(done), absl::NotFoundError("producerId: the router has no such producer"));
  }
  absl::StatusOr<RtpParameters> parameters = NegotiateUnusedSsrcs(*producer, options);
  if (!parameters.ok()) return Refuse(std::move(done), parameters.status());

  const bool pipe = options.pipe || type() == TransportType::kPipe;
  const RtpType type = pipe ? RtpType::kPipe : producer->type();
  if (!pipe) {
    parameters->mid = options.mid.empty() ? std::to_string(next_mid_) : options.mid;
    if (options.mid.empty()) next_mid_ = next_mid_ == kMaxMid ? 0 : next_mid_ + 1;
  }
  fbs::transport::ConsumeRequestT request;
  request.consumer_id = RandomUuid();
  request.producer_id = producer->id();
  request.kind = ToFbs(producer->kind());
  request.rtp_parameters = ToFbs(*parameters);
  request.type = ToFbs(type);
  for (const RtpEncodingParameters& e : producer->consumable_rtp_parameters().encodings) {
    request.consumable_rtp_encodings.push_back(ToFbs(e));
  }
  request.paused = options.paused;
  if (options.preferred_layers) {
    request.preferred_layers = std::make_unique<fbs::consumer::LayersT>();
    request.preferred_layers->spatial_layer = options.preferred_layers->spatial;
    request.preferred_layers->temporal_layer = options.preferred_layers->temporal;
  }
  request.ignore_dtx = options.ignore_dtx;
  Consumer::Data data{
      .producer_id = producer->id(), .kind = producer->kind(), .type = type, .rtp_parameters = *std::move(parameters)};
  const std::string consumer_id = request.consumer_id;
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  Call(Method::TransportConsume, Body(std::move(request)),
       [self, consumer_id, data = std::move(data), done = std::move(done)](auto response) mutable {
         self->OnConsumed(consumer_id, std::move(data), std::move(response), std::move(done));
       });
}

void Transport::OnConsumed(const std::string& consumer_id, Consumer::Data data,
                           absl::StatusOr<const Response*> response, Callback<std::shared_ptr<Consumer>> done) {
  absl::Status status = response.status();
  if (status.ok() && closed()) status = absl::CancelledError("the transport was closed meanwhile");
  const auto* body = status.ok() ? (*response)->body_as_TransportConsume() : nullptr;
  if (status.ok() && body == nullptr) status = UnreadableAnswer();
  if (!status.ok()) {
    fbs::transport::CloseConsumerRequestT close;
    close.consumer_id = consumer_id;
    if (absl::IsDeadlineExceeded(status)) Call(Method::TransportCloseConsumer, Body(std::move(close)), nullptr);
    if (done) done(status);
    return;
  }
  data.paused = body->paused();
  data.producer_paused = body->producer_paused();
  data.score = FromFbs(body->score());
  data.preferred_layers = FromFbs(body->preferred_layers());
  auto consumer = std::make_shared<Consumer>(
      connection_, consumer_id, std::static_pointer_cast<Transport>(shared_from_this()), id(), std::move(data));
  consumers_[consumer_id] = consumer;
  if (done) done(std::move(consumer));
}

void Transport::SetMaxIncomingBitrate(uint32_t bitrate, DoneCallback done) {
  fbs::transport::SetMaxIncomingBitrateRequestT request;
  request.max_incoming_bitrate = bitrate;
  Call(Method::TransportSetMaxIncomingBitrate, Body(std::move(request)), Done(std::move(done)));
}

void Transport::SetMaxOutgoingBitrate(uint32_t bitrate, DoneCallback done) {
  fbs::transport::SetMaxOutgoingBitrateRequestT request;
  request.max_outgoing_bitrate = bitrate;
  Call(Method::TransportSetMaxOutgoingBitrate, Body(std::move(request)), Done(std::move(done)));
}

void Transport::SetMinOutgoingBitrate(uint32_t bitrate, DoneCallback done) {
  fbs::transport::SetMinOutgoingBitrateRequestT request;
  request.min_outgoing_bitrate = bitrate;
  Call(Method::TransportSetMinOutgoingBitrate, Body(std::move(request)), Done(std::move(done)));
}

void Transport::EnableTraceEvents(std::vector<std::string> types, DoneCallback done) {
  fbs::transport::EnableTraceEventRequestT request;
  request.events = TraceTypesFromNames<fbs::transport::TraceEventType>(types);
  Call(Method::TransportEnableTraceEvent, Body(std::move(request)), Done(std::move(done)));
}

void Transport::GetCongestionStats(Callback<std::optional<CongestionStats>> done) {
  using Stats = std::optional<CongestionStats>;
  Call(Method::TransportGetCongestionStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<Stats> {
         const auto* body = response.body_as_TransportGetCongestionStats();
         if (body == nullptr) return UnreadableAnswer();
         return FromFbs(body->stats());
       }));
}

void Transport::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::TransportSctpStateChange:
      if (const auto* body = notification.body_as_TransportSctpStateChange()) {
        sctp_.state = FromFbs(body->sctp_state());
        Emit(events().sctp_state, *sctp_.state);
      }
      return;
    case Event::TransportSctpNegotiatedCapabilities:
      if (const auto* body = notification.body_as_TransportSctpNegotiatedCapabilities()) {
        sctp_.negotiated = FromFbs(body->negotiated_capabilities());
        if (sctp_.negotiated) stream_ids_.SetLimit(sctp_.negotiated->max_outbound_streams);
      }
      return;
    case Event::TransportTrace:
      if (const auto* body = notification.body_as_TransportTrace()) Emit(events().trace, ReadTrace(*body));
      return;
    default:
      return;  // of a later protocol
  }
}

void Transport::Close() { CloseFor(CloseReason::kClosed); }

void Transport::CloseFor(CloseReason reason) {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::router::CloseTransportRequestT request;
  request.transport_id = id();
  Call(Method::RouterCloseTransport, router_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  EnterClosedState();
  CloseChildren(CloseReason::kParentClosed);
  RunWhenClosed();
  if (reason == CloseReason::kClosed) {
    DropHandlers();
  } else {
    EmitClosed(reason);
  }
}

void Transport::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  EnterClosedState();
  CloseChildren(reason == CloseReason::kWorkerDied ? reason : CloseReason::kParentClosed);
  RunWhenClosed();
  EmitClosed(reason);
}

void Transport::EnterClosedState() {
  if (sctp_.state) sctp_.state = SctpState::kClosed;
  OnClosed();
  if (auto router = router_.lock()) router->Remove(id());
}

void Transport::CloseChildren(CloseReason reason) {
  // Handlers may close or make others: work on what was there.
  const auto consumers = std::exchange(consumers_, {});
  const auto producers = std::exchange(producers_, {});
  const auto data_consumers = std::exchange(data_consumers_, {});
  const auto data_producers = std::exchange(data_producers_, {});
  if (auto router = router_.lock()) {
    for (const auto& [id, producer] : producers) router->producers_.erase(id);
    for (const auto& [id, producer] : data_producers) router->data_producers_.erase(id);
  }
  CloseEach(consumers, reason);
  CloseEach(producers, reason);
  CloseEach(data_consumers, reason);
  CloseEach(data_producers, reason);
}

void Transport::Remove(const Producer& producer) {
  if (auto router = router_.lock()) router->producers_.erase(producer.id());
  producers_.erase(producer.id());
}

void Transport::Remove(const Consumer& consumer) { consumers_.erase(consumer.id()); }

}  // namespace sluice::controller
