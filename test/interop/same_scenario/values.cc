#include "test/interop/same_scenario/values.h"

#include <map>

#include "controller/json.h"
#include "test/interop/same_scenario/steps.h"

namespace sluice::scenario {

using nlohmann::json;

namespace {

template <class Map>
json Table(const Map& map) {
  json result = json::object();
  for (const auto& [key, value] : map) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(key)>>) {
      result[std::to_string(key)] = value;
    } else {
      result[key] = value;
    }
  }
  return result;
}

json StreamsJson(const std::vector<controller::RtpStreamDump>& streams) {
  json result = json::array();
  for (const controller::RtpStreamDump& s : streams) {
    json stream{{"ssrc", s.ssrc},
                {"cname", s.cname},
                {"mimeType", s.mime_type},
                {"payloadType", s.payload_type},
                {"spatialLayers", s.spatial_layers},
                {"temporalLayers", s.temporal_layers},
                {"useNack", s.nack},
                {"usePli", s.pli},
                {"useFir", s.fir}};
    if (s.rtx_ssrc) stream["rtxSsrc"] = *s.rtx_ssrc;
    result.push_back(std::move(stream));
  }
  return result;
}

json StreamJson(const std::optional<controller::SctpStreamParameters>& stream) {
  if (!stream) return nullptr;
  json result{{"streamId", stream->stream_id}};
  if (stream->ordered) result["ordered"] = *stream->ordered;
  if (stream->max_packet_life_time) result["maxPacketLifeTime"] = *stream->max_packet_life_time;
  if (stream->max_retransmits) result["maxRetransmits"] = *stream->max_retransmits;
  return result;
}

}  // namespace

json StatsJson(const std::vector<controller::RtpStreamStats>& list) {
  json result = json::array();
  for (const controller::RtpStreamStats& stats : list) {
    json stream = controller::ToJson(stats);
    stream["pliSeen"] = stats.pli_count > 0;
    for (const char* name :
         {"timestamp", "bitrate", "jitter", "roundTripTime", "score", "bitrateByLayer", "pliCount"}) {
      stream.erase(name);
    }
    result.push_back(std::move(stream));
  }
  return result;
}

json DumpJson(const controller::TransportDump& dump) {
  return {{"producerIds", dump.producer_ids},
          {"consumerIds", dump.consumer_ids},
          {"traceEventTypes", dump.trace_events},
          {"ssrcToConsumer", Table(dump.ssrc_to_consumer)},
          {"rtxSsrcToConsumer", Table(dump.rtx_ssrc_to_consumer)},
          {"ssrcToProducer", Table(dump.ssrc_to_producer)},
          {"midToProducer", Table(dump.mid_to_producer)},
          {"ridToProducer", Table(dump.rid_to_producer)}};
}

json DumpJson(const controller::ProducerDump& dump) {
  return {{"paused", dump.paused}, {"streams", StreamsJson(dump.streams)}, {"traceEventTypes", dump.trace_events}};
}

json DumpJson(const controller::ConsumerDump& dump) {
  return {{"paused", dump.paused},
          {"producerPaused", dump.producer_paused},
          {"priority", dump.priority},
          {"streams", StreamsJson(dump.streams)},
          {"traceEventTypes", dump.trace_events}};
}

json StatsJson(const controller::DataProducerStats& stats) {
  return {{"type", "data-producer"},
          {"label", stats.label},
          {"protocol", stats.protocol},
          {"messagesReceived", stats.messages_received},
          {"bytesReceived", stats.bytes_received}};
}

json StatsJson(const controller::DataConsumerStats& stats) {
  return {{"type", "data-consumer"},       {"label", stats.label},
          {"protocol", stats.protocol},    {"messagesSent", stats.messages_sent},
          {"bytesSent", stats.bytes_sent}, {"bufferedAmount", stats.buffered_amount}};
}

json DumpJson(const controller::DataProducerDump& dump) {
  return {{"id", dump.id},
          {"type", Text(ToString(dump.type))},
          {"sctpStreamParameters", StreamJson(dump.sctp_stream_parameters)},
          {"label", dump.label},
          {"protocol", dump.protocol},
          {"paused", dump.paused}};
}

json DumpJson(const controller::DataConsumerDump& dump) {
  return {{"id", dump.id},
          {"dataProducerId", dump.data_producer_id},
          {"type", Text(ToString(dump.type))},
          {"sctpStreamParameters", StreamJson(dump.sctp_stream_parameters)},
          {"label", dump.label},
          {"protocol", dump.protocol},
          {"bufferedAmount", dump.buffered_amount},
          {"bufferedAmountLowThreshold", dump.buffered_amount_low_threshold},
          {"paused", dump.paused},
          {"dataProducerPaused", dump.data_producer_paused},
          {"subchannels", dump.subchannels}};
}

std::string RefusalOf(const absl::Status& status) {
  if (status.ok()) return "accepted";
  if (absl::IsInvalidArgument(status)) return "InvalidArgument";
  return absl::IsUnimplemented(status) ? "Unsupported" : "Error";
}

}  // namespace sluice::scenario
