// RTP, or SRTP with keys by signalling, from and to one address; for FFmpeg, GStreamer, recorders, gateways. Made by
// Router::CreatePlainTransport.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/srtp_parameters.h"
#include "controller/transport.h"

namespace sluice::controller {

struct PlainTransportOptions {
  ListenInfo listen_info;
  std::optional<ListenInfo> rtcp_listen_info;  // given: no rtcp_mux. Default: as listen_info, another port
  bool rtcp_mux = true;
  bool comedia = false;  // learn the remote address from the first packet
  bool enable_srtp = false;
  std::string srtp_crypto_suite = "AES_CM_128_HMAC_SHA1_80";
  SctpOptions sctp;
};

struct PlainTransportRemote {
  std::string ip;  // "": comedia
  std::optional<uint16_t> port;
  std::optional<uint16_t> rtcp_port;  // without rtcp_mux
  std::optional<SrtpParameters> srtp_parameters;
};

struct PlainTransportEvents : TransportEvents {
  Handler<const TransportTuple&> tuple;
  Handler<const TransportTuple&> rtcp_tuple;
};

struct PlainTransportStats : TransportStats {
  bool rtcp_mux = true;
  bool comedia = false;
  TransportTuple tuple;
  std::optional<TransportTuple> rtcp_tuple;
};

struct PlainTransportDump : TransportDump {
  bool rtcp_mux = true;
  bool comedia = false;
  TransportTuple tuple;
  std::optional<TransportTuple> rtcp_tuple;
  std::optional<SrtpParameters> srtp_parameters;
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
  PlainTransport(Base base, Data data);  // by Router
  ~PlainTransport() override;

  TransportType type() const override { return TransportType::kPlain; }
  bool rtcp_mux() const { return data_.rtcp_mux; }
  bool comedia() const { return data_.comedia; }
  const TransportTuple& tuple() const { return data_.tuple; }
  const std::optional<TransportTuple>& rtcp_tuple() const { return data_.rtcp_tuple; }
  const std::optional<SrtpParameters>& srtp_parameters() const { return data_.srtp_parameters; }

  void Connect(PlainTransportRemote remote, DoneCallback done);
  void GetStats(Callback<PlainTransportStats> done);
  void Dump(Callback<PlainTransportDump> done);

  PlainTransportEvents on;

 private:
  void OnNotification(const fbs::notification::Notification& notification) override;
  TransportEvents& events() override { return on; }
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }

  Data data_;
};

}  // namespace sluice::controller
