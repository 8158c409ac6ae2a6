// The checks of ortc.h: what a client or a server's author may not say.
#include <algorithm>
#include <array>
#include <set>

#include "controller/codec_match.h"
#include "controller/field_error.h"
#include "controller/ortc.h"

namespace sluice::controller {
namespace {

// More than any client has; a list from a peer stays small enough to be compared with another one pair by pair.
constexpr size_t kMaxCodecs = 128;
constexpr size_t kMaxHeaderExtensions = 128;
constexpr size_t kMaxEncodings = 16;
constexpr size_t kMaxFeedback = 32;
constexpr size_t kMaxParameters = 64;
constexpr size_t kMaxText = 1024;  // bytes

absl::Status CheckSize(std::string_view path, size_t size, size_t most) {
  if (size <= most) return absl::OkStatus();
  return FieldError(path, fmt::format("has {} entries, at most {} are allowed", size, most));
}

absl::Status CheckText(std::string_view path, std::string_view text) {
  if (text.size() <= kMaxText) return absl::OkStatus();
  return FieldError(path, fmt::format("is longer than {} bytes", kMaxText));
}

absl::Status CheckParameters(const std::string& path, const Parameters& parameters) {
  if (absl::Status status = CheckSize(path, parameters.size(), kMaxParameters); !status.ok()) return status;
  for (const auto& [name, value] : parameters) {
    if (absl::Status status = CheckText(path, name); !status.ok()) return status;
    if (const auto* text = std::get_if<std::string>(&value)) {
      if (absl::Status status = CheckText(path + "." + name, *text); !status.ok()) return status;
    }
  }
  if (parameters.contains("apt") && !AssociatedPayloadType(parameters)) {
    return FieldError(path + ".apt", "must be a payload type from 0 to 127");
  }
  return absl::OkStatus();
}

absl::Status CheckCodec(const std::string& path, const CodecView& codec, const std::vector<RtcpFeedback>& feedback) {
  if (absl::Status status = CheckText(path + ".mimeType", codec.mime_type); !status.ok()) return status;
  if (!KindOf(codec.mime_type)) {
    return FieldError(path + ".mimeType", fmt::format("\"{}\" is not audio/... or video/...", codec.mime_type));
  }
  if (codec.clock_rate == 0) return FieldError(path + ".clockRate", "must be more than 0");
  if (codec.channels == 0) return FieldError(path + ".channels", "must be more than 0");
  if (absl::Status status = CheckParameters(path + ".parameters", codec.parameters); !status.ok()) return status;
  if (IsRtx(codec.mime_type) && !codec.parameters.contains("apt")) {
    return FieldError(path + ".parameters.apt", "is missing: RTX must say which payload type it repairs");
  }
  if (absl::Status status = CheckSize(path + ".rtcpFeedback", feedback.size(), kMaxFeedback); !status.ok()) {
    return status;
  }
  for (size_t i = 0; i < feedback.size(); ++i) {
    const std::string entry = Index(path + ".rtcpFeedback", i);
    if (feedback[i].type.empty()) return FieldError(entry + ".type", "is missing");
    if (absl::Status status = CheckText(entry + ".type", feedback[i].type); !status.ok()) return status;
    if (absl::Status status = CheckText(entry + ".parameter", feedback[i].parameter); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckCapabilityCodec(const std::string& path, const RtpCodecCapability& codec) {
  if (absl::Status status = CheckCodec(path, codec, codec.rtcp_feedback); !status.ok()) return status;
  if (codec.kind != KindOf(codec.mime_type)) return FieldError(path + ".kind", "is not that of the mimeType");
  if (codec.preferred_payload_type.value_or(0) > 127) {
    return FieldError(path + ".preferredPayloadType", "must be from 0 to 127");
  }
  return absl::OkStatus();
}

bool IsKnownExtension(const std::string& uri) {
  const auto& known = SupportedRtpCapabilities().header_extensions;
  return std::any_of(known.begin(), known.end(), [&](const RtpHeaderExtension& e) { return e.uri == uri; });
}

absl::Status CheckCodecs(const std::vector<RtpCodecParameters>& codecs) {
  if (codecs.empty()) return FieldError("codecs", "is empty");
  if (absl::Status status = CheckSize("codecs", codecs.size(), kMaxCodecs); !status.ok()) return status;
  std::set<uint8_t> payload_types;
  for (size_t i = 0; i < codecs.size(); ++i) {
    const std::string path = Index("codecs", i);
    if (absl::Status status = CheckCodec(path, codecs[i], codecs[i].rtcp_feedback); !status.ok()) return status;
    if (codecs[i].payload_type > 127) return FieldError(path + ".payloadType", "must be from 0 to 127");
    if (!payload_types.insert(codecs[i].payload_type).second) {
      return FieldError(path + ".payloadType", fmt::format("{} is there twice", codecs[i].payload_type));
    }
  }
  if (IsRtx(codecs[0].mime_type)) return FieldError("codecs[0]", "is RTX: the first must be a media codec");
  for (size_t i = 0; i < codecs.size(); ++i) {
    if (!IsRtx(codecs[i].mime_type)) continue;
    const std::optional<uint8_t> apt = AssociatedPayloadType(codecs[i].parameters);
    const bool found = std::any_of(codecs.begin(), codecs.end(), [&](const RtpCodecParameters& codec) {
      return codec.payload_type == apt && !IsRtx(codec.mime_type);
    });
    if (!found) return FieldError(Index("codecs", i) + ".parameters.apt", "names no media codec of the list");
  }
  return absl::OkStatus();
}

absl::Status CheckExtensions(const std::vector<RtpHeaderExtensionParameters>& extensions) {
  if (absl::Status status = CheckSize("headerExtensions", extensions.size(), kMaxHeaderExtensions); !status.ok()) {
    return status;
  }
  std::set<uint8_t> ids;
  for (size_t i = 0; i < extensions.size(); ++i) {
    const std::string path = Index("headerExtensions", i);
    if (!IsKnownExtension(extensions[i].uri)) return FieldError(path + ".uri", "is not a supported extension");
    if (extensions[i].id == 0) return FieldError(path + ".id", "must be from 1 to 255");
    if (!ids.insert(extensions[i].id).second) {
      return FieldError(path + ".id", fmt::format("{} is there twice", extensions[i].id));
    }
    absl::Status status = CheckParameters(path + ".parameters", extensions[i].parameters);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckEncodings(const RtpParameters& parameters) {
  const std::vector<RtpEncodingParameters>& encodings = parameters.encodings;
  if (absl::Status status = CheckSize("encodings", encodings.size(), kMaxEncodings); !status.ok()) return status;
  std::set<uint32_t> ssrcs;
  std::set<std::string> rids;
  for (size_t i = 0; i < encodings.size(); ++i) {
    const RtpEncodingParameters& e = encodings[i];
    const std::string path = Index("encodings", i);
    if (absl::Status status = CheckText(path + ".rid", e.rid); !status.ok()) return status;
    if (absl::Status status = CheckText(path + ".scalabilityMode", e.scalability_mode); !status.ok()) return status;
    if (e.ssrc == 0u) return FieldError(path + ".ssrc", "must not be 0");
    if (e.ssrc && !ssrcs.insert(*e.ssrc).second) return FieldError(path + ".ssrc", "is there twice");
    if (e.rtx_ssrc == 0u) return FieldError(path + ".rtx.ssrc", "must not be 0");
    if (e.rtx_ssrc && !ssrcs.insert(*e.rtx_ssrc).second) return FieldError(path + ".rtx.ssrc", "is there twice");
    if (!e.rid.empty() && !rids.insert(e.rid).second) return FieldError(path + ".rid", "is there twice");
    if (encodings.size() > 1 && !e.ssrc && e.rid.empty()) {
      return FieldError(path, "has neither ssrc nor rid, and is not the only one");
    }
    const bool known = !e.codec_payload_type ||
                       std::any_of(parameters.codecs.begin(), parameters.codecs.end(), [&](const auto& codec) {
                         return codec.payload_type == e.codec_payload_type && !IsRtx(codec.mime_type);
                       });
    if (!known) return FieldError(path + ".codecPayloadType", "names no media codec of the list");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateRtpCapabilities(const RtpCapabilities& capabilities) {
  const auto& [codecs, extensions] = capabilities;
  if (absl::Status status = CheckSize("codecs", codecs.size(), kMaxCodecs); !status.ok()) return status;
  for (size_t i = 0; i < codecs.size(); ++i) {
    if (absl::Status status = CheckCapabilityCodec(Index("codecs", i), codecs[i]); !status.ok()) return status;
  }
  if (absl::Status status = CheckSize("headerExtensions", extensions.size(), kMaxHeaderExtensions); !status.ok()) {
    return status;
  }
  for (size_t i = 0; i < extensions.size(); ++i) {
    const std::string path = Index("headerExtensions", i);
    if (extensions[i].uri.empty()) return FieldError(path + ".uri", "is missing");
    if (absl::Status status = CheckText(path + ".uri", extensions[i].uri); !status.ok()) return status;
    if (extensions[i].preferred_id == 0) return FieldError(path + ".preferredId", "must be from 1 to 255");
  }
  return absl::OkStatus();
}

absl::Status ValidateRtpParameters(const RtpParameters& parameters) {
  const std::array<std::pair<const char*, const std::string*>, 3> texts{
      {{"mid", &parameters.mid}, {"msid", &parameters.msid}, {"rtcp.cname", &parameters.rtcp.cname}}};
  for (const auto& [path, text] : texts) {
    if (absl::Status status = CheckText(path, *text); !status.ok()) return status;
  }
  if (absl::Status status = CheckCodecs(parameters.codecs); !status.ok()) return status;
  if (absl::Status status = CheckExtensions(parameters.header_extensions); !status.ok()) return status;
  return CheckEncodings(parameters);
}

}  // namespace sluice::controller
