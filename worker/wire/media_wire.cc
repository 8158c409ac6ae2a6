#include "worker/wire/media_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "worker/wire/rtp_wire.h"

namespace sluice::wire {
namespace {

namespace fb = fbs::stream;
using flatbuffers::Offset;

struct TraceName {
  TraceKind kind;
  fbs::producer::TraceEventType producer;
  fbs::consumer::TraceEventType consumer;
};
constexpr std::array<TraceName, 5> kTraces = {{
    {TraceKind::kKeyFrame, fbs::producer::TraceEventType::Keyframe, fbs::consumer::TraceEventType::Keyframe},
    {TraceKind::kFir, fbs::producer::TraceEventType::Fir, fbs::consumer::TraceEventType::Fir},
    {TraceKind::kNack, fbs::producer::TraceEventType::Nack, fbs::consumer::TraceEventType::Nack},
    {TraceKind::kPli, fbs::producer::TraceEventType::Pli, fbs::consumer::TraceEventType::Pli},
    {TraceKind::kRtp, fbs::producer::TraceEventType::Rtp, fbs::consumer::TraceEventType::Rtp},
}};

// The controller reads the length of these texts: they are there even when empty.
Offset<fb::Dump> EncodeStreamDump(Builder& b, const RtpStreamParameters& from, uint8_t score) {
  const auto mime_type = b.CreateString(from.mime_type);
  const auto rid = b.CreateString(from.rid);
  const auto cname = b.CreateString(from.cname);
  fb::ParamsBuilder params(b);
  params.add_encoding_idx(from.encoding_idx);
  params.add_ssrc(from.ssrc.value());
  params.add_payload_type(from.payload_type.value());
  params.add_mime_type(mime_type);
  params.add_clock_rate(from.clock_rate);
  params.add_rid(rid);
  params.add_cname(cname);
  if (from.rtx_ssrc) params.add_rtx_ssrc(from.rtx_ssrc->value());
  if (from.rtx_payload_type) params.add_rtx_payload_type(from.rtx_payload_type->value());
  params.add_use_nack(from.use_nack);
  params.add_use_pli(from.use_pli);
  params.add_use_fir(from.use_fir);
  params.add_use_in_band_fec(from.use_in_band_fec);
  params.add_use_dtx(from.use_dtx);
  params.add_spatial_layers(static_cast<uint8_t>(from.spatial_layers));
  params.add_temporal_layers(static_cast<uint8_t>(from.temporal_layers));
  const auto packed = params.Finish();
  Offset<fb::RtxDump> rtx;
  if (from.rtx_ssrc && from.rtx_payload_type) {
    const std::string kind = from.mime_type.substr(0, from.mime_type.find('/'));
    rtx = fb::CreateRtxDump(
        b, fb::CreateRtxParams(b, from.rtx_ssrc->value(), from.rtx_payload_type->value(), b.CreateString(kind + "/rtx"),
                               from.clock_rate, b.CreateString(""), b.CreateString(from.cname)));
  }
  return fb::CreateDump(b, packed, score, rtx);
}

Offset<fb::Stats> EncodeBaseStats(Builder& b, const RtpStreamStats& from, Timestamp now) {
  const auto mime_type = b.CreateString(from.mime_type);
  const auto rid = from.rid.empty() ? Offset<flatbuffers::String>() : b.CreateString(from.rid);
  fb::BaseStatsBuilder base(b);
  base.add_timestamp(static_cast<uint64_t>(now.ms()));
  base.add_ssrc(from.ssrc.value());
  base.add_kind(ToWire(from.kind));
  base.add_mime_type(mime_type);
  base.add_packets_lost(static_cast<int32_t>(std::clamp<int64_t>(from.packets_lost, INT32_MIN, INT32_MAX)));
  base.add_fraction_lost(from.fraction_lost);
  base.add_jitter(from.jitter);
  base.add_packets_discarded(from.packets_discarded);
  base.add_packets_retransmitted(from.packets_retransmitted);
  base.add_packets_repaired(from.packets_repaired);
  base.add_nack_count(from.nack_count);
  base.add_nack_packet_count(from.nack_packet_count);
  base.add_pli_count(from.pli_count);
  base.add_fir_count(from.fir_count);
  base.add_rid(rid);
  if (from.rtx_ssrc) base.add_rtx_ssrc(from.rtx_ssrc->value());
  if (from.rtx_packets_discarded) base.add_rtx_packets_discarded(*from.rtx_packets_discarded);
  if (from.round_trip_time) base.add_round_trip_time(static_cast<float>(from.round_trip_time->us()) / 1000.0f);
  base.add_score(from.score);
  return fb::CreateStats(b, fb::StatsData::Base, base.Finish().Union());
}

Offset<fb::Stats> EncodeRecvStats(Builder& b, const RtpStreamStats& from, Timestamp now) {
  std::vector<Offset<fb::BitrateByLayer>> layers;
  for (const auto& layer : from.rate_by_layer) {
    layers.push_back(fb::CreateBitrateByLayer(b, b.CreateString(fmt::format("{}.{}", layer.spatial, layer.temporal)),
                                              static_cast<uint64_t>(layer.rate.bps())));
  }
  const auto base = EncodeBaseStats(b, from, now);
  const auto recv = fb::CreateRecvStats(b, base, from.packets, from.bytes, static_cast<uint64_t>(from.bitrate.bps()),
                                        b.CreateVector(layers));
  return fb::CreateStats(b, fb::StatsData::Recv, recv.Union());
}

Offset<fb::Stats> EncodeSendStats(Builder& b, const RtpStreamStats& from, Timestamp now) {
  const auto base = EncodeBaseStats(b, from, now);
  const auto send = fb::CreateSendStats(b, base, from.packets, from.bytes, static_cast<uint64_t>(from.bitrate.bps()));
  return fb::CreateStats(b, fb::StatsData::Send, send.Union());
}

// A simulcast consumer shows the stream it takes from; others the producer's one. None while nothing came.
const ProducerStream* ForwardedStream(const Consumer& of) {
  const auto streams = of.producer().streams();
  size_t index = 0;
  if (of.type() == RtpType::kSimulcast) {
    const auto current = of.current_layers();
    if (!current) return nullptr;
    index = static_cast<size_t>(current->spatial);
  }
  return index < streams.size() && streams[index].receive() ? &streams[index] : nullptr;
}

}  // namespace

Offset<fbs::producer::DumpResponse> EncodeProducerDump(Builder& b, const Producer& of) {
  std::vector<Offset<fb::Dump>> streams;
  for (const ProducerStream& stream : of.streams()) {
    if (stream.receive()) streams.push_back(EncodeStreamDump(b, stream.params(), stream.score()));
  }
  std::vector<fbs::producer::TraceEventType> traces;
  for (TraceKind kind : of.trace_kinds()) traces.push_back(ProducerTraceToWire(kind));
  const auto id = b.CreateString(of.id());
  const auto parameters = Encode(b, of.config().rtp_parameters);
  const auto mapping = Encode(b, of.config().rtp_mapping);
  return fbs::producer::CreateDumpResponse(b, id, ToWire(of.kind()), ToWire(of.type()), parameters, mapping,
                                           b.CreateVector(streams), b.CreateVector(traces), of.paused());
}

Offset<fbs::producer::GetStatsResponse> EncodeProducerStats(Builder& b, const Producer& of, Timestamp now) {
  std::vector<Offset<fb::Stats>> stats;
  for (const ProducerStream& stream : of.streams()) {
    if (stream.receive()) stats.push_back(EncodeRecvStats(b, stream.Stats(now), now));
  }
  return fbs::producer::CreateGetStatsResponse(b, b.CreateVector(stats));
}

Offset<fbs::consumer::DumpResponse> EncodeConsumerDump(Builder& b, const Consumer& of) {
  std::vector<Offset<fb::Dump>> streams;
  for (size_t i = 0; i < of.stream_count(); ++i) {
    streams.push_back(EncodeStreamDump(b, of.stream(i).params(), of.stream(i).score()));
  }
  std::vector<uint8_t> payload_types;
  for (PayloadType type : of.SupportedPayloadTypes()) payload_types.push_back(type.value());
  std::vector<fbs::consumer::TraceEventType> traces;
  for (TraceKind kind : of.trace_kinds()) traces.push_back(ConsumerTraceToWire(kind));
  const auto id = b.CreateString(of.id());
  const auto producer_id = b.CreateString(of.producer().id());
  const auto parameters = Encode(b, of.config().rtp_parameters);
  const auto encodings = b.CreateVector(Encode(b, of.config().consumable_encodings));
  const auto base = fbs::consumer::CreateBaseDump(b, id, ToWire(of.type()), producer_id, ToWire(of.kind()), parameters,
                                                  encodings, b.CreateVector(payload_types), b.CreateVector(traces),
                                                  of.paused(), of.producer_paused(), of.priority());
  const auto stream_vector = b.CreateVector(streams);
  fbs::consumer::DumpBuilder dump(b);
  dump.add_base(base);
  dump.add_rtp_streams(stream_vector);
  if (of.type() == RtpType::kSimulcast || of.type() == RtpType::kSvc) {
    constexpr ConsumerLayers kNone{.spatial = -1, .temporal = -1};
    const ConsumerLayers preferred = of.preferred_layers().value_or(kNone);
    const ConsumerLayers target = of.target_layers().value_or(kNone);
    const ConsumerLayers current = of.current_layers().value_or(kNone);
    dump.add_preferred_spatial_layer(static_cast<int16_t>(preferred.spatial));
    dump.add_target_spatial_layer(static_cast<int16_t>(target.spatial));
    dump.add_current_spatial_layer(static_cast<int16_t>(current.spatial));
    dump.add_preferred_temporal_layer(static_cast<int16_t>(preferred.temporal));
    dump.add_target_temporal_layer(static_cast<int16_t>(target.temporal));
    dump.add_current_temporal_layer(static_cast<int16_t>(current.temporal));
  }
  return fbs::consumer::CreateDumpResponse(b, dump.Finish());
}

Offset<fbs::consumer::GetStatsResponse> EncodeConsumerStats(Builder& b, const Consumer& of, Timestamp now) {
  std::vector<Offset<fb::Stats>> stats;
  for (size_t i = 0; i < of.stream_count(); ++i) stats.push_back(EncodeSendStats(b, of.stream(i).Stats(now), now));
  if (of.type() != RtpType::kPipe) {
    if (const ProducerStream* stream = ForwardedStream(of))
      stats.push_back(EncodeRecvStats(b, stream->Stats(now), now));
  }
  return fbs::consumer::CreateGetStatsResponse(b, b.CreateVector(stats));
}

fbs::consumer::ScoreT ToWire(const ConsumerScore& from) {
  fbs::consumer::ScoreT out;
  out.score = from.score;
  out.producer_score = from.producer_score;
  out.producer_scores = from.producer_scores;
  return out;
}

fbs::consumer::LayersT ToWire(const ConsumerLayers& from) {
  fbs::consumer::LayersT out;
  out.spatial_layer = static_cast<uint8_t>(from.spatial);
  out.temporal_layer = static_cast<uint8_t>(from.temporal);
  return out;
}

ConsumerLayers FromWire(const fbs::consumer::Layers& from) {
  constexpr int kHighest = 255;
  return {.spatial = from.spatial_layer(), .temporal = from.temporal_layer() ? *from.temporal_layer() : kHighest};
}

fbs::producer::TraceEventType ProducerTraceToWire(TraceKind kind) {
  for (const TraceName& name : kTraces) {
    if (name.kind == kind) return name.producer;
  }
  return fbs::producer::TraceEventType::Sr;
}

fbs::consumer::TraceEventType ConsumerTraceToWire(TraceKind kind) {
  for (const TraceName& name : kTraces) {
    if (name.kind == kind) return name.consumer;
  }
  return fbs::consumer::TraceEventType::Rtp;
}

std::vector<TraceKind> FromWire(const flatbuffers::Vector<fbs::producer::TraceEventType>* from) {
  std::vector<TraceKind> out;
  for (flatbuffers::uoffset_t i = 0; from && i < from->size(); ++i) {
    const auto type = from->Get(i);
    if (type == fbs::producer::TraceEventType::Sr) out.push_back(TraceKind::kSr);
    for (const TraceName& name : kTraces) {
      if (name.producer == type) out.push_back(name.kind);
    }
    if (out.size() > kTraces.size()) break;
  }
  return out;
}

std::vector<TraceKind> FromWire(const flatbuffers::Vector<fbs::consumer::TraceEventType>* from) {
  std::vector<TraceKind> out;
  for (flatbuffers::uoffset_t i = 0; from && i < from->size(); ++i) {
    for (const TraceName& name : kTraces) {
      if (name.consumer == from->Get(i)) out.push_back(name.kind);
    }
    if (out.size() >= kTraces.size()) break;
  }
  return out;
}

}  // namespace sluice::wire
