#include "rtc/srtp/srtp_session.h"

#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "rtc/base/bytes.h"

namespace sluice {
namespace {

constexpr size_t kMinRtp = 12;
constexpr size_t kMinRtcp = 8;
constexpr size_t kMaxPacket = 65535;

// The one process-global thing: libsrtp's tables of ciphers. Its event reporter would print; ours says nothing.
bool InitLibrary() {
  static std::once_flag once;
  static bool good = false;
  std::call_once(once, [] {
    good = srtp_init() == srtp_err_status_ok && srtp_install_event_handler(nullptr) == srtp_err_status_ok;
  });
  return good;
}

srtp_profile_t ProfileOf(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::kAeadAes256Gcm:
      return srtp_profile_aead_aes_256_gcm;
    case SrtpSuite::kAeadAes128Gcm:
      return srtp_profile_aead_aes_128_gcm;
    case SrtpSuite::kAesCm128HmacSha1_80:
      return srtp_profile_aes128_cm_sha1_80;
    case SrtpSuite::kAesCm128HmacSha1_32:
      return srtp_profile_aes128_cm_sha1_32;
  }
  return srtp_profile_reserved;
}

SrtpResult Failed(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return {.error = SrtpError::kReplay};
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:  // what AES-GCM says of a wrong tag
      return {.error = SrtpError::kAuthentication};
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
    case srtp_err_status_cant_check:
      return {.error = SrtpError::kMalformed};
    case srtp_err_status_key_expired:
      return {.error = SrtpError::kKeyExpired};
    default:
      return {.error = SrtpError::kOther};
  }
}

uint32_t SsrcAt(std::span<const uint8_t> packet, size_t offset) { return ByteReader(packet.subspan(offset)).U32(); }
uint32_t RtpSsrc(std::span<const uint8_t> packet) { return SsrcAt(packet, 8); }
uint32_t RtcpSsrc(std::span<const uint8_t> packet) { return SsrcAt(packet, 4); }

bool IsVersion2(std::span<const uint8_t> packet) { return packet[0] >> 6 == 2; }

// The bounds libsrtp relies on. Beyond them it checks for itself.
bool CanProtect(std::span<const uint8_t> buffer, size_t size, size_t min_size, size_t overhead) {
  return size >= min_size && buffer.size() >= size + overhead && size <= kMaxPacket && IsVersion2(buffer);
}
bool CanUnprotect(std::span<const uint8_t> packet, size_t min_size, size_t overhead) {
  return packet.size() >= min_size + overhead && packet.size() <= kMaxPacket && IsVersion2(packet);
}

}  // namespace

absl::StatusOr<SrtpSession> SrtpSession::Create(SrtpSuite suite, std::span<const uint8_t> keying, bool inbound) {
  if (!InitLibrary()) return absl::InternalError("libsrtp cannot be initialised");
  if (keying.size() != SrtpSuiteInfoOf(suite).keying_size()) {
    return absl::InvalidArgumentError("SRTP key and salt do not have the size that the suite needs");
  }
  std::array<uint8_t, SRTP_MAX_KEY_LEN> key{};
  std::memcpy(key.data(), keying.data(), keying.size());

  srtp_policy_t policy;
  std::memset(&policy, 0, sizeof(policy));
  const srtp_profile_t profile = ProfileOf(suite);
  srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile);
  if (!status) status = srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile);
  policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
  policy.key = key.data();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t context = nullptr;
  if (!status) status = srtp_create(&context, &policy);
  if (status) return absl::InternalError("libsrtp refuses to make a session");
  return SrtpSession(suite, context);
}

absl::StatusOr<SrtpSession> SrtpSession::CreateInbound(SrtpSuite suite, std::span<const uint8_t> keying) {
  return Create(suite, keying, true);
}

absl::StatusOr<SrtpSession> SrtpSession::CreateOutbound(SrtpSuite suite, std::span<const uint8_t> keying) {
  auto session = Create(suite, keying, false);
  if (session.ok()) session->gcm_ = GcmProtector::Create(suite, keying);
  return session;
}

absl::StatusOr<SrtpSession> SrtpSession::CreateOutboundByLibsrtp(SrtpSuite suite, std::span<const uint8_t> keying) {
  return Create(suite, keying, false);
}

