#include "rtc/dtls/peer_verifier.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "rtc/dtls/certificate_text.h"

namespace sluice {
namespace {

// OpenSSL hands out such an index once per process, for good.
int VerifierIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

bool PeerVerifier::Matches(const x509_st& certificate) const {
  if (!expected) return false;
  const std::string actual = FingerprintOf(certificate, expected->algorithm);
  return !actual.empty() && actual.size() == expected->value.size() &&
         CRYPTO_memcmp(actual.data(), expected->value.data(), actual.size()) == 0;
}

bool AttachVerifier(SSL* ssl, PeerVerifier& verifier) { return SSL_set_ex_data(ssl, VerifierIndex(), &verifier) == 1; }

int VerifyPeerCertificate(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* verifier = ssl ? static_cast<const PeerVerifier*>(SSL_get_ex_data(ssl, VerifierIndex())) : nullptr;
  const X509* certificate = X509_STORE_CTX_get0_cert(store);
  const bool good = verifier && certificate && (!verifier->expected || verifier->Matches(*certificate));
  X509_STORE_CTX_set_error(store, good ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return good ? 1 : 0;
}

}  // namespace sluice
