// Buffers, windows, deadlines and bad bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <memory>
#include <string>

#include "rtc/sctp/sctp_packet.h"
#include "test/rtc/sctp/sctp_test_util.h"

namespace sluice::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(SctpLimitsTest, TellsWhenTheBufferedAmountIsLow) {
  SctpPair pair;
  pair.a.sctp->SetBufferedAmountLowThreshold(2, 1000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pair.Send(pair.a, 2, std::string(1000, 'x')), SctpSendResult::kQueued);
  EXPECT_EQ(pair.a.sctp->BufferedAmount(2), 3000u);
  EXPECT_EQ(pair.a.sctp->BufferedAmount(1), 0u);
  EXPECT_THAT(pair.a.lows, IsEmpty());
  ASSERT_TRUE(pair.Establish());
  pair.Run(TimeDelta::Seconds(1));
  ASSERT_THAT(pair.a.lows, SizeIs(1));
  EXPECT_EQ(pair.a.lows[0].stream_id, 2);
  EXPECT_LE(pair.a.lows[0].buffered_amount, 1000u);
  EXPECT_EQ(pair.a.sctp->BufferedAmount(2), 0u);
}

TEST(SctpLimitsTest, RefusesWhatDoesNotFitAndTakesItWhenThereIsRoom) {
  SctpPair pair({}, {.max_send_message_size = 3000, .send_buffer_size = 5000, .per_stream_send_queue_limit = 2500});
  EXPECT_EQ(pair.Send(pair.a, 0, std::string(3001, 'x')), SctpSendResult::kTooLarge);
  EXPECT_EQ(pair.Send(pair.a, 0, std::string(2000, 'x')), SctpSendResult::kQueued);
  EXPECT_EQ(pair.Send(pair.a, 0, std::string(501, 'x')), SctpSendResult::kBufferFull) << "of the stream";
  EXPECT_EQ(pair.Send(pair.a, 1, std::string(2400, 'x')), SctpSendResult::kQueued);
  EXPECT_EQ(pair.Send(pair.a, 2, std::string(601, 'x')), SctpSendResult::kBufferFull) << "of all";
  EXPECT_EQ(pair.a.sctp->BufferedAmount(2), 0u);
  ASSERT_TRUE(pair.Establish());
  pair.Run(TimeDelta::Seconds(2));
  EXPECT_EQ(pair.Send(pair.a, 2, std::string(601, 'x')), SctpSendResult::kQueued);
  pair.Run(TimeDelta::Seconds(2));
  EXPECT_THAT(pair.b.messages, SizeIs(3));
}

TEST(SctpLimitsTest, RefusesStreamsThatAreNotThere) {
  SctpPair pair;
  EXPECT_EQ(pair.Send(pair.a, 65535, "x"), SctpSendResult::kNoSuchStream);
  EXPECT_EQ(pair.Send(pair.a, 65534, "x"), SctpSendResult::kQueued);
}

TEST(SctpLimitsTest, HoldsNoMoreThanItsBufferForAPeerThatNeverAcknowledges) {
  SctpPair pair;
  ASSERT_TRUE(pair.Establish());
  pair.filter = [&](const SctpEnd& from, SctpPair::Packet&) { return &from == &pair.a; };
  uint64_t taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (pair.Send(pair.a, static_cast<uint16_t>(i % 5), std::string(1000, 'x')) == SctpSendResult::kQueued) {
      taken += 1000;
    }
  }
  EXPECT_LT(taken, 262'144u + 65'536u);
  EXPECT_EQ(pair.Send(pair.a, 6, std::string(1000, 'x')), SctpSendResult::kBufferFull);
}

