#include "worker/socket_options.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace sluice {
namespace {

constexpr int kTcpBacklog = 256;

absl::Status Failed(const ListenOptions& options, uint16_t port, const char* what) {
  const std::string address = options.address.WithPort(port).ToString();
  const std::string_view protocol = options.protocol == Protocol::kUdp ? "udp" : "tcp";
  return absl::UnavailableError(fmt::format("{} on {} {}: {}", what, protocol, address, strerror(errno)));
}

void SetOption(int fd, int level, int name, int value) { setsockopt(fd, level, name, &value, sizeof(value)); }

// The kernel cuts it down to what the system permits.
int AsInt(uint32_t size) { return static_cast<int>(std::min<uint32_t>(size, INT_MAX / 2)); }

absl::StatusOr<int> OpenAt(const ListenOptions& options, uint16_t port) {
  const bool udp = options.protocol == Protocol::kUdp;
  const int domain = options.address.family() == SocketAddress::Family::kIpv6 ? AF_INET6 : AF_INET;
  const int fd = socket(domain, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Failed(options, port, "cannot make a socket");
  if (domain == AF_INET6) SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only);
  // Only where the port was named: one out of a range is to be free.
  if (udp && options.reuse_port && options.address.port() != 0) SetOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (udp) SetOption(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  // A restarted server must get its port back while old connections are in TIME_WAIT.
  if (!udp) SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.send_buffer) SetOption(fd, SOL_SOCKET, SO_SNDBUF, AsInt(options.send_buffer));
  if (options.recv_buffer) SetOption(fd, SOL_SOCKET, SO_RCVBUF, AsInt(options.recv_buffer));

  sockaddr_storage address;
  const socklen_t size = ToSockaddr(options.address.WithPort(port), address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || (!udp && listen(fd, kTcpBacklog) != 0)) {
    absl::Status status = Failed(options, port, "cannot listen");
    const int error = errno;
    close(fd);
    errno = error;  // for whoever tries the next port
    return status;
  }
  return fd;
}

}  // namespace

absl::StatusOr<int> OpenSocket(const ListenOptions& options, Rng& rng) {
  if (!options.address.is_set()) return absl::InvalidArgumentError("listenInfo.ip is not an IP address");
  if (options.range.min > options.range.max) return absl::InvalidArgumentError("listenInfo.portRange: min above max");
  if (options.address.port() != 0) return OpenAt(options, options.address.port());
  const uint16_t low = std::max<uint16_t>(options.range.min, 1);
  const int count = options.range.max - low + 1;
  if (count <= 0) return absl::InvalidArgumentError("listenInfo.portRange is empty");
  const auto start = static_cast<int>(rng.Between(0, count - 1));
  for (int i = 0; i < count; ++i) {
    auto fd = OpenAt(options, static_cast<uint16_t>(low + (start + i) % count));
    if (fd.ok() || (errno != EADDRINUSE && errno != EACCES)) return fd;
  }
  return absl::ResourceExhaustedError(fmt::format("no free {} port on {} from {} to {}",
                                                  options.protocol == Protocol::kUdp ? "udp" : "tcp",
                                                  options.address.IpString(), low, options.range.max));
}

SocketAddress LocalAddressOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return FromSockaddr(address);
}

SocketAddress FromSockaddr(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    const auto& a = reinterpret_cast<const sockaddr_in&>(from);
    std::array<uint8_t, 4> ip;
    std::memcpy(ip.data(), &a.sin_addr, 4);
    return SocketAddress::Ipv4(ip, ntohs(a.sin_port));
  }
  if (from.ss_family == AF_INET6) {
    const auto& a = reinterpret_cast<const sockaddr_in6&>(from);
    std::array<uint8_t, 16> ip;
    std::memcpy(ip.data(), &a.sin6_addr, 16);
    return SocketAddress::Ipv6(ip, ntohs(a.sin6_port));
  }
  return {};
}

socklen_t ToSockaddr(const SocketAddress& from, sockaddr_storage& to) {
  std::memset(&to, 0, sizeof(to));
  if (from.family() == SocketAddress::Family::kIpv4) {
    auto& a = reinterpret_cast<sockaddr_in&>(to);
    a.sin_family = AF_INET;
    a.sin_port = htons(from.port());
    std::memcpy(&a.sin_addr, from.ip().data(), 4);
    return sizeof(a);
  }
  auto& a = reinterpret_cast<sockaddr_in6&>(to);
  a.sin6_family = AF_INET6;
  a.sin6_port = htons(from.port());
  std::memcpy(&a.sin6_addr, from.ip().data(), 16);
  return sizeof(a);
}

}  // namespace sluice
