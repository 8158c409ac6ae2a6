// A client's path into a router. WebRtcTransport: ICE, DTLS-SRTP, for browsers. PlainTransport: plain RTP or SRTP with
// keys by signalling, for FFmpeg, GStreamer, recorders. Made by Router. Lifetime and errors: status.h, object.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/consumer.h"
#include "controller/dumps.h"
#include "controller/object.h"
#include "controller/producer.h"
#include "controller/rtp_parameters.h"
#include "controller/stats.h"
#include "controller/status.h"

namespace sluice::controller {

class Router;
class WebRtcServer;

// ---- addresses ----

enum class Protocol : uint8_t { kUdp, kTcp };
std::string_view ToString(Protocol protocol);  // "udp", "tcp"

struct ListenInfo {
  Protocol protocol = Protocol::kUdp;
  std::string ip;                   // a local address, IPv4 or IPv6
  std::string announced_address;    // what clients are told instead; "": `ip`
  bool expose_internal_ip = false;  // tell clients `ip` as well
  uint16_t port = 0;                // 0: any of the range
  uint16_t min_port = 0;            // a range of this listen info alone; 0, 0: the worker's range
  uint16_t max_port = 0;
  uint32_t send_buffer_size = 0;  // bytes, 0: the system's default
  uint32_t recv_buffer_size = 0;
  bool ipv6_only = false;
  bool udp_reuse_port = false;
};

struct TransportTuple {
  Protocol protocol = Protocol::kUdp;
  std::string local_address;  // as announced
  uint16_t local_port = 0;
  std::string remote_ip;  // "" while not known
  uint16_t remote_port = 0;
};

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

struct SrtpParameters {
  std::string crypto_suite;  // "AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80", "..._32"
  std::string key_base64;    // key and salt
};

// ---- options ----

struct WebRtcTransportOptions {
  std::shared_ptr<WebRtcServer> webrtc_server;  // share its sockets; else ...
  std::vector<ListenInfo> listen_infos;         // ... sockets of its own
  bool enable_udp = true;
  bool enable_tcp = true;
  bool prefer_udp = false;
  bool prefer_tcp = false;
  uint8_t ice_consent_timeout = 30;                      // s, 10-60; 0: never
  uint32_t initial_available_outgoing_bitrate = 600000;  // bit/s
};

struct PlainTransportOptions {
  ListenInfo listen_info;
  std::optional<ListenInfo> rtcp_listen_info;  // without rtcp_mux; default: as listen_info, another port
  bool rtcp_mux = true;
  bool comedia = false;  // learn the remote address from the first packet
  bool enable_srtp = false;
  std::string srtp_crypto_suite = "AES_CM_128_HMAC_SHA1_80";
};

struct PlainTransportRemote {
  std::string ip;  // "": comedia
  std::optional<uint16_t> port;
  std::optional<uint16_t> rtcp_port;  // without rtcp_mux
  std::optional<SrtpParameters> srtp_parameters;
};

// ---- the transports ----

class Transport : public Object {
 public:
  ~Transport() override;

  void Produce(ProducerOptions options, Callback<std::shared_ptr<Producer>> done);
  void Consume(ConsumerOptions options, Callback<std::shared_ptr<Consumer>> done);

  void SetMaxIncomingBitrate(uint32_t bitrate, DoneCallback done);  // bit/s; 0: no limit
  void SetMaxOutgoingBitrate(uint32_t bitrate, DoneCallback done);
  void SetMinOutgoingBitrate(uint32_t bitrate, DoneCallback done);
  void EnableTraceEvents(std::vector<std::string> types, DoneCallback done);  // "probation", "bwe"
  void Dump(Callback<TransportDump> done);

  const std::map<std::string, std::shared_ptr<Producer>>& producers() const { return producers_; }
  const std::map<std::string, std::shared_ptr<Consumer>>& consumers() const { return consumers_; }

  void Close() override;

 protected:
  Transport(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Router> router,
            std::string router_id);
  friend class Router;
  friend class WebRtcServer;
  friend class Producer;
  friend class Consumer;

  void OnParentClosed(CloseReason reason) override;
  virtual void EmitClosed(CloseReason reason) = 0;
  void CloseChildren(CloseReason reason);
  absl::StatusOr<RtpParameters> NegotiateConsumer(const Producer& producer, const ConsumerOptions& options);
  void OnProduced(const std::string& producer_id, Producer::Data data,
                  absl::StatusOr<const fbs::response::Response*> response, Callback<std::shared_ptr<Producer>> done);
  void OnConsumed(const std::string& consumer_id, Consumer::Data data,
                  absl::StatusOr<const fbs::response::Response*> response, Callback<std::shared_ptr<Consumer>> done);
  void Remove(const Producer& producer);
  void Remove(const Consumer& consumer);

  std::weak_ptr<Router> router_;
  std::string router_id_;
  std::map<std::string, std::shared_ptr<Producer>> producers_;
  std::map<std::string, std::shared_ptr<Consumer>> consumers_;
  std::string cname_;      // all producers of one transport share it, so that their streams can be synchronised
  uint32_t next_mid_ = 0;  // of consumers
};

struct WebRtcTransportEvents {
  Handler<IceState> ice_state;
  Handler<const TransportTuple&> ice_selected_tuple;
  Handler<DtlsState> dtls_state;
  Handler<const TraceEvent&> trace;
  Handler<CloseReason> closed;  // not after Close()
};

struct WebRtcTransportStats : TransportStats {
  IceRole ice_role = IceRole::kControlled;
  IceState ice_state = IceState::kNew;
  std::optional<TransportTuple> ice_selected_tuple;
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
  WebRtcTransport(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Router> router,
                  std::string router_id, Data data, std::weak_ptr<WebRtcServer> server);  // by Router
  ~WebRtcTransport() override;

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
  void Close() override;

  WebRtcTransportEvents on;

 private:
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;
  void EmitClosed(CloseReason reason) override;
  void EnterClosedState();

  Data data_;
  std::weak_ptr<WebRtcServer> server_;
};

struct PlainTransportEvents {
  Handler<const TransportTuple&> tuple;
  Handler<const TransportTuple&> rtcp_tuple;
  Handler<const TraceEvent&> trace;
  Handler<CloseReason> closed;  // not after Close()
};

struct PlainTransportStats : TransportStats {
  bool rtcp_mux = true;
  bool comedia = false;
  TransportTuple tuple;
  std::optional<TransportTuple> rtcp_tuple;
};

class PlainTransport final : public Transport {
 public:
  struct Data {
    bool rtcp_mux = true;
    bool comedia = false;
    TransportTuple tuple;
    std::optional<TransportTuple> rtcp_tuple;
    std::optional<SrtpParameters> srtp_parameters;  // ours, for the remote side
  };
  PlainTransport(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Router> router,
                 std::string router_id, Data data);  // by Router
  ~PlainTransport() override;

  bool rtcp_mux() const { return data_.rtcp_mux; }
  bool comedia() const { return data_.comedia; }
  const TransportTuple& tuple() const { return data_.tuple; }
  const std::optional<TransportTuple>& rtcp_tuple() const { return data_.rtcp_tuple; }
  const std::optional<SrtpParameters>& srtp_parameters() const { return data_.srtp_parameters; }

  void Connect(PlainTransportRemote remote, DoneCallback done);
  void GetStats(Callback<PlainTransportStats> done);
  void Close() override;

  PlainTransportEvents on;

 private:
  void OnNotification(const fbs::notification::Notification& notification) override;
  void EmitClosed(CloseReason reason) override;

  Data data_;
};

}  // namespace sluice::controller
