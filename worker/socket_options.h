// Opening of sockets: address, port or port range, flags, buffers.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/net/path.h"
#include "rtc/net/socket_address.h"

namespace sluice {

struct PortRange {
  uint16_t min = 0;  // both included; 0 and 0: not given
  uint16_t max = 0;
};

struct ListenOptions {
  Protocol protocol = Protocol::kUdp;
  SocketAddress address;  // its port is the exact one wanted, or 0
  PortRange range;        // used when that port is 0
  bool ipv6_only = false;
  bool reuse_port = false;   // UDP with an exact port: several sockets may have it
  uint32_t send_buffer = 0;  // bytes; 0: as the kernel gives it
  uint32_t recv_buffer = 0;
};

// A non-blocking socket bound as asked, and for TCP listening. With a range the search begins at a random port and
// tries each once. Errors name ip and port, and the reason: InvalidArgument for what cannot be right, ResourceExhausted
// when a whole range is taken, Unavailable otherwise.
absl::StatusOr<int> OpenSocket(const ListenOptions& options, Rng& rng);

SocketAddress LocalAddressOf(int fd);
SocketAddress FromSockaddr(const sockaddr_storage& from);
socklen_t ToSockaddr(const SocketAddress& from, sockaddr_storage& to);

}  // namespace sluice
