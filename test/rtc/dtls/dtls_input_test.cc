// What a DTLS session must bear: big ClientHellos, garbage, strangers, alerts, attempts to renegotiate.
#include <gmock/gmock.h>
#include <malloc.h>
#include <openssl/ssl.h>

#include "rtc/base/rng.h"
#include "rtc/dtls/dtls_bio.h"
#include "test/rtc/dtls/dtls_test_util.h"

namespace sluice {
namespace {

using test::Datagram;
using test::DtlsPair;

// A peer whose OpenSSL the test may misuse.
class RawClient {
 public:
  explicit RawClient(const DtlsContext& identity) {
    context_ = SSL_CTX_new(DTLS_client_method());
    SSL_CTX_use_certificate(context_, identity.certificate().x509());
    SSL_CTX_use_PrivateKey(context_, identity.certificate().key());
    SSL_CTX_set_tlsext_use_srtp(context_, "SRTP_AEAD_AES_128_GCM");
    SSL_CTX_set_options(context_, SSL_OP_NO_QUERY_MTU);
    method_ = NewDatagramBioMethod();
    pipe_.max_outgoing = 100;
  }
  ~RawClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    BIO_meth_free(method_);
  }

  SSL_CTX* context() { return context_; }
  SSL* ssl() { return ssl_; }

  void Connect(int mtu) {
    ssl_ = SSL_new(context_);
    BIO* bio = NewDatagramBio(method_, pipe_);
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_mtu(ssl_, mtu);
    SSL_set_connect_state(ssl_);
    SSL_do_handshake(ssl_);
  }
  std::vector<Datagram> Take() { return std::exchange(pipe_.outgoing, {}); }
  void Hear(const Datagram& datagram) {
    pipe_.incoming = datagram;
    char buffer[2048];
    if (SSL_is_init_finished(ssl_)) {
      SSL_read(ssl_, buffer, sizeof(buffer));
    } else {
      SSL_do_handshake(ssl_);
    }
    pipe_.incoming = {};
  }
  // Talks with `server` until both are silent.
  void Talk(DtlsSession& server, Timestamp now) {
    for (bool busy = true; busy;) {
      busy = false;
      for (const Datagram& d : Take()) server.HandleDatagram(d, now), busy = true;
      for (const Datagram& d : server.TakeDatagrams()) Hear(d), busy = true;
    }
  }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  BIO_METHOD* method_;
  DatagramPipe pipe_;
};

int AddBigExtension(SSL*, unsigned, unsigned, const unsigned char** out, size_t* size, X509*, size_t, int*, void*) {
  static const unsigned char kKeyShare[1216] = {1, 2, 3};  // as large as a post-quantum key share
  *out = kKeyShare;
  *size = sizeof(kKeyShare);
  return 1;
}

class DtlsInputTest : public ::testing::Test {
 protected:
  DtlsInputTest() { test::SetWallClock(now_); }

  void StartServer() {
    ASSERT_TRUE(server_.SetRemoteFingerprint(test::Sha256Of(*peer_), now_).ok());
    server_.Start(DtlsRole::kServer, now_);
  }

