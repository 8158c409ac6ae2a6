#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "absl/strings/match.h"
#include "worker/wire/rtp_wire.h"

namespace sluice::wire {
namespace {

namespace fb = fbs::rtp;

absl::Status Wrong(const std::string& field, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, why));
}

// Codec names mean the same in any case (RFC 4855); dumps show them as they are registered.
std::string Registered(std::string mime_type) {
  constexpr std::string_view kNames[] = {
      "audio/opus", "audio/multiopus", "audio/PCMA", "audio/PCMU",      "audio/G722",
      "audio/iLBC", "audio/CN",        "audio/red",  "audio/rtx",       "audio/telephone-event",
      "video/VP8",  "video/VP9",       "video/H264", "video/H265",      "video/AV1",
      "video/rtx",  "video/ulpfec",    "video/red",  "video/flexfec-03"};
  for (std::string_view name : kNames) {
    if (absl::EqualsIgnoreCase(mime_type, absl::string_view(name.data(), name.size()))) return std::string(name);
  }
  return mime_type;
}

// One text of a table, and its name for whoever sent too much.
struct Bounded {
  const flatbuffers::String* text;
  std::string_view name;
};
absl::Status CheckNames(const std::string& field, std::initializer_list<Bounded> texts) {
  for (const Bounded& b : texts) {
    if (b.text && b.text->size() > kMaxName) return TooLong(fmt::format("{}.{}", field, b.name), kMaxName);
  }
  return absl::OkStatus();
}

absl::StatusOr<CodecParameterValue> DecodeValue(const fb::Parameter& from) {
  switch (from.value_type()) {
    case fb::ParameterValue::Bool:
      if (const auto* v = from.value_as_Bool()) return CodecParameterValue(v->value() != 0);
      break;
    case fb::ParameterValue::Int:
      if (const auto* v = from.value_as_Int()) return CodecParameterValue(v->value());
      break;
    case fb::ParameterValue::Double:
      if (const auto* v = from.value_as_Double()) return CodecParameterValue(v->value());
      break;
    case fb::ParameterValue::String:
      if (const auto* v = from.value_as_String()) return CodecParameterValue(Text(v->value()));
      break;
    case fb::ParameterValue::IntArray:
      if (const auto* v = from.value_as_IntArray(); v && v->value()) {
        return CodecParameterValue(std::vector<int32_t>(v->value()->begin(), v->value()->end()));
      }
      break;
    case fb::ParameterValue::NONE:
      break;
  }
  return absl::InvalidArgumentError("value is missing");
}

size_t SizeOf(const CodecParameterValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* list = std::get_if<std::vector<int32_t>>(&value)) return list->size() * sizeof(int32_t);
  return 0;
}

absl::StatusOr<CodecParameters> DecodeParameters(const flatbuffers::Vector<flatbuffers::Offset<fb::Parameter>>* from,
                                                 const std::string& field) {
  CodecParameters out;
  if (!from) return out;
  if (from->size() > kMaxCodecParameters) {
    return Wrong(field + ".parameters", fmt::format("more than {}", kMaxCodecParameters));
  }
  for (const fb::Parameter* parameter : *from) {
    if (auto status = CheckNames(field + ".parameters", {{parameter->name(), "name"}}); !status.ok()) return status;
    const std::string name = Text(parameter->name());
    auto value = DecodeValue(*parameter);
    if (name.empty() || !value.ok()) return Wrong(field + ".parameters[" + name + "]", "name or value is missing");
    if (SizeOf(*value) > kMaxText) return TooLong(field + ".parameters[" + name + "].value", kMaxText);
    out.emplace_back(name, *std::move(value));
  }
  return out;
}

