#include "rtc/dtls/dtls_session.h"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "test/rtc/dtls/dtls_test_util.h"

namespace sluice {
namespace {

using test::Datagram;
using test::DtlsPair;
using test::Sha256Of;

TEST(DtlsSessionTest, TwoSessionsConnectAndHaveMatchingKeys) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  EXPECT_FALSE(pair.client.keys());
  pair.Run();
  ASSERT_TRUE(pair.Connected());
  const auto client = pair.client.keys(), server = pair.server.keys();
  ASSERT_TRUE(client && server);
  EXPECT_EQ(client->dtls_profile, 0x0007);
  EXPECT_EQ(client->local, server->remote);
  EXPECT_EQ(client->remote, server->local);
  EXPECT_NE(client->local, client->remote);
  EXPECT_EQ(client->local.size(), 28u);
  EXPECT_EQ(pair.client.remote_certificate_pem(), pair.server_context->certificate().CertificatePem());
  EXPECT_EQ(pair.server.remote_certificate_pem(), pair.client_context->certificate().CertificatePem());
  EXPECT_TRUE(pair.client.NextDeadline().IsInfinite());
  EXPECT_TRUE(pair.server.NextDeadline().IsInfinite());
  EXPECT_LE(pair.largest, DtlsSession::kMtu);
}

class DtlsLossTest : public ::testing::TestWithParam<size_t> {};

TEST_P(DtlsLossTest, ConnectsAlthoughOneDatagramIsLost) {
  DtlsPair pair;
  pair.lost = [](size_t index) { return index == GetParam(); };
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  EXPECT_TRUE(pair.Connected());
  EXPECT_GT(pair.sent, GetParam());
  EXPECT_LE(pair.largest, DtlsSession::kMtu);
}

TEST_P(DtlsLossTest, ConnectsAlthoughEverythingFromOneDatagramOnIsLostForASecond) {
  DtlsPair pair;
  const Timestamp start = pair.now;
  pair.lost = [&](size_t index) { return index >= GetParam() && pair.now - start < TimeDelta::Seconds(1); };
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  EXPECT_TRUE(pair.Connected());
}

INSTANTIATE_TEST_SUITE_P(EachDatagram, DtlsLossTest, ::testing::Range<size_t>(0, 4));

TEST(DtlsSessionTest, TheFirstRetransmissionComesAfterATenthOfASecond) {
  DtlsPair pair;
  pair.Start();
  EXPECT_EQ(pair.client.TakeDatagrams().size(), 1u);
  EXPECT_EQ((pair.client.NextDeadline() - pair.now).ms(), 100);
  pair.client.OnTimer(pair.now);
  EXPECT_THAT(pair.client.TakeDatagrams(), ::testing::IsEmpty());
  pair.now += TimeDelta::Millis(100);
  test::SetWallClock(pair.now);
  pair.client.OnTimer(pair.now);
  EXPECT_EQ(pair.client.TakeDatagrams().size(), 1u);
  EXPECT_EQ((pair.client.NextDeadline() - pair.now).ms(), 200);
}

TEST(DtlsSessionTest, GivesUpWhenNobodyAnswers) {
  DtlsPair pair;
  pair.lost = [](size_t) { return true; };
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_LE(pair.sent, 15u);
  EXPECT_TRUE(pair.client.NextDeadline().IsInfinite());
}

TEST(DtlsSessionTest, AWrongFingerprintFailsBothEndsAndGivesNoKeys) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  const auto stranger = test::NewDtlsContext();
  ASSERT_TRUE(pair.server.SetRemoteFingerprint(Sha256Of(*stranger), pair.now).ok());
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_FALSE(pair.server.keys() || pair.client.keys());
  EXPECT_EQ(pair.server.remote_certificate_pem(), "");
}

TEST(DtlsSessionTest, AWrongServerFingerprintFailsTheClient) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  ASSERT_TRUE(pair.client.SetRemoteFingerprint(Sha256Of(*pair.client_context), pair.now).ok());
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_FALSE(pair.server.keys() || pair.client.keys());
}