  Timestamp now_ = Timestamp::Seconds(1'700'000'000);
  std::unique_ptr<DtlsContext> ours_ = test::NewDtlsContext();
  std::unique_ptr<DtlsContext> peer_ = test::NewDtlsContext();
  DtlsSession server_{*ours_};
  RawClient client_{*peer_};
};

TEST_F(DtlsInputTest, AClientHelloInTwoDatagramsIsPutTogether) {
  SSL_CTX_add_custom_ext(client_.context(), 0x7777, SSL_EXT_CLIENT_HELLO, AddBigExtension, nullptr, nullptr, nullptr,
                         nullptr);
  StartServer();
  client_.Connect(1200);
  auto hello = client_.Take();
  ASSERT_EQ(hello.size(), 2u);
  server_.HandleDatagram(hello[1], now_);  // the wrong way round, for good measure
  EXPECT_THAT(server_.TakeDatagrams(), ::testing::IsEmpty());
  server_.HandleDatagram(hello[0], now_);
  for (const Datagram& d : server_.TakeDatagrams()) client_.Hear(d);
  client_.Talk(server_, now_);
  EXPECT_EQ(server_.state(), DtlsState::kConnected);
}

TEST_F(DtlsInputTest, APeerWithATinyMtuConnects) {
  StartServer();
  client_.Connect(256);
  client_.Talk(server_, now_);
  EXPECT_EQ(server_.state(), DtlsState::kConnected);
}

TEST_F(DtlsInputTest, ARenegotiationIsRefusedAndHarmsNothing) {
  StartServer();
  client_.Connect(1200);
  client_.Talk(server_, now_);
  ASSERT_EQ(server_.state(), DtlsState::kConnected);
  const auto keys = server_.keys();
  SSL_renegotiate(client_.ssl());
  SSL_do_handshake(client_.ssl());
  const auto hello = client_.Take();
  EXPECT_THAT(hello, ::testing::Not(::testing::IsEmpty()));
  for (const Datagram& d : hello) server_.HandleDatagram(d, now_);
  EXPECT_EQ(server_.state(), DtlsState::kConnected);
  EXPECT_EQ(server_.keys()->local, keys->local);
  EXPECT_TRUE(server_.SendApplicationData(Datagram(100), now_));
}

TEST_F(DtlsInputTest, NoTicketIsGivenAndNoSessionCanBeResumed) {
  StartServer();
  client_.Connect(1200);
  client_.Talk(server_, now_);
  const SSL_SESSION* session = SSL_get_session(client_.ssl());
  EXPECT_EQ(SSL_SESSION_has_ticket(session), 0);
  EXPECT_EQ(SSL_SESSION_is_resumable(session), 0);
}

TEST_F(DtlsInputTest, APeerWithoutACertificateFails) {
  StartServer();
  SSL_CTX* bare = SSL_CTX_new(DTLS_client_method());
  SSL_CTX_set_tlsext_use_srtp(bare, "SRTP_AEAD_AES_128_GCM");
  DatagramPipe pipe{.max_outgoing = 100};
  BIO_METHOD* method = NewDatagramBioMethod();
  SSL* ssl = SSL_new(bare);
  BIO* bio = NewDatagramBio(method, pipe);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_connect_state(ssl);
  SSL_do_handshake(ssl);
  for (int turn = 0; turn < 5; ++turn) {
    for (const Datagram& d : std::exchange(pipe.outgoing, {})) server_.HandleDatagram(d, now_);
    for (const Datagram& d : server_.TakeDatagrams()) {
      pipe.incoming = d;
      SSL_do_handshake(ssl);
    }
  }
  EXPECT_EQ(server_.state(), DtlsState::kFailed);
  EXPECT_FALSE(server_.keys());
  SSL_free(ssl);
  SSL_CTX_free(bare);
  BIO_meth_free(method);
}

TEST(DtlsStrangerTest, AForeignClientHelloDuringTheHandshakeDisturbsNeitherEnd) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  DtlsSession stranger(*pair.client_context);
  stranger.Start(DtlsRole::kClient, pair.now);
  const auto hello = stranger.TakeDatagrams();
  pair.server.Start(DtlsRole::kServer, pair.now);
  pair.client.Start(DtlsRole::kClient, pair.now);
  const auto inject = [&] {
    for (const Datagram& d : hello) {
      pair.server.HandleDatagram(d, pair.now);
      pair.client.HandleDatagram(d, pair.now);
    }
  };
  for (int turn = 0; turn < 4; ++turn) {
    for (const Datagram& d : pair.client.TakeDatagrams()) pair.server.HandleDatagram(d, pair.now);
    inject();
    for (const Datagram& d : pair.server.TakeDatagrams()) pair.client.HandleDatagram(d, pair.now);
    inject();
  }
  pair.Run();
  EXPECT_TRUE(pair.Connected());
  inject();
  EXPECT_TRUE(pair.Connected());
}

TEST(DtlsStrangerTest, PlainAlertsCannotEndAConnectedSession) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  for (uint8_t level : {1, 2}) {
    for (int code = 0; code < 256; ++code) {
      const Datagram alert = {
          21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, static_cast<uint8_t>(code), 0, 2, level, static_cast<uint8_t>(code)};
      pair.server.HandleDatagram(alert, pair.now);
      pair.client.HandleDatagram(alert, pair.now);
    }
  }
  EXPECT_TRUE(pair.Connected());
  EXPECT_TRUE(pair.client.SendApplicationData(Datagram(10), pair.now));
  pair.Deliver();
  EXPECT_EQ(pair.server.TakeApplicationData().size(), 1u);
}

