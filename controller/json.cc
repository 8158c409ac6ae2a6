#include "controller/json.h"

#include <cmath>

#include "controller/json_reader.h"

namespace sluice::controller {
namespace {

using nlohmann::json;

std::string Text(std::string_view view) { return std::string(view); }

json ParametersToJson(const Parameters& parameters) {
  json result = json::object();
  for (const auto& [name, value] : parameters) {
    std::visit([&, &key = name](const auto& v) { result[key] = v; }, value);
  }
  return result;
}

json FeedbackToJson(const std::vector<RtcpFeedback>& list) {
  json result = json::array();
  for (const RtcpFeedback& feedback : list) {
    result.push_back({{"type", feedback.type}, {"parameter", feedback.parameter}});
  }
  return result;
}

const char* DirectionText(ExtensionDirection direction) {
  switch (direction) {
    case ExtensionDirection::kSendRecv:
      return "sendrecv";
    case ExtensionDirection::kSendOnly:
      return "sendonly";
    case ExtensionDirection::kRecvOnly:
      return "recvonly";
    case ExtensionDirection::kInactive:
      return "inactive";
  }
  return "";
}

json CodecToJson(const RtpCodecParameters& codec) {
  json result{{"mimeType", codec.mime_type},
              {"payloadType", codec.payload_type},
              {"clockRate", codec.clock_rate},
              {"parameters", ParametersToJson(codec.parameters)},
              {"rtcpFeedback", FeedbackToJson(codec.rtcp_feedback)}};
  if (codec.channels) result["channels"] = *codec.channels;
  return result;
}

json EncodingToJson(const RtpEncodingParameters& e) {
  json result = json::object();
  if (e.ssrc) result["ssrc"] = *e.ssrc;
  if (!e.rid.empty()) result["rid"] = e.rid;
  if (e.codec_payload_type) result["codecPayloadType"] = *e.codec_payload_type;
  if (e.rtx_ssrc) result["rtx"] = {{"ssrc", *e.rtx_ssrc}};
  if (e.dtx) result["dtx"] = true;
  if (!e.scalability_mode.empty()) result["scalabilityMode"] = e.scalability_mode;
  if (e.max_bitrate) result["maxBitrate"] = *e.max_bitrate;
  return result;
}

std::optional<ParameterValue> ParameterFromJson(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return std::string();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) <= INT32_MAX) return static_cast<int32_t>(number);
    return number;
  }
  if (!value.is_array()) return std::nullopt;
  std::vector<int32_t> list;
  for (const json& element : value) {
    const double number = element.is_number() ? element.get<double>() : 0.5;
    if (std::trunc(number) != number || std::abs(number) > INT32_MAX) return std::nullopt;
    list.push_back(static_cast<int32_t>(number));
  }
  return list;
}

Parameters ReadParameters(JsonReader& reader) {
  Parameters result;
  const json* object = reader.Find("parameters");
  if (object == nullptr) return result;
  if (!object->is_object()) {
    reader.Fail("parameters", "must be an object");
    return result;
  }
  for (const auto& [name, value] : object->items()) {
    std::optional<ParameterValue> parameter = ParameterFromJson(value);
    if (!parameter) {
      reader.Fail("parameters." + name, "must be a string, a number, true or false, or an array of whole numbers");
      return result;
    }
    result[name] = *std::move(parameter);
  }
  return result;
}

std::vector<RtcpFeedback> ReadFeedback(JsonReader& reader) {
  return reader.OptionalList("rtcpFeedback", [](JsonReader& feedback) {
    return RtcpFeedback{feedback.String("type"), feedback.OptionalString("parameter")};
  });
}

MediaKind ReadKind(JsonReader& reader) {
  const std::string kind = reader.String("kind");
  if (kind != "audio" && kind != "video") reader.Fail("kind", "must be \"audio\" or \"video\"");
  return kind == "video" ? MediaKind::kVideo : MediaKind::kAudio;
}

ExtensionDirection ReadDirection(JsonReader& reader) {
  const std::string direction = reader.OptionalString("direction");
  if (direction == "sendonly") return ExtensionDirection::kSendOnly;
  if (direction == "recvonly") return ExtensionDirection::kRecvOnly;
  if (direction == "inactive") return ExtensionDirection::kInactive;
  if (!direction.empty() && direction != "sendrecv") {
    reader.Fail("direction", "must be \"sendrecv\", \"sendonly\", \"recvonly\" or \"inactive\"");
  }
  return ExtensionDirection::kSendRecv;
}

RtpCodecCapability ReadCodecCapability(JsonReader& reader) {
  RtpCodecCapability codec{.kind = ReadKind(reader),
                           .mime_type = reader.String("mimeType"),
                           .preferred_payload_type = reader.OptionalInt<uint8_t>("preferredPayloadType", 0, 127),
                           .clock_rate = reader.RequiredInt<uint32_t>("clockRate", 1),
                           .channels = reader.OptionalInt<uint8_t>("channels", 1),
                           .parameters = ReadParameters(reader),
                           .rtcp_feedback = ReadFeedback(reader)};
  if (codec.kind == MediaKind::kVideo) codec.channels.reset();
  return codec;
}

