#include "rtc/media/rtp_parameters.h"

#include <algorithm>
#include <cctype>

namespace sluice {
namespace {

bool EndsWithIgnoreCase(const std::string& text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         std::equal(suffix.begin(), suffix.end(), text.end() - static_cast<long>(suffix.size()),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(b)) == a; });
}

// The number behind the first `letter` of a scalability mode such as "L3T2_KEY"; 1 when there is none.
int LayersAfter(const std::string& mode, std::string_view letters) {
  const size_t at = mode.find_first_of(letters);
  if (at == std::string::npos || at + 1 >= mode.size() || !std::isdigit(static_cast<unsigned char>(mode[at + 1])))
    return 1;
  return std::clamp(mode[at + 1] - '0', 1, 8);
}

}  // namespace

bool RtpCodecParameters::IsRtx() const { return EndsWithIgnoreCase(mime_type, "/rtx"); }

std::optional<PayloadType> RtpCodecParameters::AssociatedPayloadType() const {
  if (!IsRtx()) return std::nullopt;
  for (const auto& [name, value] : parameters) {
    if (name != "apt") continue;
    if (const auto* apt = std::get_if<int32_t>(&value); apt && *apt >= 0 && *apt < 128) {
      return PayloadType(static_cast<uint8_t>(*apt));
    }
  }
  return std::nullopt;
}

bool RtpCodecParameters::HasFeedback(const std::string& type, const std::string& parameter) const {
  return std::ranges::any_of(rtcp_feedback,
                             [&](const RtcpFeedback& f) { return f.type == type && f.parameter == parameter; });
}

bool RtpCodecParameters::HasFlag(const std::string& name) const {
  return std::ranges::any_of(parameters, [&](const auto& parameter) {
    return parameter.first == name &&
           (parameter.second == CodecParameterValue(true) || parameter.second == CodecParameterValue(1));
  });
}

int RtpEncodingParameters::SpatialLayers() const { return LayersAfter(scalability_mode, "LS"); }
int RtpEncodingParameters::TemporalLayers() const { return LayersAfter(scalability_mode, "T"); }

const RtpCodecParameters* RtpParameters::CodecOf(const RtpEncodingParameters& encoding) const {
  for (const RtpCodecParameters& codec : codecs) {
    if (codec.IsRtx()) continue;
    if (!encoding.codec_payload_type || codec.payload_type == *encoding.codec_payload_type) return &codec;
  }
  return nullptr;
}

const RtpCodecParameters* RtpParameters::RtxCodecFor(PayloadType payload_type) const {
  for (const RtpCodecParameters& codec : codecs) {
    if (codec.AssociatedPayloadType() == payload_type) return &codec;
  }
  return nullptr;
}

rtp::ExtensionMap RtpParameters::Extensions() const {
  rtp::ExtensionMap map;
  for (const RtpHeaderExtensionParameters& extension : header_extensions) map.Add(extension.uri, extension.id);
  return map;
}

}  // namespace sluice
