#include <variant>

#include "worker/wire/rtp_wire.h"

namespace sluice::wire {
namespace {

namespace fb = fbs::rtp;
using flatbuffers::Offset;

Offset<flatbuffers::String> TextOrNone(Builder& b, const std::string& text) {
  return text.empty() ? Offset<flatbuffers::String>() : b.CreateString(text);
}

struct ValueEncoder {
  Builder& b;
  using Out = std::pair<fb::ParameterValue, Offset<void>>;
  Out operator()(bool v) const { return {fb::ParameterValue::Bool, fb::CreateBoolValue(b, v).Union()}; }
  Out operator()(int32_t v) const { return {fb::ParameterValue::Int, fb::CreateIntValue(b, v).Union()}; }
  Out operator()(double v) const { return {fb::ParameterValue::Double, fb::CreateDoubleValue(b, v).Union()}; }
  Out operator()(const std::string& v) const {
    return {fb::ParameterValue::String, fb::CreateStringValue(b, b.CreateString(v)).Union()};
  }
  Out operator()(const std::vector<int32_t>& v) const {
    return {fb::ParameterValue::IntArray, fb::CreateIntArrayValue(b, b.CreateVector(v)).Union()};
  }
};

Offset<flatbuffers::Vector<Offset<fb::Parameter>>> EncodeParameters(Builder& b, const CodecParameters& from) {
  std::vector<Offset<fb::Parameter>> out;
  for (const auto& [name, value] : from) {
    const auto [type, offset] = std::visit(ValueEncoder{b}, value);
    out.push_back(fb::CreateParameter(b, b.CreateString(name), type, offset));
  }
  return b.CreateVector(out);
}

Offset<fb::CodecParameters> EncodeCodec(Builder& b, const RtpCodecParameters& from) {
  std::vector<Offset<fb::RtcpFeedback>> feedback;
  for (const RtcpFeedback& f : from.rtcp_feedback) {
    feedback.push_back(fb::CreateRtcpFeedback(b, b.CreateString(f.type), TextOrNone(b, f.parameter)));
  }
  const auto mime_type = b.CreateString(from.mime_type);
  const auto parameters = EncodeParameters(b, from.parameters);
  const auto feedback_vector = b.CreateVector(feedback);
  fb::CodecParametersBuilder out(b);
  out.add_mime_type(mime_type);
  out.add_payload_type(from.payload_type.value());
  out.add_clock_rate(from.clock_rate);
  if (from.channels) out.add_channels(*from.channels);
  out.add_parameters(parameters);
  out.add_rtcp_feedback(feedback_vector);
  return out.Finish();
}

Offset<fb::EncodingParameters> EncodeEncoding(Builder& b, const RtpEncodingParameters& from) {
  const auto rid = TextOrNone(b, from.rid);
  const auto mode = TextOrNone(b, from.scalability_mode);
  const auto rtx = from.rtx_ssrc ? fb::CreateRtx(b, from.rtx_ssrc->value()) : Offset<fb::Rtx>();
  fb::EncodingParametersBuilder out(b);
  if (from.ssrc) out.add_ssrc(from.ssrc->value());
  out.add_rid(rid);
  if (from.codec_payload_type) out.add_codec_payload_type(from.codec_payload_type->value());
  out.add_rtx(rtx);
  out.add_dtx(from.dtx);
  out.add_scalability_mode(mode);
  if (from.max_bitrate) out.add_max_bitrate(*from.max_bitrate);
  return out.Finish();
}

}  // namespace

std::vector<Offset<fb::EncodingParameters>> Encode(Builder& b, const std::vector<RtpEncodingParameters>& from) {
  std::vector<Offset<fb::EncodingParameters>> out;
  for (const auto& encoding : from) out.push_back(EncodeEncoding(b, encoding));
  return out;
}

Offset<fb::RtpParameters> Encode(Builder& b, const RtpParameters& from) {
  std::vector<Offset<fb::CodecParameters>> codecs;
  for (const auto& codec : from.codecs) codecs.push_back(EncodeCodec(b, codec));
  std::vector<Offset<fb::HeaderExtensionParameters>> extensions;
  for (const auto& e : from.header_extensions) {
    extensions.push_back(fb::CreateHeaderExtensionParameters(b, static_cast<fb::HeaderExtensionUri>(e.uri), e.id,
                                                             e.encrypt, EncodeParameters(b, e.parameters)));
  }
  const auto rtcp = fb::CreateRtcpParameters(b, b.CreateString(from.rtcp.cname), from.rtcp.reduced_size);
  const auto mid = TextOrNone(b, from.mid);
  const auto msid = TextOrNone(b, from.msid);
  return fb::CreateRtpParameters(b, mid, b.CreateVector(codecs), b.CreateVector(extensions),
                                 b.CreateVector(Encode(b, from.encodings)), rtcp, msid);
}

Offset<fb::Mapping> Encode(Builder& b, const RtpMapping& from) {
  std::vector<Offset<fb::CodecMapping>> codecs;
  for (const auto& c : from.codecs) {
    codecs.push_back(fb::CreateCodecMapping(b, c.payload_type.value(), c.mapped_payload_type.value()));
  }
  std::vector<Offset<fb::EncodingMapping>> encodings;
  for (const auto& e : from.encodings) {
    const auto rid = TextOrNone(b, e.rid);
    fb::EncodingMappingBuilder out(b);
    out.add_rid(rid);
    if (e.ssrc) out.add_ssrc(e.ssrc->value());
    out.add_mapped_ssrc(e.mapped_ssrc.value());
    encodings.push_back(out.Finish());
  }
  return fb::CreateMapping(b, b.CreateVector(codecs), b.CreateVector(encodings));
}

}  // namespace sluice::wire
