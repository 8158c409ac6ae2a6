#include "controller/json.h"

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

}  // namespace sluice::controller
