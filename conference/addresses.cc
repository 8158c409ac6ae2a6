#include "conference/addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sluice::conference {
namespace {

constexpr size_t kMaxListenAddresses = 8;  // of a machine with many interfaces: enough to be reached, few candidates

std::optional<uint32_t> ParseIpv4(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::optional<std::array<uint8_t, 16>> ParseIpv6(std::string_view text) {
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

Reach ReachOfIpv4(uint32_t address) {
  const auto in = [&](uint32_t network, int bits) { return (address ^ network) >> (32 - bits) == 0; };
  if (address == 0) return Reach::kAny;
  if (in(0x7f000000, 8)) return Reach::kLoopback;
  const bool is_private =
      in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0xa9fe0000, 16) || in(0x64400000, 10);
  return is_private ? Reach::kPrivate : Reach::kPublic;
}

Reach ReachOfIpv6(const std::array<uint8_t, 16>& address) {
  if (std::all_of(address.begin(), address.end() - 1, [](uint8_t byte) { return byte == 0; }) && address[15] <= 1) {
    return address[15] == 0 ? Reach::kAny : Reach::kLoopback;
  }
  const bool link_local = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
  const bool unique_local = (address[0] & 0xfe) == 0xfc;
  return link_local || unique_local ? Reach::kPrivate : Reach::kPublic;
}

std::string InUrl(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format(
        "\"{}\" {}; write ADDRESS:PORT, for example 127.0.0.1:4443, 0.0.0.0:4443 or [::1]:4443", text, why));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("has no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size()) {
    return wrong("has no port from 0 (any) to 65535");
  }
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!ParseIpv6(host)) return wrong("has no IPv6 address between the brackets");
  } else if (!ParseIpv4(host)) {
    return wrong("has no IP address of this machine before the port");
  }
  return Endpoint{std::string(host), port};
}

Reach ReachOf(std::string_view address) {
  if (const std::optional<uint32_t> ipv4 = ParseIpv4(address)) return ReachOfIpv4(*ipv4);
  if (const auto ipv6 = ParseIpv6(address)) return ReachOfIpv6(*ipv6);
  return Reach::kName;
}

std::vector<controller::ListenInfo> MediaListenInfos(const std::string& listen, const std::string& announce,
                                                     uint16_t first_port, size_t index,
                                                     const std::vector<std::string>& local) {
  std::vector<std::string> addresses{listen};
  if (ReachOf(listen) == Reach::kAny && announce.empty()) addresses = local;
  const auto port = static_cast<uint16_t>(first_port == 0 ? 0 : first_port + index);
  std::vector<controller::ListenInfo> infos;
  for (const controller::Protocol protocol : {controller::Protocol::kUdp, controller::Protocol::kTcp}) {
    for (const std::string& address : addresses) {
      infos.push_back({.protocol = protocol, .ip = address, .announced_address = announce, .port = port});
    }
  }
  return infos;
}

std::vector<std::string> LocalAddresses() {
  std::vector<std::string> addresses;
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (uv_interface_addresses(&interfaces, &count) == 0) {
    for (int i = 0; i < count && addresses.size() < kMaxListenAddresses; ++i) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      const bool ipv6 = interfaces[i].address.address4.sin_family == AF_INET6;
      const int failed = ipv6 ? uv_ip6_name(&interfaces[i].address.address6, text.data(), text.size())
                              : uv_ip4_name(&interfaces[i].address.address4, text.data(), text.size());
      const std::string address(text.data());
      if (failed != 0 || interfaces[i].is_internal != 0 || (ipv6 && address.starts_with("fe"))) continue;
      if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
    }
    uv_free_interface_addresses(interfaces, count);
  }
  if (addresses.empty()) addresses.emplace_back("127.0.0.1");
  return addresses;
}

Advice Advise(const Endpoint& listen, bool tls, const std::string& announce, const std::vector<std::string>& local) {
  const Reach page = ReachOf(listen.address);
  const bool here = page == Reach::kLoopback || page == Reach::kAny;
  const bool remote = page != Reach::kLoopback;
  // Browsers take pages of localhost for secure.
  const bool localhost = here && !tls && listen.address != "::1";
  const std::string host = localhost ? "localhost" : InUrl(page == Reach::kAny ? local.front() : listen.address);
  Advice advice{.url = fmt::format("{}://{}:{}/", tls ? "https" : "http", host, listen.port)};

  const std::string media = !announce.empty() ? announce : page == Reach::kAny ? local.front() : listen.address;
  const Reach media_reach = ReachOf(media);
  if (!remote) {
    if (!announce.empty() && media_reach != Reach::kLoopback) {
      advice.sentences.push_back(fmt::format(
          "Media is announced at {} but received on {} only: whoever comes from elsewhere gets neither page nor media. "
          "Listen on more with --listen 0.0.0.0:{}.",
          announce, listen.address, listen.port));
    } else {
      advice.sentences.push_back(fmt::format(
          "Only browsers on this machine can join. For others: --listen 0.0.0.0:{} --certificate FILE --key FILE.",
          listen.port));
    }
    return advice;
  }
  if (!tls) {
    advice.sentences.emplace_back(
        "Browsers give camera and microphone only to pages over https (or from localhost): for browsers on other "
        "machines add --certificate FILE --key FILE, or a proxy with TLS in front.");
  }
  if (media_reach == Reach::kLoopback) {
    advice.sentences.push_back(fmt::format(
        "The page can be opened from other machines, but media is announced at {}, which is this machine alone: "
        "--announce ADDRESS tells browsers the address by which they reach it.",
        media));
  } else if (media_reach == Reach::kPrivate) {
    advice.sentences.push_back(
        fmt::format("Media is announced at {}, a private address: browsers outside this network can open the page, but "
                    "will neither "
                    "see nor hear anybody. If this machine has a public address, name it with --announce ADDRESS.",
                    announce.empty() && page == Reach::kAny ? fmt::format("{}", fmt::join(local, ", ")) : media));
  }
  return advice;
}

}  // namespace sluice::conference
