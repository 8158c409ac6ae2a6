#include <cmath>

#include "controller/json.h"
#include "controller/json_reader.h"

namespace sluice::controller {
namespace {

using nlohmann::json;

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
