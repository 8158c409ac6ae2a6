// What is given up and what is not, limits and buffers, and how associations end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/rtc/sctp/sctp_test_util.h"

namespace sluice::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr uint8_t kDataChunk = 0;

bool HasData(const SctpPair::Packet& packet) { return packet.size() > 12 && packet[12] == kDataChunk; }

std::vector<std::string> Texts(const SctpEnd& end) {
  std::vector<std::string> texts;
  for (const auto& message : end.messages) texts.push_back(TextOf(message));
  return texts;
}

class SctpReliabilityTest : public ::testing::Test {
 protected:
  // Loses the next packet with data that `a` sends.
  void LoseNextData(int count = 1) {
    pair.filter = [this, count](const SctpEnd& from, SctpPair::Packet& packet) mutable {
      if (&from != &pair.a || count == 0 || !HasData(packet)) return true;
      --count;
      return false;
    };
  }
  void Settle() { pair.Run(TimeDelta::Seconds(5)); }
  SctpPair pair;
};

TEST_F(SctpReliabilityTest, RepeatsALostMessage) {
  ASSERT_TRUE(pair.Establish());
  LoseNextData();
  pair.Send(pair.a, 1, "one");
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("one"));
}

TEST_F(SctpReliabilityTest, GivesUpALostMessageWithoutRetransmissions) {
  ASSERT_TRUE(pair.Establish());
  LoseNextData();
  pair.Send(pair.a, 1, "one", {.max_retransmits = 0});
  pair.Send(pair.a, 1, "two", {.max_retransmits = 0});
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("two"));
}

TEST_F(SctpReliabilityTest, RepeatsAsOftenAsAllowed) {
  ASSERT_TRUE(pair.Establish());
  LoseNextData(2);
  pair.Send(pair.a, 1, "one", {.max_retransmits = 1});
  Settle();
  EXPECT_THAT(Texts(pair.b), IsEmpty());
  LoseNextData(1);
  pair.Send(pair.a, 1, "two", {.max_retransmits = 1});
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("two"));
}

TEST_F(SctpReliabilityTest, GivesUpAMessageAfterItsLifeTime) {
  ASSERT_TRUE(pair.Establish());
  LoseNextData(3);
  pair.Send(pair.a, 1, "old", {.max_packet_life_time = 300});
  pair.Run(TimeDelta::Millis(600));
  pair.Send(pair.a, 1, "new", {.max_packet_life_time = 3000});
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("new"));
}

TEST_F(SctpReliabilityTest, DropsWhatExpiredBeforeItWasUp) {
  pair.Send(pair.a, 1, "old", {.max_packet_life_time = 100});
  pair.Send(pair.a, 1, "lasting");
  pair.now += TimeDelta::Seconds(1);
  ASSERT_TRUE(pair.Establish());
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("lasting"));
}

TEST_F(SctpReliabilityTest, UnorderedMessagesDoNotWaitForALostOne) {
  ASSERT_TRUE(pair.Establish());
  LoseNextData();
  pair.Send(pair.a, 1, "one", {.ordered = false});
  pair.Send(pair.a, 1, "two", {.ordered = false});
  pair.Send(pair.a, 1, "three", {.ordered = false});
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("two", "three", "one"));
}

TEST_F(SctpReliabilityTest, AnEmptyMessageIsOneZeroByte) {
  ASSERT_TRUE(pair.Establish());
  pair.Send(pair.a, 1, "");
  Settle();
  ASSERT_THAT(pair.b.messages, SizeIs(1));
  EXPECT_THAT(pair.b.messages[0].payload, ElementsAre(0));
}

TEST_F(SctpReliabilityTest, ResettingAStreamIsToldAndItsIdWorksAgain) {
  ASSERT_TRUE(pair.Establish());
  pair.Send(pair.a, 3, "before");
  Settle();
  pair.a.sctp->ResetStream(3, pair.now);
  // At once, while the reset is still under way.
  pair.Send(pair.a, 3, "after");
  Settle();
  EXPECT_THAT(pair.b.resets, ElementsAre(3));
  EXPECT_THAT(pair.a.resets, IsEmpty());
  EXPECT_THAT(Texts(pair.b), ElementsAre("before", "after"));
  pair.b.sctp->ResetStream(3, pair.now);
  Settle();
  EXPECT_THAT(pair.a.resets, ElementsAre(3));
}

