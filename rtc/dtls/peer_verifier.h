// Verification of the peer by fingerprint, as OpenSSL's certificate callback. For this folder's own use.
#pragma once

#include <optional>
#include <string>

#include "rtc/dtls/dtls_certificate.h"

struct ssl_st;
struct x509_store_ctx_st;

namespace sluice {

struct PeerVerifier {
  std::optional<DtlsFingerprint> expected;  // upper case; not set: not known yet

  // True for the certificate that `expected` describes, compared in constant time.
  bool Matches(const x509_st& certificate) const;
};

// Makes `verifier`, which outlives `ssl`, the judge of its peer.
bool AttachVerifier(ssl_st* ssl, PeerVerifier& verifier);

// For SSL_CTX_set_cert_verify_callback: lets the handshake go on (1) when the certificate matches or the fingerprint is
// not known yet. Looks at nothing else: WebRTC certificates are self-signed.
int VerifyPeerCertificate(x509_store_ctx_st* store, void*);

}  // namespace sluice
