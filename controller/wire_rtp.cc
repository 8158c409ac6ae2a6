#include <algorithm>
#include <array>
#include <utility>

#include "controller/calls.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

using fbs::rtp::HeaderExtensionUri;

constexpr std::array<std::pair<std::string_view, HeaderExtensionUri>, 12> kExtensions{{
    {"urn:ietf:params:rtp-hdrext:sdes:mid", HeaderExtensionUri::Mid},
    {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", HeaderExtensionUri::RtpStreamId},
    {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", HeaderExtensionUri::RepairRtpStreamId},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", HeaderExtensionUri::AbsSendTime},
    {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
     HeaderExtensionUri::TransportWideCcDraft01},
    {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", HeaderExtensionUri::SsrcAudioLevel},
    {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
     HeaderExtensionUri::DependencyDescriptor},
    {"urn:3gpp:video-orientation", HeaderExtensionUri::VideoOrientation},
    {"urn:ietf:params:rtp-hdrext:toffset", HeaderExtensionUri::TimeOffset},
    {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", HeaderExtensionUri::AbsCaptureTime},
    {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", HeaderExtensionUri::PlayoutDelay},
    {"urn:mediasoup:params:rtp-hdrext:packet-id", HeaderExtensionUri::MediasoupPacketId},
}};

fbs::rtp::ParameterValueUnion ToFbs(const ParameterValue& value) {
  fbs::rtp::ParameterValueUnion result;
  auto set = [&](auto table, auto v) {
    table.value = std::move(v);
    result.Set(std::move(table));
  };
  if (const auto* b = std::get_if<bool>(&value)) set(fbs::rtp::BoolValueT(), static_cast<uint8_t>(*b));
  if (const auto* i = std::get_if<int32_t>(&value)) set(fbs::rtp::IntValueT(), *i);
  if (const auto* d = std::get_if<double>(&value)) set(fbs::rtp::DoubleValueT(), *d);
  if (const auto* s = std::get_if<std::string>(&value)) set(fbs::rtp::StringValueT(), *s);
  if (const auto* l = std::get_if<std::vector<int32_t>>(&value)) set(fbs::rtp::IntArrayValueT(), *l);
  return result;
}

std::vector<std::unique_ptr<fbs::rtp::ParameterT>> ToFbs(const Parameters& parameters) {
  std::vector<std::unique_ptr<fbs::rtp::ParameterT>> result;
  for (const auto& [name, value] : parameters) {
    auto parameter = std::make_unique<fbs::rtp::ParameterT>();
    parameter->name = name;
    parameter->value = ToFbs(value);
    result.push_back(std::move(parameter));
  }
  return result;
}

std::unique_ptr<fbs::rtp::CodecParametersT> ToFbs(const RtpCodecParameters& codec) {
  auto result = std::make_unique<fbs::rtp::CodecParametersT>();
  result->mime_type = codec.mime_type;
  result->payload_type = codec.payload_type;
  result->clock_rate = codec.clock_rate;
  result->channels = codec.channels;
  result->parameters = ToFbs(codec.parameters);
  for (const RtcpFeedback& feedback : codec.rtcp_feedback) {
    auto& entry = result->rtcp_feedback.emplace_back(std::make_unique<fbs::rtp::RtcpFeedbackT>());
    entry->type = feedback.type;
    entry->parameter = feedback.parameter;
  }
  return result;
}

std::unique_ptr<fbs::rtp::HeaderExtensionParametersT> ToFbs(const RtpHeaderExtensionParameters& e) {
  auto result = std::make_unique<fbs::rtp::HeaderExtensionParametersT>();
  for (const auto& [uri, value] : kExtensions) {
    if (uri == e.uri) result->uri = value;
  }
  result->id = e.id;
  result->encrypt = e.encrypt;
  result->parameters = ToFbs(e.parameters);
  return result;
}

std::optional<ParameterValue> FromFbs(const fbs::rtp::Parameter& parameter) {
  if (const auto* v = parameter.value_as_Bool()) return v->value() != 0;
  if (const auto* v = parameter.value_as_Int()) return v->value();
  if (const auto* v = parameter.value_as_Double()) return v->value();
  if (const auto* v = parameter.value_as_String()) return Text(v->value());
  if (const auto* v = parameter.value_as_IntArray()) {
    return v->value() == nullptr ? std::vector<int32_t>()
                                 : std::vector<int32_t>(v->value()->begin(), v->value()->end());
  }
  return std::nullopt;
}

Parameters FromFbs(const flatbuffers::Vector<flatbuffers::Offset<fbs::rtp::Parameter>>* list) {
  Parameters result;
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (auto value = FromFbs(*list->Get(i))) result[Text(list->Get(i)->name())] = *std::move(value);
  }
  return result;
}

RtpCodecParameters FromFbs(const fbs::rtp::CodecParameters& codec) {
  RtpCodecParameters result{.mime_type = Text(codec.mime_type()),
                            .payload_type = codec.payload_type(),
                            .clock_rate = codec.clock_rate(),
                            .channels = codec.channels(),
                            .parameters = FromFbs(codec.parameters())};
  for (size_t i = 0; codec.rtcp_feedback() != nullptr && i < codec.rtcp_feedback()->size(); ++i) {
    const fbs::rtp::RtcpFeedback* feedback = codec.rtcp_feedback()->Get(i);
    result.rtcp_feedback.push_back({Text(feedback->type()), Text(feedback->parameter())});
  }
  return result;
}

RtpHeaderExtensionParameters FromFbs(const fbs::rtp::HeaderExtensionParameters& e) {
  RtpHeaderExtensionParameters result{.id = e.id(), .encrypt = e.encrypt(), .parameters = FromFbs(e.parameters())};
  for (const auto& [uri, value] : kExtensions) {
    if (value == e.uri()) result.uri = uri;
  }
  return result;
}

}  // namespace

MediaKind FromFbs(fbs::rtp::MediaKind kind) {
  return kind == fbs::rtp::MediaKind::Audio ? MediaKind::kAudio : MediaKind::kVideo;
}

RtpEncodingParameters FromFbs(const fbs::rtp::EncodingParameters& e) {
  RtpEncodingParameters result{.ssrc = e.ssrc(),
                               .rid = Text(e.rid()),
                               .codec_payload_type = e.codec_payload_type(),
                               .dtx = e.dtx(),
                               .scalability_mode = Text(e.scalability_mode())};
  if (e.rtx()) result.rtx_ssrc = e.rtx()->ssrc();
  if (e.max_bitrate()) result.max_bitrate = static_cast<uint32_t>(std::min<uint64_t>(*e.max_bitrate(), UINT32_MAX));
  return result;
}

RtpParameters FromFbs(const fbs::rtp::RtpParameters* parameters) {
  RtpParameters result;
  if (parameters == nullptr) return result;
  result.mid = Text(parameters->mid());
  result.msid = Text(parameters->msid());
  if (const auto* codecs = parameters->codecs()) {
    for (const auto* codec : *codecs) result.codecs.push_back(FromFbs(*codec));
  }
  if (const auto* extensions = parameters->header_extensions()) {
    for (const auto* e : *extensions) result.header_extensions.push_back(FromFbs(*e));
  }
  if (const auto* encodings = parameters->encodings()) {
    for (const auto* e : *encodings) result.encodings.push_back(FromFbs(*e));
  }
  if (const auto* rtcp = parameters->rtcp()) result.rtcp = {Text(rtcp->cname()), rtcp->reduced_size()};
  return result;
}

RtpMapping FromFbs(const fbs::rtp::Mapping* mapping) {
  RtpMapping result;
  if (mapping == nullptr) return result;
  if (const auto* codecs = mapping->codecs()) {
    for (const auto* codec : *codecs) result.codecs.push_back({codec->payload_type(), codec->mapped_payload_type()});
  }
  if (const auto* encodings = mapping->encodings()) {
    for (const auto* e : *encodings) {
      result.encodings.push_back({.ssrc = e->ssrc(), .rid = Text(e->rid()), .mapped_ssrc = e->mapped_ssrc()});
    }
  }
  return result;
}

fbs::rtp::MediaKind ToFbs(MediaKind kind) {
  return kind == MediaKind::kAudio ? fbs::rtp::MediaKind::Audio : fbs::rtp::MediaKind::Video;
}

fbs::rtp::StreamType ToFbs(RtpType type) { return static_cast<fbs::rtp::StreamType>(type); }
RtpType FromFbs(fbs::rtp::StreamType type) { return static_cast<RtpType>(type); }
static_assert(static_cast<int>(RtpType::kSimulcast) == static_cast<int>(fbs::rtp::StreamType::Simulcast));
static_assert(static_cast<int>(RtpType::kPipe) == static_cast<int>(fbs::rtp::StreamType::Pipe));

std::unique_ptr<fbs::rtp::EncodingParametersT> ToFbs(const RtpEncodingParameters& e) {
  auto result = std::make_unique<fbs::rtp::EncodingParametersT>();
  result->ssrc = e.ssrc;
  result->rid = e.rid;
  result->codec_payload_type = e.codec_payload_type;
  if (e.rtx_ssrc) {
    result->rtx = std::make_unique<fbs::rtp::RtxT>();
    result->rtx->ssrc = *e.rtx_ssrc;
  }
  result->dtx = e.dtx;
  result->scalability_mode = e.scalability_mode;
  result->max_bitrate = e.max_bitrate;
  return result;
}

std::unique_ptr<fbs::rtp::RtpParametersT> ToFbs(const RtpParameters& parameters) {
  auto result = std::make_unique<fbs::rtp::RtpParametersT>();
  result->mid = parameters.mid;
  for (const auto& codec : parameters.codecs) result->codecs.push_back(ToFbs(codec));
  for (const auto& e : parameters.header_extensions) result->header_extensions.push_back(ToFbs(e));
  for (const auto& e : parameters.encodings) result->encodings.push_back(ToFbs(e));
  result->rtcp = std::make_unique<fbs::rtp::RtcpParametersT>();
  result->rtcp->cname = parameters.rtcp.cname;
  result->rtcp->reduced_size = parameters.rtcp.reduced_size;
  result->msid = parameters.msid;
  return result;
}

std::unique_ptr<fbs::rtp::MappingT> ToFbs(const RtpMapping& mapping) {
  auto result = std::make_unique<fbs::rtp::MappingT>();
  for (const RtpMapping::Codec& codec : mapping.codecs) {
    auto& entry = result->codecs.emplace_back(std::make_unique<fbs::rtp::CodecMappingT>());
    entry->payload_type = codec.payload_type;
    entry->mapped_payload_type = codec.mapped_payload_type;
  }
  for (const RtpMapping::Encoding& e : mapping.encodings) {
    auto& entry = result->encodings.emplace_back(std::make_unique<fbs::rtp::EncodingMappingT>());
    entry->rid = e.rid;
    entry->ssrc = e.ssrc;
    entry->mapped_ssrc = e.mapped_ssrc;
  }
  return result;
}

}  // namespace sluice::controller