RtpHeaderExtension ReadHeaderExtension(JsonReader& reader) {
  return {.kind = ReadKind(reader),
          .uri = reader.String("uri"),
          .preferred_id = reader.RequiredInt<uint8_t>("preferredId", 1),
          .preferred_encrypt = reader.OptionalBool("preferredEncrypt", false),
          .direction = ReadDirection(reader)};
}

RtpCodecParameters ReadCodec(JsonReader& reader) {
  return {.mime_type = reader.String("mimeType"),
          .payload_type = reader.RequiredInt<uint8_t>("payloadType", 0, 127),
          .clock_rate = reader.RequiredInt<uint32_t>("clockRate", 1),
          .channels = reader.OptionalInt<uint8_t>("channels", 1),
          .parameters = ReadParameters(reader),
          .rtcp_feedback = ReadFeedback(reader)};
}

RtpHeaderExtensionParameters ReadHeaderExtensionParameters(JsonReader& reader) {
  return {.uri = reader.String("uri"),
          .id = reader.RequiredInt<uint8_t>("id", 1),
          .encrypt = reader.OptionalBool("encrypt", false),
          .parameters = ReadParameters(reader)};
}

RtpEncodingParameters ReadEncoding(JsonReader& reader) {
  RtpEncodingParameters e{.ssrc = reader.OptionalInt<uint32_t>("ssrc", 1),
                          .rid = reader.OptionalString("rid"),
                          .codec_payload_type = reader.OptionalInt<uint8_t>("codecPayloadType", 0, 127),
                          .dtx = reader.OptionalBool("dtx", false),
                          .scalability_mode = reader.OptionalString("scalabilityMode"),
                          .max_bitrate = reader.OptionalInt<uint32_t>("maxBitrate")};
  if (const json* rtx = reader.Find("rtx")) {
    JsonReader inner(*rtx, reader.Path("rtx"), reader.status());
    e.rtx_ssrc = inner.RequiredInt<uint32_t>("ssrc", 1);
  }
  return e;
}

DtlsFingerprint ReadFingerprint(JsonReader& reader) { return {reader.String("algorithm"), reader.String("value")}; }

}  // namespace

json ToJson(const RtpCodecCapability& codec) {
  json result{{"kind", Text(ToString(codec.kind))},
              {"mimeType", codec.mime_type},
              {"clockRate", codec.clock_rate},
              {"parameters", ParametersToJson(codec.parameters)},
              {"rtcpFeedback", FeedbackToJson(codec.rtcp_feedback)}};
  if (codec.preferred_payload_type) result["preferredPayloadType"] = *codec.preferred_payload_type;
  if (codec.channels) result["channels"] = *codec.channels;
  return result;
}

json ToJson(const RtpCapabilities& value) {
  json codecs = json::array();
  for (const RtpCodecCapability& codec : value.codecs) codecs.push_back(ToJson(codec));
  json extensions = json::array();
  for (const RtpHeaderExtension& e : value.header_extensions) {
    extensions.push_back({{"kind", Text(ToString(e.kind))},
                          {"uri", e.uri},
                          {"preferredId", e.preferred_id},
                          {"preferredEncrypt", e.preferred_encrypt},
                          {"direction", DirectionText(e.direction)}});
  }
  return {{"codecs", std::move(codecs)}, {"headerExtensions", std::move(extensions)}};
}

json ToJson(const RtpParameters& value) {
  json codecs = json::array();
  for (const RtpCodecParameters& codec : value.codecs) codecs.push_back(CodecToJson(codec));
  json extensions = json::array();
  for (const RtpHeaderExtensionParameters& e : value.header_extensions) {
    extensions.push_back(
        {{"uri", e.uri}, {"id", e.id}, {"encrypt", e.encrypt}, {"parameters", ParametersToJson(e.parameters)}});
  }
  json encodings = json::array();
  for (const RtpEncodingParameters& e : value.encodings) encodings.push_back(EncodingToJson(e));
  json result{{"codecs", std::move(codecs)},
              {"headerExtensions", std::move(extensions)},
              {"encodings", std::move(encodings)},
              {"rtcp", {{"reducedSize", value.rtcp.reduced_size}}}};
  if (!value.rtcp.cname.empty()) result["rtcp"]["cname"] = value.rtcp.cname;
  if (!value.mid.empty()) result["mid"] = value.mid;
  if (!value.msid.empty()) result["msid"] = value.msid;
  return result;
}

json ToJson(const IceParameters& value) {
  return {{"usernameFragment", value.username_fragment}, {"password", value.password}, {"iceLite", value.ice_lite}};
}

