// What a consumer sends.
#include <algorithm>

#include "controller/field_error.h"
#include "controller/ortc.h"
#include "controller/ortc_lookup.h"
#include "controller/random.h"

namespace sluice::controller {
namespace {

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

// One estimator per client: by transport-wide feedback, else by RFC 8888, by REMB (which needs absolute send times), or
// none.
void KeepOneEstimator(RtpParameters& parameters) {
  const bool transport_cc = HasExtension(parameters.header_extensions, kTransportCc);
  const bool remb = !transport_cc && HasExtension(parameters.header_extensions, kAbsSendTime);
  for (RtpCodecParameters& codec : parameters.codecs) {
    std::erase_if(codec.rtcp_feedback, [&](const RtcpFeedback& feedback) {
      return (feedback.type == "goog-remb" && !remb) || (feedback.type == "transport-cc" && !transport_cc) ||
             (feedback == RtcpFeedback{"ack", "ccfb"} && transport_cc);
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

}  // namespace

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

absl::StatusOr<RtpParameters> PipeConsumerRtpParameters(const RtpParameters& consumable, bool enable_rtx) {
  RtpParameters result{.rtcp = consumable.rtcp, .msid = consumable.msid};
  for (const RtpCodecParameters& codec : consumable.codecs) {
    if (IsRtx(codec.mime_type) && !enable_rtx) continue;
    result.codecs.push_back(codec);
    // Nobody estimates bandwidth between two workers.
    std::erase_if(result.codecs.back().rtcp_feedback, [&](const RtcpFeedback& feedback) {
      const bool repair = feedback == RtcpFeedback{"nack", ""} && enable_rtx;
      return !repair && feedback != RtcpFeedback{"nack", "pli"} && feedback != RtcpFeedback{"ccm", "fir"};
    });
  }
  if (result.codecs.empty()) return absl::UnimplementedError("codecs: the producer has none");
  for (const RtpHeaderExtensionParameters& e : consumable.header_extensions) {
    if (e.uri != kMid && e.uri != kAbsSendTime && e.uri != kTransportCc) result.header_extensions.push_back(e);
  }
  // Ordinary consumers are not sent descriptors, but the router at the other end wants to read them.
  for (const RtpHeaderExtension& e : SupportedRtpCapabilities().header_extensions) {
    if (e.uri != kDependencyDescriptor || HasExtension(result.header_extensions, e.uri)) continue;
    result.header_extensions.push_back({.uri = e.uri, .id = e.preferred_id, .encrypt = e.preferred_encrypt});
  }
  std::ranges::sort(result.header_extensions, {}, &RtpHeaderExtensionParameters::id);
  result.encodings = RenumberEncodings(consumable.encodings, enable_rtx);
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