TEST_F(SctpReliabilityTest, ManyStreamsAreResetAtOnce) {
  ASSERT_TRUE(pair.Establish());
  std::vector<uint16_t> expected;
  for (uint16_t stream = 0; stream < 300; ++stream) {
    const auto id = static_cast<uint16_t>(stream * 7);
    pair.Send(pair.a, id, "x");
    expected.push_back(id);
  }
  Settle();
  for (uint16_t id : expected) pair.a.sctp->ResetStream(id, pair.now);
  Settle();
  EXPECT_THAT(pair.b.resets, ::testing::UnorderedElementsAreArray(expected));
  for (uint16_t id : expected) pair.Send(pair.a, id, "y");
  Settle();
  EXPECT_THAT(pair.b.messages, SizeIs(600));
}

TEST_F(SctpReliabilityTest, ResettingDropsWhatWaits) {
  pair.Send(pair.a, 3, "never");
  pair.a.sctp->ResetStream(3, pair.now);
  EXPECT_EQ(pair.a.sctp->BufferedAmount(3), 0u);
  ASSERT_TRUE(pair.Establish());
  Settle();
  EXPECT_THAT(pair.b.messages, IsEmpty());
}

TEST_F(SctpReliabilityTest, ClosingTellsThePeer) {
  ASSERT_TRUE(pair.Establish());
  pair.a.sctp->Close(pair.now);
  Settle();
  EXPECT_EQ(pair.a.sctp->state(), SctpState::kClosed);
  EXPECT_EQ(pair.b.sctp->state(), SctpState::kClosed);
  EXPECT_EQ(pair.Send(pair.b, 1, "late"), SctpSendResult::kClosed);
  EXPECT_TRUE(pair.a.sctp->NextDeadline().IsInfinite());
  EXPECT_TRUE(pair.b.sctp->NextDeadline().IsInfinite());
}

TEST_F(SctpReliabilityTest, APeerThatNeverAnswersFailsTheStartInABoundedTime) {
  pair.filter = [](const SctpEnd&, SctpPair::Packet&) { return false; };
  pair.a.sctp->Connect(pair.now);
  EXPECT_TRUE(pair.RunUntil([&] { return pair.a.sctp->state() == SctpState::kFailed; }, TimeDelta::Seconds(120)));
  EXPECT_THAT(pair.a.states, ElementsAre(SctpState::kConnecting, SctpState::kFailed));
}

TEST_F(SctpReliabilityTest, APeerThatVanishesIsNoticedWhenThereIsSomethingToSend) {
  ASSERT_TRUE(pair.Establish());
  pair.filter = [](const SctpEnd&, SctpPair::Packet&) { return false; };
  pair.Send(pair.a, 1, "lost");
  EXPECT_TRUE(pair.RunUntil([&] { return pair.a.sctp->state() == SctpState::kFailed; }, TimeDelta::Seconds(180)));
}

TEST_F(SctpReliabilityTest, APeerThatVanishesIsNoticedByHeartbeats) {
  ASSERT_TRUE(pair.Establish());
  pair.filter = [](const SctpEnd&, SctpPair::Packet&) { return false; };
  EXPECT_TRUE(pair.RunUntil([&] { return pair.a.sctp->state() == SctpState::kFailed; }, TimeDelta::Seconds(900)));
}

TEST_F(SctpReliabilityTest, APeerThatStartsAnewIsTakenUp) {
  ASSERT_TRUE(pair.Establish());
  pair.Send(pair.a, 1, "before");
  Settle();
  pair.b = SctpEnd(pair.stack, {});
  pair.b.sctp->Connect(pair.now);
  ASSERT_TRUE(pair.RunUntil([&] { return pair.b.sctp->state() == SctpState::kConnected; }));
  EXPECT_EQ(pair.a.sctp->state(), SctpState::kConnected);
  pair.Send(pair.a, 1, "after");
  pair.Send(pair.b, 1, "hello");
  Settle();
  EXPECT_THAT(Texts(pair.b), ElementsAre("after"));
  EXPECT_THAT(Texts(pair.a), ElementsAre("hello"));
}

TEST_F(SctpReliabilityTest, ConnectsWhoeverBeginsAndWhicheverPacketIsLost) {
  for (int lost = 0; lost < 8; ++lost) {
    for (bool only_one : {false, true}) {
      SCOPED_TRACE(lost);
      SctpPair one({.seed = 9});
      int number = 0;
      one.filter = [&](const SctpEnd&, SctpPair::Packet&) { return number++ != lost; };
      one.a.sctp->Connect(one.now);
      if (only_one) one.Run(TimeDelta::Millis(100));
      one.b.sctp->Connect(one.now);
      EXPECT_TRUE(one.RunUntil([&] {
        return one.a.sctp->state() == SctpState::kConnected && one.b.sctp->state() == SctpState::kConnected;
      }));
    }
  }
}

}  // namespace
}  // namespace sluice::test