absl::StatusOr<RtpCodecParameters> DecodeCodec(const fb::CodecParameters& from, const std::string& field) {
  RtpCodecParameters out;
  if (auto status = CheckNames(field, {{from.mime_type(), "mimeType"}}); !status.ok()) return status;
  out.mime_type = Registered(Text(from.mime_type()));
  if (out.mime_type.find('/') == std::string::npos) return Wrong(field + ".mimeType", "not of the form kind/name");
  if (from.payload_type() > 127) return Wrong(field + ".payloadType", "over 127");
  if (from.clock_rate() == 0) return Wrong(field + ".clockRate", "is 0");
  out.payload_type = PayloadType(from.payload_type());
  out.clock_rate = from.clock_rate();
  if (from.channels().value_or(0) > 0) out.channels = from.channels();
  auto parameters = DecodeParameters(from.parameters(), field);
  if (!parameters.ok()) return parameters.status();
  out.parameters = *std::move(parameters);
  if (from.rtcp_feedback()) {
    if (from.rtcp_feedback()->size() > kMaxRtcpFeedback) {
      return Wrong(field + ".rtcpFeedback", fmt::format("more than {}", kMaxRtcpFeedback));
    }
    for (const fb::RtcpFeedback* feedback : *from.rtcp_feedback()) {
      auto status =
          CheckNames(field + ".rtcpFeedback", {{feedback->type(), "type"}, {feedback->parameter(), "parameter"}});
      if (!status.ok()) return status;
      out.rtcp_feedback.push_back({.type = Text(feedback->type()), .parameter = Text(feedback->parameter())});
    }
  }
  return out;
}

absl::StatusOr<RtpEncodingParameters> DecodeEncoding(const fb::EncodingParameters& from, const std::string& field) {
  RtpEncodingParameters out;
  auto status = CheckNames(field, {{from.rid(), "rid"}, {from.scalability_mode(), "scalabilityMode"}});
  if (!status.ok()) return status;
  if (from.ssrc() && *from.ssrc() != 0) out.ssrc = Ssrc(*from.ssrc());
  out.rid = Text(from.rid());
  if (from.codec_payload_type()) {
    if (*from.codec_payload_type() > 127) return Wrong(field + ".codecPayloadType", "over 127");
    out.codec_payload_type = PayloadType(*from.codec_payload_type());
  }
  if (from.rtx() && from.rtx()->ssrc() != 0) out.rtx_ssrc = Ssrc(from.rtx()->ssrc());
  out.dtx = from.dtx();
  out.scalability_mode = Text(from.scalability_mode());
  if (from.max_bitrate()) {
    out.max_bitrate = static_cast<uint32_t>(std::min<uint64_t>(*from.max_bitrate(), UINT32_MAX));
  }
  return out;
}

absl::StatusOr<RtpHeaderExtensionParameters> DecodeExtension(const fb::HeaderExtensionParameters& from,
                                                             const std::string& field) {
  if (from.uri() > fb::HeaderExtensionUri::MAX) return Wrong(field + ".uri", "is not known");
  if (from.id() == 0) return Wrong(field + ".id", "is 0");
  auto parameters = DecodeParameters(from.parameters(), field);
  if (!parameters.ok()) return parameters.status();
  return RtpHeaderExtensionParameters{.uri = static_cast<rtp::HeaderExtension>(from.uri()),
                                      .id = from.id(),
                                      .encrypt = from.encrypt(),
                                      .parameters = *std::move(parameters)};
}

// Decodes each entry of a vector of tables, bounded.
template <class To, class From, class Function>
absl::StatusOr<std::vector<To>> DecodeEach(const flatbuffers::Vector<flatbuffers::Offset<From>>* from,
                                           const std::string& field, size_t most, Function decode) {
  std::vector<To> out;
  if (!from) return out;
  if (from->size() > most) return Wrong(field, fmt::format("more than {}", most));
  for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) {
    auto one = decode(*from->Get(i), fmt::format("{}[{}]", field, i));
    if (!one.ok()) return one.status();
    out.push_back(*std::move(one));
  }
  return out;
}

