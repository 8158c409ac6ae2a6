#include <array>
#include <utility>

#include "controller/calls.h"
#include "controller/field_error.h"
#include "controller/wire.h"

namespace sluice::controller {
namespace {

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

}  // namespace

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

absl::StatusOr<std::unique_ptr<fbs::srtp::ParametersT>> ToFbs(const SrtpParameters& parameters) {
  absl::StatusOr<fbs::srtp::CryptoSuite> suite = CryptoSuiteToFbs(parameters.crypto_suite);
  if (!suite.ok()) return suite.status();
  auto result = std::make_unique<fbs::srtp::ParametersT>();
  result->crypto_suite = *suite;
  result->key_base64 = parameters.key_base64;
  return result;
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

PipeTransport::Data FromFbs(const fbs::pipe::DumpResponse& dump) {
  return {.tuple = FromFbs(dump.tuple()), .rtx = dump.rtx(), .srtp_parameters = FromFbs(dump.srtp_parameters())};
}

}  // namespace sluice::controller
