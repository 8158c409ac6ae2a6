#include "rtc/dtls/dtls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>
#include <utility>

#include "rtc/base/check.h"
#include "rtc/dtls/certificate_text.h"
#include "rtc/dtls/dtls_bio.h"
#include "rtc/dtls/peer_verifier.h"

namespace sluice {
namespace {

// Media waits for the handshake, so the first retransmission comes sooner than the second that RFC 6347 suggests.
constexpr unsigned int kFirstTimeoutUs = 100'000;
constexpr unsigned int kMaxTimeoutUs = 6'400'000;

unsigned int NextTimeoutUs(SSL*, unsigned int last) {
  return last == 0 ? kFirstTimeoutUs : std::min(2 * last, kMaxTimeoutUs);
}

// Sizes of key and salt of the profiles (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
struct KeySizes {
  size_t key;
  size_t salt;
};
KeySizes KeySizesOf(unsigned long profile) {
  switch (profile) {
    case 0x0007:
      return {16, 12};
    case 0x0008:
      return {32, 12};
    default:
      return {16, 14};
  }
}

// |type (8)| version (16) | epoch (16) | sequence number (48) | length (16) | handshake type (8) ...
bool IsPlainClientHello(std::span<const uint8_t> datagram) {
  constexpr uint8_t kHandshake = 22, kClientHello = 1;
  return datagram.size() > 13 && datagram[0] == kHandshake && datagram[3] == 0 && datagram[4] == 0 &&
         datagram[13] == kClientHello;
}

// A record of a protected epoch without room for the nonce and the tag that all our ciphers have. OpenSSL (3.0.19) takes
// it for an error of its own and ends the association, although anybody could have sent it.
bool HasImpossibleRecord(std::span<const uint8_t> datagram, const SSL_CIPHER* cipher) {
  constexpr size_t kHeader = 13, kGcmNonce = 8, kTag = 16;
  const bool chacha = cipher && SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305;
  const size_t least = chacha ? kTag : kGcmNonce + kTag;
  while (datagram.size() >= kHeader) {
    const size_t epoch = size_t{datagram[3]} << 8 | datagram[4];
    const size_t length = size_t{datagram[11]} << 8 | datagram[12];
    if (epoch > 0 && length < least) return true;
    if (length > datagram.size() - kHeader) return false;
    datagram = datagram.subspan(kHeader + length);
  }
  return false;
}

struct FreeSsl {
  void operator()(SSL* p) const { SSL_free(p); }
};

}  // namespace

struct DtlsSession::Impl {
  // OpenSSL points at these two: they stay where they are and go after it.
  DatagramPipe pipe;
  PeerVerifier verifier;
  std::unique_ptr<SSL, FreeSsl> ssl;
  std::vector<std::vector<uint8_t>> application_data;
  size_t application_bytes = 0;
  uint64_t records = 0;  // of application data
  uint64_t discarded = 0;
  DtlsRole role = DtlsRole::kAuto;
  DtlsState state = DtlsState::kNew;
  bool verified = false;
  Timestamp deadline = Timestamp::Infinite();

