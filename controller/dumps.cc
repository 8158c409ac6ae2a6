#include "controller/dumps.h"

#include "controller/calls.h"
#include "controller/router.h"
#include "controller/trace.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

template <class Key, class Entries>
std::map<Key, std::string> Table(const Entries* entries) {
  std::map<Key, std::string> result;
  if (entries == nullptr) return result;
  for (const auto* entry : *entries) {
    if constexpr (std::is_same_v<Key, std::string>) {
      result[Text(entry->key())] = Text(entry->value());
    } else {
      result[entry->key()] = Text(entry->value());
    }
  }
  return result;
}

template <class Type, class Types>
std::vector<std::string> TraceNames(const Types* types) {
  std::vector<std::string> result;
  for (size_t i = 0; types != nullptr && i < types->size(); ++i) {
    result.push_back(TraceName(static_cast<Type>(types->Get(i))));
  }
  return result;
}

RtxStreamDump Rtx(const fbs::stream::RtxParams& params) {
  return {.ssrc = params.ssrc(),
          .payload_type = params.payload_type(),
          .mime_type = Text(params.mime_type()),
          .clock_rate = params.clock_rate(),
          .rrid = Text(params.rrid()),
          .cname = Text(params.cname())};
}

RtpStreamDump Stream(const fbs::stream::Dump& stream) {
  RtpStreamDump dump{.score = stream.score()};
  if (stream.rtx_stream() && stream.rtx_stream()->params()) dump.rtx = Rtx(*stream.rtx_stream()->params());
  const fbs::stream::Params* params = stream.params();
  if (params == nullptr) return dump;
  dump.encoding_index = params->encoding_idx();
  dump.ssrc = params->ssrc();
  dump.payload_type = params->payload_type();
  dump.mime_type = Text(params->mime_type());
  dump.clock_rate = params->clock_rate();
  dump.rid = Text(params->rid());
  dump.cname = Text(params->cname());
  dump.rtx_ssrc = params->rtx_ssrc();
  dump.rtx_payload_type = params->rtx_payload_type();
  dump.nack = params->use_nack();
  dump.pli = params->use_pli();
  dump.fir = params->use_fir();
  dump.in_band_fec = params->use_in_band_fec();
  dump.dtx = params->use_dtx();
  dump.spatial_layers = params->spatial_layers();
  dump.temporal_layers = params->temporal_layers();
  return dump;
}

std::vector<RtpStreamDump> Streams(const flatbuffers::Vector<flatbuffers::Offset<fbs::stream::Dump>>* streams) {
  std::vector<RtpStreamDump> result;
  if (streams == nullptr) return result;
  for (const fbs::stream::Dump* stream : *streams) result.push_back(Stream(*stream));
  return result;
}

std::map<std::string, std::vector<std::string>> Lists(
    const flatbuffers::Vector<flatbuffers::Offset<fbs::base::StringStringArray>>* entries) {
  std::map<std::string, std::vector<std::string>> result;
  if (entries == nullptr) return result;
  for (const auto* entry : *entries) result[Text(entry->key())] = Texts(entry->values());
  return result;
}

const fbs::transport::Dump* BaseOf(const Response& response) {
  if (const auto* webrtc = response.body_as_WebRtcTransportDump()) return webrtc->base();
  if (const auto* plain = response.body_as_PlainTransportDump()) return plain->base();
  if (const auto* pipe = response.body_as_PipeTransportDump()) return pipe->base();
  if (const auto* direct = response.body_as_DirectTransportDump()) return direct->base();
  return nullptr;
}

void ReadBase(const fbs::transport::Dump& base, TransportDump& dump) {
  dump.id = Text(base.id());
  dump.direct = base.direct();
  dump.producer_ids = Texts(base.producer_ids());
  dump.consumer_ids = Texts(base.consumer_ids());
  dump.data_producer_ids = Texts(base.data_producer_ids());
  dump.data_consumer_ids = Texts(base.data_consumer_ids());
  dump.ssrc_to_consumer = Table<uint32_t>(base.map_ssrc_consumer_id());
  dump.rtx_ssrc_to_consumer = Table<uint32_t>(base.map_rtx_ssrc_consumer_id());
  if (const auto* listener = base.rtp_listener()) {
    dump.ssrc_to_producer = Table<uint32_t>(listener->ssrc_table());
    dump.mid_to_producer = Table<std::string>(listener->mid_table());
    dump.rid_to_producer = Table<std::string>(listener->rid_table());
  }
  if (base.sctp_listener()) {
    dump.stream_id_to_data_producer = Table<uint16_t>(base.sctp_listener()->stream_id_table());
  }
  if (const auto* ids = base.recv_rtp_header_extensions()) {
    dump.header_extension_ids = {ids->mid(), ids->rid(), ids->rrid(), ids->abs_send_time(), ids->transport_wide_cc01()};
  }
  dump.max_send_message_size = base.max_send_message_size();
  dump.max_receive_message_size = base.max_receive_message_size();
  const Transport::Sctp sctp = SctpFromFbs(&base);
  dump.sctp_parameters = sctp.parameters;
  dump.sctp_state = sctp.state;
  dump.sctp_negotiated = sctp.negotiated;
  dump.trace_events = TraceNames<fbs::transport::TraceEventType>(base.trace_event_types());
}

// The part that every kind of transport has of `T`.
template <class T>
absl::StatusOr<T> WithBase(const Response& response) {
  const fbs::transport::Dump* base = BaseOf(response);
  if (base == nullptr) return UnreadableAnswer();
  T dump;
  ReadBase(*base, dump);
  return dump;
}

}  // namespace

void Transport::Dump(Callback<TransportDump> done) {
  Call(Method::TransportDump, NoBody(), Decoded(std::move(done), WithBase<TransportDump>));
}