TEST(DtlsSessionTest, WaitsForAFingerprintThatComesAfterTheHandshake) {
  DtlsPair pair;
  ASSERT_TRUE(pair.client.SetRemoteFingerprint(Sha256Of(*pair.server_context), pair.now).ok());
  pair.Start();
  pair.Deliver();
  EXPECT_EQ(pair.client.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.server.state(), DtlsState::kConnecting);
  EXPECT_FALSE(pair.server.keys());
  EXPECT_EQ(pair.server.remote_certificate_pem(), "");
  EXPECT_FALSE(pair.server.SendApplicationData(Datagram(10), pair.now));
  ASSERT_TRUE(pair.server.SetRemoteFingerprint(Sha256Of(*pair.client_context), pair.now).ok());
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.server.keys()->local, pair.client.keys()->remote);
}

TEST(DtlsSessionTest, AWrongFingerprintThatComesAfterTheHandshakeClosesTheAssociation) {
  DtlsPair pair;
  ASSERT_TRUE(pair.client.SetRemoteFingerprint(Sha256Of(*pair.server_context), pair.now).ok());
  pair.Start();
  pair.Deliver();
  ASSERT_TRUE(pair.server.SetRemoteFingerprint(Sha256Of(*pair.server_context), pair.now).ok());
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_FALSE(pair.server.keys());
  pair.Deliver();
  EXPECT_EQ(pair.client.state(), DtlsState::kClosed);
}

TEST(DtlsSessionTest, EveryFingerprintAlgorithmAndEitherCaseOfLetters) {
  for (size_t i = 0; i < 5; ++i) {
    DtlsPair pair;
    ASSERT_TRUE(pair.client.SetRemoteFingerprint(pair.server_context->fingerprints()[i], pair.now).ok());
    DtlsFingerprint lower = pair.client_context->fingerprints()[i];
    for (char& c : lower.value) c = static_cast<char>(std::tolower(c));
    ASSERT_TRUE(pair.server.SetRemoteFingerprint(lower, pair.now).ok());
    pair.Start();
    pair.Run();
    EXPECT_TRUE(pair.Connected()) << lower.algorithm;
    EXPECT_FALSE(pair.client.SetRemoteFingerprint(lower, pair.now).ok());
  }
}

TEST(DtlsSessionTest, EverySrtpProfileAndTheServersPreference) {
  for (const auto& [profile, size] : {std::pair<uint16_t, size_t>{7, 28}, {8, 44}, {1, 30}, {2, 30}}) {
    DtlsPair pair({.srtp_profiles = {profile}});
    pair.ExchangeFingerprints();
    pair.Start();
    pair.Run();
    ASSERT_TRUE(pair.Connected()) << profile;
    EXPECT_EQ(pair.server.keys()->dtls_profile, profile);
    EXPECT_EQ(pair.server.keys()->local.size(), size);
  }
  DtlsPair browser({.srtp_profiles = {1, 8, 7}});  // the order in which Chromium lists them
  browser.ExchangeFingerprints();
  browser.Start();
  browser.Run();
  EXPECT_EQ(browser.server.keys()->dtls_profile, 7);
}

TEST(DtlsSessionTest, FailsWithoutACommonSrtpProfile) {
  DtlsPair pair({.srtp_profiles = {7}}, {.srtp_profiles = {8}});
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
}

// An RSA key of 2048 bits with a certificate for it, self-signed, as PEM: as operators bring them.
DtlsCertificate RsaCertificate() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* x509 = X509_new();
  X509_set_pubkey(x509, key);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 1000);
  X509_sign(x509, key, EVP_sha256());
  const auto pem = [](auto write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    std::string out(text, static_cast<size_t>(size));
    BIO_free(bio);
    return out;
  };
  auto certificate = DtlsCertificate::FromPem(
      pem([&](BIO* bio) { PEM_write_bio_X509(bio, x509); }),
      pem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); }));
  X509_free(x509);
  EVP_PKEY_free(key);
  EXPECT_TRUE(certificate.ok()) << certificate.status();
  return std::move(*certificate);
}

