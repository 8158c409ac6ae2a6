#include <fmt/format.h>

#include "worker/wire/rtp_wire.h"
#include "worker/wire/transport_wire.h"

namespace sluice::wire {

absl::StatusOr<ListenRequest> DecodeListenInfo(const fbs::net::ListenInfo* from, const Settings& settings,
                                               const std::string& field) {
  auto wrong = [&field](const char* name, const char* why) {
    return absl::InvalidArgumentError(fmt::format("{}.{}: {}", field, name, why));
  };
  if (!from) return absl::InvalidArgumentError(field + " is missing");
  const auto address = SocketAddress::Parse(Text(from->ip()), from->port());
  if (!address) return wrong("ip", "is not an IP address");
  if (from->protocol() != fbs::net::Protocol::Udp && from->protocol() != fbs::net::Protocol::Tcp) {
    return wrong("protocol", "neither UDP nor TCP");
  }
  ListenRequest out;
  out.options.protocol = from->protocol() == fbs::net::Protocol::Udp ? Protocol::kUdp : Protocol::kTcp;
  out.options.address = *address;
  if (const auto* range = from->port_range()) {
    if (range->min() > range->max()) return wrong("portRange", "min is above max");
    out.options.range = {.min = range->min(), .max = range->max()};
  }
  if (out.options.range.max == 0) out.options.range = {.min = settings.rtc_min_port, .max = settings.rtc_max_port};
  if (const auto* flags = from->flags()) {
    out.options.ipv6_only = flags->ipv6_only();
    out.options.reuse_port = flags->udp_reuse_port();
  }
  out.options.send_buffer = from->send_buffer_size();
  out.options.recv_buffer = from->recv_buffer_size();
  out.announced = Text(from->announced_address());
  if (out.announced.size() > kMaxName) return TooLong(field + ".announcedAddress", kMaxName);
  out.expose_internal = from->expose_internal_ip();
  return out;
}

absl::StatusOr<std::vector<ListenRequest>> DecodeListenInfos(
    const flatbuffers::Vector<flatbuffers::Offset<fbs::net::ListenInfo>>* from, const Settings& settings) {
  if (!from || from->size() == 0) return absl::InvalidArgumentError("listenInfos is missing");
  if (from->size() > kMaxListenInfos) {
    return absl::InvalidArgumentError(fmt::format("listenInfos: more than {}", kMaxListenInfos));
  }
  std::vector<ListenRequest> out;
  for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) {
    auto one = DecodeListenInfo(from->Get(i), settings, fmt::format("listenInfos[{}]", i));
    if (!one.ok()) return one.status();
    out.push_back(*std::move(one));
  }
  return out;
}

}  // namespace sluice::wire
