#include "rtc/dtls/dtls_certificate.h"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "rtc/dtls/dtls_context.h"

namespace sluice {
namespace {

std::string KeyPem(const DtlsCertificate& certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, certificate.key(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string out(text, static_cast<size_t>(size));
  BIO_free(bio);
  return out;
}

TEST(DtlsCertificateTest, GeneratedOnesAreSelfSignedP256AndValidForAYear) {
  const auto certificate = DtlsCertificate::Generate();
  ASSERT_TRUE(certificate.ok());
  EXPECT_EQ(X509_verify(certificate->x509(), certificate->key()), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(certificate->key()), 256);
  EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(certificate->x509())), 0);
  time_t in_364_days = time(nullptr) + 364 * 86400, in_366_days = time(nullptr) + 366 * 86400;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate->x509()), &in_364_days), 0);
  EXPECT_LT(X509_cmp_time(X509_get0_notAfter(certificate->x509()), &in_366_days), 0);
}

TEST(DtlsCertificateTest, NoTwoAreAlike) {
  EXPECT_NE(DtlsCertificate::Generate()->Fingerprints(), DtlsCertificate::Generate()->Fingerprints());
}

TEST(DtlsCertificateTest, FingerprintsHaveTheFormOfRfc8122) {
  const auto fingerprints = DtlsCertificate::Generate()->Fingerprints();
  std::vector<std::string> algorithms;
  for (const auto& [algorithm, value] : fingerprints) {
    algorithms.push_back(algorithm);
    EXPECT_THAT(value, ::testing::MatchesRegex("([0-9A-F]{2}:)+[0-9A-F]{2}"));
    EXPECT_TRUE(ValidateFingerprint({algorithm, value}).ok());
  }
  EXPECT_THAT(algorithms, ::testing::ElementsAre("sha-1", "sha-224", "sha-256", "sha-384", "sha-512"));
  EXPECT_EQ(fingerprints[2].value.size(), 32u * 3 - 1);
}

TEST(DtlsCertificateTest, SurvivesTheWayThroughPem) {
  const auto made = DtlsCertificate::Generate();
  const auto read = DtlsCertificate::FromPem(made->CertificatePem(), KeyPem(*made));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Fingerprints(), made->Fingerprints());
}

TEST(DtlsCertificateTest, RefusesUnreadablePemAndAKeyOfAnotherCertificate) {
  const auto a = DtlsCertificate::Generate(), b = DtlsCertificate::Generate();
  EXPECT_THAT(DtlsCertificate::FromPem("nonsense", KeyPem(*a)).status().message(),
              ::testing::HasSubstr("certificate:"));
  EXPECT_THAT(DtlsCertificate::FromPem(a->CertificatePem(), "").status().message(),
              ::testing::HasSubstr("privateKey:"));
  EXPECT_EQ(DtlsCertificate::FromPem(a->CertificatePem(), KeyPem(*b)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(DtlsFingerprintTest, IllFormedOnesAreRefusedByName) {
  const auto good = DtlsCertificate::Generate()->Fingerprints()[0];
  const auto message = [](const DtlsFingerprint& f) { return std::string(ValidateFingerprint(f).message()); };
  EXPECT_EQ(message(good), "");
  EXPECT_THAT(message({"md5", good.value}), ::testing::HasSubstr("algorithm"));
  EXPECT_THAT(message({"SHA-1", good.value}), ::testing::HasSubstr("algorithm"));
  EXPECT_THAT(message({"sha-256", good.value}), ::testing::HasSubstr("value"));
  EXPECT_THAT(message({"sha-1", ""}), ::testing::HasSubstr("value"));
  DtlsFingerprint bad = good;
  bad.value[2] = '-';
  EXPECT_THAT(message(bad), ::testing::HasSubstr("value"));
  bad = good;
  bad.value[0] = 'G';
  EXPECT_THAT(message(bad), ::testing::HasSubstr("value"));
}

TEST(DtlsContextTest, RefusesUnknownSrtpProfiles) {
  EXPECT_FALSE(DtlsContext::Create(*DtlsCertificate::Generate(), {.srtp_profiles = {}}).ok());
  EXPECT_FALSE(DtlsContext::Create(*DtlsCertificate::Generate(), {.srtp_profiles = {7, 99}}).ok());
}

}  // namespace
}  // namespace sluice
