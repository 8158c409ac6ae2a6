#include "controller/wire.h"

#include <array>
#include <utility>

#include "controller/calls.h"
#include "controller/field_error.h"

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

constexpr std::array<std::pair<std::string_view, fbs::srtp::CryptoSuite>, 4> kCryptoSuites{{
    {"AEAD_AES_256_GCM", fbs::srtp::CryptoSuite::AeadAes256Gcm},
    {"AEAD_AES_128_GCM", fbs::srtp::CryptoSuite::AeadAes128Gcm},
    {"AES_CM_128_HMAC_SHA1_80", fbs::srtp::CryptoSuite::AesCm128HmacSha1_80},
    {"AES_CM_128_HMAC_SHA1_32", fbs::srtp::CryptoSuite::AesCm128HmacSha1_32},
}};

using fbs::webrtc::FingerprintAlgorithm;
constexpr std::array<std::pair<std::string_view, FingerprintAlgorithm>, 5> kFingerprintAlgorithms{{
    {"sha-1", FingerprintAlgorithm::Sha1},
    {"sha-224", FingerprintAlgorithm::Sha224},
    {"sha-256", FingerprintAlgorithm::Sha256},
    {"sha-384", FingerprintAlgorithm::Sha384},
    {"sha-512", FingerprintAlgorithm::Sha512},
}};

Protocol FromFbs(fbs::net::Protocol protocol) {
  return protocol == fbs::net::Protocol::Tcp ? Protocol::kTcp : Protocol::kUdp;
}

void ReadBaseStats(const fbs::stream::BaseStats& base, RtpStreamStats& result) {
  result.timestamp = base.timestamp();
  result.ssrc = base.ssrc();
  result.rtx_ssrc = base.rtx_ssrc();
  result.rid = Text(base.rid());
  result.kind = base.kind() == fbs::rtp::MediaKind::Audio ? MediaKind::kAudio : MediaKind::kVideo;
  result.mime_type = Text(base.mime_type());
  result.packets_lost = base.packets_lost();
  result.fraction_lost = base.fraction_lost();
  result.jitter = base.jitter();
  result.packets_discarded = base.packets_discarded();
  result.packets_retransmitted = base.packets_retransmitted();
  result.packets_repaired = base.packets_repaired();
  result.nack_count = base.nack_count();
  result.nack_packet_count = base.nack_packet_count();
  result.pli_count = base.pli_count();
  result.fir_count = base.fir_count();
  result.round_trip_time = base.round_trip_time();
  result.score = base.score();
}

// The base lies inside another Stats, inside the direction's own figures.
template <class Directed>
void ReadDirectedStats(const Directed& directed, RtpStreamStats& result) {
  if (directed.base() && directed.base()->data_as_Base()) ReadBaseStats(*directed.base()->data_as_Base(), result);
  result.packet_count = directed.packet_count();
  result.byte_count = directed.byte_count();
  result.bitrate = directed.bitrate();
}

RtpStreamStats ReadStats(const fbs::stream::Stats& stats) {
  RtpStreamStats result;
  if (const fbs::stream::RecvStats* recv = stats.data_as_Recv()) {
    ReadDirectedStats(*recv, result);
    if (recv->bitrate_by_layer()) {
      for (const auto* layer : *recv->bitrate_by_layer()) {
        result.bitrate_by_layer[Text(layer->layer())] = layer->bitrate();
      }
    }
  } else if (const fbs::stream::SendStats* send = stats.data_as_Send()) {
    result.direction = RtpStreamStats::Direction::kOutbound;
    ReadDirectedStats(*send, result);
  }
  return result;
}

}  // namespace

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

std::unique_ptr<fbs::net::ListenInfoT> ToFbs(const ListenInfo& info) {
  auto result = std::make_unique<fbs::net::ListenInfoT>();
  result->protocol = info.protocol == Protocol::kTcp ? fbs::net::Protocol::Tcp : fbs::net::Protocol::Udp;
  result->ip = info.ip;
  result->announced_address = info.announced_address;
  result->expose_internal_ip = info.expose_internal_ip;
  result->port = info.port;
  result->port_range = std::make_unique<fbs::net::PortRangeT>();
  result->port_range->min = info.min_port;
  result->port_range->max = info.max_port;
  result->flags = std::make_unique<fbs::net::SocketFlagsT>();
  result->flags->ipv6_only = info.ipv6_only;
  result->flags->udp_reuse_port = info.udp_reuse_port;
  result->send_buffer_size = info.send_buffer_size;
  result->recv_buffer_size = info.recv_buffer_size;
  return result;
}

