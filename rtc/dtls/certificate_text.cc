#include "rtc/dtls/certificate_text.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "absl/status/status.h"
#include "rtc/dtls/dtls_certificate.h"

namespace sluice {
namespace {

const EVP_MD* Digest(std::string_view algorithm) {
  if (algorithm == "sha-1") return EVP_sha1();
  if (algorithm == "sha-224") return EVP_sha224();
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

}  // namespace

std::string FingerprintOf(const x509_st& certificate, std::string_view algorithm) {
  const EVP_MD* digest = Digest(algorithm);
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!digest || X509_digest(&certificate, digest, bytes, &size) != 1) return "";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{}{:02X}", i ? ":" : "", bytes[i]);
  return out;
}

std::string PemOf(const x509_st& certificate) {
  const auto free = [](BIO* p) { BIO_free(p); };
  std::unique_ptr<BIO, decltype(free)> bio(BIO_new(BIO_s_mem()), free);
  if (!bio || PEM_write_bio_X509(bio.get(), const_cast<x509_st*>(&certificate)) != 1) return "";
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

absl::Status ValidateFingerprint(const DtlsFingerprint& fingerprint) {
  const EVP_MD* digest = Digest(fingerprint.algorithm);
  if (!digest) return absl::InvalidArgumentError("fingerprint.algorithm: unknown");
  const std::string& value = fingerprint.value;
  bool good = value.size() == static_cast<size_t>(EVP_MD_get_size(digest)) * 3 - 1;
  for (size_t i = 0; i < value.size() && good; ++i) {
    good = i % 3 == 2 ? value[i] == ':' : std::isxdigit(static_cast<unsigned char>(value[i])) != 0;
  }
  if (!good) return absl::InvalidArgumentError("fingerprint.value: not the hexadecimal pairs of its algorithm");
  return absl::OkStatus();
}

const DtlsFingerprint& StrongestOf(std::span<const DtlsFingerprint> fingerprints) {
  // The algorithms are listed from the weakest to the strongest.
  const auto rank = [](const DtlsFingerprint& f) { return std::ranges::find(kFingerprintAlgorithms, f.algorithm); };
  return *std::ranges::max_element(fingerprints, {}, rank);
}

}  // namespace sluice