  bool alive() const { return state == DtlsState::kConnecting || state == DtlsState::kConnected; }
  void Advance(Timestamp now);
  void ReadRecords();
  void Judge(int result);
  void Verify();
  void End(DtlsState end);
  void UpdateDeadline(Timestamp now);
};

DtlsSession::DtlsSession(DtlsContext& context) : impl_(std::make_unique<Impl>()) {
  impl_->pipe.max_outgoing = kMaxQueued;
  impl_->ssl.reset(SSL_new(context.ssl_context_));
  BIO* bio = NewDatagramBio(context.bio_method_, impl_->pipe);
  SSL* ssl = impl_->ssl.get();
  SLUICE_CHECK(ssl && bio && AttachVerifier(ssl, impl_->verifier));
  SSL_set_bio(ssl, bio, bio);
  SSL_set_mtu(ssl, kMtu);
  DTLS_set_timer_cb(ssl, NextTimeoutUs);
}

DtlsSession::~DtlsSession() = default;
DtlsSession::DtlsSession(DtlsSession&&) noexcept = default;
DtlsSession& DtlsSession::operator=(DtlsSession&&) noexcept = default;

void DtlsSession::Start(DtlsRole role, Timestamp now) {
  SLUICE_CHECK(impl_->state == DtlsState::kNew && role != DtlsRole::kAuto);
  impl_->role = role;
  impl_->state = DtlsState::kConnecting;
  if (role == DtlsRole::kServer) return SSL_set_accept_state(impl_->ssl.get());
  SSL_set_connect_state(impl_->ssl.get());
  impl_->Advance(now);
}

absl::Status DtlsSession::SetRemoteFingerprint(const DtlsFingerprint& fingerprint, Timestamp now) {
  if (auto status = ValidateFingerprint(fingerprint); !status.ok()) return status;
  if (impl_->verified) return absl::FailedPreconditionError("the peer's certificate is verified already");
  DtlsFingerprint expected = fingerprint;
  for (char& c : expected.value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  impl_->verifier.expected = std::move(expected);
  if (impl_->state == DtlsState::kConnecting) impl_->Advance(now);
  return absl::OkStatus();
}

void DtlsSession::HandleDatagram(std::span<const uint8_t> datagram, Timestamp now) {
  // A client that meets a ClientHello would give up: somebody else's, or its own, reflected.
  if (!impl_->alive() || (impl_->role == DtlsRole::kClient && IsPlainClientHello(datagram)) ||
      HasImpossibleRecord(datagram, SSL_get_current_cipher(impl_->ssl.get()))) {
    ++impl_->discarded;
    return;
  }
  const bool established = SSL_is_init_finished(impl_->ssl.get());
  const auto traces = [this] { return std::tuple(impl_->state, impl_->records, impl_->pipe.outgoing.size()); };
  const auto before = traces();
  impl_->pipe.incoming = datagram;
  impl_->Advance(now);
  impl_->pipe.incoming = {};
  if (established && traces() == before) ++impl_->discarded;
}

void DtlsSession::OnTimer(Timestamp now) {
  if (impl_->state != DtlsState::kConnecting) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(impl_->ssl.get()) < 0) impl_->End(DtlsState::kFailed);
  impl_->UpdateDeadline(now);
}

Timestamp DtlsSession::NextDeadline() const { return impl_->deadline; }

void DtlsSession::Close(Timestamp now) {
  if (impl_->alive()) {
    ERR_clear_error();
    if (SSL_is_init_finished(impl_->ssl.get())) SSL_shutdown(impl_->ssl.get());
    ERR_clear_error();
  }
  if (impl_->state != DtlsState::kFailed) impl_->state = DtlsState::kClosed;
  impl_->UpdateDeadline(now);
}

bool DtlsSession::SendApplicationData(std::span<const uint8_t> message, Timestamp) {
  if (impl_->state != DtlsState::kConnected || message.empty() || message.size() > kMaxMessage) return false;
  if (impl_->pipe.outgoing.size() >= kMaxQueued) return false;
  ERR_clear_error();
  const int size = static_cast<int>(message.size());
  const bool sent = SSL_write(impl_->ssl.get(), message.data(), size) == size;
  ERR_clear_error();
  return sent;
}

std::vector<std::vector<uint8_t>> DtlsSession::TakeDatagrams() { return std::exchange(impl_->pipe.outgoing, {}); }

std::vector<std::vector<uint8_t>> DtlsSession::TakeApplicationData() {
  impl_->application_bytes = 0;
  return std::exchange(impl_->application_data, {});
}

DtlsState DtlsSession::state() const { return impl_->state; }
DtlsRole DtlsSession::role() const { return impl_->role; }
uint64_t DtlsSession::discarded() const { return impl_->discarded; }

std::optional<SrtpKeys> DtlsSession::keys() const {
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (impl_->state != DtlsState::kConnected) return std::nullopt;
  const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(impl_->ssl.get());
  const auto [key, salt] = KeySizesOf(profile->id);
  // Client's key, server's key, client's salt, server's salt (RFC 5764 section 4.2).
  std::array<uint8_t, 2 * (32 + 14)> block;
  if (SSL_export_keying_material(impl_->ssl.get(), block.data(), 2 * (key + salt), kLabel.data(), kLabel.size(),
                                 nullptr, 0, 0) != 1) {
    return std::nullopt;
  }
  const auto keying = [&, key = key, salt = salt](size_t side) {
    std::vector<uint8_t> out(block.begin() + side * key, block.begin() + (side + 1) * key);
    const auto salts = block.begin() + 2 * key;
    out.insert(out.end(), salts + side * salt, salts + (side + 1) * salt);
    return out;
  };
  const size_t ours = impl_->role == DtlsRole::kClient ? 0 : 1;
  SrtpKeys out{.dtls_profile = static_cast<uint16_t>(profile->id), .local = keying(ours), .remote = keying(1 - ours)};
  OPENSSL_cleanse(block.data(), block.size());
  return out;
}

std::string DtlsSession::remote_certificate_pem() const {
  const X509* certificate = impl_->verified ? SSL_get0_peer_certificate(impl_->ssl.get()) : nullptr;
  return certificate ? PemOf(*certificate) : "";
}

void DtlsSession::Impl::Advance(Timestamp now) {
  ERR_clear_error();
  if (!SSL_is_init_finished(ssl.get())) Judge(SSL_do_handshake(ssl.get()));
  if (alive() && SSL_is_init_finished(ssl.get())) {
    if (state == DtlsState::kConnecting) Verify();
    if (alive()) ReadRecords();
  }
  UpdateDeadline(now);
}

// Also without a verified peer, for OpenSSL answers the peer's retransmissions in here; its data is dropped then.
void DtlsSession::Impl::ReadRecords() {
  std::array<uint8_t, kMaxMessage> record;
  while (alive()) {
    const int size = SSL_read(ssl.get(), record.data(), static_cast<int>(record.size()));
    if (size <= 0) return Judge(size);
    ++records;
    const bool room = application_data.size() < kMaxQueued && application_bytes + size <= kMaxQueuedBytes;
    if (state != DtlsState::kConnected || !room) continue;
    application_data.emplace_back(record.begin(), record.begin() + size);
    application_bytes += static_cast<size_t>(size);
  }
}

// What a result of OpenSSL means for the session.
void DtlsSession::Impl::Judge(int result) {
  if (result > 0) return;
  switch (SSL_get_error(ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      break;
    case SSL_ERROR_ZERO_RETURN:  // close_notify
      End(DtlsState::kClosed);
      break;
    default:
      End(DtlsState::kFailed);
      break;
  }
  ERR_clear_error();
}

void DtlsSession::Impl::Verify() {
  if (!verifier.expected) return;
  const X509* certificate = SSL_get0_peer_certificate(ssl.get());
  const bool good = certificate && verifier.Matches(*certificate);
  if (!good || !SSL_get_selected_srtp_profile(ssl.get())) return End(DtlsState::kFailed);
  verified = true;
  state = DtlsState::kConnected;
}

void DtlsSession::Impl::End(DtlsState end) {
  // OpenSSL has sent its alert if the fault was found in there; after it, or before a handshake is over, this is none.
  if (SSL_is_init_finished(ssl.get())) SSL_shutdown(ssl.get());
  ERR_clear_error();
  state = end;
}

void DtlsSession::Impl::UpdateDeadline(Timestamp now) {
  timeval left{};
  const bool running = state == DtlsState::kConnecting && DTLSv1_get_timeout(ssl.get(), &left) == 1;
  deadline = running ? now + TimeDelta::Seconds(left.tv_sec) + TimeDelta::Micros(left.tv_usec) : Timestamp::Infinite();
}

}  // namespace sluice
