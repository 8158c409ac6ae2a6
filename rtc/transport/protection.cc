#include "rtc/transport/protection.h"

#include <utility>

namespace sluice {

Protection Protection::DtlsSrtp(DtlsContext& context) {
  Protection protection(Kind::kDtlsSrtp);
  protection.dtls_.emplace(context);
  return protection;
}

absl::Status Protection::SetKeys(SrtpSuite suite, std::span<const uint8_t> local, std::span<const uint8_t> remote) {
  auto inbound = SrtpSession::CreateInbound(suite, remote);
  if (!inbound.ok()) return inbound.status();
  auto outbound = SrtpSession::CreateOutbound(suite, local);
  if (!outbound.ok()) return outbound.status();
  inbound_.emplace(*std::move(inbound));
  outbound_.emplace(*std::move(outbound));
  return absl::OkStatus();
}

absl::Status Protection::SetKeysFromDtls() {
  const auto keys = dtls_ ? dtls_->keys() : std::nullopt;
  const auto suite = keys ? SrtpSuiteFromDtlsProfile(keys->dtls_profile) : std::nullopt;
  if (!suite) return absl::FailedPreconditionError("DTLS agreed on no SRTP profile of ours");
  return SetKeys(*suite, keys->local, keys->remote);
}

SrtpResult Protection::ProtectRtp(std::span<uint8_t> buffer, size_t size) {
  if (is_clear()) return {.size = size};
  return outbound_ ? outbound_->ProtectRtp(buffer, size) : SrtpResult{.error = SrtpError::kOther};
}

SrtpResult Protection::ProtectRtcp(std::span<uint8_t> buffer, size_t size) {
  if (is_clear()) return {.size = size};
  return outbound_ ? outbound_->ProtectRtcp(buffer, size) : SrtpResult{.error = SrtpError::kOther};
}

SrtpResult Protection::UnprotectRtp(std::span<uint8_t> packet) {
  if (is_clear()) return {.size = packet.size()};
  return inbound_ ? inbound_->UnprotectRtp(packet) : SrtpResult{.error = SrtpError::kOther};
}

SrtpResult Protection::UnprotectRtcp(std::span<uint8_t> packet) {
  if (is_clear()) return {.size = packet.size()};
  return inbound_ ? inbound_->UnprotectRtcp(packet) : SrtpResult{.error = SrtpError::kOther};
}

void Protection::ForgetInbound(Ssrc ssrc) {
  if (inbound_) inbound_->RemoveStream(ssrc);
}

void Protection::ForgetOutbound(Ssrc ssrc) {
  if (outbound_) outbound_->RemoveStream(ssrc);
}

}  // namespace sluice
