#include "rtc/net/socket_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

std::optional<std::array<uint8_t, 4>> ParseIpv4(std::string_view text) {
  std::array<uint8_t, 4> ip;
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ip[i]);
    if (error != std::errc() || leading_zero) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
  if (!text.empty()) return std::nullopt;
  return ip;
}

// The groups of one side of "::" (or of a whole address) appended to `out`; a dotted IPv4 tail counts as two.
bool ParseGroups(std::string_view text, std::array<uint8_t, 16>& out, size_t& size) {
  while (!text.empty()) {
    const size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (auto ipv4 = colon == text.npos ? ParseIpv4(group) : std::nullopt) {
      if (size + 4 > 16) return false;
      std::copy(ipv4->begin(), ipv4->end(), out.begin() + static_cast<long>(size));
      size += 4;
      return true;
    }
    uint16_t value = 0;
    auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (error != std::errc() || end != group.data() + group.size() || group.size() > 4 || size + 2 > 16) return false;
    out[size++] = static_cast<uint8_t>(value >> 8);
    out[size++] = static_cast<uint8_t>(value);
    if (colon == text.npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

std::optional<std::array<uint8_t, 16>> ParseIpv6(std::string_view text) {
  std::array<uint8_t, 16> head{}, tail{};
  size_t head_size = 0, tail_size = 0;
  const size_t gap = text.find("::");
  if (gap == text.npos) {
    if (text.empty() || !ParseGroups(text, head, head_size) || head_size != 16) return std::nullopt;
    return head;
  }
  if (!ParseGroups(text.substr(0, gap), head, head_size)) return std::nullopt;
  if (!ParseGroups(text.substr(gap + 2), tail, tail_size)) return std::nullopt;
  if (head_size + tail_size > 14) return std::nullopt;
  std::copy_n(tail.begin(), tail_size, head.end() - static_cast<long>(tail_size));
  return head;
}

// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::".
std::string FormatIpv6(std::span<const uint8_t> ip) {
  std::array<uint16_t, 8> group;
  for (size_t i = 0; i < 8; ++i) group[i] = static_cast<uint16_t>(ip[2 * i] << 8 | ip[2 * i + 1]);
  size_t best = 8, best_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t end = i;
    while (end < 8 && group[end] == 0) ++end;
    if (end - i > best_size) best = i, best_size = end - i;
  }
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", group[i]);
  }
  return out;
}

}  // namespace

SocketAddress SocketAddress::Ipv4(std::array<uint8_t, 4> ip, uint16_t port) {
  SocketAddress a;
  std::copy(ip.begin(), ip.end(), a.ip_.begin());
  a.port_ = port;
  a.family_ = Family::kIpv4;
  return a;
}

SocketAddress SocketAddress::Ipv6(std::array<uint8_t, 16> ip, uint16_t port) {
  SocketAddress a;
  a.ip_ = ip;
  a.port_ = port;
  a.family_ = Family::kIpv6;
  return a;
}

std::optional<SocketAddress> SocketAddress::Parse(std::string_view ip, uint16_t port) {
  if (auto v4 = ParseIpv4(ip)) return Ipv4(*v4, port);
  if (auto v6 = ParseIpv6(ip)) return Ipv6(*v6, port);
  return std::nullopt;
}

SocketAddress SocketAddress::WithPort(uint16_t port) const {
  SocketAddress a = *this;
  a.port_ = port;
  return a;
}

SocketAddress SocketAddress::Unmapped() const {
  if (family_ != Family::kIpv6) return *this;
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), ip_.begin())) return *this;
  return Ipv4({ip_[12], ip_[13], ip_[14], ip_[15]}, port_);
}

bool SocketAddress::IsUnspecified() const {
  return is_set() && std::ranges::all_of(ip(), [](uint8_t b) { return b == 0; });
}

bool SocketAddress::IsLoopback() const {
  if (family_ == Family::kIpv4) return ip_[0] == 127;
  return family_ == Family::kIpv6 && ip_[15] == 1 &&
         std::ranges::all_of(ip().first(15), [](uint8_t b) { return b == 0; });
}

bool SocketAddress::IsPrivate() const {
  if (family_ == Family::kIpv4) {
    return ip_[0] == 10 || (ip_[0] == 172 && (ip_[1] & 0xf0) == 16) || (ip_[0] == 192 && ip_[1] == 168) ||
           (ip_[0] == 169 && ip_[1] == 254);
  }
  return family_ == Family::kIpv6 && ((ip_[0] & 0xfe) == 0xfc || (ip_[0] == 0xfe && (ip_[1] & 0xc0) == 0x80));
}

std::string SocketAddress::IpString() const {
  if (family_ == Family::kIpv4) return fmt::format("{}.{}.{}.{}", ip_[0], ip_[1], ip_[2], ip_[3]);
  if (family_ == Family::kIpv6) return FormatIpv6(ip());
  return "";
}

std::string SocketAddress::ToString() const {
  return family_ == Family::kIpv6 ? fmt::format("[{}]:{}", IpString(), port_) : fmt::format("{}:{}", IpString(), port_);
}

}  // namespace sluice
