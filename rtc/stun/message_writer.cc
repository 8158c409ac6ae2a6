#include "rtc/stun/message_writer.h"

#include <algorithm>

#include "rtc/stun/crc32.h"
#include "rtc/stun/integrity.h"

namespace sluice::stun {
namespace {

constexpr uint16_t WireType(Class cls, Method method) {
  const auto c = static_cast<uint16_t>(cls);
  const auto m = static_cast<uint16_t>(method);
  return static_cast<uint16_t>((m & 0xF80) << 2 | (m & 0x70) << 1 | (m & 0x0F) | (c & 2) << 7 | (c & 1) << 4);
}

std::span<const uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

MessageWriter::MessageWriter(std::span<uint8_t> out, Class cls, Method method, const TransactionId& transaction_id)
    : out_(out.first(std::min(out.size(), kMaxMessageSize))), writer_(out_), transaction_id_(transaction_id) {
  writer_.U16(WireType(cls, method));
  writer_.U16(0);
  writer_.U32(kMagicCookie);
  writer_.Bytes(transaction_id);
}

void MessageWriter::Begin(Attribute type, size_t size) {
  writer_.U16(static_cast<uint16_t>(type));
  writer_.U16(static_cast<uint16_t>(size));
}

void MessageWriter::Pad() { writer_.Zeros((4 - writer_.size() % 4) % 4); }

void MessageWriter::AddUsername(std::string_view username) {
  Begin(Attribute::kUsername, username.size());
  writer_.Bytes(AsBytes(username));
  Pad();
}

void MessageWriter::AddPriority(uint32_t priority) {
  Begin(Attribute::kPriority, 4);
  writer_.U32(priority);
}

void MessageWriter::AddIceControlling(uint64_t tie_breaker) {
  Begin(Attribute::kIceControlling, 8);
  writer_.U64(tie_breaker);
}

void MessageWriter::AddIceControlled(uint64_t tie_breaker) {
  Begin(Attribute::kIceControlled, 8);
  writer_.U64(tie_breaker);
}

void MessageWriter::AddUseCandidate() { Begin(Attribute::kUseCandidate, 0); }

void MessageWriter::AddNomination(uint32_t value) {
  Begin(Attribute::kGoogNomination, 4);
  writer_.U32(value);
}

void MessageWriter::AddXorMappedAddress(const SocketAddress& address) {
  const auto ip = address.ip();
  Begin(Attribute::kXorMappedAddress, 4 + ip.size());
  writer_.U8(0);
  writer_.U8(address.family() == SocketAddress::Family::kIpv4 ? 1 : 2);
  writer_.U16(static_cast<uint16_t>(address.port() ^ (kMagicCookie >> 16)));
  for (size_t i = 0; i < ip.size(); ++i) {
    const auto mask = i < 4 ? static_cast<uint8_t>(kMagicCookie >> (24 - 8 * i)) : transaction_id_[i - 4];
    writer_.U8(static_cast<uint8_t>(ip[i] ^ mask));
  }
}

void MessageWriter::AddErrorCode(uint16_t code, std::string_view reason) {
  Begin(Attribute::kErrorCode, 4 + reason.size());
  writer_.U16(0);
  writer_.U8(static_cast<uint8_t>(code / 100));
  writer_.U8(static_cast<uint8_t>(code % 100));
  writer_.Bytes(AsBytes(reason));
  Pad();
}

void MessageWriter::AddUnknownAttributes(std::span<const uint16_t> types) {
  Begin(Attribute::kUnknownAttributes, 2 * types.size());
  for (uint16_t type : types) writer_.U16(type);
  Pad();
}

void MessageWriter::AddSoftware(std::string_view name) {
  Begin(Attribute::kSoftware, name.size());
  writer_.Bytes(AsBytes(name));
  Pad();
}

size_t MessageWriter::Finish(std::string_view password) {
  if (!password.empty()) AddIntegrity(password);
  AddFingerprint();
  return writer_.ok() ? writer_.size() : 0;
}

void MessageWriter::AddIntegrity(std::string_view password) {
  if (!writer_.ok()) return;
  const Integrity integrity = ComputeIntegrity(writer_.written(), password);
  Begin(Attribute::kMessageIntegrity, kIntegritySize);
  writer_.Bytes(integrity);
}

void MessageWriter::AddFingerprint() {
  constexpr size_t kFingerprintSize = 8;
  if (!writer_.ok()) return;
  writer_.PatchU16(2, static_cast<uint16_t>(writer_.size() + kFingerprintSize - kHeaderSize));
  const uint32_t crc = Crc32(writer_.written());
  Begin(Attribute::kFingerprint, 4);
  writer_.U32(crc ^ kFingerprintXor);
}

}  // namespace sluice::stun
