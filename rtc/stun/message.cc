#include "rtc/stun/message.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "rtc/base/bytes.h"
#include "rtc/stun/crc32.h"
#include "rtc/stun/integrity.h"

namespace sluice::stun {
namespace {

constexpr size_t kAttributeHeaderSize = 4;

// Types below are to be understood, or the request is refused (RFC 8489 section 14).
constexpr bool IsRequired(uint16_t type) { return type < 0x8000; }

template <class T>
void SetOnce(std::optional<T>& field, T value) {
  if (!field) field = value;
}

// |0 (8)| family (8) | port ^ cookie (16) | address ^ cookie and transaction id |
std::optional<SocketAddress> ReadXorAddress(std::span<const uint8_t> value, std::span<const uint8_t> cookie_and_id) {
  ByteReader in(value);
  in.U8();
  const uint8_t family = in.U8();
  const auto port = static_cast<uint16_t>(in.U16() ^ (kMagicCookie >> 16));
  const auto unmask = [&](auto& ip) {
    for (size_t i = 0; i < ip.size(); ++i) ip[i] = static_cast<uint8_t>(in.U8() ^ cookie_and_id[i]);
  };
  if (family == 1 && value.size() == 8) {
    std::array<uint8_t, 4> ip;
    unmask(ip);
    return SocketAddress::Ipv4(ip, port);
  }
  if (family == 2 && value.size() == 20) {
    std::array<uint8_t, 16> ip;
    unmask(ip);
    return SocketAddress::Ipv6(ip, port);
  }
  return std::nullopt;
}

}  // namespace

bool LooksLikeStun(std::span<const uint8_t> datagram) {
  if (datagram.size() < kHeaderSize || datagram.size() > kMaxMessageSize || datagram[0] > 3) return false;
  ByteReader in(datagram);
  in.U16();
  const size_t length = in.U16();
  return in.U32() == kMagicCookie && length % 4 == 0 && kHeaderSize + length == datagram.size();
}

std::optional<Message> Message::Parse(std::span<const uint8_t> datagram) {
  if (!LooksLikeStun(datagram)) return std::nullopt;
  Message message;
  message.bytes_ = datagram;
  // Class and method are interleaved: M11..M7 C1 M6..M4 C0 M3..M0.
  const auto type = static_cast<uint16_t>(datagram[0] << 8 | datagram[1]);
  message.class_ = static_cast<Class>((type >> 7 & 2) | (type >> 4 & 1));
  message.method_ = static_cast<Method>((type & 0x0F) | (type >> 1 & 0x70) | (type >> 2 & 0xF80));
  std::copy_n(datagram.begin() + 8, message.transaction_id_.size(), message.transaction_id_.begin());
  if (!message.ReadAttributes()) return std::nullopt;
  return message;
}

bool Message::ReadAttributes() {
  ByteReader in(bytes_.subspan(kHeaderSize));
  while (in.left() > 0) {
    if (has_fingerprint_) return false;  // it is the last one
    const size_t offset = bytes_.size() - in.left();
    const uint16_t type = in.U16();
    const size_t size = in.U16();
    const auto value = in.Bytes(size);
    in.Skip((4 - size % 4) % 4);
    if (!in.ok()) return false;

    if (type == static_cast<uint16_t>(Attribute::kFingerprint)) {
      if (size != 4) return false;
      if (ByteReader(value).U32() != (Crc32(bytes_.first(offset)) ^ kFingerprintXor)) return false;
      has_fingerprint_ = true;
    } else if (has_message_integrity()) {
      continue;
    } else if (type == static_cast<uint16_t>(Attribute::kMessageIntegrity)) {
      if (size != kIntegritySize) return false;
      integrity_offset_ = offset;
    } else if (!ReadAttribute(type, value)) {
      return false;
    }
  }
  return true;
}

bool Message::ReadAttribute(uint16_t type, std::span<const uint8_t> value) {
  ByteReader in(value);
  switch (static_cast<Attribute>(type)) {
    case Attribute::kUsername:
      if (value.size() > 508) return false;  // RFC 8489 section 14.3
      if (username_.empty()) username_ = {reinterpret_cast<const char*>(value.data()), value.size()};
      return true;
    case Attribute::kPriority:
      SetOnce(priority_, in.U32());
      break;
    case Attribute::kIceControlling:
      SetOnce(ice_controlling_, in.U64());
      break;
    case Attribute::kIceControlled:
      SetOnce(ice_controlled_, in.U64());
      break;
    case Attribute::kUseCandidate:
      use_candidate_ = true;
      break;
    case Attribute::kNomination:
    case Attribute::kGoogNomination:
      SetOnce(nomination_, in.U32());
      break;
    case Attribute::kErrorCode: {
      const uint32_t code = in.U32();  // |0 (21)| hundreds (3) | rest (8) |, then the reason
      const uint32_t hundreds = code >> 8 & 7, rest = code & 0xFF;
      if (hundreds < 3 || hundreds > 6 || rest > 99) return false;
      SetOnce(error_code_, static_cast<uint16_t>(hundreds * 100 + rest));
      break;
    }
    case Attribute::kXorMappedAddress:
      if (!xor_mapped_address_) xor_mapped_address_ = ReadXorAddress(value, bytes_.subspan(4, 16));
      return true;
    // Understood, and of no use here.
    case Attribute::kMappedAddress:
    case Attribute::kUnknownAttributes:
    case Attribute::kRealm:
    case Attribute::kNonce:
    case Attribute::kMessageIntegritySha256:
      return true;
    default:
      if (IsRequired(type)) NoteUnknown(type);
      return true;
  }
  return in.ok();
}

void Message::NoteUnknown(uint16_t type) {
  const auto known = unknown_required_attributes();
  if (unknown_count_ == kMaxUnknown || std::find(known.begin(), known.end(), type) != known.end()) return;
  unknown_[unknown_count_++] = type;
}

bool Message::VerifyIntegrity(std::string_view password) const {
  if (!has_message_integrity()) return false;
  const Integrity expected = ComputeIntegrity(bytes_.first(integrity_offset_), password);
  const auto claimed = bytes_.subspan(integrity_offset_ + kAttributeHeaderSize, kIntegritySize);
  return CRYPTO_memcmp(expected.data(), claimed.data(), kIntegritySize) == 0;
}

}  // namespace sluice::stun
