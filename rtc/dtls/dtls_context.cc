#include "rtc/dtls/dtls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "rtc/dtls/dtls_bio.h"
#include "rtc/dtls/peer_verifier.h"

namespace sluice {
namespace {

constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kGroups[] = "X25519:P-256";
// A self-signed certificate is about 300 bytes (P-256) or 800 (RSA-2048): no peer needs a long chain.
constexpr long kMaxCertificateList = 16384;

std::string OpenSslNameOf(uint16_t srtp_profile) {
  switch (srtp_profile) {
    case 0x0001:
      return "SRTP_AES128_CM_SHA1_80";
    case 0x0002:
      return "SRTP_AES128_CM_SHA1_32";
    case 0x0007:
      return "SRTP_AEAD_AES_128_GCM";
    case 0x0008:
      return "SRTP_AEAD_AES_256_GCM";
    default:
      return "";
  }
}

// OpenSSL wants the names joined by colons. Empty when a profile is unknown, or none was given.
std::string ProfileList(const std::vector<uint16_t>& profiles) {
  std::string out;
  for (uint16_t profile : profiles) {
    const std::string name = OpenSslNameOf(profile);
    if (name.empty()) return "";
    out += (out.empty() ? "" : ":") + name;
  }
  return out;
}

bool Configure(SSL_CTX* context, const DtlsCertificate& certificate, const std::string& profiles) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_max_cert_list(context, kMaxCertificateList);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, VerifyPeerCertificate, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
         SSL_CTX_use_certificate(context, certificate.x509()) == 1 &&
         SSL_CTX_use_PrivateKey(context, certificate.key()) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, profiles.c_str()) == 0;  // this one says 0 for success
}

}  // namespace

absl::StatusOr<std::unique_ptr<DtlsContext>> DtlsContext::Create(DtlsCertificate certificate,
                                                                 const DtlsContextConfig& config) {
  const std::string profiles = ProfileList(config.srtp_profiles);
  if (profiles.empty()) return absl::InvalidArgumentError("SRTP profiles: none, or an unknown one");
  std::unique_ptr<DtlsContext> out(new DtlsContext(std::move(certificate)));
  out->ssl_context_ = SSL_CTX_new(DTLS_method());
  out->bio_method_ = NewDatagramBioMethod();
  const bool good = out->ssl_context_ && out->bio_method_ && Configure(out->ssl_context_, out->certificate_, profiles);
  ERR_clear_error();
  if (!good) return absl::InternalError("OpenSSL refuses the certificate or the settings for DTLS");
  return out;
}

DtlsContext::DtlsContext(DtlsCertificate certificate)
    : certificate_(std::move(certificate)), fingerprints_(certificate_.Fingerprints()) {}

DtlsContext::~DtlsContext() {
  SSL_CTX_free(ssl_context_);
  BIO_meth_free(bio_method_);
}

}  // namespace sluice
