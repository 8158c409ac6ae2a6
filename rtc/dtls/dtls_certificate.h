// A certificate with its private key, and fingerprints of certificates (RFC 8122). WebRTC certificates are self-signed:
// what counts is the fingerprint that signalling carried.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct evp_pkey_st;
struct x509_st;

namespace sluice {

struct DtlsFingerprint {
  std::string algorithm;  // "sha-1", "sha-224", "sha-256", "sha-384" or "sha-512"
  std::string value;      // upper-case hexadecimal pairs joined by colons
  bool operator==(const DtlsFingerprint&) const = default;
};

// InvalidArgument, naming the field, unless the algorithm is one of the five and the value has its length and form
// (either case of letters).
absl::Status ValidateFingerprint(const DtlsFingerprint& fingerprint);

// The one by the longest hash, of at least one that are all valid: a peer that gives several means the same certificate,
// and the weaker ones add nothing to the strongest (RFC 8122 section 5.1).
const DtlsFingerprint& StrongestOf(std::span<const DtlsFingerprint> fingerprints);

class DtlsCertificate {
 public:
  static constexpr int kValidDays = 365;

  // A P-256 key and a certificate for it under a random common name, valid from yesterday (clocks differ) for
  // kValidDays. Reads the system's time, as certificates must.
  static absl::StatusOr<DtlsCertificate> Generate();
  // PEM texts. InvalidArgument when either is unreadable or the key is not the certificate's.
  static absl::StatusOr<DtlsCertificate> FromPem(std::string_view certificate, std::string_view private_key);

  DtlsCertificate(DtlsCertificate&&) noexcept = default;
  DtlsCertificate& operator=(DtlsCertificate&&) noexcept = default;

  // One per algorithm, sha-1 first.
  std::vector<DtlsFingerprint> Fingerprints() const;
  std::string CertificatePem() const;

  x509_st* x509() const { return x509_.get(); }
  evp_pkey_st* key() const { return key_.get(); }

 private:
  struct Free {
    void operator()(x509_st* p) const;
    void operator()(evp_pkey_st* p) const;
  };
  DtlsCertificate() = default;

  std::unique_ptr<x509_st, Free> x509_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace sluice