json ToJson(const IceCandidate& value) {
  json result{{"foundation", value.foundation},
              {"priority", value.priority},
              {"ip", value.address},  // clients of before 3.13 look here
              {"address", value.address},
              {"protocol", Text(ToString(value.protocol))},
              {"port", value.port},
              {"type", "host"}};
  if (value.protocol == Protocol::kTcp) result["tcpType"] = "passive";
  return result;
}

json ToJson(const std::vector<IceCandidate>& value) {
  json result = json::array();
  for (const IceCandidate& candidate : value) result.push_back(ToJson(candidate));
  return result;
}

json ToJson(const DtlsParameters& value) {
  json fingerprints = json::array();
  for (const DtlsFingerprint& f : value.fingerprints) {
    fingerprints.push_back({{"algorithm", f.algorithm}, {"value", f.value}});
  }
  return {{"role", Text(ToString(value.role))}, {"fingerprints", std::move(fingerprints)}};
}

json ToJson(const TransportTuple& value) {
  json result{{"localAddress", value.local_address},
              {"localPort", value.local_port},
              {"protocol", Text(ToString(value.protocol))}};
  if (!value.remote_ip.empty()) {
    result["remoteIp"] = value.remote_ip;
    result["remotePort"] = value.remote_port;
  }
  return result;
}

json ToJson(const RtpStreamStats& value) {
  const bool inbound = value.direction == RtpStreamStats::Direction::kInbound;
  json result{{"type", inbound ? "inbound-rtp" : "outbound-rtp"},
              {"timestamp", value.timestamp},
              {"ssrc", value.ssrc},
              {"kind", Text(ToString(value.kind))},
              {"mimeType", value.mime_type},
              {"packetCount", value.packet_count},
              {"byteCount", value.byte_count},
              {"bitrate", value.bitrate},
              {"packetsLost", value.packets_lost},
              {"fractionLost", value.fraction_lost},
              {"jitter", value.jitter},
              {"packetsDiscarded", value.packets_discarded},
              {"packetsRetransmitted", value.packets_retransmitted},
              {"packetsRepaired", value.packets_repaired},
              {"nackCount", value.nack_count},
              {"nackPacketCount", value.nack_packet_count},
              {"pliCount", value.pli_count},
              {"firCount", value.fir_count},
              {"roundTripTime", value.round_trip_time},
              {"score", value.score}};
  if (value.rtx_ssrc) result["rtxSsrc"] = *value.rtx_ssrc;
  if (!value.rid.empty()) result["rid"] = value.rid;
  if (inbound) result["bitrateByLayer"] = value.bitrate_by_layer;
  return result;
}

absl::StatusOr<MediaKind> MediaKindFromJson(const json& value, const std::string& path) {
  if (value == "audio") return MediaKind::kAudio;
  if (value == "video") return MediaKind::kVideo;
  return FieldError(path, "must be \"audio\" or \"video\"");
}

absl::StatusOr<RtpCapabilities> RtpCapabilitiesFromJson(const json& value, const std::string& path) {
  absl::Status status;
  JsonReader reader(value, path, status);
  RtpCapabilities result{.codecs = reader.OptionalList("codecs", ReadCodecCapability),
                         .header_extensions = reader.OptionalList("headerExtensions", ReadHeaderExtension)};
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<RtpParameters> RtpParametersFromJson(const json& value, const std::string& path) {
  absl::Status status;
  JsonReader reader(value, path, status);
  RtpParameters result;
  result.mid = reader.OptionalString("mid");
  result.codecs = reader.OptionalList("codecs", ReadCodec);
  result.header_extensions = reader.OptionalList("headerExtensions", ReadHeaderExtensionParameters);
  result.encodings = reader.OptionalList("encodings", ReadEncoding);
  result.msid = reader.OptionalString("msid");
  if (reader.Find("codecs") == nullptr) reader.Fail("codecs", "is missing");
  if (const json* rtcp = reader.Find("rtcp")) {
    JsonReader inner(*rtcp, reader.Path("rtcp"), status);
    result.rtcp.cname = inner.OptionalString("cname");
    result.rtcp.reduced_size = inner.OptionalBool("reducedSize", true);
  }
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<DtlsParameters> DtlsParametersFromJson(const json& value, const std::string& path) {
  absl::Status status;
  JsonReader reader(value, path, status);
  DtlsParameters result{.fingerprints = reader.OptionalList("fingerprints", ReadFingerprint)};
  const std::string role = reader.OptionalString("role");
  if (role == "client") result.role = DtlsRole::kClient;
  if (role == "server") result.role = DtlsRole::kServer;
  if (!role.empty() && role != "auto" && role != "client" && role != "server") {
    reader.Fail("role", "must be \"auto\", \"client\" or \"server\"");
  }
  if (result.fingerprints.empty()) reader.Fail("fingerprints", "must have at least one");
  if (!status.ok()) return status;
  return result;
}

}  // namespace sluice::controller
