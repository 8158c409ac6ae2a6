// Participants that connect as browsers do: ICE, DTLS, then media; over bad networks and through NATs. The records of
// OpenSSL are random, so these scenarios assert outcomes only.
#include <gtest/gtest.h>

#include <algorithm>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr TimeDelta kOneWay = TimeDelta::Millis(20);

class WebRtcScenario : public testing::Test {
 protected:
  static void SetLinks(const Call::Participant& who, const LinkConfig& config) {
    who.peer->up().Configure(config);
    who.peer->down().Configure(config);
  }
  static bool IsConnected(const Call::Participant& who) { return who.peer->has_keys() && who.transport->IsConnected(); }
  // Alice, connected by WebRTC, sends video to Bob and gets his.
  struct TwoWayCall {
    explicit TwoWayCall(uint64_t seed) : call(seed) {
      alice = call.JoinByWebRtc("alice");
      bob = call.Join("bob");
      for (const auto& who : {alice, bob}) SetLinks(who, {.delay = kOneWay});
      call.RunFor(TimeDelta::Seconds(1));
      const auto from_alice = call.Publish(alice, MediaKind::kVideo);
      const auto from_bob = call.Publish(bob, MediaKind::kVideo);
      at_bob = call.Subscribe(bob, *from_alice.producer).receiver;
      at_alice = call.Subscribe(alice, *from_bob.producer).receiver;
    }
    Call call;
    Call::Participant alice, bob;
    const MediaReceiver* at_alice = nullptr;
    const MediaReceiver* at_bob = nullptr;
  };
};

class WebRtcRoleScenario : public testing::TestWithParam<DtlsRole> {};

TEST_P(WebRtcRoleScenario, ConnectsWithinAFewRoundTrips) {
  Call call(1);
  const auto alice = call.JoinByWebRtc("alice", GetParam());
  for (Link* link : {&alice.peer->up(), &alice.peer->down()}) link->Configure({.delay = kOneWay});
  // One round trip for ICE, two for DTLS, and the start.
  call.RunFor(kOneWay * int64_t{2 * 4});
  EXPECT_TRUE(alice.peer->has_keys());
  EXPECT_TRUE(alice.transport->IsConnected());
  EXPECT_EQ(alice.transport->protection().suite(), SrtpSuite::kAeadAes128Gcm);
}

INSTANTIATE_TEST_SUITE_P(Roles, WebRtcRoleScenario, testing::Values(DtlsRole::kClient, DtlsRole::kServer),
                         [](const auto& info) { return info.param == DtlsRole::kClient ? "Client" : "Server"; });

TEST_F(WebRtcScenario, ConnectsWhicheverDatagramIsLost) {
  for (bool upwards : {true, false}) {
    for (int dropped = 0; dropped < 8; ++dropped) {
      SCOPED_TRACE(testing::Message() << (upwards ? "up " : "down ") << dropped);
      Call call(1);
      const auto alice = call.JoinByWebRtc("alice");
      SetLinks(alice, {.delay = kOneWay});
      int number = 0;
      Link& link = upwards ? alice.peer->up() : alice.peer->down();
      link.Configure({.delay = kOneWay, .extra_delay = [&number, dropped](std::span<const uint8_t>) {
                        // As good as lost: it comes long after everything.
                        return number++ == dropped ? TimeDelta::Seconds(600) : TimeDelta::Zero();
                      }});
      call.RunFor(TimeDelta::Seconds(3));
      EXPECT_TRUE(IsConnected(alice));
    }
  }
}

TEST_F(WebRtcScenario, ConnectsOverANetworkThatLosesAFifth) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.JoinByWebRtc("alice");
    SetLinks(alice, {.delay = kOneWay, .jitter = TimeDelta::Millis(20), .loss = 0.2, .duplicate = 0.1});
    call.RunFor(TimeDelta::Seconds(20));
    EXPECT_TRUE(IsConnected(alice));
  }
}

TEST_F(WebRtcScenario, GivesNoKeysToAPeerWithAnotherCertificate) {
  Call call(1);
  const auto mallory = call.JoinWithWrongFingerprint("mallory");
  call.RunFor(TimeDelta::Seconds(5));
  EXPECT_FALSE(mallory.transport->IsConnected());
  EXPECT_EQ(mallory.transport->protection().dtls()->state(), DtlsState::kFailed);
}

TEST_F(WebRtcScenario, SendsAndReceives) {
  TwoWayCall c(1);
  c.call.RunFor(TimeDelta::Seconds(10));
  for (const MediaReceiver* receiver : {c.at_alice, c.at_bob}) {
    EXPECT_GE(receiver->stats().frames_decoded, 240u);
    EXPECT_EQ(receiver->stats().nacked, 0u);
  }
  EXPECT_EQ(c.alice.transport->drops().total(), 0u);
}

TEST_F(WebRtcScenario, MediaFollowsANatThatRebinds) {
  TwoWayCall c(1);
  c.call.RunFor(TimeDelta::Seconds(2));
  const SocketAddress inner = c.alice.peer->address();
  for (uint16_t port : {60000, 60001, 60002}) {
    c.call.network().PutBehindNat(inner, SocketAddress::Ipv4({198, 51, 100, 1}, port));
    c.call.RunFor(TimeDelta::Seconds(5));
  }
  ASSERT_TRUE(c.alice.transport->path_policy().rtp());
  EXPECT_EQ(c.alice.transport->path_policy().rtp()->remote.port(), 60002);
  // The next check of consent, every 2.5 s, shows the new address; a key frame and its way come on top.
  for (const MediaReceiver* receiver : {c.at_alice, c.at_bob}) {
    EXPECT_LE(receiver->stats().longest_freeze, TimeDelta::Millis(3500));
    EXPECT_GE(receiver->stats().frames_decoded, 220u);  // of 425
  }
  EXPECT_EQ(c.alice.peer->stats().srtp_failures, 0u);
  EXPECT_EQ(c.alice.transport->drops().of(DropReason::kUnauthenticated), 0u);
}

TEST_F(WebRtcScenario, GoesOnAfterFiveSecondsWithoutNetwork) {
  TwoWayCall c(1);
  c.call.RunFor(TimeDelta::Seconds(5));
  SetLinks(c.alice, {.loss = 1});
  c.call.RunFor(TimeDelta::Seconds(5));
  SetLinks(c.alice, {.delay = kOneWay});
  const uint32_t before = c.at_alice->stats().frames_decoded;
  c.call.RunFor(TimeDelta::Seconds(4));
  EXPECT_GE(c.at_alice->stats().frames_decoded, before + 50);
  EXPECT_TRUE(IsConnected(c.alice));
}

TEST_F(WebRtcScenario, ConsentEndsAfterThirtySecondsOfSilence) {
  TwoWayCall c(1);
  SetLinks(c.alice, {.loss = 1});
  c.call.RunFor(TimeDelta::Seconds(31));
  EXPECT_FALSE(c.alice.transport->IsConnected());
  const auto& events = c.call.worker().reported().transport;
  EXPECT_TRUE(std::ranges::any_of(events, [](const TransportEvent& event) {
    const auto* changed = std::get_if<IceStateChanged>(&event);
    return changed && changed->state == IceState::kDisconnected;
  }));
}

}  // namespace
}  // namespace sluice::sim
