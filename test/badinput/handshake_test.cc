// What may go wrong, or be made to go wrong, before a peer is connected.
#include <gmock/gmock.h>

#include "test/badinput/world.h"

namespace sluice::badinput {
namespace {

using testing_support::MakeRtp;

class HandshakeTest : public ::testing::TestWithParam<DtlsRole> {
 protected:
  // A connected sender and watcher beside the peer of the test: they must never notice.
  void ExpectOthersUnharmed() {
    const uint32_t before = watcher_.rtp_received;
    for (int i = 0; i < 10; ++i) sender_.SendRtp(MakeRtp({.seq = seq_++}));
    world_.Talk();
    EXPECT_EQ(watcher_.rtp_received, before + 10);
  }
  void Connect(Peer& peer, const DtlsFingerprint& fingerprint) {
    world_.Do([&](Turn& turn) {
      EXPECT_TRUE(peer.transport.Connect({.role = GetParam(), .fingerprints = {fingerprint}}, turn).ok());
    });
  }
  // The datagrams of a ClientHello that belongs to nobody here.
  std::vector<Datagram> StrangersHello() {
    DtlsSession stranger(*sender_.context);
    stranger.Start(DtlsRole::kClient, world_.now());
    return stranger.TakeDatagrams();
  }

  World world_;
  Peer& sender_ = world_.JoinSender();
  Peer& watcher_ = world_.JoinWatcher();
  uint16_t seq_ = 1;
};

INSTANTIATE_TEST_SUITE_P(PeerIs, HandshakeTest, ::testing::Values(DtlsRole::kClient, DtlsRole::kServer),
                         [](const auto& info) { return info.param == DtlsRole::kClient ? "Client" : "Server"; });

TEST_P(HandshakeTest, AWrongFingerprintFailsTheSessionAndGivesNoKeys) {
  Peer& peer = world_.AddUnknown("impostor", GetParam());
  Connect(peer, sender_.context->fingerprints()[2]);
  world_.Talk();
  EXPECT_EQ(world_.last_dtls_state("impostor"), DtlsState::kFailed);
  EXPECT_FALSE(peer.transport.protection().ready());
  EXPECT_FALSE(peer.transport.IsConnected());
  EXPECT_FALSE(peer.connected());
  peer.Send(MakeRtp({}));
  EXPECT_EQ(peer.transport.drops().of(DropReason::kNoKeys), 1u);
  ExpectOthersUnharmed();
}

TEST_P(HandshakeTest, AFloodOfImpostorsLeavesNothingBehind) {
  const auto impostor = [&] {
    Peer& peer = world_.AddUnknown("impostor", GetParam());
    Connect(peer, sender_.context->fingerprints()[2]);
    world_.Talk();
    EXPECT_EQ(world_.last_dtls_state("impostor"), DtlsState::kFailed);
    world_.Remove(peer);
  };
  for (int i = 0; i < 20; ++i) impostor();
  const size_t heap = HeapBytes();
  for (int i = 0; i < 20; ++i) impostor();
  EXPECT_LE(HeapBytes(), heap + 1024);
}

TEST_P(HandshakeTest, RtpAndRtcpBeforeDtlsAreDroppedAndTheHandshakeGoesOn) {
  Peer& peer = world_.Add("early", GetParam());
  peer.hold_dtls = true;
  world_.Talk();
  const auto flood = [&] {
    for (uint16_t i = 0; i < 5'000; ++i) {
      peer.Send(MakeRtp({.seq = i}));
      peer.Send(testing_support::MakeRtcp(rtcp::ReceiverReport{.sender = Ssrc(i)}));
    }
  };
  flood();
  const size_t heap = HeapBytes();
  flood();
  EXPECT_EQ(HeapBytes(), heap);
  EXPECT_EQ(peer.transport.drops().of(DropReason::kNoKeys), 20'000u);
  peer.hold_dtls = false;
  world_.Advance(TimeDelta::Seconds(1));
  EXPECT_TRUE(peer.connected() && peer.transport.IsConnected());
}

TEST_P(HandshakeTest, DtlsBeforeTheControllerConnectedIsDroppedAndSentAgain) {
  Peer& peer = world_.AddUnknown("hasty", GetParam());
  world_.Advance(TimeDelta::Millis(500));
  if (GetParam() == DtlsRole::kClient) {
    EXPECT_GT(peer.transport.drops().of(DropReason::kDtlsNotExpected), 0u);
  }
  Connect(peer, peer.context->fingerprints()[2]);
  world_.Advance(TimeDelta::Seconds(5));
  EXPECT_TRUE(peer.connected() && peer.transport.IsConnected());
}

TEST_P(HandshakeTest, AClientHelloFromAForeignAddressDuringAHandshakeIsNobodys) {
  Peer& peer = world_.Add("peer", GetParam());
  peer.hold_dtls = true;
  world_.Talk();
  const auto hello = StrangersHello();
  const uint64_t unclaimed = world_.unclaimed(), sent = world_.sent();
  for (uint16_t port = 1; port <= 1000; ++port) {
    for (const Datagram& datagram : hello) world_.Receive(PathFrom(66, port), datagram);
  }
  EXPECT_EQ(world_.unclaimed(), unclaimed + 1000 * hello.size());
  EXPECT_EQ(world_.sent(), sent);
  peer.hold_dtls = false;
  world_.Advance(TimeDelta::Seconds(1));
  EXPECT_TRUE(peer.connected() && peer.transport.IsConnected());
  ExpectOthersUnharmed();
}

TEST_P(HandshakeTest, AClientHelloWithAForgedSourceAddressDoesNotEndTheHandshake) {
  Peer& peer = world_.Add("peer", GetParam());
  peer.hold_dtls = true;
  const auto hello = StrangersHello();
  // Between any two datagrams of the handshake comes a stranger's.
  for (int turn = 0; turn < 6; ++turn) {
    world_.Talk();
    for (const Datagram& datagram : std::exchange(peer.held, {})) {
      peer.Send(datagram);
      for (const Datagram& foreign : hello) world_.Receive(peer.path, foreign);
    }
  }
  EXPECT_TRUE(peer.connected() && peer.transport.IsConnected());
  for (int i = 0; i < 1000; ++i) {
    for (const Datagram& foreign : hello) world_.Receive(peer.path, foreign);
  }
  EXPECT_EQ(world_.last_dtls_state("peer"), DtlsState::kConnected);
  EXPECT_GE(peer.transport.drops().of(DropReason::kBadDtls), 1000u);
}

TEST_P(HandshakeTest, PlainAlertsDoNotEndAConnectedSession) {
  Peer& peer = world_.Join("peer", GetParam());
  for (uint8_t level : {1, 2}) {
    for (int code = 0; code < 256; ++code) {
      const auto number = static_cast<uint8_t>(code);
      world_.Receive(peer.path, {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 9, number, 0, 2, level, number});
    }
  }
  EXPECT_EQ(world_.last_dtls_state("peer"), DtlsState::kConnected);
  EXPECT_EQ(peer.transport.drops().of(DropReason::kBadDtls), 512u);
}

}  // namespace
}  // namespace sluice::badinput
