// A real worker that makes WebRTC transports and WebRtcServers: what tests of them share.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/worker/media_worker.h"
#include "test/worker/webrtc_peer.h"

namespace sluice {

inline constexpr std::array<std::string_view, 5> kFingerprintNames = {"sha-1", "sha-224", "sha-256", "sha-384",
                                                                      "sha-512"};

class WebRtcWorkerTest : public MediaWorkerTest {
 protected:
  using ListenInfoT = fbs::net::ListenInfoT;
  using Response = fbs::response::Response;
  struct Candidate {
    uint32_t priority;
    Protocol protocol;
    SocketAddress address;  // not set when a host name was announced
    std::string name;
  };
  struct Made {
    std::vector<Candidate> candidates;
    IceCredentials ice;
    std::vector<DtlsFingerprint> fingerprints;
  };

  static ListenInfoT Listen(Protocol protocol, const std::string& ip = "127.0.0.1") {
    ListenInfoT out;
    out.protocol = protocol == Protocol::kUdp ? fbs::net::Protocol::Udp : fbs::net::Protocol::Tcp;
    out.ip = ip;
    return out;
  }
  static std::vector<std::unique_ptr<ListenInfoT>> Boxed(const std::vector<ListenInfoT>& infos) {
    std::vector<std::unique_ptr<ListenInfoT>> out;
    for (const ListenInfoT& info : infos) out.push_back(std::make_unique<ListenInfoT>(info));
    return out;
  }
  // On sockets of its own.
  const Response* TryCreate(const std::string& id, const std::vector<ListenInfoT>& infos) {
    fbs::webrtc::OptionsT options;
    fbs::webrtc::ListenIndividualT listen;
    listen.listen_infos = Boxed(infos);
    options.listen.Set(std::move(listen));
    return TryCreate(id, std::move(options));
  }
  const Response* TryCreate(const std::string& id, fbs::webrtc::OptionsT options) {
    fbs::router::CreateWebRtcTransportRequestT request;
    request.transport_id = id;
    options.base = std::make_unique<fbs::transport::OptionsT>();
    request.options = std::make_unique<fbs::webrtc::OptionsT>(std::move(options));
    return worker_.Request(Method::RouterCreateWebRtcTransport, "r", Body::RouterCreateWebRtcTransport,
                           fbs::router::CreateCreateWebRtcTransportRequest(worker_.b, &request).Union());
  }
  Made Create(const std::string& id, const std::vector<ListenInfoT>& infos) { return Read(TryCreate(id, infos)); }
  Made CreateOn(const std::string& server, const std::string& id, bool udp = true, bool tcp = true,
                bool prefer_tcp = false) {
    fbs::webrtc::OptionsT options;
    fbs::webrtc::ListenServerT listen;
    listen.web_rtc_server_id = server;
    options.listen.Set(std::move(listen));
    options.enable_udp = udp;
    options.enable_tcp = tcp;
    options.prefer_tcp = prefer_tcp;
    return Read(TryCreate(id, std::move(options)));
  }
  Made Read(const Response* response) {
    Made out;
    if (!Accept(response)->accepted()) return out;
    const auto* dump = response->body_as_WebRtcTransportDump();
    for (const auto* c : *dump->ice_candidates()) {
      const auto address = SocketAddress::Parse(c->address()->str(), c->port());
      out.candidates.push_back({.priority = c->priority(),
                                .protocol = c->protocol() == fbs::net::Protocol::Udp ? Protocol::kUdp : Protocol::kTcp,
                                .address = address.value_or(SocketAddress()),
                                .name = c->address()->str()});
      EXPECT_EQ(c->tcp_type().has_value(), c->protocol() == fbs::net::Protocol::Tcp);
    }
    out.ice = {.ufrag = dump->ice_parameters()->username_fragment()->str(),
               .password = dump->ice_parameters()->password()->str()};
    for (const auto* f : *dump->dtls_parameters()->fingerprints()) {
      out.fingerprints.push_back({.algorithm = std::string(kFingerprintNames[static_cast<size_t>(f->algorithm())]),
                                  .value = f->value()->str()});
    }
    return out;
  }
  void CreateServer(const std::string& id, const std::vector<ListenInfoT>& infos) {
    fbs::worker::CreateWebRtcServerRequestT request;
    request.web_rtc_server_id = id;
    request.listen_infos = Boxed(infos);
    Accept(worker_.Request(Method::WorkerCreateWebRtcServer, "", Body::WorkerCreateWebRtcServer,
                           fbs::worker::CreateCreateWebRtcServerRequest(worker_.b, &request).Union()));
  }
  void CloseServer(const std::string& id) {
    const auto body = fbs::worker::CreateCloseWebRtcServerRequest(worker_.b, worker_.b.CreateString(id));
    Accept(worker_.Request(Method::WorkerWebRtcServerClose, "", Body::WorkerCloseWebRtcServer, body.Union()));
  }
  const Response* Connect(const std::string& id, fbs::webrtc::DtlsRole role,
                          const std::vector<DtlsFingerprint>& fingerprints) {
    fbs::webrtc::ConnectRequestT request;
    request.dtls_parameters = std::make_unique<fbs::webrtc::DtlsParametersT>();
    request.dtls_parameters->role = role;
    for (const DtlsFingerprint& from : fingerprints) {
      fbs::webrtc::FingerprintT to;
      to.algorithm = static_cast<fbs::webrtc::FingerprintAlgorithm>(
          std::ranges::find(kFingerprintNames, from.algorithm) - kFingerprintNames.begin());
      to.value = from.value;
      request.dtls_parameters->fingerprints.push_back(std::make_unique<fbs::webrtc::FingerprintT>(to));
    }
    return worker_.Request(Method::WebRtcTransportConnect, id, Body::WebRtcTransportConnect,
                           fbs::webrtc::CreateConnectRequest(worker_.b, &request).Union());
  }
  void CloseTransport(const std::string& id) {
    const auto body = fbs::router::CreateCloseTransportRequest(worker_.b, worker_.b.CreateString(id));
    Accept(worker_.Request(Method::RouterCloseTransport, "r", Body::RouterCloseTransport, body.Union()));
  }
  IceCredentials Restart(const std::string& id) {
    const auto* ice = Accept(worker_.Request(Method::TransportRestartIce, id))->body_as_TransportRestartIce();
    return {.ufrag = ice->username_fragment()->str(), .password = ice->password()->str()};
  }
  // The state and certificate of the next DTLS event.
  std::pair<fbs::webrtc::DtlsState, std::string> AwaitDtls(const std::string& id) {
    const auto* event = worker_.AwaitNotification(Event::WebRtcTransportDtlsStateChange, id);
    if (!event) return {fbs::webrtc::DtlsState::New, "no event"};
    const auto* body = event->body_as_WebRtcTransportDtlsStateChange();
    return {body->dtls_state(), body->remote_cert() ? body->remote_cert()->str() : ""};
  }
  bool Answers(const Candidate& to, const IceCredentials& ice, int limit_ms = 5000) {
    WebRtcPeer peer;
    return peer.Open(to.protocol, to.address) && peer.Check(ice, limit_ms);
  }
  size_t OpenDescriptors() const {
    namespace fs = std::filesystem;
    size_t count = 0;
    for ([[maybe_unused]] const auto& fd : fs::directory_iterator(fmt::format("/proc/{}/fd", worker_.pid()))) ++count;
    return count;
  }
  void ExpectError(const Response* response, std::string_view type, const std::string& reason) {
    ASSERT_NE(response, nullptr);
    ASSERT_FALSE(response->accepted());
    EXPECT_EQ(response->error()->str(), type);
    EXPECT_THAT(response->reason()->str(), testing::HasSubstr(reason));
  }
};

}  // namespace sluice