// Random bytes behind a header that looks like a record of DTLS.
Datagram Garbage(Rng& rng) {
  Datagram out(static_cast<size_t>(rng.Between(0, 1600)));
  for (uint8_t& b : out) b = static_cast<uint8_t>(rng.U32());
  const uint8_t header[] = {static_cast<uint8_t>(rng.Between(20, 24)), 0xfe, 0xfd, 0,
                            static_cast<uint8_t>(rng.Between(0, 2))};
  if (out.size() > 13) std::copy(std::begin(header), std::end(header), out.begin());
  return out;
}

TEST(DtlsStrangerTest, GarbageCannotEndAConnectedSessionNorFillItsMemory) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  Rng rng(7);
  size_t before = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (i == 2'000) before = mallinfo2().uordblks;
    const Datagram garbage = Garbage(rng);
    pair.server.HandleDatagram(garbage, pair.now);
    pair.client.HandleDatagram(garbage, pair.now);
    pair.server.TakeDatagrams();
    pair.client.TakeDatagrams();
  }
  EXPECT_TRUE(pair.Connected());
  EXPECT_EQ(pair.server.discarded(), 20'000u);
  EXPECT_LE(mallinfo2().uordblks, before + 64 * 1024);
}

TEST(DtlsStrangerTest, ARecordTooShortForItsCipherEndsNothing) {
  DtlsPair pair;
  pair.ExchangeFingerprints();
  pair.Start();
  pair.Run();
  for (uint8_t type = 20; type <= 24; ++type) {
    for (uint8_t length = 0; length < 24; ++length) {
      Datagram record{type, 0xfe, 0xfd, 0, 1, 0, 0, 0, 1, 0, 0, 0, length};
      record.resize(record.size() + length, 0x5a);
      pair.server.HandleDatagram(record, pair.now);
      pair.client.HandleDatagram(record, pair.now);
    }
  }
  EXPECT_TRUE(pair.Connected());
  EXPECT_TRUE(pair.client.SendApplicationData(Datagram(10), pair.now));
  pair.Deliver();
  EXPECT_EQ(pair.server.TakeApplicationData().size(), 1u);
}

TEST(DtlsStrangerTest, RecordsOfTheNextEpochBeforeTheHandshakeAreBounded) {
  DtlsPair pair;
  pair.server.Start(DtlsRole::kServer, pair.now);
  const size_t before = mallinfo2().uordblks;
  for (uint32_t i = 0; i < 20'000; ++i) {
    Datagram record(1200, 0xaa);
    const uint8_t header[] = {
        23,        0xfe,       0xfd, 0, 1, 0, 0, 0, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i),
        1187 >> 8, 1187 & 0xff};
    std::copy(std::begin(header), std::end(header), record.begin());
    pair.server.HandleDatagram(record, pair.now);
  }
  EXPECT_EQ(pair.server.state(), DtlsState::kConnecting);
  EXPECT_LE(mallinfo2().uordblks, before + 3 * 1024 * 1024);
}

}  // namespace
}  // namespace sluice
