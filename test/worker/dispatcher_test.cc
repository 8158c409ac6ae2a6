#include "worker/dispatcher.h"

#include <gtest/gtest.h>

#include <memory>

#include "rtc/ice/ice_client.h"
#include "rtc/stream/packet_pool.h"
#include "rtc/transport/transport.h"

namespace sluice {
namespace {

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() : dtls_(*DtlsContext::Create(*DtlsCertificate::Generate())), a_(Make("a")), b_(Make("b")) {}

  std::unique_ptr<Transport> Make(const std::string& id) {
    const Transport::Env env{.dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = TimeDelta::Zero()};
    return Transport::CreateWebRtc({.id = id, .ice = IceCredentials::Random()}, env, Timestamp::Seconds(1));
  }
  static Path From(uint16_t port, SocketId socket = 1) {
    return {.socket = socket, .remote = SocketAddress::Ipv4({192, 0, 2, 1}, port)};
  }
  std::vector<uint8_t> CheckFor(const std::string& ufrag) {
    IceClient client({"client", "password-of-the-client"}, {ufrag, "password"}, rng_);
    client.Start(Timestamp::Seconds(1));
    std::vector<uint8_t> out(IceClient::kMaxRequest);
    out.resize(client.OnTimer(Timestamp::Seconds(1), out));
    return out;
  }

  Rng rng_{3};
  PacketPool pool_;
  std::unique_ptr<DtlsContext> dtls_;
  std::unique_ptr<Transport> a_, b_;
  Dispatcher dispatcher_;
  const std::vector<uint8_t> rtp_ = std::vector<uint8_t>(20, 0x80);
};

TEST_F(DispatcherTest, ACheckFindsItsTransportByTheLocalNameOnItsSocketOnly) {
  ASSERT_TRUE(dispatcher_.AddUfrag(1, "alpha", *a_));
  ASSERT_TRUE(dispatcher_.AddUfrag(1, "beta", *b_));
  EXPECT_EQ(dispatcher_.Find(1, From(9), CheckFor("alpha")), a_.get());
  EXPECT_EQ(dispatcher_.Find(1, From(9), CheckFor("beta")), b_.get());
  EXPECT_EQ(dispatcher_.Find(2, From(9), CheckFor("beta")), nullptr);
  EXPECT_EQ(dispatcher_.Find(1, From(9), CheckFor("gamma")), nullptr);
}

TEST_F(DispatcherTest, ANameIsGivenOncePerSocket) {
  EXPECT_TRUE(dispatcher_.AddUfrag(1, "alpha", *a_));
  EXPECT_FALSE(dispatcher_.AddUfrag(1, "alpha", *b_));
  EXPECT_TRUE(dispatcher_.AddUfrag(2, "alpha", *b_));
}

TEST_F(DispatcherTest, MediaIsForWhoeverReportedThePath) {
  EXPECT_EQ(dispatcher_.Find(1, From(9), rtp_), nullptr);
  dispatcher_.Apply({.transport = a_.get(), .path = From(9)});
  EXPECT_EQ(dispatcher_.Find(1, From(9), rtp_), a_.get());
  EXPECT_EQ(dispatcher_.Find(1, From(10), rtp_), nullptr);
  dispatcher_.Apply({.transport = a_.get(), .path = From(9), .added = false});
  EXPECT_EQ(dispatcher_.Find(1, From(9), rtp_), nullptr);
}

TEST_F(DispatcherTest, APathThatMovedOnIsNotTakenFromItsNewOwner) {
  dispatcher_.Apply({.transport = a_.get(), .path = From(9)});
  dispatcher_.Apply({.transport = b_.get(), .path = From(9)});
  dispatcher_.Apply({.transport = a_.get(), .path = From(9), .added = false});
  EXPECT_EQ(dispatcher_.Find(1, From(9), rtp_), b_.get());
}

TEST_F(DispatcherTest, ACheckForAnotherTransportFromAKnownPathGoesThere) {
  dispatcher_.AddUfrag(1, "alpha", *a_);
  dispatcher_.AddUfrag(1, "beta", *b_);
  dispatcher_.Apply({.transport = a_.get(), .path = From(9)});
  EXPECT_EQ(dispatcher_.Find(1, From(9), CheckFor("beta")), b_.get());
}

TEST_F(DispatcherTest, ASocketOfItsOwnGivesATransportEverything) {
  dispatcher_.SetOwner(5, *a_);
  EXPECT_EQ(dispatcher_.Find(5, From(9, 5), rtp_), a_.get());
  EXPECT_EQ(dispatcher_.Find(5, From(9, 5), {}), nullptr);
}

TEST_F(DispatcherTest, NothingIsLeftOfATransportThatWasRemoved) {
  dispatcher_.SetOwner(5, *a_);
  dispatcher_.AddUfrag(1, "alpha", *a_);
  dispatcher_.Apply({.transport = a_.get(), .path = From(9)});
  dispatcher_.Remove(*a_);
  EXPECT_EQ(dispatcher_.Find(5, From(9, 5), rtp_), nullptr);
  EXPECT_EQ(dispatcher_.Find(1, From(9), rtp_), nullptr);
  EXPECT_EQ(dispatcher_.Find(1, From(9), CheckFor("alpha")), nullptr);
}

TEST_F(DispatcherTest, StunOfEveryLengthAndShapeIsForNobodyUnlessItHasAName) {
  dispatcher_.AddUfrag(1, "alpha", *a_);
  const auto good = CheckFor("alpha");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(dispatcher_.Find(1, From(9), std::span(good).first(size)), nullptr) << size;
  }
}

}  // namespace
}  // namespace sluice
