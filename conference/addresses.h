// Addresses that the server listens on and tells to pages, and what to say to whoever started it about them.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/listen_info.h"

namespace sluice::conference {

struct Endpoint {
  std::string address;  // IPv4 or IPv6, without brackets
  uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

// "127.0.0.1:4443", "[::1]:4443", "0.0.0.0:0", "localhost:4443".
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

enum class Reach : uint8_t {
  kLoopback,  // this machine
  kPrivate,   // its network: RFC 1918, link-local, shared (RFC 6598), unique local
  kPublic,
  kAny,   // not an address of anything: 0.0.0.0, ::
  kName,  // no IP address: a host's name
};
Reach ReachOf(std::string_view address);

// What transports of worker `index` listen on: `listen` itself, or, if that is any address and nothing is announced,
// the addresses of this machine (`local`), since a page must be told a real one.
std::vector<controller::ListenInfo> MediaListenInfos(const std::string& listen, const std::string& announce,
                                                     uint16_t first_port, size_t index,
                                                     const std::vector<std::string>& local);

// The addresses of this machine's interfaces that are up, without loopback (unless there is nothing else) and
// link-local.
std::vector<std::string> LocalAddresses();

struct Advice {
  std::string url;                     // for this machine
  std::vector<std::string> sentences;  // what may surprise about the addresses
};
Advice Advise(const Endpoint& listen, bool tls, const std::string& announce, const std::vector<std::string>& local);

}  // namespace sluice::conference
