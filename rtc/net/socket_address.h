// An IP address and port as a value, without any system header: IPv4 and IPv6, comparable and hashable.
// IPv4-mapped IPv6 addresses stay IPv6 here; whoever reads them from a dual-stack socket calls Unmapped().
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

class SocketAddress {
 public:
  enum class Family : uint8_t { kNone, kIpv4, kIpv6 };

  constexpr SocketAddress() = default;
  static SocketAddress Ipv4(std::array<uint8_t, 4> ip, uint16_t port);
  static SocketAddress Ipv6(std::array<uint8_t, 16> ip, uint16_t port);
  // `ip` is a literal ("192.0.2.1", "2001:db8::1", no brackets, no scope); nullopt for anything else.
  static std::optional<SocketAddress> Parse(std::string_view ip, uint16_t port);

  Family family() const { return family_; }
  bool is_set() const { return family_ != Family::kNone; }
  uint16_t port() const { return port_; }
  // 4 or 16 bytes in network order.
  std::span<const uint8_t> ip() const {
    return std::span(ip_).first(family_ == Family::kIpv6 ? 16 : family_ == Family::kIpv4 ? 4 : 0);
  }
  SocketAddress WithPort(uint16_t port) const;
  // ::ffff:a.b.c.d becomes a.b.c.d; everything else is returned as it is.
  SocketAddress Unmapped() const;

  bool IsUnspecified() const;    // 0.0.0.0 or ::
  bool IsLoopback() const;       // 127/8 or ::1
  bool IsPrivate() const;        // RFC 1918, RFC 4193 (fc00::/7), link-local
  std::string IpString() const;  // RFC 5952 text, no brackets
  std::string ToString() const;  // "ip:port", "[ip]:port"

  auto operator<=>(const SocketAddress&) const = default;

  template <class H>
  friend H AbslHashValue(H h, const SocketAddress& a) {
    return H::combine_contiguous(H::combine(std::move(h), a.family_, a.port_), a.ip_.data(), a.ip_.size());
  }

 private:
  std::array<uint8_t, 16> ip_{};
  uint16_t port_ = 0;
  Family family_ = Family::kNone;
};

}  // namespace sluice
