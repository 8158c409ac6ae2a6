// Texts made from an X.509 certificate: fingerprints (RFC 8122) and PEM. For this folder's own use.
#pragma once

#include <array>
#include <string>
#include <string_view>

struct x509_st;

namespace sluice {

inline constexpr std::array<std::string_view, 5> kFingerprintAlgorithms = {"sha-1", "sha-224", "sha-256", "sha-384",
                                                                           "sha-512"};

// Empty for an algorithm that is not one of kFingerprintAlgorithms.
std::string FingerprintOf(const x509_st& certificate, std::string_view algorithm);
std::string PemOf(const x509_st& certificate);

}  // namespace sluice
