#include "rtc/dtls/dtls_certificate.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "rtc/dtls/certificate_text.h"

namespace sluice {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype([](BIO* p) { BIO_free(p); })>;

BioPtr ReadOnly(std::string_view text) { return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

// X.509 wants a positive serial number; 63 random bits never repeat. The name is as meaningless.
bool SetIdentity(X509* x509) {
  uint64_t random[2];
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random), sizeof(random)) != 1) return false;
  const std::string common_name = fmt::format("sluice-{:016x}", random[1]);
  X509_NAME* name = X509_get_subject_name(x509);
  return X509_set_version(x509, 2) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), random[0] >> 1 | 1) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const uint8_t*>(common_name.c_str()), -1,
                                    -1, 0) == 1 &&
         X509_set_issuer_name(x509, name) == 1;
}

bool SetValidity(X509* x509) {
  constexpr long kDay = 24 * 60 * 60;
  return X509_gmtime_adj(X509_getm_notBefore(x509), -kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(x509), DtlsCertificate::kValidDays * kDay) != nullptr;
}

}  // namespace

void DtlsCertificate::Free::operator()(x509_st* p) const { X509_free(p); }
void DtlsCertificate::Free::operator()(evp_pkey_st* p) const { EVP_PKEY_free(p); }

absl::StatusOr<DtlsCertificate> DtlsCertificate::Generate() {
  DtlsCertificate out;
  out.key_.reset(EVP_EC_gen("P-256"));
  out.x509_.reset(X509_new());
  X509* x509 = out.x509_.get();
  const bool made = out.key_ && x509 && SetIdentity(x509) && SetValidity(x509) &&
                    X509_set_pubkey(x509, out.key_.get()) == 1 && X509_sign(x509, out.key_.get(), EVP_sha256()) > 0;
  ERR_clear_error();
  if (!made) return absl::InternalError("OpenSSL could not make a certificate");
  return out;
}

absl::StatusOr<DtlsCertificate> DtlsCertificate::FromPem(std::string_view certificate, std::string_view private_key) {
  DtlsCertificate out;
  out.x509_.reset(PEM_read_bio_X509(ReadOnly(certificate).get(), nullptr, nullptr, nullptr));
  // An encrypted key would make OpenSSL ask the terminal: an empty pass phrase makes it fail instead.
  char no_pass_phrase[] = "";
  out.key_.reset(PEM_read_bio_PrivateKey(ReadOnly(private_key).get(), nullptr, nullptr, no_pass_phrase));
  const bool fits = out.x509_ && out.key_ && X509_check_private_key(out.x509_.get(), out.key_.get()) == 1;
  ERR_clear_error();
  if (!out.x509_) return absl::InvalidArgumentError("certificate: not a PEM certificate");
  if (!out.key_) return absl::InvalidArgumentError("privateKey: not a PEM private key without pass phrase");
  if (!fits) return absl::InvalidArgumentError("privateKey: does not belong to the certificate");
  return out;
}

std::vector<DtlsFingerprint> DtlsCertificate::Fingerprints() const {
  std::vector<DtlsFingerprint> out;
  for (std::string_view algorithm : kFingerprintAlgorithms) {
    out.push_back({.algorithm = std::string(algorithm), .value = FingerprintOf(*x509_, algorithm)});
  }
  return out;
}

std::string DtlsCertificate::CertificatePem() const { return PemOf(*x509_); }

}  // namespace sluice
