// Whether two descriptions mean the same codec. Shared by the parts of the negotiation; not for users of the library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/rtp_parameters.h"

namespace sluice::controller {

// The part of a codec that decides: capabilities and parameters both have it.
struct CodecView {
  std::string_view mime_type;
  uint32_t clock_rate;
  std::optional<uint8_t> channels;
  const Parameters& parameters;

  CodecView(const RtpCodecCapability& codec)  // NOLINT(google-explicit-constructor): both are codecs
      : mime_type(codec.mime_type),
        clock_rate(codec.clock_rate),
        channels(codec.channels),
        parameters(codec.parameters) {}
  CodecView(const RtpCodecParameters& codec)  // NOLINT(google-explicit-constructor)
      : mime_type(codec.mime_type),
        clock_rate(codec.clock_rate),
        channels(codec.channels),
        parameters(codec.parameters) {}
};

enum class Strictness : uint8_t {
  kName,    // name, clock rate, channels
  kFormat,  // and the parameters without which one side could not decode the other
};
bool SameCodec(const CodecView& a, const CodecView& b, Strictness strictness);

// "audio/..." or "video/...", whatever the case.
std::optional<MediaKind> KindOf(std::string_view mime_type);
bool IsRtx(std::string_view mime_type);
std::optional<int64_t> IntegerParameter(const Parameters& parameters, const std::string& name);
std::optional<uint8_t> AssociatedPayloadType(const Parameters& rtx_parameters);  // "apt"

bool IsRed(std::string_view mime_type);
// What RED carries: 111 of "111/111" (the parameter's name, as parsers of SDP give it).
std::optional<uint8_t> RedundantPayloadType(const Parameters& red_parameters);

// Lowers the level of `mine` to what both sides can use, for codecs that have levels.
void AnswerLevel(std::string_view mime_type, Parameters& mine, const Parameters& theirs);
// The profile-level-id that both sides can use, from the view of `a`; "" when neither names one.
std::optional<std::string> AnswerH264ProfileLevelId(const Parameters& a, const Parameters& b);

}  // namespace sluice::controller
