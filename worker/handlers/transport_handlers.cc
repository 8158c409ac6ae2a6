#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "rtc/srtp/srtp_suite.h"
#include "worker/handlers/handlers.h"
#include "worker/wire/rtp_wire.h"

namespace sluice::handlers {
namespace {

using fbs::response::Body;

constexpr size_t kMaxFingerprints = 16;  // of one certificate: there are five algorithms

absl::StatusOr<std::optional<SrtpKeying>> DecodeSrtp(const fbs::srtp::Parameters* from) {
  if (!from) return std::nullopt;
  if (from->crypto_suite() > fbs::srtp::CryptoSuite::MAX) {
    return absl::InvalidArgumentError("srtpParameters.cryptoSuite is not known");
  }
  SrtpKeying out{.suite = static_cast<SrtpSuite>(from->crypto_suite())};
  if (!absl::Base64Unescape(wire::Text(from->key_base64()), &out.key)) {
    return absl::InvalidArgumentError("srtpParameters.keyBase64 is no base64");
  }
  const size_t size = SrtpSuiteInfoOf(out.suite).keying_size();
  if (out.key.size() != size) {
    return absl::InvalidArgumentError(
        fmt::format("srtpParameters.keyBase64: {} bytes instead of {}", out.key.size(), size));
  }
  return out;
}

absl::StatusOr<std::optional<SocketAddress>> DecodeRemote(const flatbuffers::String* ip,
                                                          flatbuffers::Optional<uint16_t> port,
                                                          std::string_view port_field) {
  if (!ip && !port) return std::nullopt;
  if (!ip) return Missing("ip");
  if (!port || *port == 0) return Missing(port_field);
  const auto address = SocketAddress::Parse(std::string_view(ip->c_str(), ip->size()), *port);
  if (!address) return absl::InvalidArgumentError("ip is not an IP address");
  return address;
}

absl::Status SetLimit(DataRate minimum, DataRate maximum) {
  if (minimum > DataRate::Zero() && maximum > DataRate::Zero() && minimum > maximum) {
    return absl::InvalidArgumentError(
        fmt::format("minOutgoingBitrate {} is above maxOutgoingBitrate {}", minimum.bps(), maximum.bps()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MustBe(const TransportObject& transport, TransportKind kind, std::string_view name) {
  if (transport.kind == kind) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("transport \"{}\" is no {}", transport.id, name));
}

Result TransportDump(Call& call, TransportObject& transport) {
  switch (transport.kind) {
    case TransportKind::kWebRtc:
      return Answer{Body::WebRtcTransportDump, wire::EncodeWebRtcDump(call.b, transport, *call.core.dtls).Union()};
    case TransportKind::kPlain:
      return Answer{Body::PlainTransportDump, wire::EncodePlainDump(call.b, transport).Union()};
    case TransportKind::kPipe:
      return Answer{Body::PipeTransportDump, wire::EncodePipeDump(call.b, transport).Union()};
    case TransportKind::kDirect:
      return Answer{Body::DirectTransportDump, wire::EncodeDirectDump(call.b, transport).Union()};
  }
  return absl::InternalError("a transport of no kind");
}

Result TransportGetStats(Call& call, TransportObject& transport) {
  const Timestamp now = call.turn.now;
  switch (transport.kind) {
    case TransportKind::kWebRtc:
      return Answer{Body::WebRtcTransportGetStats, wire::EncodeWebRtcStats(call.b, transport, now).Union()};
    case TransportKind::kPlain:
      return Answer{Body::PlainTransportGetStats, wire::EncodePlainStats(call.b, transport, now).Union()};
    case TransportKind::kPipe:
      return Answer{Body::PipeTransportGetStats, wire::EncodePipeStats(call.b, transport, now).Union()};
    case TransportKind::kDirect:
      return Answer{Body::DirectTransportGetStats, wire::EncodeDirectStats(call.b, transport, now).Union()};
  }
  return absl::InternalError("a transport of no kind");
}

Result TransportGetCongestionStats(Call& call, TransportObject& transport) {
  const auto stats = wire::EncodeCongestionStats(call.b, transport.transport->congestion(), call.turn.now);
  return Answer{Body::TransportGetCongestionStats, stats.Union()};
}

Result TransportConnect(Call& call, TransportObject& transport) {
  switch (transport.kind) {
    case TransportKind::kWebRtc:
      return Bound<&WebRtcTransportConnect>::Run(call);
    case TransportKind::kPlain:
      return Bound<&PlainTransportConnect>::Run(call);
    case TransportKind::kPipe:
      return Bound<&PipeTransportConnect>::Run(call);
    case TransportKind::kDirect:
      return absl::InvalidArgumentError("a DirectTransport cannot be connected");
  }
  return absl::InternalError("a transport of no kind");
}

Result WebRtcTransportConnect(Call& call, TransportObject& transport, const fbs::webrtc::ConnectRequest& body) {
  if (auto status = MustBe(transport, TransportKind::kWebRtc, "WebRtcTransport"); !status.ok()) return status;
  const auto* from = body.dtls_parameters();
  if (!from) return Missing("dtlsParameters");
  if (from->role() > fbs::webrtc::DtlsRole::MAX) return absl::InvalidArgumentError("dtlsParameters.role is not known");
  if (from->fingerprints() && from->fingerprints()->size() > kMaxFingerprints) {
    return TooMany("dtlsParameters.fingerprints", kMaxFingerprints);
  }
  WebRtcConnectParameters remote{.role = static_cast<DtlsRole>(from->role())};
  for (flatbuffers::uoffset_t i = 0; from->fingerprints() && i < from->fingerprints()->size(); ++i) {
    const auto* fingerprint = from->fingerprints()->Get(i);
    constexpr std::string_view kAlgorithms[] = {"sha-1", "sha-224", "sha-256", "sha-384", "sha-512"};
    if (fingerprint->algorithm() > fbs::webrtc::FingerprintAlgorithm::MAX) {
      return absl::InvalidArgumentError("dtlsParameters.fingerprints.algorithm is not known");
    }
    remote.fingerprints.push_back({.algorithm = std::string(kAlgorithms[static_cast<size_t>(fingerprint->algorithm())]),
                                   .value = wire::Text(fingerprint->value())});
  }
  if (remote.fingerprints.empty()) return Missing("dtlsParameters.fingerprints");
  const auto role = transport.transport->Connect(remote, call.turn);
  if (!role.ok()) return role.status();
  call.core.media.Touch(*transport.transport);
  return Answer{Body::WebRtcTransportConnect, fbs::webrtc::CreateConnectResponse(call.b, wire::ToWire(*role)).Union()};
}

Result PlainTransportConnect(Call& call, TransportObject& transport, const fbs::plain::ConnectRequest& body) {
  if (auto status = MustBe(transport, TransportKind::kPlain, "PlainTransport"); !status.ok()) return status;
  auto rtp = DecodeRemote(body.ip(), body.port(), "port");
  if (!rtp.ok()) return rtp.status();
  PlainConnectParameters remote{.rtp = *rtp};
  if (body.rtcp_port()) {
    auto rtcp = DecodeRemote(body.ip(), body.rtcp_port(), "rtcpPort");
    if (!rtcp.ok()) return rtcp.status();
    remote.rtcp = *rtcp;
  }
  auto srtp = DecodeSrtp(body.srtp_parameters());
  if (!srtp.ok()) return srtp.status();
  remote.srtp = *srtp;
  if (auto status = transport.transport->Connect(remote, call.turn); !status.ok()) return status;
  call.core.media.Touch(*transport.transport);
  const TuplePolicy& tuple = *transport.transport->path_policy().tuple();
  fbs::plain::ConnectResponseT out;
  out.tuple = std::make_unique<fbs::net::TupleT>(wire::Tuple(tuple.rtp(), transport));
  if (tuple.rtcp()) out.rtcp_tuple = std::make_unique<fbs::net::TupleT>(wire::Tuple(*tuple.rtcp(), transport));
  out.srtp_parameters = wire::SrtpParameters(transport);
  return Answer{Body::PlainTransportConnect, fbs::plain::CreateConnectResponse(call.b, &out).Union()};
}

Result PipeTransportConnect(Call& call, TransportObject& transport, const fbs::pipe::ConnectRequest& body) {
  if (auto status = MustBe(transport, TransportKind::kPipe, "PipeTransport"); !status.ok()) return status;
  auto rtp = DecodeRemote(body.ip(), body.port(), "port");
  if (!rtp.ok()) return rtp.status();
  auto srtp = DecodeSrtp(body.srtp_parameters());
  if (!srtp.ok()) return srtp.status();
  const auto& ours = transport.transport->local_srtp();
  if (*srtp && ours && (*srtp)->suite != ours->suite) {
    return absl::InvalidArgumentError("srtpParameters.cryptoSuite: pipe transports use AEAD_AES_256_GCM");
  }
  auto status = transport.transport->Connect(PlainConnectParameters{.rtp = *rtp, .srtp = *srtp}, call.turn);
  if (!status.ok()) return status;
  call.core.media.Touch(*transport.transport);
  fbs::pipe::ConnectResponseT out;
  out.tuple =
      std::make_unique<fbs::net::TupleT>(wire::Tuple(transport.transport->path_policy().tuple()->rtp(), transport));
  return Answer{Body::PipeTransportConnect, fbs::pipe::CreateConnectResponse(call.b, &out).Union()};
}

Result TransportSetMaxIncomingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMaxIncomingBitrateRequest& body) {
  const auto rate = wire::DecodeRate(body.max_incoming_bitrate(), "maxIncomingBitrate");
  if (!rate.ok()) return rate.status();
  transport.transport->SetMaxIncomingBitrate(*rate);
  call.core.log.Debug("bwe", "maximum incoming bitrate set [transportId:{}, bps:{}]", transport.id, rate->bps());
  call.core.media.Touch(*transport.transport);
  return Answer();
}

Result TransportSetMaxOutgoingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMaxOutgoingBitrateRequest& body) {
  const auto rate = wire::DecodeRate(body.max_outgoing_bitrate(), "maxOutgoingBitrate");
  if (!rate.ok()) return rate.status();
  auto status = SetLimit(transport.transport->bitrates().min_outgoing, *rate);
  if (!status.ok()) return status;
  transport.transport->SetMaxOutgoingBitrate(*rate);
  call.core.log.Debug("bwe", "maximum outgoing bitrate set [transportId:{}, bps:{}]", transport.id, rate->bps());
  return Answer();
}

Result TransportSetMinOutgoingBitrate(Call& call, TransportObject& transport,
                                      const fbs::transport::SetMinOutgoingBitrateRequest& body) {
  const auto rate = wire::DecodeRate(body.min_outgoing_bitrate(), "minOutgoingBitrate");
  if (!rate.ok()) return rate.status();
  auto status = SetLimit(*rate, transport.transport->bitrates().max_outgoing);
  if (!status.ok()) return status;
  transport.transport->SetMinOutgoingBitrate(*rate);
  call.core.log.Debug("bwe", "minimum outgoing bitrate set [transportId:{}, bps:{}]", transport.id, rate->bps());
  return Answer();
}

namespace {

// Makes the names by which a transport is found those whose checks it answers: the new one, and the one in use before
// until the first check with the new.
void UpdateNames(Dispatcher& dispatcher, TransportObject& transport) {
  const IceLiteAgent& ice = *transport.transport->path_policy().ice();
  std::vector<std::string> names;
  if (ice.previous_credentials()) names.push_back(ice.previous_credentials()->ufrag);
  names.push_back(ice.local_credentials().ufrag);
  for (const Listening& l : transport.sockets()) {
    // Of a server only what its candidates name.
    if (std::ranges::find(transport.candidates, l.protocol, &IceCandidate::protocol) == transport.candidates.end()) {
      continue;
    }
    for (const std::string& old : transport.ufrags) {
      if (std::ranges::find(names, old) == names.end()) dispatcher.RemoveUfrag(l.socket, old);
    }
    for (const std::string& name : names) dispatcher.AddUfrag(l.socket, name, *transport.transport);
  }
  transport.ufrags = std::move(names);
}

}  // namespace

Result TransportRestartIce(Call& call, TransportObject& transport) {
  if (auto status = MustBe(transport, TransportKind::kWebRtc, "WebRtcTransport"); !status.ok()) return status;
  const auto credentials = transport.transport->RestartIce();
  if (!credentials.ok()) return credentials.status();
  UpdateNames(call.core.media.dispatcher(), transport);
  const auto ufrag = call.b.CreateString(credentials->ufrag);
  const auto password = call.b.CreateString(credentials->password);
  return Answer{Body::TransportRestartIce,
                fbs::transport::CreateRestartIceResponse(call.b, ufrag, password, true).Union()};
}

Result TransportEnableTraceEvent(Call&, TransportObject& transport,
                                 const fbs::transport::EnableTraceEventRequest& body) {
  std::vector<fbs::transport::TraceEventType> types;
  for (flatbuffers::uoffset_t i = 0; body.events() && i < body.events()->size(); ++i) {
    const auto type = static_cast<fbs::transport::TraceEventType>(body.events()->Get(i));
    const bool known = type <= fbs::transport::TraceEventType::MAX;
    if (known && std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  const auto has = [&](fbs::transport::TraceEventType type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  transport.transport->SetTraces(has(fbs::transport::TraceEventType::Bwe),
                                 has(fbs::transport::TraceEventType::Probation));
  transport.trace_types = std::move(types);
  return Answer();
}

}  // namespace sluice::handlers
