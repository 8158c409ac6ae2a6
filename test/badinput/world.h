// A worker's worth of WebRTC transports on one shared socket, and peers that reach them over ICE, DTLS and SRTP, all in
// memory and on virtual time. Anybody may send anything from anywhere: Receive().
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rtc/ice/ice_client.h"
#include "rtc/router/fan_out.h"
#include "rtc/router/router.h"
#include "test/support/media_world.h"
#include "worker/dispatcher.h"

namespace sluice::badinput {

using testing_support::Datagram;

inline constexpr SocketId kSocket = 1;

Path PathFrom(uint8_t host, uint16_t port);

// Bytes that this process holds from malloc, and how often it asked (live_heap.cc). Always 0 under a sanitizer.
size_t HeapBytes();
uint64_t HeapAllocations();

class World;

// What a browser would be.
class Peer {
 public:
  Peer(World& world, std::string id, Path path, DtlsRole role);

  // Sends what is due, reads what came.
  void Act();
  bool connected() const { return inbound_.has_value(); }

  // Protected with the keys of the session.
  Datagram Protect(const Datagram& rtp);
  Datagram ProtectRtcp(const Datagram& rtcp);
  // Protects and sends RTP or RTCP of an SSRC that is not used again: the peer's own memory of it goes.
  void SendOnce(const Datagram& clear);
  void Send(const Datagram& datagram);
  void SendRtp(const Datagram& rtp) { Send(Protect(rtp)); }
  void SendRtcp(const Datagram& rtcp) { Send(ProtectRtcp(rtcp)); }

  World& world;
  const std::string id;
  Path path;
  DtlsRole role;
  std::unique_ptr<DtlsContext> context;
  IceClient ice;
  DtlsSession dtls;
  Transport& transport;
  bool hold_dtls = false;      // for tests that stop in the middle of a handshake
  std::vector<Datagram> held;  // what it would have sent
  uint32_t rtp_received = 0;
  uint32_t bad_received = 0;

 private:
  void Read(Datagram datagram);
  void FlushDtls();
  std::optional<SrtpSession> inbound_;
  std::optional<SrtpSession> outbound_;
};

class World : private BatchSink {
 public:
  World();
  ~World() override;

  // A peer with a transport of its own, known to each other by fingerprint, not yet connected. `role` is the peer's.
  Peer& Add(const std::string& id, DtlsRole role = DtlsRole::kClient);
  // Without telling the transport of the peer: Connect() is up to the test.
  Peer& AddUnknown(const std::string& id, DtlsRole role = DtlsRole::kClient);
  // Closes its transport, and forgets it.
  void Remove(Peer& peer);
  // Lets everybody talk until nobody has anything to say.
  void Talk();
  void Advance(TimeDelta time);
  // A peer that is added and connected; one that sends video besides (SSRC 1111, RTX 1112), or watches "video".
  Peer& Join(const std::string& id, DtlsRole role = DtlsRole::kClient);
  Peer& JoinSender();
  Peer& JoinWatcher();

  // A datagram from the network, as a turn of its own.
  void Receive(const Path& from, Datagram bytes);
  template <class F>
  void Do(F&& request) {
    request(turn_);
    EndTurn();
  }
  std::vector<Datagram> TakeMail(const Path& to);

  DtlsContext& dtls() { return *dtls_; }
  Router& router() { return router_; }
  Timestamp now() const { return turn_.now; }
  Rng& rng() { return rng_; }
  // Datagrams that no transport wanted, and everything that was sent.
  uint64_t unclaimed() const { return unclaimed_; }
  uint64_t sent() const { return sent_; }
  DtlsState last_dtls_state(const std::string& id) const { return dtls_states_.at(id); }

 private:
  void SendAll(const SendBatch& batch) override;
  void EndTurn();

  SendBatch batch_;
  Turn turn_;
  PacketPool pool_;
  Rng rng_{1};
  std::unique_ptr<DtlsContext> dtls_;
  Router router_{"router"};
  Dispatcher dispatcher_;
  std::map<std::string, DtlsState> dtls_states_;
  std::map<SocketAddress, std::vector<Datagram>> mail_;
  std::vector<std::unique_ptr<Peer>> peers_;
  uint64_t unclaimed_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace sluice::badinput
