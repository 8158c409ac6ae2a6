// The RTP data model that a server negotiates with its clients: plain values in the shape of ORTC's dictionaries, as
// mediasoup-client sends and expects them (json.h converts). They carry no behaviour; ortc.h checks and combines them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::controller {

enum class MediaKind : uint8_t { kAudio, kVideo };
std::string_view ToString(MediaKind kind);  // "audio", "video"

// Codec and header extension parameters ("packetization-mode", "apt", "useinbandfec" ...).
using ParameterValue = std::variant<bool, int32_t, double, std::string, std::vector<int32_t>>;
using Parameters = std::map<std::string, ParameterValue>;

struct RtcpFeedback {
  std::string type;       // "nack", "ccm", "goog-remb", "transport-cc"
  std::string parameter;  // "", "pli", "fir"
  bool operator==(const RtcpFeedback&) const = default;
};

// ---- capabilities: what somebody can receive ----

struct RtpCodecCapability {
  MediaKind kind = MediaKind::kAudio;
  std::string mime_type;                          // "audio/opus", "video/VP8"; case does not matter
  std::optional<uint8_t> preferred_payload_type;  // 0-127; may be missing only in a router's options
  uint32_t clock_rate = 0;                        // Hz
  std::optional<uint8_t> channels;                // audio only; 1 when absent
  Parameters parameters;
  std::vector<RtcpFeedback> rtcp_feedback;
  bool operator==(const RtpCodecCapability&) const = default;
};

enum class ExtensionDirection : uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };  // seen from the router

struct RtpHeaderExtension {
  MediaKind kind = MediaKind::kAudio;
  std::string uri;
  uint8_t preferred_id = 0;
  bool preferred_encrypt = false;
  ExtensionDirection direction = ExtensionDirection::kSendRecv;
  bool operator==(const RtpHeaderExtension&) const = default;
};

struct RtpCapabilities {
  std::vector<RtpCodecCapability> codecs;
  std::vector<RtpHeaderExtension> header_extensions;
  bool operator==(const RtpCapabilities&) const = default;
};

// ---- parameters: what is sent ----

struct RtpCodecParameters {
  std::string mime_type;
  uint8_t payload_type = 0;  // 0-127
  uint32_t clock_rate = 0;   // Hz
  std::optional<uint8_t> channels;
  Parameters parameters;
  std::vector<RtcpFeedback> rtcp_feedback;
  bool operator==(const RtpCodecParameters&) const = default;
};

struct RtpHeaderExtensionParameters {
  std::string uri;
  uint8_t id = 0;  // 1-255
  bool encrypt = false;
  Parameters parameters;
  bool operator==(const RtpHeaderExtensionParameters&) const = default;
};

struct RtpEncodingParameters {
  std::optional<uint32_t> ssrc;
  std::string rid;  // "" when absent
  std::optional<uint8_t> codec_payload_type;
  std::optional<uint32_t> rtx_ssrc;
  bool dtx = false;
  std::string scalability_mode;         // "L1T3", "S3T3", "L3T3_KEY"; "" when absent
  std::optional<uint32_t> max_bitrate;  // bit/s
  bool operator==(const RtpEncodingParameters&) const = default;
};

struct RtcpParameters {
  std::string cname;
  bool reduced_size = true;
  bool operator==(const RtcpParameters&) const = default;
};

struct RtpParameters {
  std::string mid;  // "" when absent
  std::vector<RtpCodecParameters> codecs;
  std::vector<RtpHeaderExtensionParameters> header_extensions;
  std::vector<RtpEncodingParameters> encodings;
  RtcpParameters rtcp;
  std::string msid;  // "" when absent
  bool operator==(const RtpParameters&) const = default;
};

// How layers lie in streams: one stream; one per spatial layer; all in one stream; every stream as it is.
enum class RtpType : uint8_t { kSimple, kSimulcast, kSvc, kPipe };
std::string_view ToString(RtpType type);  // "simple", "simulcast", "svc", "pipe"

}  // namespace sluice::controller
