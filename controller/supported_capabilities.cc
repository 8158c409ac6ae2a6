#include "controller/ortc.h"

namespace sluice::controller {
namespace {

using Feedback = std::vector<RtcpFeedback>;

RtpCodecCapability Audio(const char* name, uint32_t clock_rate, uint8_t channels, Feedback feedback,
                         std::optional<uint8_t> payload_type = std::nullopt, Parameters parameters = {}) {
  return {.kind = MediaKind::kAudio,
          .mime_type = std::string("audio/") + name,
          .preferred_payload_type = payload_type,
          .clock_rate = clock_rate,
          .channels = channels,
          .parameters = std::move(parameters),
          .rtcp_feedback = std::move(feedback)};
}

RtpCodecCapability Video(const char* name, Parameters parameters = {}) {
  return {.kind = MediaKind::kVideo,
          .mime_type = std::string("video/") + name,
          .clock_rate = 90000,
          .parameters = std::move(parameters),
          .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"goog-remb", ""}, {"transport-cc", ""}}};
}

// libwebrtc's layouts of Opus with more than two channels.
RtpCodecCapability MultiOpus(uint8_t channels, const char* mapping, int32_t streams, int32_t coupled) {
  return Audio("multiopus", 48000, channels, {{"nack", ""}, {"transport-cc", ""}}, std::nullopt,
               {{"channel_mapping", std::string(mapping)}, {"num_streams", streams}, {"coupled_streams", coupled}});
}

std::vector<RtpCodecCapability> Codecs() {
  const Feedback repairable{{"nack", ""}, {"transport-cc", ""}};
  const Feedback estimated{{"transport-cc", ""}};
  std::vector<RtpCodecCapability> codecs{
      Audio("opus", 48000, 2, repairable),
      MultiOpus(4, "0,1,2,3", 2, 2),
      MultiOpus(6, "0,4,1,2,3,5", 4, 2),
      MultiOpus(8, "0,6,1,2,3,4,5,7", 5, 3),
      Audio("PCMU", 8000, 1, estimated, uint8_t{0}),
      Audio("PCMA", 8000, 1, estimated, uint8_t{8}),
      Audio("ISAC", 32000, 1, estimated),
      Audio("ISAC", 16000, 1, estimated),
      Audio("G722", 8000, 1, estimated, uint8_t{9}),
      Audio("iLBC", 8000, 1, estimated),
  };
  for (uint32_t rate : {24000, 16000, 12000, 8000}) codecs.push_back(Audio("SILK", rate, 1, estimated));
  for (uint32_t rate : {32000, 16000, 8000}) codecs.push_back(Audio("CN", rate, 1, {}, uint8_t{13}));
  for (uint32_t rate : {48000, 32000, 16000, 8000}) codecs.push_back(Audio("telephone-event", rate, 1, {}));
  codecs.push_back(Audio("red", 48000, 2, estimated));
  codecs.push_back(Video("VP8"));
  codecs.push_back(Video("VP9"));
  codecs.push_back(Video("H264", {{"level-asymmetry-allowed", int32_t{1}}}));
  codecs.push_back(Video("H265"));
  codecs.push_back(Video("AV1"));
  return codecs;
}

struct Extension {
  uint8_t id;
  const char* uri;
  std::optional<ExtensionDirection> audio;  // nullopt: not for this kind
  std::optional<ExtensionDirection> video;
};

std::vector<RtpHeaderExtension> HeaderExtensions() {
  constexpr auto kBoth = ExtensionDirection::kSendRecv;
  constexpr auto kReceive = ExtensionDirection::kRecvOnly;
  const Extension extensions[] = {
      {1, "urn:ietf:params:rtp-hdrext:sdes:mid", kBoth, kBoth},
      {2, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", {}, kReceive},
      {3, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", {}, kReceive},
      {4, "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", kBoth, kBoth},
      // Audio is counted towards the sender's estimate, but consumers' audio is not paced by it.
      {5, "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", kReceive, kBoth},
      {6, "urn:ietf:params:rtp-hdrext:ssrc-audio-level", kBoth, {}},
      {7, "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", {}, kReceive},
      {8, "urn:3gpp:video-orientation", {}, kBoth},
      {9, "urn:ietf:params:rtp-hdrext:toffset", {}, kBoth},
      {10, "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", kBoth, kBoth},
      {11, "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", kBoth, kBoth},
      {12, "urn:mediasoup:params:rtp-hdrext:packet-id", kBoth, kBoth},
  };
  std::vector<RtpHeaderExtension> result;
  for (const Extension& e : extensions) {
    if (e.audio) result.push_back({MediaKind::kAudio, e.uri, e.id, false, *e.audio});
    if (e.video) result.push_back({MediaKind::kVideo, e.uri, e.id, false, *e.video});
  }
  return result;
}

}  // namespace

const RtpCapabilities& SupportedRtpCapabilities() {
  static const RtpCapabilities capabilities{Codecs(), HeaderExtensions()};
  return capabilities;
}

}  // namespace sluice::controller
