// Binding requests as a peer would write them, and answers as it would read them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rtc/ice/ice_lite_agent.h"
#include "rtc/stun/integrity.h"
#include "rtc/stun/message.h"
#include "rtc/stun/message_writer.h"

namespace sluice {

inline const IceCredentials kServer{.ufrag = "serverUfrag", .password = "serverPassword0123456789"};

inline constexpr uint16_t kUnknownType = 0x7F31;

struct CheckOptions {
  std::string username = kServer.ufrag + ":peer";
  std::string password = kServer.password;
  bool use_candidate = false;
  std::optional<uint32_t> nomination;
  bool priority = true;
  bool controlled = false;
  bool unknown_attribute = false;
  stun::Class cls = stun::Class::kRequest;
  stun::Method method = stun::Method::kBinding;
};

inline std::vector<uint8_t> MakeCheck(const CheckOptions& options = {}) {
  std::vector<uint8_t> out(400);
  stun::MessageWriter writer(out, options.cls, options.method, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  writer.AddUsername(options.username);
  if (options.priority) writer.AddPriority(1234);
  if (options.controlled) {
    writer.AddIceControlled(99);
  } else {
    writer.AddIceControlling(99);
  }
  if (options.use_candidate) writer.AddUseCandidate();
  if (options.nomination) writer.AddNomination(*options.nomination);
  if (!options.unknown_attribute) {
    out.resize(writer.Finish(options.password));
    return out;
  }
  // No writer writes what nobody knows: SOFTWARE becomes a type that has to be understood, and is signed anew.
  writer.AddSoftware("mystery!");
  const size_t size = writer.Finish("") - 8;  // without FINGERPRINT
  out.resize(size);
  const size_t at = size - 12;
  out[at] = kUnknownType >> 8;
  out[at + 1] = kUnknownType & 0xFF;
  const stun::Integrity integrity = stun::ComputeIntegrity(out, options.password);
  out.insert(out.end(), {0x00, 0x08, 0x00, 0x14});
  out.insert(out.end(), integrity.begin(), integrity.end());
  out[2] = static_cast<uint8_t>((out.size() - 20) >> 8);
  out[3] = static_cast<uint8_t>(out.size() - 20);
  return out;
}

inline Path PathFrom(uint16_t port, Protocol protocol = Protocol::kUdp) {
  return {.socket = 7, .protocol = protocol, .remote = SocketAddress::Ipv4({192, 0, 2, 1}, port)};
}

}  // namespace sluice