TEST(DtlsSessionTest, RsaCertificatesWorkAtBothEndsWithinTheMtu) {
  DtlsPair pair(test::NewDtlsContext(RsaCertificate()), test::NewDtlsContext(RsaCertificate()));
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  EXPECT_TRUE(pair.Connected());
  EXPECT_GT(pair.largest, DtlsSession::kMtu / 2);
  EXPECT_LE(pair.largest, DtlsSession::kMtu);
}

TEST(DtlsSessionTest, CarriesApplicationDataOfTheSizesOfSctp) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  EXPECT_FALSE(pair.client.SendApplicationData(Datagram(10), pair.now));
  pair.Run();
  for (size_t size : {1u, 12u, 1200u, 1472u, 16384u}) {
    Datagram message(size);
    for (size_t i = 0; i < size; ++i) message[i] = static_cast<uint8_t>(i);
    ASSERT_TRUE(pair.client.SendApplicationData(message, pair.now));
    const auto datagrams = pair.client.TakeDatagrams();
    ASSERT_EQ(datagrams.size(), 1u);
    pair.server.HandleDatagram(datagrams[0], pair.now);
    EXPECT_THAT(pair.server.TakeApplicationData(), ::testing::ElementsAre(message));
    pair.server.HandleDatagram(datagrams[0], pair.now);  // replayed
    EXPECT_THAT(pair.server.TakeApplicationData(), ::testing::IsEmpty());
  }
  EXPECT_FALSE(pair.client.SendApplicationData(Datagram(16385), pair.now));
  EXPECT_FALSE(pair.client.SendApplicationData({}, pair.now));
}

TEST(DtlsSessionTest, QueuesAreBounded) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < DtlsSession::kMaxQueued; ++i) {
      EXPECT_TRUE(pair.client.SendApplicationData(Datagram(100), pair.now));
    }
    EXPECT_FALSE(pair.client.SendApplicationData(Datagram(100), pair.now));
    for (const Datagram& d : pair.client.TakeDatagrams()) pair.server.HandleDatagram(d, pair.now);
  }
  EXPECT_EQ(pair.server.TakeApplicationData().size(), DtlsSession::kMaxQueued);
  for (int i = 0; i < 10; ++i) pair.client.SendApplicationData(Datagram(DtlsSession::kMaxMessage), pair.now);
  pair.Deliver();
  EXPECT_EQ(pair.server.TakeApplicationData().size(), DtlsSession::kMaxQueuedBytes / DtlsSession::kMaxMessage);
}

TEST(DtlsSessionTest, CloseTellsThePeer) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  pair.server.Close(pair.now);
  EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
  EXPECT_FALSE(pair.server.keys());
  pair.Deliver();
  EXPECT_EQ(pair.client.state(), DtlsState::kClosed);
  EXPECT_FALSE(pair.client.SendApplicationData(Datagram(10), pair.now));
}

TEST(DtlsSessionTest, CloseBeforeAndDuringTheHandshakeIsQuiet) {
  DtlsPair pair;
  pair.server.Close(pair.now);
  EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
  pair.client.Start(DtlsRole::kClient, pair.now);
  pair.client.TakeDatagrams();
  pair.client.Close(pair.now);
  EXPECT_THAT(pair.client.TakeDatagrams(), ::testing::IsEmpty());
  EXPECT_TRUE(pair.client.NextDeadline().IsInfinite());
}

TEST(DtlsSessionTest, DatagramsBeforeStartAreDropped) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.client.Start(DtlsRole::kClient, pair.now);
  for (const Datagram& d : pair.client.TakeDatagrams()) pair.server.HandleDatagram(d, pair.now);
  EXPECT_EQ(pair.server.state(), DtlsState::kNew);
  EXPECT_THAT(pair.server.TakeDatagrams(), ::testing::IsEmpty());
  pair.server.Start(DtlsRole::kServer, pair.now);
  pair.Run();  // the client asks again
  EXPECT_TRUE(pair.Connected());
}

TEST(DtlsSessionTest, SessionsCanBeMoved) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  DtlsSession moved = std::move(pair.client);
  pair.client = std::move(moved);
  pair.Run();
  EXPECT_TRUE(pair.Connected());
}

}  // namespace
}  // namespace sluice
