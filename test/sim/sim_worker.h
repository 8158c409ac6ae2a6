// A worker without an operating system: the real dispatcher, router and transports, between a VirtualNetwork and an
// EventQueue. Each datagram and each timer is a turn of its own, as on an idle machine.
//
// Plain transports sit at an address of their own; WebRTC transports share one (like a WebRtcServer).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/net/send_batch.h"
#include "rtc/observer/rtp_observer.h"
#include "rtc/router/fan_out.h"
#include "rtc/router/router.h"
#include "test/sim/event_queue.h"
#include "test/sim/virtual_network.h"
#include "worker/dispatcher.h"

namespace sluice::sim {

// With a certificate of its own.
std::unique_ptr<DtlsContext> MakeDtlsContext();

class SimWorker : private BatchSink {
 public:
  // Where WebRTC transports are reached, over this socket.
  static constexpr SocketId kSharedSocket = 1;

  // Several workers of one network are on different hosts.
  SimWorker(EventQueue& events, VirtualNetwork& network, uint64_t seed, uint8_t host = 1);
  ~SimWorker() override;

  SocketAddress shared_address() const { return shared_address_; }
  DtlsContext& dtls() { return *dtls_; }
  Router& router() { return router_; }
  Turn& turn() { return turn_; }
  PacketPool& pool() { return pool_; }
  // Datagrams that no transport wanted.
  uint64_t unclaimed() const { return unclaimed_; }
  // Everything that turns reported so far.
  const Outbox& reported() const { return reported_; }

  // Transports made from now on have SCTP.
  void EnableData(const SctpConfig& config) { sctp_config_ = config; }
  // A plain transport at an address of its own, not yet connected; a pipe transport is the same here.
  Transport& AddPlain(const std::string& id, std::optional<SrtpSuite> suite);
  // A plain or pipe transport with SCTP alone, likewise.
  Transport& AddData(const std::string& id, const SctpConfig& sctp);
  Transport& AddDirect(const std::string& id);
  SocketAddress AddressOf(const Transport& transport) const { return addresses_.at(transport.id()); }
  Transport& AddWebRtc(const std::string& id, const IceCredentials& ice);
  RtpObserver& AddObserver(std::unique_ptr<RtpObserver> observer);

  // Runs `request` in a turn of its own, now: forwards, sends and rearms afterwards.
  template <class F>
  auto Do(F&& request) {
    turn_.now = events_.now();
    struct End {
      SimWorker* worker;
      ~End() { worker->EndTurn(); }
    } end{this};
    return std::forward<F>(request)();
  }

 private:
  void SendAll(const SendBatch& batch) override;
  void Listen(SocketId socket, const SocketAddress& address);
  void OnDatagram(SocketId socket, const SocketAddress& from, Datagram datagram);
  void EndTurn();
  void Rearm();
  Transport& Add(std::unique_ptr<Transport> transport);
  Transport& AddOnTuple(PlainTransportConfig config);
  Transport::Env Env();

  EventQueue& events_;
  VirtualNetwork& network_;
  Rng rng_;
  SctpStack sctp_;
  std::optional<SctpConfig> sctp_config_;
  std::unique_ptr<DtlsContext> dtls_;
  PacketPool pool_;
  const TimeDelta wall_offset_;
  SendBatch batch_;
  Turn turn_;
  Outbox reported_;
  Router router_;
  std::vector<std::unique_ptr<RtpObserver>> observers_;
  Dispatcher dispatcher_;
  SocketAddress shared_address_;
  std::map<SocketId, SocketAddress> sockets_;
  std::map<std::string, SocketAddress> addresses_;
  SocketId next_socket_ = kSharedSocket;
  Timestamp armed_for_ = Timestamp::Infinite();
  EventQueue::EventId armed_;
  uint64_t unclaimed_ = 0;
};

}  // namespace sluice::sim
