// SCTP in transports: raw beside RTP between two plain ones, and over DTLS between two that talk by ICE elsewhere
// (test/scenario/data_test.cc).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rtc/sctp/sctp_packet.h"
#include "test/support/media_world.h"

namespace sluice::testing_support {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two plain transports that are each other's peer.
class TransportDataTest : public ::testing::Test {
 protected:
  TransportDataTest() : batch_(sink_), turn_{.now = Timestamp::Seconds(100), .batch = batch_} {
    dtls_ = *DtlsContext::Create(*DtlsCertificate::Generate());
  }
  static Path PathOf(SocketId socket, SocketId peer) {
    const auto address = [](SocketId of) {
      return SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(1000 + of));
    };
    return {.socket = socket, .local = address(socket), .remote = address(peer)};
  }
  std::unique_ptr<Transport> Make(const std::string& id, SocketId socket, bool comedia, bool srtp = false) {
    PlainTransportConfig config{.id = id, .comedia = comedia, .rtp = PathOf(socket, 0), .sctp = SctpConfig{}};
    config.rtp.remote = {};
    if (srtp) config.srtp_suite = SrtpSuite::kAeadAes128Gcm;
    const Transport::Env env{
        .dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = TimeDelta::Seconds(1'700'000'000), .sctp = &stack_};
    return Transport::CreatePlain(config, env, turn_.now);
  }
  void Connect(Transport& transport, SocketId peer, std::optional<SrtpKeying> srtp = {}) {
    ASSERT_TRUE(transport.Connect(PlainConnectParameters{.rtp = PathOf(0, peer).remote, .srtp = srtp}, turn_).ok());
  }
  // Carries what was sent, lets time pass, for a while.
  void Run(TimeDelta time) {
    for (const Timestamp end = turn_.now + time; turn_.now < end; turn_.now += TimeDelta::Millis(5)) {
      batch_.Flush();
      for (auto& [path, datagram] : std::exchange(sink_.sent, {})) {
        const bool to_b = path.socket == kA;
        Transport* to = to_b ? b_.get() : a_.get();
        if (to) to->HandleDatagram(PathOf(to_b ? kB : kA, to_b ? kA : kB), datagram, turn_.now, turn_);
      }
      for (Transport* transport : {a_.get(), b_.get()}) {
        if (transport && transport->NextDeadline() <= turn_.now) transport->OnTimer(turn_);
      }
    }
  }
  std::vector<SctpState> StatesOf(const std::string& id) const {
    std::vector<SctpState> states;
    for (const TransportEvent& event : turn_.outbox.transport) {
      const auto* state = std::get_if<TransportSctpStateChanged>(&event);
      if (state && state->transport_id == id) states.push_back(state->state);
    }
    return states;
  }
  bool BothConnected() const {
    return a_->sctp()->state() == SctpState::kConnected && b_->sctp()->state() == SctpState::kConnected;
  }

  static constexpr SocketId kA = 1, kB = 2;
  RecordingSink sink_;
  SendBatch batch_;
  Turn turn_;
  PacketPool pool_;
  Rng rng_{1};
  SctpStack stack_{1};
  std::unique_ptr<DtlsContext> dtls_;
  std::unique_ptr<Transport> a_, b_;
};

TEST_F(TransportDataTest, PlainTransportsConnectOverRawSctp) {
  a_ = Make("a", kA, false);
  b_ = Make("b", kB, false);
  EXPECT_EQ(a_->Stats(turn_.now).sctp_state, SctpState::kNew);
  Connect(*a_, kB);
  Connect(*b_, kA);
  Run(TimeDelta::Seconds(3));
  ASSERT_TRUE(BothConnected());
  EXPECT_THAT(StatesOf("a"), ::testing::ElementsAre(SctpState::kConnecting, SctpState::kConnected));
  EXPECT_EQ(a_->Stats(turn_.now).sctp_state, SctpState::kConnected);
  EXPECT_GT(a_->Stats(turn_.now).sent.bytes, 0u);
  // Nobody takes messages here, which is counted.
  EXPECT_EQ(a_->SendData(4, 51, std::vector<uint8_t>{1, 2, 3}, {}, turn_), SctpSendResult::kQueued);
  Run(TimeDelta::Seconds(1));
  EXPECT_EQ(b_->drops().of(DropReason::kUnknownStream), 1u);
}

TEST_F(TransportDataTest, AnAddressIsLearntFromAGoodSctpPacketOnly) {
  a_ = Make("a", kA, false);
  b_ = Make("b", kB, true);
  const Path stranger{.socket = kB, .local = PathOf(kB, 0).local, .remote = SocketAddress::Ipv4({10, 0, 0, 9}, 9)};
  Datagram garbage = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 1, 2, 3, 4, 1, 0, 0, 4};
  b_->HandleDatagram(stranger, garbage, turn_.now, turn_);
  EXPECT_EQ(b_->drops().of(DropReason::kBadSctp), 1u);
  EXPECT_EQ(b_->path_policy().rtp(), nullptr);
  EXPECT_EQ(b_->sctp()->state(), SctpState::kNew);
  Connect(*a_, kB);
  Run(TimeDelta::Seconds(3));
  EXPECT_TRUE(BothConnected());
  ASSERT_NE(b_->path_policy().rtp(), nullptr);
  EXPECT_EQ(b_->path_policy().rtp()->remote, PathOf(kB, kA).remote);
}

TEST_F(TransportDataTest, RawSctpStaysClearBesideSrtp) {
  a_ = Make("a", kA, false, true);
  b_ = Make("b", kB, false, true);
  const SrtpKeying key_of_a = *a_->local_srtp(), key_of_b = *b_->local_srtp();
  Connect(*a_, kB, key_of_b);
  Connect(*b_, kA, key_of_a);
  batch_.Flush();
  ASSERT_FALSE(sink_.sent.empty());
  EXPECT_TRUE(HasValidSctpChecksum(sink_.sent[0].second));
  Run(TimeDelta::Seconds(3));
  EXPECT_TRUE(BothConnected());
}

TEST_F(TransportDataTest, ClosingATransportTellsThePeersAssociation) {
  a_ = Make("a", kA, false);
  b_ = Make("b", kB, false);
  Connect(*a_, kB);
  Connect(*b_, kA);
  Run(TimeDelta::Seconds(3));
  a_->Close(turn_);
  batch_.Flush();
  auto sent = std::exchange(sink_.sent, {});
  a_.reset();
  for (auto& [path, datagram] : sent) b_->HandleDatagram(PathOf(kB, kA), datagram, turn_.now, turn_);
  EXPECT_THAT(StatesOf("b"), Contains(SctpState::kClosed));
}

TEST_F(TransportDataTest, WithoutSctpItsPacketsAreOfAnUnknownKind) {
  PlainTransportConfig config{.id = "none", .rtp = PathOf(kA, 0)};
  config.rtp.remote = {};
  a_ = Transport::CreatePlain(config, {*dtls_, pool_, rng_, TimeDelta::Zero()}, turn_.now);
  Connect(*a_, kB);
  Datagram packet = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 1, 2, 3, 4, 1, 0, 0, 4};
  a_->HandleDatagram(PathOf(kA, kB), packet, turn_.now, turn_);
  EXPECT_EQ(a_->SendData(0, 51, std::vector<uint8_t>{1}, {}, turn_), SctpSendResult::kClosed);
  EXPECT_EQ(a_->sctp(), nullptr);
  EXPECT_GT(a_->drops().total(), 0u);
}

}  // namespace
}  // namespace sluice::testing_support