TEST(SctpLimitsTest, DropsAMessageThatIsTooLongAndGoesOn) {
  SctpPair pair({.seed = 2, .loss = 0.02}, {.max_send_message_size = 2'000'000, .send_buffer_size = 4'000'000},
                {.max_receive_message_size = 10'000});
  ASSERT_TRUE(pair.Establish());
  pair.Send(pair.a, 1, std::string(10'001, 'a'));
  pair.Send(pair.a, 1, "first");
  pair.Send(pair.a, 1, std::string(1'500'000, 'b'));
  pair.Send(pair.a, 1, std::string(10'000, 'c'));
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.messages.size() == 2; }, TimeDelta::Seconds(300)));
  EXPECT_EQ(TextOf(pair.b.messages[0]), "first");
  EXPECT_EQ(TextOf(pair.b.messages[1]), std::string(10'000, 'c'));
}

TEST(SctpLimitsTest, StreamsTakeTurns) {
  SctpPair pair;
  ASSERT_TRUE(pair.Establish());
  for (int i = 0; i < 150; ++i) pair.Send(pair.a, 1, std::string(1000, 'x'));
  pair.Send(pair.a, 2, "small");
  size_t position = 0;
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.messages.size() == 151; }));
  while (pair.b.messages[position].stream_id != 2) ++position;
  EXPECT_LT(position, 60u);
}

// How each association of many is woken: at its own times only.
TEST(SctpLimitsTest, AssociationsDoNotWakeEachOther) {
  constexpr int kCount = 500;
  SctpStack stack(1);
  Timestamp now = Timestamp::Seconds(10);
  std::vector<std::unique_ptr<SctpAssociation>> all;
  for (int i = 0; i < kCount; ++i) {
    all.push_back(std::make_unique<SctpAssociation>(stack, SctpConfig{}));
    EXPECT_TRUE(all.back()->NextDeadline().IsInfinite());
    all.back()->Connect(now);
    all.back()->TakePackets();
    now += TimeDelta::Millis(3);
  }
  // Each INIT is repeated a second after it was sent, to the millisecond.
  for (int i = 0; i < kCount; ++i) {
    const Timestamp due = Timestamp::Seconds(10) + TimeDelta::Millis(3 * i);
    EXPECT_GE(all[static_cast<size_t>(i)]->NextDeadline(), due + TimeDelta::Millis(500));
    EXPECT_LE(all[static_cast<size_t>(i)]->NextDeadline(), due + TimeDelta::Millis(1500));
  }
  SctpAssociation& first = *all[0];
  const Timestamp second_deadline = all[1]->NextDeadline();
  first.OnTimer(first.NextDeadline() - TimeDelta::Millis(1));
  EXPECT_THAT(first.TakePackets(), IsEmpty());
  first.OnTimer(first.NextDeadline());
  EXPECT_THAT(first.TakePackets(), SizeIs(1));
  EXPECT_EQ(all[1]->NextDeadline(), second_deadline);
  EXPECT_THAT(all[1]->TakePackets(), IsEmpty());
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(SctpLimitsTest, AnIdleAssociationCostsLittleAlsoAfterOthersWereFreed) {
  constexpr size_t kPairs = 100;
  constexpr size_t kMost = 64 * 1024;  // bytes for an association
  for (int round = 0; round < 3; ++round) {
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    std::vector<std::unique_ptr<SctpPair>> pairs;
    for (size_t i = 0; i < kPairs; ++i) {
      pairs.push_back(std::make_unique<SctpPair>(LinkConfig{.seed = i + 1}));
      ASSERT_TRUE(pairs.back()->Establish());
      ASSERT_EQ(pairs.back()->a.negotiated[0].outbound_streams, 65535);
      pairs.back()->Send(pairs.back()->a, 65534, "x");
      ASSERT_TRUE(pairs.back()->RunUntil([&] { return !pairs.back()->b.messages.empty(); }));
    }
    const size_t each = (mallinfo2().uordblks + mallinfo2().hblkhd - before) / (2 * kPairs);
    RecordProperty("bytes", static_cast<int>(each));
    EXPECT_LT(each, kMost);
  }
}
#endif

TEST(SctpLimitsTest, BadBytesDoNoHarm) {
  SctpPair pair;
  ASSERT_TRUE(pair.Establish());
  SctpPair::Packet good;
  pair.filter = [&](const SctpEnd&, SctpPair::Packet& packet) {
    good = packet;
    return true;
  };
  pair.Send(pair.a, 1, "hello");
  pair.Run(TimeDelta::Seconds(1));
  ASSERT_THAT(pair.b.messages, SizeIs(1));
  EXPECT_TRUE(HasValidSctpChecksum(good));
  const size_t told = pair.b.states.size();
  for (size_t size = 0; size < good.size(); ++size) {
    pair.b.sctp->HandlePacket(std::span(good).first(size), pair.now);
  }
  for (size_t i = 0; i < good.size(); ++i) {
    SctpPair::Packet damaged = good;
    damaged[i] ^= 0x55;
    EXPECT_FALSE(HasValidSctpChecksum(damaged));
    pair.b.sctp->HandlePacket(damaged, pair.now);
  }
  // With the checksum made right, but another verification tag: an ABORT that is not the peer's.
  SctpPair::Packet forged = {0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0, 0, 0, 0, 6, 0, 0, 4};
  uint32_t crc = ~UpdateCrc32c(~0u, forged);
  for (size_t i = 0; i < 4; ++i) forged[8 + i] = static_cast<uint8_t>(crc >> (8 * i));
  ASSERT_TRUE(HasValidSctpChecksum(forged));
  pair.b.sctp->HandlePacket(forged, pair.now);
  pair.Take();
  EXPECT_EQ(pair.b.states.size(), told);
  EXPECT_EQ(pair.b.sctp->state(), SctpState::kConnected);
  pair.Send(pair.a, 1, "still there");
  pair.Run(TimeDelta::Seconds(1));
  EXPECT_EQ(TextOf(pair.b.messages.back()), "still there");
}

TEST(SctpLimitsTest, TheSameSeedGivesTheSameRun) {
  const auto run = [] {
    SctpPair pair({.seed = 77, .loss = 0.1, .jitter = TimeDelta::Millis(15)});
    EXPECT_TRUE(pair.Establish());
    for (int i = 0; i < 200; ++i) pair.Send(pair.a, 1, std::string(500, 'x'));
    EXPECT_TRUE(pair.RunUntil([&] { return pair.b.messages.size() == 200; }));
    return std::pair(pair.now.us(), pair.packets);
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace sluice::test
