// How a producer's own numbers become the router's.
#include "controller/ortc.h"

#include <algorithm>
#include <map>

#include "controller/field_error.h"
#include "controller/ortc_lookup.h"
#include "controller/random.h"

namespace sluice::controller {

absl::StatusOr<RtpMapping> ProducerRtpMapping(const RtpParameters& producer, const RtpCapabilities& router) {
  if (absl::Status status = ValidateRtpParameters(producer); !status.ok()) return status;
  RtpMapping mapping;
  std::map<uint8_t, uint8_t> mapped;
  for (size_t i = 0; i < producer.codecs.size(); ++i) {
    const RtpCodecParameters& codec = producer.codecs[i];
    if (IsRtx(codec.mime_type)) continue;
    const RtpCodecCapability* match = FindCodec(router, codec, Strictness::kFormat);
    if (match == nullptr) {
      return absl::UnimplementedError(
          fmt::format("{}: the router has no {} of this form", Index("codecs", i), codec.mime_type));
    }
    mapped[codec.payload_type] = match->preferred_payload_type.value_or(0);
    mapping.codecs.push_back({codec.payload_type, mapped[codec.payload_type]});
  }
  for (size_t i = 0; i < producer.codecs.size(); ++i) {
    const RtpCodecParameters& codec = producer.codecs[i];
    if (!IsRtx(codec.mime_type)) continue;
    const RtpCodecCapability* rtx = FindRtxFor(router, mapped[AssociatedPayloadType(codec.parameters).value_or(0)]);
    if (rtx == nullptr) {
      return absl::UnimplementedError(fmt::format("{}: the router has no RTX for this codec", Index("codecs", i)));
    }
    mapping.codecs.push_back({codec.payload_type, rtx->preferred_payload_type.value_or(0)});
  }
  uint32_t mapped_ssrc = RandomSsrc(static_cast<uint32_t>(producer.encodings.size()));
  for (const RtpEncodingParameters& e : producer.encodings) {
    mapping.encodings.push_back({e.ssrc, e.rid, e.scalability_mode, mapped_ssrc++});
  }
  return mapping;
}

void AnswerProducerFormats(RtpParameters& producer, const RtpCapabilities& router, const RtpMapping& mapping) {
  for (RtpCodecParameters& codec : producer.codecs) {
    auto mapped = std::find_if(mapping.codecs.begin(), mapping.codecs.end(),
                               [&](const RtpMapping::Codec& c) { return c.payload_type == codec.payload_type; });
    if (mapped == mapping.codecs.end()) continue;
    const RtpCodecCapability* capability = FindByPayloadType(router, mapped->mapped_payload_type);
    if (capability != nullptr) AnswerLevel(codec.mime_type, codec.parameters, capability->parameters);
  }
}

RtpParameters ConsumableRtpParameters(MediaKind kind, const RtpParameters& producer, const RtpCapabilities& router,
                                      const RtpMapping& mapping) {
  RtpParameters result{.rtcp = {.cname = producer.rtcp.cname, .reduced_size = true}, .msid = producer.msid};
  for (const RtpCodecParameters& codec : producer.codecs) {
    if (IsRtx(codec.mime_type)) continue;
    auto mapped = std::find_if(mapping.codecs.begin(), mapping.codecs.end(),
                               [&](const RtpMapping::Codec& c) { return c.payload_type == codec.payload_type; });
    if (mapped == mapping.codecs.end()) continue;
    const RtpCodecCapability* capability = FindByPayloadType(router, mapped->mapped_payload_type);
    if (capability == nullptr) continue;
    result.codecs.push_back(FromCapability(*capability));
    result.codecs.back().parameters = codec.parameters;  // how this producer encodes, not what the router could take
    const RtpCodecCapability* rtx = FindRtxFor(router, mapped->mapped_payload_type);
    if (rtx != nullptr) result.codecs.push_back(FromCapability(*rtx));
  }
  for (const RtpHeaderExtension& e : router.header_extensions) {
    const bool may_send = e.direction == ExtensionDirection::kSendRecv || e.direction == ExtensionDirection::kSendOnly;
    if (e.kind != kind || !may_send) continue;
    // Capture times are the producer's own: without them there is nothing to pass on.
    if (e.uri == kAbsCaptureTime && !HasExtension(producer.header_extensions, e.uri)) continue;
    result.header_extensions.push_back({.uri = e.uri, .id = e.preferred_id, .encrypt = e.preferred_encrypt});
  }
  for (size_t i = 0; i < producer.encodings.size() && i < mapping.encodings.size(); ++i) {
    const RtpEncodingParameters& e = producer.encodings[i];
    result.encodings.push_back({.ssrc = mapping.encodings[i].mapped_ssrc,
                                .dtx = e.dtx,
                                .scalability_mode = e.scalability_mode,
                                .max_bitrate = e.max_bitrate});
  }
  return result;
}

}  // namespace sluice::controller