TransportTuple FromFbs(const fbs::net::Tuple* tuple) {
  if (tuple == nullptr) return {};
  return {.protocol = FromFbs(tuple->protocol()),
          .local_address = Text(tuple->local_address()),
          .local_port = tuple->local_port(),
          .remote_ip = Text(tuple->remote_ip()),
          .remote_port = tuple->remote_port()};
}

std::optional<TransportTuple> OptionalFromFbs(const fbs::net::Tuple* tuple) {
  return tuple == nullptr ? std::nullopt : std::optional(FromFbs(tuple));
}

IceState FromFbs(fbs::webrtc::IceState state) {
  switch (state) {
    case fbs::webrtc::IceState::Connected:
      return IceState::kConnected;
    case fbs::webrtc::IceState::Completed:
      return IceState::kCompleted;
    case fbs::webrtc::IceState::Disconnected:
      return IceState::kDisconnected;
    default:
      return IceState::kNew;
  }
}

DtlsState FromFbs(fbs::webrtc::DtlsState state) {
  switch (state) {
    case fbs::webrtc::DtlsState::Connecting:
      return DtlsState::kConnecting;
    case fbs::webrtc::DtlsState::Connected:
      return DtlsState::kConnected;
    case fbs::webrtc::DtlsState::Failed:
      return DtlsState::kFailed;
    case fbs::webrtc::DtlsState::Closed:
      return DtlsState::kClosed;
    default:
      return DtlsState::kNew;
  }
}

DtlsRole FromFbs(fbs::webrtc::DtlsRole role) {
  if (role == fbs::webrtc::DtlsRole::Client) return DtlsRole::kClient;
  if (role == fbs::webrtc::DtlsRole::Server) return DtlsRole::kServer;
  return DtlsRole::kAuto;
}

absl::StatusOr<std::unique_ptr<fbs::webrtc::DtlsParametersT>> ToFbs(const DtlsParameters& parameters) {
  auto result = std::make_unique<fbs::webrtc::DtlsParametersT>();
  result->role = static_cast<fbs::webrtc::DtlsRole>(parameters.role);
  if (parameters.fingerprints.empty()) return FieldError("fingerprints", "is empty");
  for (size_t i = 0; i < parameters.fingerprints.size(); ++i) {
    auto& entry = result->fingerprints.emplace_back(std::make_unique<fbs::webrtc::FingerprintT>());
    bool known = false;
    for (const auto& [name, value] : kFingerprintAlgorithms) {
      if (name != parameters.fingerprints[i].algorithm) continue;
      entry->algorithm = value;
      known = true;
    }
    if (!known) {
      return FieldError(Index("fingerprints", i) + ".algorithm", "must be sha-1, sha-224, sha-256, sha-384 or sha-512");
    }
    entry->value = parameters.fingerprints[i].value;
  }
  return result;
}

WebRtcTransport::Data FromFbs(const fbs::webrtc::DumpResponse& dump) {
  WebRtcTransport::Data data;
  if (dump.ice_role() == fbs::webrtc::IceRole::Controlling) data.ice_role = IceRole::kControlling;
  if (const auto* ice = dump.ice_parameters()) {
    data.ice_parameters = {Text(ice->username_fragment()), Text(ice->password()), ice->ice_lite()};
  }
  if (dump.ice_candidates()) {
    for (const auto* candidate : *dump.ice_candidates()) {
      data.ice_candidates.push_back({.foundation = Text(candidate->foundation()),
                                     .priority = candidate->priority(),
                                     .address = Text(candidate->address()),
                                     .protocol = FromFbs(candidate->protocol()),
                                     .port = candidate->port()});
    }
  }
  data.ice_state = FromFbs(dump.ice_state());
  data.ice_selected_tuple = OptionalFromFbs(dump.ice_selected_tuple());
  if (const auto* dtls = dump.dtls_parameters()) {
    data.dtls_parameters.role = FromFbs(dtls->role());
    for (size_t i = 0; dtls->fingerprints() && i < dtls->fingerprints()->size(); ++i) {
      const auto* fingerprint = dtls->fingerprints()->Get(i);
      for (const auto& [name, value] : kFingerprintAlgorithms) {
        if (value != fingerprint->algorithm()) continue;
        data.dtls_parameters.fingerprints.push_back({std::string(name), Text(fingerprint->value())});
      }
    }
  }
  data.dtls_state = FromFbs(dump.dtls_state());
  return data;
}

