#include "rtc/srtp/gcm_protector.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "rtc/base/bytes.h"

#ifdef SLUICE_IPSEC_MB
#include <intel-ipsec-mb.h>
#include <openssl/evp.h>
#endif

namespace sluice {

#ifdef SLUICE_IPSEC_MB

namespace {

constexpr size_t kTag = 16;
constexpr size_t kSalt = 12;
constexpr size_t kMinHeader = 12;
constexpr int64_t kWindow = 1024;  // SrtpSession::kReplayWindow
constexpr uint64_t kMostPackets = uint64_t{1} << 48;
constexpr int64_t kHalf = 0x8000;

// The library as it is best on this processor; null where that has no instructions for AES-GCM. Its manager is only a table
// of functions to us.
const IMB_MGR* Library() {
  static const IMB_MGR* const library = [] {
    IMB_MGR* manager = alloc_mb_mgr(0);
    if (!manager) return manager;
    IMB_ARCH arch = IMB_ARCH_NONE;
    init_mb_mgr_auto(manager, &arch);
    if (arch >= IMB_ARCH_SSE && imb_get_errno(manager) == 0) return manager;
    free_mb_mgr(manager);
    return static_cast<IMB_MGR*>(nullptr);
  }();
  return library;
}

// RFC 3711, 4.3, with a key derivation rate of zero: `label` is 0 for the key and 2 for the salt. False: no such cipher.
bool Derive(std::span<const uint8_t> keying, size_t key_size, uint8_t label, std::span<uint8_t> out) {
  std::array<uint8_t, 16> iv{};
  std::memcpy(iv.data(), keying.data() + key_size, kSalt);
  iv[7] ^= label;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  std::ranges::fill(out, 0);
  int size = 0;
  const EVP_CIPHER* cipher = key_size == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  const bool good = context && EVP_EncryptInit_ex(context, cipher, nullptr, keying.data(), iv.data()) == 1 &&
                    EVP_EncryptUpdate(context, out.data(), &size, out.data(), static_cast<int>(out.size())) == 1;
  EVP_CIPHER_CTX_free(context);
  return good;
}

// Header and extension, which are authenticated and not encrypted; zero if they do not fit.
size_t HeaderSize(std::span<const uint8_t> packet) {
  size_t size = kMinHeader + size_t{4} * (packet[0] & 0x0F);
  if ((packet[0] & 0x10) != 0) {
    if (size + 4 > packet.size()) return 0;
    size += 4 + size_t{4} * (packet[size + 2] * size_t{256} + packet[size + 3]);
  }
  return size <= packet.size() ? size : 0;
}

// The index of `seq` that is nearest to the highest one so far. Before the first half round there is no round before.
int64_t IndexOf(uint64_t highest, uint16_t seq) {
  const auto near = static_cast<int64_t>(highest);
  if (near <= kHalf) return seq;
  int64_t index = (near & ~int64_t{0xFFFF}) | seq;
  if (index - near > kHalf) index -= 0x10000;
  if (near - index > kHalf) index += 0x10000;
  return index;
}

}  // namespace

struct GcmProtector::Key {
  gcm_key_data expanded;
  std::array<uint8_t, kSalt> salt;
  aes_gcm_enc_dec_t encrypt;
};

std::optional<GcmProtector> GcmProtector::Create(SrtpSuite suite, std::span<const uint8_t> keying) {
  const bool is_gcm = suite == SrtpSuite::kAeadAes128Gcm || suite == SrtpSuite::kAeadAes256Gcm;
  const IMB_MGR* library = is_gcm ? Library() : nullptr;
  if (!library) return std::nullopt;
  const size_t key_size = SrtpSuiteInfoOf(suite).key_size;
  std::array<uint8_t, 32> session_key{};
  auto key = std::make_unique<Key>();
  if (!Derive(keying, key_size, 0, std::span(session_key).first(key_size)) || !Derive(keying, key_size, 2, key->salt)) {
    return std::nullopt;
  }
  (key_size == 32 ? library->gcm256_pre : library->gcm128_pre)(session_key.data(), &key->expanded);
  key->encrypt = key_size == 32 ? library->gcm256_enc : library->gcm128_enc;
  return GcmProtector(std::move(key));
}

SrtpResult GcmProtector::Protect(std::span<uint8_t> buffer, size_t size) {
  const size_t header = HeaderSize(buffer.first(size));
  if (header == 0) return {.error = SrtpError::kMalformed};
  ByteReader reader(buffer.subspan(2));
  const uint16_t seq = reader.U16();
  reader.Skip(4);
  const uint32_t ssrc = reader.U32();
  uint64_t& highest = HighestOf(ssrc);
  const int64_t index = IndexOf(highest, seq);
  if (index < 0 || static_cast<int64_t>(highest) - index >= kWindow) return {.error = SrtpError::kReplay};
  if (static_cast<uint64_t>(index) >= kMostPackets) return {.error = SrtpError::kKeyExpired};
  highest = std::max(highest, static_cast<uint64_t>(index));

  std::array<uint8_t, kSalt> iv{};
  ByteWriter writer(std::span<uint8_t>(iv).subspan(2));
  writer.U32(ssrc);
  writer.U32(static_cast<uint32_t>(index >> 16));
  writer.U16(seq);
  for (size_t i = 0; i < iv.size(); ++i) iv[i] ^= key_->salt[i];
  gcm_context_data context;
  uint8_t* payload = buffer.data() + header;
  key_->encrypt(&key_->expanded, &context, payload, payload, size - header, iv.data(), buffer.data(), header,
                buffer.data() + size, kTag);
  return {.size = size + kTag};
}

#else

struct GcmProtector::Key {};

std::optional<GcmProtector> GcmProtector::Create(SrtpSuite, std::span<const uint8_t>) { return std::nullopt; }
SrtpResult GcmProtector::Protect(std::span<uint8_t>, size_t) { return {.error = SrtpError::kMalformed}; }

#endif

GcmProtector::GcmProtector(std::unique_ptr<Key> key) : key_(std::move(key)) {}
GcmProtector::GcmProtector(GcmProtector&&) noexcept = default;
GcmProtector& GcmProtector::operator=(GcmProtector&&) noexcept = default;
GcmProtector::~GcmProtector() = default;

uint64_t& GcmProtector::HighestOf(uint32_t ssrc) {
  if (last_ssrc_ != ssrc) {
    last_highest_ = &highest_[ssrc];
    last_ssrc_ = ssrc;
  }
  return *last_highest_;
}

void GcmProtector::RemoveStream(Ssrc ssrc) {
  highest_.erase(ssrc.value());
  last_ssrc_ = std::nullopt;
}

}  // namespace sluice