SrtpSession::SrtpSession(SrtpSuite suite, srtp_ctx_t_* context) : suite_(suite), context_(context) {}

SrtpSession::SrtpSession(SrtpSession&& other) noexcept
    : suite_(other.suite_),
      context_(std::exchange(other.context_, nullptr)),
      gcm_(std::move(other.gcm_)),
      streams_(std::move(other.streams_)),
      last_ssrc_(other.last_ssrc_),
      changes_(other.changes_) {}

SrtpSession& SrtpSession::operator=(SrtpSession&& other) noexcept {
  std::swap(suite_, other.suite_);
  std::swap(context_, other.context_);
  std::swap(gcm_, other.gcm_);
  std::swap(streams_, other.streams_);
  std::swap(last_ssrc_, other.last_ssrc_);
  std::swap(changes_, other.changes_);
  return *this;
}

SrtpSession::~SrtpSession() {
  if (context_) srtp_dealloc(context_);
}

// After authentication: what is forged is never noted, and evicts nobody.
void SrtpSession::NoteInbound(uint32_t ssrc) {
  if (last_ssrc_ == ssrc) return;
  last_ssrc_ = ssrc;
  streams_[ssrc] = ++changes_;
  if (streams_.size() > kMaxStreams) EvictSilentStream();
}

void SrtpSession::EvictSilentStream() {
  const auto silent = std::ranges::min_element(streams_, {}, [](const auto& stream) { return stream.second; });
  RemoveStream(Ssrc(silent->first));
}

SrtpResult SrtpSession::ProtectRtp(std::span<uint8_t> buffer, size_t size) {
  if (!CanProtect(buffer, size, kMinRtp, SrtpSuiteInfoOf(suite_).rtp_overhead)) {
    return Failed(srtp_err_status_bad_param);
  }
  if (gcm_) return gcm_->Protect(buffer, size);
  int length = static_cast<int>(size);
  if (auto status = srtp_protect(context_, buffer.data(), &length)) return Failed(status);
  return {.size = static_cast<size_t>(length)};
}

SrtpResult SrtpSession::ProtectRtcp(std::span<uint8_t> buffer, size_t size) {
  if (!CanProtect(buffer, size, kMinRtcp, SrtpSuiteInfoOf(suite_).rtcp_overhead)) {
    return Failed(srtp_err_status_bad_param);
  }
  int length = static_cast<int>(size);
  if (auto status = srtp_protect_rtcp(context_, buffer.data(), &length)) return Failed(status);
  return {.size = static_cast<size_t>(length)};
}

SrtpResult SrtpSession::UnprotectRtp(std::span<uint8_t> packet) {
  if (!CanUnprotect(packet, kMinRtp, SrtpSuiteInfoOf(suite_).rtp_overhead)) return Failed(srtp_err_status_bad_param);
  const uint32_t ssrc = RtpSsrc(packet);
  int length = static_cast<int>(packet.size());
  if (auto status = srtp_unprotect(context_, packet.data(), &length)) return Failed(status);
  NoteInbound(ssrc);
  return {.size = static_cast<size_t>(length)};
}

SrtpResult SrtpSession::UnprotectRtcp(std::span<uint8_t> packet) {
  if (!CanUnprotect(packet, kMinRtcp, SrtpSuiteInfoOf(suite_).rtcp_overhead)) return Failed(srtp_err_status_bad_param);
  const uint32_t ssrc = RtcpSsrc(packet);
  int length = static_cast<int>(packet.size());
  if (auto status = srtp_unprotect_rtcp(context_, packet.data(), &length)) return Failed(status);
  NoteInbound(ssrc);
  return {.size = static_cast<size_t>(length)};
}

void SrtpSession::RemoveStream(Ssrc ssrc) {
  streams_.erase(ssrc.value());
  if (gcm_) gcm_->RemoveStream(ssrc);
  // libsrtp wants the number as it stands in the packet.
  std::array<uint8_t, 4> wire;
  ByteWriter(wire).U32(ssrc.value());
  uint32_t network_order;
  std::memcpy(&network_order, wire.data(), sizeof(network_order));
  srtp_remove_stream(context_, network_order);
  if (last_ssrc_ == ssrc.value()) last_ssrc_ = std::nullopt;
}

}  // namespace sluice