absl::StatusOr<fbs::srtp::CryptoSuite> CryptoSuiteToFbs(const std::string& suite) {
  for (const auto& [name, value] : kCryptoSuites) {
    if (name == suite) return value;
  }
  return absl::InvalidArgumentError(fmt::format("srtpCryptoSuite: \"{}\" is not known", suite));
}

std::optional<SrtpParameters> FromFbs(const fbs::srtp::Parameters* parameters) {
  if (parameters == nullptr) return std::nullopt;
  SrtpParameters result{.key_base64 = Text(parameters->key_base64())};
  for (const auto& [name, value] : kCryptoSuites) {
    if (value == parameters->crypto_suite()) result.crypto_suite = name;
  }
  return result;
}

PlainTransport::Data FromFbs(const fbs::plain::DumpResponse& dump) {
  return {.rtcp_mux = dump.rtcp_mux(),
          .comedia = dump.comedia(),
          .tuple = FromFbs(dump.tuple()),
          .rtcp_tuple = OptionalFromFbs(dump.rtcp_tuple()),
          .srtp_parameters = FromFbs(dump.srtp_parameters())};
}

void FromFbs(const fbs::transport::Stats* stats, TransportStats& result) {
  if (stats == nullptr) return;
  result.timestamp = stats->timestamp();
  result.bytes_received = stats->bytes_received();
  result.bytes_sent = stats->bytes_sent();
  result.recv_bitrate = stats->recv_bitrate();
  result.send_bitrate = stats->send_bitrate();
  result.rtp_recv_bitrate = stats->rtp_recv_bitrate();
  result.rtp_send_bitrate = stats->rtp_send_bitrate();
  result.rtx_recv_bitrate = stats->rtx_recv_bitrate();
  result.rtx_send_bitrate = stats->rtx_send_bitrate();
  result.probation_send_bitrate = stats->probation_send_bitrate();
  result.rtp_bytes_received = stats->rtp_bytes_received();
  result.rtp_bytes_sent = stats->rtp_bytes_sent();
  result.rtx_bytes_received = stats->rtx_bytes_received();
  result.rtx_bytes_sent = stats->rtx_bytes_sent();
  result.probation_bytes_sent = stats->probation_bytes_sent();
  result.available_outgoing_bitrate = stats->available_outgoing_bitrate();
  result.available_incoming_bitrate = stats->available_incoming_bitrate();
  result.max_incoming_bitrate = stats->max_incoming_bitrate();
  result.max_outgoing_bitrate = stats->max_outgoing_bitrate();
  result.min_outgoing_bitrate = stats->min_outgoing_bitrate();
  result.rtp_packet_loss_received = stats->rtp_packet_loss_received();
  result.rtp_packet_loss_sent = stats->rtp_packet_loss_sent();
}

std::vector<RtpStreamStats> FromFbs(const flatbuffers::Vector<flatbuffers::Offset<fbs::stream::Stats>>* stats) {
  std::vector<RtpStreamStats> result;
  if (stats == nullptr) return result;
  for (const fbs::stream::Stats* entry : *stats) result.push_back(ReadStats(*entry));
  return result;
}

ConsumerScore FromFbs(const fbs::consumer::Score* score) {
  ConsumerScore result;
  if (score == nullptr) return result;
  result.score = score->score();
  result.producer_score = score->producer_score();
  if (score->producer_scores()) {
    result.producer_scores.assign(score->producer_scores()->begin(), score->producer_scores()->end());
  }
  return result;
}

std::optional<ConsumerLayers> FromFbs(const fbs::consumer::Layers* layers) {
  if (layers == nullptr) return std::nullopt;
  return ConsumerLayers{.spatial = layers->spatial_layer(), .temporal = layers->temporal_layer()};
}

}  // namespace sluice::controller
