// What a producer sends or a consumer receives, as negotiated: codecs, encodings, header extensions, RTCP. Plain values
// in the shape of the ORTC data model (RTCRtpParameters), decoded and validated by whoever takes requests, echoed in
// dumps. Nothing here is per packet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/rtp/header_extension.h"

namespace sluice {

enum class MediaKind : uint8_t { kAudio, kVideo };

// How the layers of a producer are laid out over streams.
//   simple: one stream; simulcast: one stream per spatial layer; svc: all layers in one stream;
//   pipe (consumers only): every stream of the producer as it is.
enum class RtpType : uint8_t { kSimple, kSimulcast, kSvc, kPipe };

using CodecParameterValue = std::variant<bool, int32_t, double, std::string, std::vector<int32_t>>;
using CodecParameters = std::vector<std::pair<std::string, CodecParameterValue>>;

struct RtcpFeedback {
  std::string type;       // "nack", "ccm", "goog-remb", "transport-cc"
  std::string parameter;  // "", "pli", "fir"
};

struct RtpCodecParameters {
  std::string mime_type;  // "video/VP8"
  PayloadType payload_type;
  uint32_t clock_rate = 0;          // Hz, never 0 once validated
  std::optional<uint8_t> channels;  // audio only
  CodecParameters parameters;
  std::vector<RtcpFeedback> rtcp_feedback;

  bool IsRtx() const;  // mime subtype "rtx", any case
  // The payload type that an RTX codec repairs ("apt"); nullopt for other codecs.
  std::optional<PayloadType> AssociatedPayloadType() const;
  bool HasFeedback(const std::string& type, const std::string& parameter = "") const;
  bool HasFlag(const std::string& name) const;  // a parameter that is 1 or true
};

struct RtpHeaderExtensionParameters {
  rtp::HeaderExtension uri;
  uint8_t id = 0;  // 1..255, 15 excluded for one-byte headers
  bool encrypt = false;
  CodecParameters parameters;
};

struct RtpEncodingParameters {
  std::optional<Ssrc> ssrc;
  std::string rid;
  std::optional<PayloadType> codec_payload_type;
  std::optional<Ssrc> rtx_ssrc;
  bool dtx = false;
  std::string scalability_mode;         // "L1T3", "S3T3", "L3T3_KEY"
  std::optional<uint32_t> max_bitrate;  // bps

  int SpatialLayers() const;   // 1 unless scalability_mode says more
  int TemporalLayers() const;  // likewise
};

struct RtcpParameters {
  std::string cname;
  bool reduced_size = true;
};

struct RtpParameters {
  std::string mid;
  std::vector<RtpCodecParameters> codecs;
  std::vector<RtpHeaderExtensionParameters> header_extensions;
  std::vector<RtpEncodingParameters> encodings;
  RtcpParameters rtcp;
  std::string msid;

  // The codec of one encoding: the one it names, else the first that is not RTX. Null when there is none.
  const RtpCodecParameters* CodecOf(const RtpEncodingParameters& encoding) const;
  // The RTX codec that repairs `payload_type`, or null.
  const RtpCodecParameters* RtxCodecFor(PayloadType payload_type) const;
  rtp::ExtensionMap Extensions() const;
};

// How the producer's own numbers become the ones that the router's consumers know.
struct RtpMapping {
  struct Codec {
    PayloadType payload_type;
    PayloadType mapped_payload_type;
  };
  struct Encoding {
    std::string rid;
    std::optional<Ssrc> ssrc;
    std::string scalability_mode;
    Ssrc mapped_ssrc;
  };
  std::vector<Codec> codecs;
  std::vector<Encoding> encodings;
};

struct ConsumerLayers {
  int spatial = 0;
  int temporal = 0;
  bool operator==(const ConsumerLayers&) const = default;
};

}  // namespace sluice
