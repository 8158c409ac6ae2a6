// A Path is how a datagram came, or shall go: over which local socket, to and from which addresses. The socket is named
// by an id that whoever owns the sockets gives out; rtc/ only compares it and hands it back. For TCP the id names the
// connection. Two paths are the same when socket and remote address are.
#pragma once

#include <cstdint>

#include "rtc/net/socket_address.h"

namespace sluice {

enum class Protocol : uint8_t { kUdp, kTcp };

using SocketId = uint32_t;

struct Path {
  SocketId socket = 0;
  Protocol protocol = Protocol::kUdp;
  SocketAddress local;  // where the socket is bound: for reports, not for identity
  SocketAddress remote;

  friend bool operator==(const Path& a, const Path& b) { return a.socket == b.socket && a.remote == b.remote; }

  template <class H>
  friend H AbslHashValue(H h, const Path& p) {
    return H::combine(std::move(h), p.socket, p.remote);
  }
};

}  // namespace sluice
