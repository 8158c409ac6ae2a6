#include "controller/dumps.h"

#include "controller/calls.h"
#include "controller/consumer.h"
#include "controller/producer.h"
#include "controller/trace.h"
#include "controller/transport.h"

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

std::vector<RtpStreamDump> Streams(const flatbuffers::Vector<flatbuffers::Offset<fbs::stream::Dump>>* streams) {
  std::vector<RtpStreamDump> result;
  if (streams == nullptr) return result;
  for (const fbs::stream::Dump* stream : *streams) {
    RtpStreamDump& dump = result.emplace_back();
    dump.score = stream->score();
    const fbs::stream::Params* params = stream->params();
    if (params == nullptr) continue;
    dump.ssrc = params->ssrc();
    dump.rtx_ssrc = params->rtx_ssrc();
    dump.rid = Text(params->rid());
    dump.cname = Text(params->cname());
    dump.mime_type = Text(params->mime_type());
    dump.payload_type = params->payload_type();
    dump.spatial_layers = params->spatial_layers();
    dump.temporal_layers = params->temporal_layers();
    dump.nack = params->use_nack();
    dump.pli = params->use_pli();
    dump.fir = params->use_fir();
  }
  return result;
}

const fbs::transport::Dump* BaseOf(const Response& response) {
  if (const auto* webrtc = response.body_as_WebRtcTransportDump()) return webrtc->base();
  if (const auto* plain = response.body_as_PlainTransportDump()) return plain->base();
  return nullptr;
}

}  // namespace

void Transport::Dump(Callback<TransportDump> done) {
  Call(Method::TransportDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<TransportDump> {
         const fbs::transport::Dump* base = BaseOf(response);
         if (base == nullptr) return UnreadableAnswer();
         TransportDump dump{.producer_ids = Texts(base->producer_ids()),
                            .consumer_ids = Texts(base->consumer_ids()),
                            .ssrc_to_consumer = Table<uint32_t>(base->map_ssrc_consumer_id()),
                            .rtx_ssrc_to_consumer = Table<uint32_t>(base->map_rtx_ssrc_consumer_id()),
                            .trace_events = TraceNames<fbs::transport::TraceEventType>(base->trace_event_types())};
         if (const auto* listener = base->rtp_listener()) {
           dump.ssrc_to_producer = Table<uint32_t>(listener->ssrc_table());
           dump.mid_to_producer = Table<std::string>(listener->mid_table());
           dump.rid_to_producer = Table<std::string>(listener->rid_table());
         }
         return dump;
       }));
}

void Producer::Dump(Callback<ProducerDump> done) {
  Call(Method::ProducerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<ProducerDump> {
         const auto* body = response.body_as_ProducerDump();
         if (body == nullptr) return UnreadableAnswer();
         return ProducerDump{.paused = body->paused(),
                             .streams = Streams(body->rtp_streams()),
                             .trace_events = TraceNames<fbs::producer::TraceEventType>(body->trace_event_types())};
       }));
}

void Consumer::Dump(Callback<ConsumerDump> done) {
  Call(Method::ConsumerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<ConsumerDump> {
         const auto* body = response.body_as_ConsumerDump();
         const fbs::consumer::Dump* data = body != nullptr ? body->data() : nullptr;
         if (data == nullptr || data->base() == nullptr) return UnreadableAnswer();
         return ConsumerDump{
             .paused = data->base()->paused(),
             .producer_paused = data->base()->producer_paused(),
             .priority = data->base()->priority(),
             .streams = Streams(data->rtp_streams()),
             .preferred_spatial_layer = data->preferred_spatial_layer(),
             .target_spatial_layer = data->target_spatial_layer(),
             .current_spatial_layer = data->current_spatial_layer(),
             .preferred_temporal_layer = data->preferred_temporal_layer(),
             .target_temporal_layer = data->target_temporal_layer(),
             .current_temporal_layer = data->current_temporal_layer(),
             .trace_events = TraceNames<fbs::consumer::TraceEventType>(data->base()->trace_event_types())};
       }));
}

}  // namespace sluice::controller