void DirectTransport::Dump(Callback<DirectTransportDump> done) { Transport::Dump(std::move(done)); }

void WebRtcTransport::Dump(Callback<WebRtcTransportDump> done) {
  Call(Method::TransportDump, NoBody(), Decoded(std::move(done), [](const Response& response) {
         absl::StatusOr<WebRtcTransportDump> dump = WithBase<WebRtcTransportDump>(response);
         const auto* body = response.body_as_WebRtcTransportDump();
         if (!dump.ok() || body == nullptr) return dump;
         Data data = FromFbs(*body);
         dump->ice_role = data.ice_role;
         dump->ice_parameters = std::move(data.ice_parameters);
         dump->ice_candidates = std::move(data.ice_candidates);
         dump->ice_state = data.ice_state;
         dump->ice_selected_tuple = std::move(data.ice_selected_tuple);
         dump->dtls_parameters = std::move(data.dtls_parameters);
         dump->dtls_state = data.dtls_state;
         return dump;
       }));
}

void PlainTransport::Dump(Callback<PlainTransportDump> done) {
  Call(Method::TransportDump, NoBody(), Decoded(std::move(done), [](const Response& response) {
         absl::StatusOr<PlainTransportDump> dump = WithBase<PlainTransportDump>(response);
         const auto* body = response.body_as_PlainTransportDump();
         if (!dump.ok() || body == nullptr) return dump;
         Data data = FromFbs(*body);
         dump->rtcp_mux = data.rtcp_mux;
         dump->comedia = data.comedia;
         dump->tuple = std::move(data.tuple);
         dump->rtcp_tuple = std::move(data.rtcp_tuple);
         dump->srtp_parameters = std::move(data.srtp_parameters);
         return dump;
       }));
}

void PipeTransport::Dump(Callback<PipeTransportDump> done) {
  Call(Method::TransportDump, NoBody(), Decoded(std::move(done), [](const Response& response) {
         absl::StatusOr<PipeTransportDump> dump = WithBase<PipeTransportDump>(response);
         const auto* body = response.body_as_PipeTransportDump();
         if (!dump.ok() || body == nullptr) return dump;
         Data data = FromFbs(*body);
         dump->tuple = std::move(data.tuple);
         dump->rtx = data.rtx;
         dump->srtp_parameters = std::move(data.srtp_parameters);
         return dump;
       }));
}

void Router::Dump(Callback<RouterDump> done) {
  Call(Method::RouterDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<RouterDump> {
         const auto* body = response.body_as_RouterDump();
         if (body == nullptr) return UnreadableAnswer();
         return RouterDump{
             .id = Text(body->id()),
             .transport_ids = Texts(body->transport_ids()),
             .rtp_observer_ids = Texts(body->rtp_observer_ids()),
             .producer_consumers = Lists(body->map_producer_id_consumer_ids()),
             .consumer_producer = Table<std::string>(body->map_consumer_id_producer_id()),
             .producer_observers = Lists(body->map_producer_id_observer_ids()),
             .data_producer_data_consumers = Lists(body->map_data_producer_id_data_consumer_ids()),
             .data_consumer_data_producer = Table<std::string>(body->map_data_consumer_id_data_producer_id())};
       }));
}

void Producer::Dump(Callback<ProducerDump> done) {
  Call(Method::ProducerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<ProducerDump> {
         const auto* body = response.body_as_ProducerDump();
         if (body == nullptr) return UnreadableAnswer();
         return ProducerDump{.id = Text(body->id()),
                             .kind = FromFbs(body->kind()),
                             .type = FromFbs(body->type()),
                             .rtp_parameters = FromFbs(body->rtp_parameters()),
                             .rtp_mapping = FromFbs(body->rtp_mapping()),
                             .paused = body->paused(),
                             .streams = Streams(body->rtp_streams()),
                             .trace_events = TraceNames<fbs::producer::TraceEventType>(body->trace_event_types())};
       }));
}

void Consumer::Dump(Callback<ConsumerDump> done) {
  Call(Method::ConsumerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<ConsumerDump> {
         const auto* body = response.body_as_ConsumerDump();
         const fbs::consumer::Dump* data = body != nullptr ? body->data() : nullptr;
         const fbs::consumer::BaseDump* base = data != nullptr ? data->base() : nullptr;
         if (base == nullptr) return UnreadableAnswer();
         ConsumerDump dump{.id = Text(base->id()),
                           .type = FromFbs(base->type()),
                           .producer_id = Text(base->producer_id()),
                           .kind = FromFbs(base->kind()),
                           .rtp_parameters = FromFbs(base->rtp_parameters()),
                           .paused = base->paused(),
                           .producer_paused = base->producer_paused(),
                           .priority = base->priority(),
                           .streams = Streams(data->rtp_streams()),
                           .preferred_spatial_layer = data->preferred_spatial_layer(),
                           .target_spatial_layer = data->target_spatial_layer(),
                           .current_spatial_layer = data->current_spatial_layer(),
                           .preferred_temporal_layer = data->preferred_temporal_layer(),
                           .target_temporal_layer = data->target_temporal_layer(),
                           .current_temporal_layer = data->current_temporal_layer(),
                           .trace_events = TraceNames<fbs::consumer::TraceEventType>(base->trace_event_types())};
         if (const auto* encodings = base->consumable_rtp_encodings()) {
           for (const auto* e : *encodings) dump.consumable_rtp_encodings.push_back(FromFbs(*e));
         }
         if (const auto* types = base->supported_codec_payload_types()) {
           dump.supported_payload_types.assign(types->begin(), types->end());
         }
         return dump;
       }));
}

}  // namespace sluice::controller
