// Look-ups that the parts of the negotiation share. Not for users of the library.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "controller/codec_match.h"
#include "controller/rtp_parameters.h"

namespace sluice::controller {

inline constexpr char kAbsSendTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
inline constexpr char kTransportCc[] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr char kAbsCaptureTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
inline constexpr char kMid[] = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr char kDependencyDescriptor[] =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

inline const RtpCodecCapability* FindCodec(const RtpCapabilities& capabilities, const CodecView& codec,
                                           Strictness strictness) {
  for (const RtpCodecCapability& candidate : capabilities.codecs) {
    if (SameCodec(codec, candidate, strictness)) return &candidate;
  }
  return nullptr;
}

inline const RtpCodecCapability* FindByPayloadType(const RtpCapabilities& capabilities, uint8_t payload_type) {
  for (const RtpCodecCapability& codec : capabilities.codecs) {
    if (codec.preferred_payload_type == payload_type) return &codec;
  }
  return nullptr;
}

inline const RtpCodecCapability* FindRtxFor(const RtpCapabilities& capabilities, uint8_t payload_type) {
  for (const RtpCodecCapability& codec : capabilities.codecs) {
    if (IsRtx(codec.mime_type) && AssociatedPayloadType(codec.parameters) == payload_type) return &codec;
  }
  return nullptr;
}

inline bool HasExtension(const std::vector<RtpHeaderExtensionParameters>& extensions, const std::string& uri) {
  return std::any_of(extensions.begin(), extensions.end(), [&](const auto& e) { return e.uri == uri; });
}

inline RtpCodecParameters FromCapability(const RtpCodecCapability& codec) {
  return {.mime_type = codec.mime_type,
          .payload_type = codec.preferred_payload_type.value_or(0),
          .clock_rate = codec.clock_rate,
          .channels = codec.channels,
          .parameters = codec.parameters,
          .rtcp_feedback = codec.rtcp_feedback};
}

}  // namespace sluice::controller
