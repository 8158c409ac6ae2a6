// Where a transport listens, and the address pair it ended up with. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::controller {

enum class Protocol : uint8_t { kUdp, kTcp };
std::string_view ToString(Protocol protocol);  // "udp", "tcp"

struct ListenInfo {
  Protocol protocol = Protocol::kUdp;
  std::string ip;                   // a local address, IPv4 or IPv6
  std::string announced_address;    // what clients are told instead; "": `ip`
  bool expose_internal_ip = false;  // tell clients `ip` as well
  uint16_t port = 0;                // 0: any of the range
  uint16_t min_port = 0;            // a range of this listen info alone; 0, 0: the worker's range
  uint16_t max_port = 0;
  uint32_t send_buffer_size = 0;  // bytes, 0: the system's default
  uint32_t recv_buffer_size = 0;
  bool ipv6_only = false;
  bool udp_reuse_port = false;
};

struct TransportTuple {
  Protocol protocol = Protocol::kUdp;
  std::string local_address;  // as announced
  uint16_t local_port = 0;
  std::string remote_ip;  // "" while not known
  uint16_t remote_port = 0;
};

}  // namespace sluice::controller
