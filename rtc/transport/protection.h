// How a transport's media is protected: not at all, by SRTP with keys from signalling, or by SRTP with keys from DTLS.
// Packets neither leave nor are looked at before the keys are there.
#pragma once

#include <optional>
#include <span>

#include "absl/status/status.h"
#include "rtc/dtls/dtls_session.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice {

class Protection {
 public:
  static Protection Clear() { return Protection(Kind::kClear); }
  // SRTP whose keys come by SetKeys.
  static Protection Srtp() { return Protection(Kind::kSrtp); }
  static Protection DtlsSrtp(DtlsContext& context);

  // Null unless made by DtlsSrtp.
  DtlsSession* dtls() { return dtls_ ? &*dtls_ : nullptr; }
  const DtlsSession* dtls() const { return dtls_ ? &*dtls_ : nullptr; }
  bool is_clear() const { return kind_ == Kind::kClear; }

  // Key and salt of both directions, of the suite's length.
  absl::Status SetKeys(SrtpSuite suite, std::span<const uint8_t> local, std::span<const uint8_t> remote);
  // Takes the keys that the DTLS session agreed upon.
  absl::Status SetKeysFromDtls();
  bool ready() const { return kind_ == Kind::kClear || outbound_.has_value(); }
  std::optional<SrtpSuite> suite() const { return outbound_ ? std::optional(outbound_->suite()) : std::nullopt; }

  // As SrtpSession; without protection the packet is left as it is.
  SrtpResult ProtectRtp(std::span<uint8_t> buffer, size_t size);
  SrtpResult ProtectRtcp(std::span<uint8_t> buffer, size_t size);
  SrtpResult UnprotectRtp(std::span<uint8_t> packet);
  SrtpResult UnprotectRtcp(std::span<uint8_t> packet);
  // Of SSRCs that belong to nobody (inbound), and that will never be used again (outbound).
  void ForgetInbound(Ssrc ssrc);
  void ForgetOutbound(Ssrc ssrc);

 private:
  enum class Kind : uint8_t { kClear, kSrtp, kDtlsSrtp };
  explicit Protection(Kind kind) : kind_(kind) {}

  Kind kind_;
  std::optional<DtlsSession> dtls_;
  std::optional<SrtpSession> inbound_;
  std::optional<SrtpSession> outbound_;
};

}  // namespace sluice
