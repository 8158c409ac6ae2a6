// A received STUN message (RFC 8489), checked once and read through accessors.
//
//    0                   1                   2                   3
//   |0 0|  method and class (14)    |   length of what follows (16) |
//   |                magic cookie 0x2112A442 (32)                   |
//   |                transaction id (96)                            |
//   then attributes: type (16), length (16), value, padded to 4 bytes
//
// Parse refuses a message whose lengths do not add up, or whose FINGERPRINT is there and wrong. Of an attribute that
// comes twice the first counts. Behind MESSAGE-INTEGRITY only FINGERPRINT is looked at.
// Does not know any credentials: the caller finds the password by username() and asks VerifyIntegrity(); until it said
// yes, nothing in here is more than a claim.
// Lifetime: a view; the datagram must outlive it. Allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtc/net/socket_address.h"
#include "rtc/stun/stun.h"

namespace sluice::stun {

class Message {
 public:
  // How many unknown comprehension-required attributes are kept for the answer; further ones are left out of it.
  static constexpr size_t kMaxUnknown = 8;

  static std::optional<Message> Parse(std::span<const uint8_t> datagram);

  Class cls() const { return class_; }
  Method method() const { return method_; }
  const TransactionId& transaction_id() const { return transaction_id_; }

  // "local:remote" in an ICE check; empty when absent.
  std::string_view username() const { return username_; }
  std::optional<uint32_t> priority() const { return priority_; }
  // The tie-breaker of a peer that believes to be controlling, or controlled.
  std::optional<uint64_t> ice_controlling() const { return ice_controlling_; }
  std::optional<uint64_t> ice_controlled() const { return ice_controlled_; }
  bool use_candidate() const { return use_candidate_; }
  // Renomination: the highest value wins, whichever of the two attributes carried it.
  std::optional<uint32_t> nomination() const { return nomination_; }
  // 300..699.
  std::optional<uint16_t> error_code() const { return error_code_; }
  // Of XOR-MAPPED-ADDRESS; nullopt too when the family is unknown.
  std::optional<SocketAddress> xor_mapped_address() const { return xor_mapped_address_; }
  bool has_message_integrity() const { return integrity_offset_ != 0; }
  bool has_fingerprint() const { return has_fingerprint_; }
  std::span<const uint16_t> unknown_required_attributes() const { return std::span(unknown_).first(unknown_count_); }

  // HMAC-SHA1 of the short-term credential (RFC 8489 section 14.5), compared in constant time. False when the message
  // has no MESSAGE-INTEGRITY.
  bool VerifyIntegrity(std::string_view password) const;

 private:
  Message() = default;
  bool ReadAttributes();
  bool ReadAttribute(uint16_t type, std::span<const uint8_t> value);
  void NoteUnknown(uint16_t type);

  std::span<const uint8_t> bytes_;
  Class class_ = Class::kRequest;
  Method method_ = Method::kBinding;
  TransactionId transaction_id_{};
  std::string_view username_;
  std::optional<uint32_t> priority_;
  std::optional<uint64_t> ice_controlling_;
  std::optional<uint64_t> ice_controlled_;
  std::optional<uint32_t> nomination_;
  std::optional<uint16_t> error_code_;
  std::optional<SocketAddress> xor_mapped_address_;
  bool use_candidate_ = false;
  bool has_fingerprint_ = false;
  size_t integrity_offset_ = 0;  // of the attribute's header; 0 = absent
  std::array<uint16_t, kMaxUnknown> unknown_{};
  size_t unknown_count_ = 0;
};

}  // namespace sluice::stun
