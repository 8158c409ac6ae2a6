// A browser's path into a router: ICE (we are lite), DTLS-SRTP, data channels. Made by Router::CreateWebRtcTransport;
// ends with Close(), with its router, or with the WebRtcServer whose sockets it uses.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/transport.h"

namespace sluice::controller {

class WebRtcServer;

// ---- ICE and DTLS, as clients are told and tell ----

struct IceParameters {
  std::string username_fragment;
  std::string password;
  bool ice_lite = true;
};

struct IceCandidate {
  std::string foundation;
  uint32_t priority = 0;
  std::string address;
  Protocol protocol = Protocol::kUdp;
  uint16_t port = 0;
  // Always a host candidate; TCP candidates are passive.
};

enum class IceRole : uint8_t { kControlled, kControlling };
enum class IceState : uint8_t { kNew, kConnected, kCompleted, kDisconnected };
enum class DtlsRole : uint8_t { kAuto, kClient, kServer };
enum class DtlsState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };
std::string_view ToString(IceRole role);    // "controlled", "controlling"
std::string_view ToString(IceState state);  // "new", "connected", "completed", "disconnected"
std::string_view ToString(DtlsState state);
std::string_view ToString(DtlsRole role);

struct DtlsFingerprint {
  std::string algorithm;  // "sha-1", "sha-224", "sha-256", "sha-384", "sha-512"
  std::string value;      // "82:5A:68:..."
  bool operator==(const DtlsFingerprint&) const = default;
};

struct DtlsParameters {
  DtlsRole role = DtlsRole::kAuto;
  std::vector<DtlsFingerprint> fingerprints;
};

// ---- the transport ----

struct WebRtcTransportOptions {
  std::shared_ptr<WebRtcServer> webrtc_server;  // share its sockets; else ...
  std::vector<ListenInfo> listen_infos;         // ... sockets of its own
  bool enable_udp = true;
  bool enable_tcp = true;
  bool prefer_udp = false;
  bool prefer_tcp = false;
  uint8_t ice_consent_timeout = 30;                      // s, 10-60; 0: never
  uint32_t initial_available_outgoing_bitrate = 600000;  // bit/s
  SctpOptions sctp;
};

struct WebRtcTransportEvents : TransportEvents {
  Handler<IceState> ice_state;
  Handler<const TransportTuple&> ice_selected_tuple;
  Handler<DtlsState> dtls_state;
};

struct WebRtcTransportStats : TransportStats {
  IceRole ice_role = IceRole::kControlled;
  IceState ice_state = IceState::kNew;
  std::optional<TransportTuple> ice_selected_tuple;
  DtlsState dtls_state = DtlsState::kNew;
};

struct WebRtcTransportDump : TransportDump {
  IceRole ice_role = IceRole::kControlled;
  IceParameters ice_parameters;
  std::vector<IceCandidate> ice_candidates;
  IceState ice_state = IceState::kNew;
  std::optional<TransportTuple> ice_selected_tuple;
  DtlsParameters dtls_parameters;
  DtlsState dtls_state = DtlsState::kNew;
};

class WebRtcTransport final : public Transport {
 public:
  struct Data {
    IceRole ice_role = IceRole::kControlled;
    IceParameters ice_parameters;
    std::vector<IceCandidate> ice_candidates;
    IceState ice_state = IceState::kNew;
    std::optional<TransportTuple> ice_selected_tuple;
    DtlsParameters dtls_parameters;
    DtlsState dtls_state = DtlsState::kNew;
    std::string dtls_remote_cert;  // PEM, once connected
  };
  WebRtcTransport(Base base, Data data, std::weak_ptr<WebRtcServer> server);  // by Router
  ~WebRtcTransport() override;

  TransportType type() const override { return TransportType::kWebRtc; }
  IceRole ice_role() const { return data_.ice_role; }
  const IceParameters& ice_parameters() const { return data_.ice_parameters; }
  const std::vector<IceCandidate>& ice_candidates() const { return data_.ice_candidates; }
  const DtlsParameters& dtls_parameters() const { return data_.dtls_parameters; }
  IceState ice_state() const { return data_.ice_state; }
  DtlsState dtls_state() const { return data_.dtls_state; }
  const std::optional<TransportTuple>& ice_selected_tuple() const { return data_.ice_selected_tuple; }
  const std::string& dtls_remote_cert() const { return data_.dtls_remote_cert; }

  // The client's DTLS parameters; once.
  void Connect(DtlsParameters remote, DoneCallback done);
  void RestartIce(Callback<IceParameters> done);
  void GetStats(Callback<WebRtcTransportStats> done);
  void Dump(Callback<WebRtcTransportDump> done);

  WebRtcTransportEvents on;

 private:
  void OnNotification(const fbs::notification::Notification& notification) override;
  TransportEvents& events() override { return on; }
  void OnClosed() override;
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }

  Data data_;
  std::weak_ptr<WebRtcServer> server_;
};

}  // namespace sluice::controller
