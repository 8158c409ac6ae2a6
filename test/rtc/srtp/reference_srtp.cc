#include "test/rtc/srtp/reference_srtp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <string>

namespace sluice::test {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype([](EVP_CIPHER_CTX* p) { EVP_CIPHER_CTX_free(p); })>;

Bytes Big(uint64_t value, size_t size) {
  Bytes out(size);
  for (size_t i = 0; i < size; ++i) out[size - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  return out;
}

void Append(Bytes& to, const Bytes& from) { to.insert(to.end(), from.begin(), from.end()); }

Bytes Concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) Append(out, part);
  return out;
}

Bytes Xor(Bytes a, const Bytes& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] ^= b[i];
  return a;
}

Bytes Slice(const Bytes& bytes, size_t from, size_t size) {
  return {bytes.begin() + static_cast<long>(from), bytes.begin() + static_cast<long>(from + size)};
}

size_t RtpHeaderSize(const Bytes& packet) {
  size_t size = 12 + 4 * (packet[0] & 15u);
  if (packet[0] & 0x10) size += 4 + 4 * (packet[size + 2] * 256u + packet[size + 3]);
  return size;
}

// Ciphertext and tag.
Bytes Gcm(const Bytes& key, const Bytes& iv, const Bytes& associated, const Bytes& plain) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  EVP_EncryptInit_ex(cipher.get(), key.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm(), nullptr, key.data(),
                     iv.data());
  int size = 0;
  EVP_EncryptUpdate(cipher.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size()));
  Bytes out(plain.size() + 16);
  EVP_EncryptUpdate(cipher.get(), out.data(), &size, plain.data(), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(cipher.get(), out.data() + plain.size(), &size);
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, 16, out.data() + plain.size());
  return out;
}

Bytes HmacSha1(const Bytes& key, const Bytes& message, size_t size) {
  Bytes out(20);
  unsigned int full = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), out.data(), &full);
  out.resize(size);
  return out;
}

struct Master {
  Bytes key, salt;
};
Master Split(SrtpSuite suite, const Bytes& keying) {
  const auto& info = SrtpSuiteInfoOf(suite);
  return {Slice(keying, 0, info.key_size), Slice(keying, info.key_size, info.salt_size)};
}

bool IsGcm(SrtpSuite suite) { return SrtpSuiteInfoOf(suite).salt_size == 12; }

// RFC 3711 section 4.1.1: (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
Bytes CounterIv(const Bytes& salt, const Bytes& ssrc, uint64_t index) {
  return Xor(Concat({salt, Bytes(2)}), Concat({Bytes(4), ssrc, Big(index, 6), Bytes(2)}));
}

}  // namespace

Bytes FromHex(std::string_view hex) {
  std::string digits;
  std::copy_if(hex.begin(), hex.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
  Bytes out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    out.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return out;
}

Bytes AesCounterKeystream(const Bytes& key, const Bytes& iv, size_t size) {
  Cipher cipher(EVP_CIPHER_CTX_new());
  EVP_EncryptInit_ex(cipher.get(), key.size() == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(), nullptr, key.data(),
                     iv.data());
  Bytes out(size), zeros(size);
  int written = 0;
  EVP_EncryptUpdate(cipher.get(), out.data(), &written, zeros.data(), static_cast<int>(size));
  return out;
}

Bytes DeriveKey(const Bytes& master_key, const Bytes& master_salt, uint8_t label, size_t size) {
  Bytes x = master_salt;
  x.resize(16);  // shorter salts are padded behind (RFC 7714 section 11), then come the two bytes of the counter
  x[7] ^= label;
  return AesCounterKeystream(master_key, x, size);
}

Bytes GcmProtectRtp(const Bytes& key, const Bytes& salt, uint32_t roc, const Bytes& packet) {
  const size_t header = RtpHeaderSize(packet);
  const Bytes iv = Xor(salt, Concat({Bytes(2), Slice(packet, 8, 4), Big(roc, 4), Slice(packet, 2, 2)}));
  const Bytes associated = Slice(packet, 0, header);
  return Concat({associated, Gcm(key, iv, associated, Slice(packet, header, packet.size() - header))});
}

Bytes GcmProtectRtcp(const Bytes& key, const Bytes& salt, uint32_t index, const Bytes& packet) {
  const Bytes header = Slice(packet, 0, 8), trailer = Big(index | 0x80000000u, 4);
  const Bytes iv = Xor(salt, Concat({Bytes(2), Slice(packet, 4, 4), Bytes(2), Big(index, 4)}));
  return Concat({header, Gcm(key, iv, Concat({header, trailer}), Slice(packet, 8, packet.size() - 8)), trailer});
}

Bytes ProtectRtp(SrtpSuite suite, const Bytes& keying, uint32_t roc, const Bytes& packet) {
  const auto& info = SrtpSuiteInfoOf(suite);
  const auto [master, salt] = Split(suite, keying);
  const Bytes key = DeriveKey(master, salt, 0, info.key_size);
  const Bytes session_salt = DeriveKey(master, salt, 2, info.salt_size);
  if (IsGcm(suite)) return GcmProtectRtp(key, session_salt, roc, packet);

  const size_t header = RtpHeaderSize(packet), payload = packet.size() - header;
  const uint64_t index = uint64_t{roc} << 16 | static_cast<uint64_t>(packet[2] << 8 | packet[3]);
  const Bytes stream = AesCounterKeystream(key, CounterIv(session_salt, Slice(packet, 8, 4), index), payload);
  const Bytes out = Concat({Slice(packet, 0, header), Xor(Slice(packet, header, payload), stream)});
  const Bytes tag = HmacSha1(DeriveKey(master, salt, 1, 20), Concat({out, Big(roc, 4)}), info.rtp_overhead);
  return Concat({out, tag});
}

Bytes ProtectRtcp(SrtpSuite suite, const Bytes& keying, uint32_t index, const Bytes& packet) {
  const auto& info = SrtpSuiteInfoOf(suite);
  const auto [master, salt] = Split(suite, keying);
  const Bytes key = DeriveKey(master, salt, 3, info.key_size);
  const Bytes session_salt = DeriveKey(master, salt, 5, info.salt_size);
  if (IsGcm(suite)) return GcmProtectRtcp(key, session_salt, index, packet);

  const size_t payload = packet.size() - 8;
  const Bytes stream = AesCounterKeystream(key, CounterIv(session_salt, Slice(packet, 4, 4), index), payload);
  const Bytes out = Concat({Slice(packet, 0, 8), Xor(Slice(packet, 8, payload), stream), Big(index | 0x80000000u, 4)});
  return Concat({out, HmacSha1(DeriveKey(master, salt, 4, 20), out, info.rtcp_overhead - 4)});
}

}  // namespace sluice::test
