// Endpoints, each with an address and a link in either direction. A datagram passes the sender's up link, then the
// receiver's down link. Those for an address where nobody is are counted and gone.
//
// An endpoint may sit behind a NAT: others see and reach it under an outer address, of which there is one at a time.
// Rebinding gives it another; what is sent to the old one is for nobody from then on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "rtc/net/socket_address.h"
#include "test/sim/event_queue.h"
#include "test/sim/link.h"

namespace sluice::sim {

class VirtualNetwork {
 public:
  using Receive = std::function<void(const SocketAddress& from, Datagram datagram)>;

  VirtualNetwork(EventQueue& events, uint64_t seed) : events_(events), rng_(seed) {}
  VirtualNetwork(const VirtualNetwork&) = delete;
  VirtualNetwork& operator=(const VirtualNetwork&) = delete;

  // `address` must be free. Datagrams under way when an endpoint is detached are for nobody.
  void Attach(const SocketAddress& address, Receive receive);
  void Detach(const SocketAddress& address);
  // Of an attached endpoint, by its own (inner) address.
  Link& Up(const SocketAddress& address) { return *At(address).up; }
  Link& Down(const SocketAddress& address) { return *At(address).down; }

  // From now on `inner` appears as `outer`; called again it is rebound.
  void PutBehindNat(const SocketAddress& inner, const SocketAddress& outer);

  void Send(const SocketAddress& from, const SocketAddress& to, Datagram datagram);
  uint64_t unclaimed() const { return unclaimed_; }

 private:
  struct Endpoint {
    Receive receive;
    std::unique_ptr<Link> up;
    std::unique_ptr<Link> down;
  };
  Endpoint& At(const SocketAddress& address);
  void Arrive(const SocketAddress& from, const SocketAddress& to, Datagram datagram);

  EventQueue& events_;
  Rng rng_;
  std::map<SocketAddress, Endpoint> endpoints_;
  std::map<SocketAddress, SocketAddress> outer_;  // by inner address
  std::map<SocketAddress, SocketAddress> inner_;  // by outer address
  uint64_t unclaimed_ = 0;
};

}  // namespace sluice::sim
