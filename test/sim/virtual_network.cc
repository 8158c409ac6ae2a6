#include "test/sim/virtual_network.h"

#include <utility>

#include "rtc/base/check.h"

namespace sluice::sim {

void VirtualNetwork::Attach(const SocketAddress& address, Receive receive) {
  const bool added = endpoints_
                         .emplace(address, Endpoint{.receive = std::move(receive),
                                                    .up = std::make_unique<Link>(events_, rng_.U64()),
                                                    .down = std::make_unique<Link>(events_, rng_.U64())})
                         .second;
  SLUICE_CHECK(added);
}

void VirtualNetwork::Detach(const SocketAddress& address) {
  At(address).receive = nullptr;  // the links stay: datagrams may be on them
}

VirtualNetwork::Endpoint& VirtualNetwork::At(const SocketAddress& address) {
  const auto it = endpoints_.find(address);
  SLUICE_CHECK(it != endpoints_.end());
  return it->second;
}

void VirtualNetwork::PutBehindNat(const SocketAddress& inner, const SocketAddress& outer) {
  if (const auto old = outer_.find(inner); old != outer_.end()) inner_.erase(old->second);
  outer_[inner] = outer;
  inner_[outer] = inner;
}

void VirtualNetwork::Send(const SocketAddress& from, const SocketAddress& to, Datagram datagram) {
  const auto outer = outer_.find(from);
  const SocketAddress seen = outer == outer_.end() ? from : outer->second;
  Up(from).Send(std::move(datagram), [this, seen, to](Datagram arrived) { Arrive(seen, to, std::move(arrived)); });
}

void VirtualNetwork::Arrive(const SocketAddress& from, const SocketAddress& to, Datagram datagram) {
  const auto inner = inner_.find(to);
  const bool behind_nat = outer_.contains(to);  // its inner address is not reachable from outside
  const SocketAddress address = inner == inner_.end() ? to : inner->second;
  const auto it = endpoints_.find(address);
  if (it == endpoints_.end() || behind_nat) return void(++unclaimed_);
  it->second.down->Send(std::move(datagram), [this, from, address](Datagram arrived) {
    const Endpoint& endpoint = At(address);
    if (!endpoint.receive) return void(++unclaimed_);
    endpoint.receive(from, std::move(arrived));
  });
}

}  // namespace sluice::sim
