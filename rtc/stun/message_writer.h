// Writes one STUN message into the caller's bytes. Whatever does not fit makes the whole message fail: Finish() gives
// 0. Allocates nothing; attributes come out in the order of the calls, MESSAGE-INTEGRITY and FINGERPRINT last.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rtc/base/bytes.h"
#include "rtc/net/socket_address.h"
#include "rtc/stun/stun.h"

namespace sluice::stun {

class MessageWriter {
 public:
  MessageWriter(std::span<uint8_t> out, Class cls, Method method, const TransactionId& transaction_id);

  void AddUsername(std::string_view username);
  void AddPriority(uint32_t priority);
  void AddIceControlling(uint64_t tie_breaker);
  void AddIceControlled(uint64_t tie_breaker);
  void AddUseCandidate();
  void AddNomination(uint32_t value);  // in the attribute that browsers use
  void AddXorMappedAddress(const SocketAddress& address);
  void AddErrorCode(uint16_t code, std::string_view reason);  // 300..699
  void AddUnknownAttributes(std::span<const uint16_t> types);
  void AddSoftware(std::string_view name);

  // Appends MESSAGE-INTEGRITY (unless `password` is empty) and FINGERPRINT, and returns the size of the message, or 0
  // when it did not fit. Call once.
  size_t Finish(std::string_view password);

 private:
  // Attribute header; the value follows and Pad() ends it.
  void Begin(Attribute type, size_t size);
  void Pad();
  void AddIntegrity(std::string_view password);
  void AddFingerprint();

  std::span<uint8_t> out_;
  ByteWriter writer_;
  TransactionId transaction_id_;
};

}  // namespace sluice::stun