// No two encodings may be told apart by the same.
absl::Status CheckDistinct(const std::vector<RtpEncodingParameters>& encodings, const std::string& field) {
  std::vector<Ssrc> ssrcs;
  std::vector<std::string> rids;
  auto add = [](auto& list, const auto& value) {
    if (std::ranges::find(list, value) != list.end()) return false;
    list.push_back(value);
    return true;
  };
  for (size_t i = 0; i < encodings.size(); ++i) {
    const std::string which = fmt::format("{}[{}]", field, i);
    if (encodings[i].ssrc && !add(ssrcs, *encodings[i].ssrc)) return Wrong(which + ".ssrc", "used twice");
    if (encodings[i].rtx_ssrc && !add(ssrcs, *encodings[i].rtx_ssrc)) return Wrong(which + ".rtx.ssrc", "used twice");
    if (!encodings[i].rid.empty() && !add(rids, encodings[i].rid)) return Wrong(which + ".rid", "used twice");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<RtpEncodingParameters>> Decode(
    const flatbuffers::Vector<flatbuffers::Offset<fb::EncodingParameters>>* from, const std::string& field) {
  return DecodeEach<RtpEncodingParameters>(from, field, kMaxEncodings, DecodeEncoding);
}

absl::StatusOr<RtpParameters> Decode(const fb::RtpParameters* from, const std::string& field) {
  if (!from) return Wrong(field, "is missing");
  auto status = CheckNames(field, {{from->mid(), "mid"}, {from->msid(), "msid"}});
  if (status.ok() && from->rtcp()) status = CheckNames(field + ".rtcp", {{from->rtcp()->cname(), "cname"}});
  if (!status.ok()) return status;
  RtpParameters out;
  out.mid = Text(from->mid());
  out.msid = Text(from->msid());
  auto codecs = DecodeEach<RtpCodecParameters>(from->codecs(), field + ".codecs", kMaxCodecs, DecodeCodec);
  if (!codecs.ok()) return codecs.status();
  if (codecs->empty()) return Wrong(field + ".codecs", "is empty");
  auto extensions = DecodeEach<RtpHeaderExtensionParameters>(from->header_extensions(), field + ".headerExtensions",
                                                             kMaxHeaderExtensions, DecodeExtension);
  if (!extensions.ok()) return extensions.status();
  auto encodings = Decode(from->encodings(), field + ".encodings");
  if (!encodings.ok()) return encodings.status();
  if (encodings->empty()) return Wrong(field + ".encodings", "is empty");
  if (status = CheckDistinct(*encodings, field + ".encodings"); !status.ok()) return status;
  out.codecs = *std::move(codecs);
  out.header_extensions = *std::move(extensions);
  out.encodings = *std::move(encodings);
  // An encoding that names no codec uses the first that carries media; dumps show which.
  for (RtpEncodingParameters& encoding : out.encodings) {
    const RtpCodecParameters* codec = out.CodecOf(encoding);
    if (!codec) return Wrong(field + ".encodings", "no media codec has that payloadType");
    encoding.codec_payload_type = codec->payload_type;
  }
  if (from->rtcp()) out.rtcp = {.cname = Text(from->rtcp()->cname()), .reduced_size = from->rtcp()->reduced_size()};
  return out;
}

absl::StatusOr<RtpMapping> Decode(const fb::Mapping* from, const std::string& field) {
  if (!from) return Wrong(field, "is missing");
  RtpMapping out;
  if (from->codecs()) {
    if (from->codecs()->size() > kMaxCodecs) return Wrong(field + ".codecs", fmt::format("more than {}", kMaxCodecs));
    for (const fb::CodecMapping* codec : *from->codecs()) {
      if (codec->payload_type() > 127 || codec->mapped_payload_type() > 127)
        return Wrong(field + ".codecs", "over 127");
      out.codecs.push_back({.payload_type = PayloadType(codec->payload_type()),
                            .mapped_payload_type = PayloadType(codec->mapped_payload_type())});
    }
  }
  if (from->encodings()) {
    if (from->encodings()->size() > kMaxEncodings) {
      return Wrong(field + ".encodings", fmt::format("more than {}", kMaxEncodings));
    }
    for (const fb::EncodingMapping* encoding : *from->encodings()) {
      if (auto status = CheckNames(field + ".encodings", {{encoding->rid(), "rid"}}); !status.ok()) return status;
      if (encoding->mapped_ssrc() == 0) return Wrong(field + ".encodings", "mappedSsrc is 0");
      RtpMapping::Encoding to{.rid = Text(encoding->rid()), .mapped_ssrc = Ssrc(encoding->mapped_ssrc())};
      if (encoding->ssrc()) to.ssrc = Ssrc(*encoding->ssrc());
      out.encodings.push_back(std::move(to));
    }
  }
  return out;
}

}  // namespace sluice::wire
