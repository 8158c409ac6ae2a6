#include "test/sim/stream_parameters.h"

namespace sluice::sim {
namespace {

RtpParameters ParametersOf(const StreamConfig& config) {
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
  params.encodings.push_back({.ssrc = config.ssrc, .rtx_ssrc = config.rtx_ssrc});
  return params;
}

}  // namespace

ProducerConfig ProducerConfigOf(const std::string& id, const StreamConfig& config, const std::string& cname) {
  ProducerConfig out{.id = id, .kind = config.kind, .rtp_parameters = ParametersOf(config)};
  out.rtp_parameters.rtcp.cname = cname;
  out.rtp_parameters.header_extensions.push_back(
      {.uri = rtp::HeaderExtension::kTransportWideCc, .id = kTransportSeqId});
  for (const RtpCodecParameters& codec : out.rtp_parameters.codecs) {
    out.rtp_mapping.codecs.push_back({.payload_type = codec.payload_type, .mapped_payload_type = codec.payload_type});
  }
  out.rtp_mapping.encodings.push_back({.ssrc = config.ssrc, .mapped_ssrc = Ssrc(config.ssrc.value() + 5)});
  return out;
}

ConsumerConfig ConsumerConfigOf(const std::string& id, const StreamConfig& config, const Producer& producer) {
  ConsumerConfig out{.id = id,
                     .producer_id = producer.id(),
                     .kind = config.kind,
                     .type = producer.type(),
                     .rtp_parameters = ParametersOf(config)};
  out.rtp_parameters.rtcp.cname = producer.config().rtp_parameters.rtcp.cname;
  for (const RtpMapping::Encoding& encoding : producer.config().rtp_mapping.encodings) {
    out.consumable_encodings.push_back({.ssrc = encoding.mapped_ssrc});
  }
  return out;
}

}  // namespace sluice::sim
