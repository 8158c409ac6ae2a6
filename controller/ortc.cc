#include "controller/ortc.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <map>

#include "controller/codec_match.h"
#include "controller/field_error.h"
#include "controller/random.h"

namespace sluice::controller {
namespace {

constexpr char kAbsSendTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
constexpr char kTransportCc[] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr char kAbsCaptureTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

// Hands out the payload types 100-127, then 96-99, that nobody preferred.
class PayloadTypeAllocator {
 public:
  void Take(uint8_t payload_type) { taken_.set(payload_type); }
  std::optional<uint8_t> Next() {
    for (int i = 0; i < 32; ++i) {
      const int payload_type = 96 + (4 + i) % 32;
      if (taken_[payload_type]) continue;
      taken_.set(payload_type);
      return static_cast<uint8_t>(payload_type);
    }
    return std::nullopt;
  }

 private:
  std::bitset<128> taken_;
};

const RtpCodecCapability* FindCodec(const RtpCapabilities& capabilities, const CodecView& codec,
                                    Strictness strictness) {
  for (const RtpCodecCapability& candidate : capabilities.codecs) {
    if (SameCodec(codec, candidate, strictness)) return &candidate;
  }
  return nullptr;
}

const RtpCodecCapability* FindByPayloadType(const RtpCapabilities& capabilities, uint8_t payload_type) {
  for (const RtpCodecCapability& codec : capabilities.codecs) {
    if (codec.preferred_payload_type == payload_type) return &codec;
  }
  return nullptr;
}

const RtpCodecCapability* FindRtxFor(const RtpCapabilities& capabilities, uint8_t payload_type) {
  for (const RtpCodecCapability& codec : capabilities.codecs) {
    if (IsRtx(codec.mime_type) && AssociatedPayloadType(codec.parameters) == payload_type) return &codec;
  }
  return nullptr;
}

bool HasExtension(const std::vector<RtpHeaderExtensionParameters>& extensions, const std::string& uri) {
  return std::any_of(extensions.begin(), extensions.end(), [&](const auto& e) { return e.uri == uri; });
}

bool IsH264(const RtpCodecParameters& codec) {
  static const RtpCodecParameters h264{.mime_type = "video/H264", .clock_rate = 90000};
  return SameCodec(codec, h264, Strictness::kName);
}

RtpCodecParameters FromCapability(const RtpCodecCapability& codec) {
  return {.mime_type = codec.mime_type,
          .payload_type = codec.preferred_payload_type.value_or(0),
          .clock_rate = codec.clock_rate,
          .channels = codec.channels,
          .parameters = codec.parameters,
          .rtcp_feedback = codec.rtcp_feedback};
}

// RTX without its media codec means nothing. True when some RTX is left.
bool DropOrphanedRtx(std::vector<RtpCodecParameters>& codecs) {
  bool rtx_left = false;
  std::vector<RtpCodecParameters> kept;
  for (const RtpCodecParameters& codec : codecs) {
    if (IsRtx(codec.mime_type)) {
      const std::optional<uint8_t> apt = AssociatedPayloadType(codec.parameters);
      if (std::none_of(codecs.begin(), codecs.end(), [&](const auto& c) { return c.payload_type == apt; })) continue;
      rtx_left = true;
    }
    kept.push_back(codec);
  }
  codecs = std::move(kept);
  return rtx_left;
}

// One estimator per client: by transport-wide feedback, else by REMB (which needs absolute send times), else none.
void KeepOneEstimator(RtpParameters& parameters) {
  const bool transport_cc = HasExtension(parameters.header_extensions, kTransportCc);
  const bool remb = !transport_cc && HasExtension(parameters.header_extensions, kAbsSendTime);
  for (RtpCodecParameters& codec : parameters.codecs) {
    std::erase_if(codec.rtcp_feedback, [&](const RtcpFeedback& feedback) {
      return (feedback.type == "goog-remb" && !remb) || (feedback.type == "transport-cc" && !transport_cc);
    });
  }
}

RtpEncodingParameters FoldEncodings(const std::vector<RtpEncodingParameters>& encodings, bool rtx) {
  RtpEncodingParameters folded;
  folded.ssrc = RandomSsrc(1);
  if (rtx) folded.rtx_ssrc = *folded.ssrc + 1;
  for (const RtpEncodingParameters& encoding : encodings) {
    if (folded.scalability_mode.empty()) folded.scalability_mode = encoding.scalability_mode;
    if (encoding.max_bitrate.value_or(0) > folded.max_bitrate.value_or(0)) folded.max_bitrate = encoding.max_bitrate;
  }
  if (encodings.size() > 1) {
    const int temporal = ParseScalabilityMode(folded.scalability_mode).temporal_layers;
    folded.scalability_mode = fmt::format("L{}T{}", encodings.size(), temporal);
  }
  return folded;
}

std::vector<RtpEncodingParameters> RenumberEncodings(std::vector<RtpEncodingParameters> encodings, bool rtx) {
  const auto streams = static_cast<uint32_t>(encodings.size());
  const uint32_t first = RandomSsrc(2 * streams);
  for (uint32_t i = 0; i < streams; ++i) {
    encodings[i].ssrc = first + i;
    encodings[i].rtx_ssrc = rtx ? std::optional(first + streams + i) : std::nullopt;
  }
  return encodings;
}

// Appends the codec and, for video, its RTX.
absl::Status AppendRouterCodec(const std::string& path, const RtpCodecCapability& wanted,
                               PayloadTypeAllocator& payload_types, RtpCapabilities& router) {
  const RtpCodecCapability* supported = FindCodec(SupportedRtpCapabilities(), wanted, Strictness::kName);
  if (supported == nullptr || IsRtx(wanted.mime_type)) {
    return absl::UnimplementedError(fmt::format("{}.mimeType: {} with {} Hz and {} channels is not supported", path,
                                                wanted.mime_type, wanted.clock_rate, wanted.channels.value_or(1)));
  }
  RtpCodecCapability codec = *supported;
  if (wanted.preferred_payload_type) codec.preferred_payload_type = wanted.preferred_payload_type;
  if (!codec.preferred_payload_type) codec.preferred_payload_type = payload_types.Next();
  if (!codec.preferred_payload_type) return FieldError(path, "there is no payload type left for it");
  if (FindByPayloadType(router, *codec.preferred_payload_type) != nullptr) {
    return FieldError(path + ".preferredPayloadType",
                      fmt::format("{} is there twice", int{*codec.preferred_payload_type}));
  }
  for (const auto& [name, value] : wanted.parameters) codec.parameters[name] = value;
  router.codecs.push_back(codec);
  if (codec.kind != MediaKind::kVideo) return absl::OkStatus();
  const std::optional<uint8_t> rtx = payload_types.Next();
  if (!rtx) return FieldError(path, "there is no payload type left for its RTX");
  router.codecs.push_back({.kind = MediaKind::kVideo,
                           .mime_type = "video/rtx",
                           .preferred_payload_type = rtx,
                           .clock_rate = codec.clock_rate,
                           .parameters = {{"apt", int32_t{*codec.preferred_payload_type}}}});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RtpCapabilities> RouterRtpCapabilities(const std::vector<RtpCodecCapability>& media_codecs) {
  if (absl::Status status = ValidateRtpCapabilities({media_codecs, {}}); !status.ok()) return status;
  RtpCapabilities router{.header_extensions = SupportedRtpCapabilities().header_extensions};
  PayloadTypeAllocator payload_types;
  // All preferences first, so that no earlier codec is given the number that a later one prefers.
  for (const RtpCodecCapability& codec : media_codecs) {
    if (codec.preferred_payload_type) payload_types.Take(*codec.preferred_payload_type);
  }
  for (size_t i = 0; i < media_codecs.size(); ++i) {
    absl::Status status = AppendRouterCodec(Index("codecs", i), media_codecs[i], payload_types, router);
    if (!status.ok()) return status;
  }
  return router;
}

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
    Parameters& parameters = result.codecs.back().parameters;
    parameters = codec.parameters;  // how this producer encodes, not what the router could take
    if (IsH264(codec)) {
      const std::optional<std::string> level = AnswerH264ProfileLevelId(parameters, capability->parameters);
      if (level && !level->empty()) parameters["profile-level-id"] = *level;
    }
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

bool CanConsume(const RtpParameters& consumable, const RtpCapabilities& capabilities) {
  if (!ValidateRtpCapabilities(capabilities).ok()) return false;
  return std::any_of(consumable.codecs.begin(), consumable.codecs.end(), [&](const RtpCodecParameters& codec) {
    return !IsRtx(codec.mime_type) && FindCodec(capabilities, codec, Strictness::kFormat) != nullptr;
  });
}

absl::StatusOr<RtpParameters> ConsumerRtpParameters(const RtpParameters& consumable,
                                                    const RtpCapabilities& capabilities,
                                                    const ConsumerOptionsForRtp& options) {
  const bool rtx_wanted = options.enable_rtx.value_or(!consumable.codecs.empty() &&
                                                      KindOf(consumable.codecs[0].mime_type) == MediaKind::kVideo);
  if (absl::Status status = ValidateRtpCapabilities(capabilities); !status.ok()) return status;
  RtpParameters result{.rtcp = consumable.rtcp, .msid = consumable.msid};
  for (const RtpCodecParameters& codec : consumable.codecs) {
    if (IsRtx(codec.mime_type) && !rtx_wanted) continue;
    const RtpCodecCapability* match = FindCodec(capabilities, codec, Strictness::kFormat);
    if (match == nullptr) continue;
    result.codecs.push_back(codec);
    result.codecs.back().rtcp_feedback = match->rtcp_feedback;
    if (!rtx_wanted) std::erase(result.codecs.back().rtcp_feedback, RtcpFeedback{"nack", ""});
  }
  const bool rtx = DropOrphanedRtx(result.codecs);
  if (result.codecs.empty() || IsRtx(result.codecs[0].mime_type)) {
    return absl::UnimplementedError("codecs: the client can receive none of the producer's");
  }
  for (const RtpHeaderExtensionParameters& e : consumable.header_extensions) {
    const bool known =
        std::any_of(capabilities.header_extensions.begin(), capabilities.header_extensions.end(),
                    [&](const RtpHeaderExtension& c) { return c.uri == e.uri && c.preferred_id == e.id; });
    if (known) result.header_extensions.push_back(e);
  }
  KeepOneEstimator(result);
  if (options.pipe) {
    result.encodings = RenumberEncodings(consumable.encodings, rtx);
  } else {
    result.encodings = {FoldEncodings(consumable.encodings, rtx)};
  }
  return result;
}

ScalabilityMode ParseScalabilityMode(const std::string& mode) {
  size_t at = 0;
  // One or two digits, the first not 0.
  auto number = [&]() -> uint8_t {
    if (at >= mode.size() || mode[at] < '1' || mode[at] > '9') return 0;
    int value = mode[at++] - '0';
    if (at < mode.size() && mode[at] >= '0' && mode[at] <= '9') value = value * 10 + (mode[at++] - '0');
    return static_cast<uint8_t>(value);
  };
  if (mode.empty() || (mode[at] != 'L' && mode[at] != 'S')) return {};
  ++at;
  const uint8_t spatial = number();
  if (spatial == 0 || at >= mode.size() || mode[at++] != 'T') return {};
  const uint8_t temporal = number();
  if (temporal == 0) return {};
  return {spatial, temporal, mode.compare(at, 4, "_KEY") == 0};
}

}  // namespace sluice::controller
