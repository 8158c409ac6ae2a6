#include "test/sim/stream_parameters.h"

namespace sluice::sim {
namespace {

RtpParameters ParametersOf(const StreamConfig& config, size_t layers) {
  const bool audio = config.kind == MediaKind::kAudio;
  RtpParameters params;
  RtpCodecParameters codec{.mime_type = audio ? "audio/opus" : "video/VP8",
                           .payload_type = config.payload_type(),
                           .clock_rate = config.clock_rate(),
                           .rtcp_feedback = {{"nack", ""}, {"transport-cc", ""}}};
  if (audio) codec.channels = 2;
  if (!audio) codec.rtcp_feedback.push_back({"nack", "pli"});
  params.codecs.push_back(codec);
  if (config.rtx_ssrc) {
    params.codecs.push_back({.mime_type = audio ? "audio/rtx" : "video/rtx",
                             .payload_type = kRtx,
                             .clock_rate = config.clock_rate(),
                             .parameters = {{"apt", int32_t{config.payload_type().value()}}}});
  }
  if (layers == 1) params.encodings.push_back({.ssrc = config.ssrc, .rtx_ssrc = config.rtx_ssrc});
  return params;
}

}  // namespace

ProducerConfig ProducerConfigOf(const std::string& id, const std::vector<StreamConfig>& layers,
                                const std::string& cname) {
  const StreamConfig& first = layers.front();
  ProducerConfig out{.id = id, .kind = first.kind, .rtp_parameters = ParametersOf(first, layers.size())};
  RtpParameters& params = out.rtp_parameters;
  params.rtcp.cname = cname;
  params.mid = first.mid;
  params.header_extensions.push_back({.uri = rtp::HeaderExtension::kTransportWideCc, .id = kTransportSeqId});
  if (first.kind == MediaKind::kAudio) {
    params.header_extensions.push_back({.uri = rtp::HeaderExtension::kAudioLevel, .id = kAudioLevelId});
  }
  if (!first.rid.empty()) {
    params.header_extensions.push_back({.uri = rtp::HeaderExtension::kMid, .id = kMidId});
    params.header_extensions.push_back({.uri = rtp::HeaderExtension::kRid, .id = kRidId});
    params.header_extensions.push_back({.uri = rtp::HeaderExtension::kRepairedRid, .id = kRepairedRidId});
  }
  for (const RtpCodecParameters& codec : params.codecs) {
    out.rtp_mapping.codecs.push_back({.payload_type = codec.payload_type, .mapped_payload_type = codec.payload_type});
  }
  for (const StreamConfig& layer : layers) {
    const Ssrc mapped(layer.ssrc.value() + 100'000);
    if (layer.rid.empty()) {
      out.rtp_mapping.encodings.push_back({.ssrc = layer.ssrc, .mapped_ssrc = mapped});
    } else {
      params.encodings.push_back({.rid = layer.rid});
      out.rtp_mapping.encodings.push_back({.rid = layer.rid, .mapped_ssrc = mapped});
    }
  }
  return out;
}

ConsumerConfig ConsumerConfigOf(const std::string& id, const StreamConfig& config, const Producer& producer) {
  ConsumerConfig out{.id = id,
                     .producer_id = producer.id(),
                     .kind = config.kind,
                     .type = producer.type(),
                     .rtp_parameters = ParametersOf(config, 1)};
  out.rtp_parameters.header_extensions.push_back(
      {.uri = rtp::HeaderExtension::kTransportWideCc, .id = kTransportSeqId});
  out.rtp_parameters.rtcp.cname = producer.config().rtp_parameters.rtcp.cname;
  for (const RtpMapping::Encoding& encoding : producer.config().rtp_mapping.encodings) {
    out.consumable_encodings.push_back({.ssrc = encoding.mapped_ssrc});
  }
  return out;
}

}  // namespace sluice::sim
