// What all DTLS sessions of a worker share: certificate, protocol version, cipher suites, groups, SRTP profiles.
// DTLS 1.2 only (RFC 6347); ECDHE with AES-GCM or ChaCha20; P-256 and X25519; no tickets, no resumption, no
// renegotiation, no compression. Both ends must show a certificate; which one is right is up to the session's
// fingerprint. Outlives every session made from it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/dtls/dtls_certificate.h"

struct bio_method_st;
struct ssl_ctx_st;

namespace sluice {

struct DtlsContextConfig {
  // SRTP protection profiles (RFC 5764 numbers), the most wanted first. As a server ours is the choice.
  std::vector<uint16_t> srtp_profiles = {0x0007, 0x0008, 0x0001, 0x0002};
};

class DtlsContext {
 public:
  static absl::StatusOr<std::unique_ptr<DtlsContext>> Create(DtlsCertificate certificate,
                                                             const DtlsContextConfig& config = {});
  ~DtlsContext();
  DtlsContext(const DtlsContext&) = delete;
  DtlsContext& operator=(const DtlsContext&) = delete;

  // Of our certificate.
  const std::vector<DtlsFingerprint>& fingerprints() const { return fingerprints_; }
  const DtlsCertificate& certificate() const { return certificate_; }

 private:
  friend class DtlsSession;
  explicit DtlsContext(DtlsCertificate certificate);

  DtlsCertificate certificate_;
  std::vector<DtlsFingerprint> fingerprints_;
  ssl_ctx_st* ssl_context_ = nullptr;
  bio_method_st* bio_method_ = nullptr;
};

}  // namespace sluice
