// Half of a pipe between two routers: of one worker, of two, of two hosts. Every stream of a producer goes through as it
// is, without bandwidth estimation; with RTX and SRTP when both halves are made with it. Made by
// Router::CreatePipeTransport; within one process Router::PipeToRouter does all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "controller/srtp_parameters.h"
#include "controller/transport.h"

namespace sluice::controller {

struct PipeTransportOptions {
  ListenInfo listen_info;
  bool enable_rtx = false;   // repair losses: between hosts
  bool enable_srtp = false;  // AEAD_AES_256_GCM
  SctpOptions sctp;
};

struct PipeTransportRemote {
  std::string ip;
  uint16_t port = 0;
  std::optional<SrtpParameters> srtp_parameters;  // the other half's, with enable_srtp
};

using PipeTransportEvents = TransportEvents;

struct PipeTransportStats : TransportStats {
  TransportTuple tuple;
};

struct PipeTransportDump : TransportDump {
  TransportTuple tuple;
  bool rtx = false;
  std::optional<SrtpParameters> srtp_parameters;
};

class PipeTransport final : public Transport {
 public:
  struct Data {
    TransportTuple tuple;
    bool rtx = false;
    std::optional<SrtpParameters> srtp_parameters;  // ours, for the other half
  };
  PipeTransport(Base base, Data data);  // by Router
  ~PipeTransport() override;

  TransportType type() const override { return TransportType::kPipe; }
  const TransportTuple& tuple() const { return data_.tuple; }
  bool rtx() const { return data_.rtx; }
  const std::optional<SrtpParameters>& srtp_parameters() const { return data_.srtp_parameters; }

  // Consume() needs no capabilities: everything goes through. Layers, `mid` and `enable_rtx` mean nothing here.
  void Connect(PipeTransportRemote remote, DoneCallback done);
  void GetStats(Callback<PipeTransportStats> done);
  void Dump(Callback<PipeTransportDump> done);

  PipeTransportEvents on;

 private:
  TransportEvents& events() override { return on; }
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }
  absl::StatusOr<RtpParameters> NegotiateConsumer(const Producer& producer, const ConsumerOptions& options) override;

  Data data_;
};

}  // namespace sluice::controller
