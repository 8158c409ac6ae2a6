// Datagrams that are nothing, from strangers and from a peer's own address.
#include <gmock/gmock.h>

#include "rtc/stun/message_writer.h"
#include "test/badinput/world.h"

namespace sluice::badinput {
namespace {

using testing_support::MakeRtp;

// One of each kind of RFC 7983, with its borders: STUN, nothing, ZRTP, DTLS, TURN, QUIC, RTP and RTCP, nothing.
constexpr uint8_t kFirstBytes[] = {0,  1,  3,  4,   15,  16,  19,  20,  21,  22,  23,  25, 63,
                                   64, 79, 80, 127, 128, 129, 143, 144, 159, 191, 192, 255};

class DatagramsTest : public ::testing::Test {
 protected:
  // Every length from 0 to 1600 with each first byte; the rest is zeros, ones or noise.
  void Flood(const Path& from) {
    Rng rng(99);
    for (size_t size = 0; size <= 1600; ++size) {
      for (const uint8_t first : kFirstBytes) {
        Datagram datagram(size);
        const auto filling = size % 3;
        for (uint8_t& b : datagram) b = filling == 0 ? 0 : filling == 1 ? 0xFF : static_cast<uint8_t>(rng.U32());
        if (size) datagram[0] = first;
        world_.Receive(from, std::move(datagram));
      }
    }
  }
  static constexpr uint64_t kFlood = 1601 * std::size(kFirstBytes);

  void ExpectMediaFlows() {
    const uint32_t before = watcher_.rtp_received;
    for (int i = 0; i < 10; ++i) sender_.SendRtp(MakeRtp({.seq = seq_++}));
    world_.Talk();
    EXPECT_EQ(watcher_.rtp_received, before + 10);
    EXPECT_EQ(watcher_.bad_received, 0u);
  }

  World world_;
  Peer& sender_ = world_.JoinSender();
  Peer& watcher_ = world_.JoinWatcher();
  uint16_t seq_ = 1;
};

TEST_F(DatagramsTest, OfEveryLengthAndKindFromStrangersAreNobodys) {
  Flood(PathFrom(66, 6));
  const uint64_t unclaimed = world_.unclaimed();
  const uint64_t sent = world_.sent();
  const size_t heap = HeapBytes();
  Flood(PathFrom(66, 6));
  EXPECT_EQ(world_.unclaimed() - unclaimed, kFlood);
  EXPECT_EQ(world_.sent(), sent);
  EXPECT_EQ(HeapBytes(), heap);
  EXPECT_EQ(sender_.transport.drops().total(), 0u);
  ExpectMediaFlows();
}

TEST_F(DatagramsTest, OfEveryLengthAndKindFromAPeersAddressAreDroppedAndCounted) {
  Flood(sender_.path);
  const uint64_t counted = sender_.transport.drops().total() + world_.unclaimed();
  const size_t heap = HeapBytes();
  Flood(sender_.path);
  EXPECT_EQ(sender_.transport.drops().total() + world_.unclaimed() - counted, kFlood);
  EXPECT_LE(HeapBytes(), heap + 1024);
  EXPECT_EQ(world_.last_dtls_state("sender"), DtlsState::kConnected);
  ExpectMediaFlows();
}

TEST_F(DatagramsTest, OfEveryLengthAndKindFromAPeersAddressBeforeItsHandshakeDoNotPreventIt) {
  Peer& late = world_.Add("late");
  late.hold_dtls = true;
  world_.Talk();
  Flood(late.path);
  const size_t heap = HeapBytes();
  Flood(late.path);
  EXPECT_LE(HeapBytes(), heap + 1024);
  late.hold_dtls = false;
  for (const Datagram& datagram : late.held) late.Send(datagram);
  world_.Talk();
  EXPECT_TRUE(late.connected());
  EXPECT_EQ(world_.last_dtls_state("late"), DtlsState::kConnected);
  ExpectMediaFlows();
}

// --- STUN ---

Datagram Check(const std::string& username, const std::string& password, uint32_t number) {
  Datagram out(300);
  stun::TransactionId id{};
  ByteWriter(id).U32(number);
  stun::MessageWriter writer(out, stun::Class::kRequest, stun::Method::kBinding, id);
  writer.AddUsername(username);
  writer.AddPriority(1);
  writer.AddIceControlling(1);
  writer.AddUseCandidate();
  out.resize(writer.Finish(password));
  return out;
}

TEST_F(DatagramsTest, ChecksForUnknownUserNamesGetNoAnswerAndAllocateNothing) {
  std::vector<Datagram> checks;
  for (uint32_t i = 0; i < 20'000; ++i) {
    checks.push_back(Check("nobodyHasThisUserName" + std::to_string(i) + ":x", "password", i));
  }
  const size_t heap = HeapBytes();
  const uint64_t sent = world_.sent(), unclaimed = world_.unclaimed(), allocations = HeapAllocations();
  for (uint16_t i = 0; i < 20'000; ++i) world_.Receive(PathFrom(66, i), std::move(checks[i]));
  EXPECT_EQ(HeapAllocations(), allocations);
  EXPECT_LE(HeapBytes(), heap);
  EXPECT_EQ(world_.sent(), sent);
  EXPECT_EQ(world_.unclaimed(), unclaimed + 20'000);
}

TEST_F(DatagramsTest, ChecksWithAGuessedPasswordGetNoAnswerAndMoveNothing) {
  const Path before = *sender_.transport.path_policy().rtp();
  const uint64_t sent = world_.sent();
  for (uint32_t i = 0; i < 20'000; ++i) {
    world_.Receive(PathFrom(66, static_cast<uint16_t>(i)), Check("senderUfrag:x", "guess" + std::to_string(i), i));
  }
  EXPECT_EQ(sender_.transport.drops().of(DropReason::kBadStun), 20'000u);
  EXPECT_EQ(world_.sent(), sent);
  EXPECT_EQ(*sender_.transport.path_policy().rtp(), before);
  ExpectMediaFlows();
}

TEST_F(DatagramsTest, APeerThatChecksFromThousandsOfAddressesHoldsEight) {
  const auto flood = [&] {
    for (uint32_t i = 0; i < 5'000; ++i) {
      world_.Receive(PathFrom(66, static_cast<uint16_t>(i)), Check("senderUfrag:x", "senderPassword0123456789", i));
    }
  };
  flood();
  const size_t heap = HeapBytes();
  flood();
  EXPECT_LE(HeapBytes(), heap + 1024);
  EXPECT_EQ(sender_.transport.path_policy().ice()->paths().size(), IceLiteAgent::kMaxPaths);
}

}  // namespace
}  // namespace sluice::badinput
