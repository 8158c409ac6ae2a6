#include "rtc/sctp/sctp_association.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/rtc/sctp/sctp_test_util.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SctpAssociationTest, ConnectsWithAllStreamsBothWays) {
  SctpPair pair;
  ASSERT_TRUE(pair.Establish());
  EXPECT_THAT(pair.a.states, ElementsAre(SctpState::kConnecting, SctpState::kConnected));
  EXPECT_THAT(pair.b.states, ElementsAre(SctpState::kConnecting, SctpState::kConnected));
  ASSERT_EQ(pair.a.negotiated.size(), 1u);
  EXPECT_EQ(pair.a.negotiated[0].outbound_streams, 65535);
  EXPECT_EQ(pair.a.negotiated[0].inbound_streams, 65535);
}

TEST(SctpAssociationTest, TellsTheStreamsBeforeItTellsThatItIsConnected) {
  SctpPair pair;
  pair.a.sctp->Connect(pair.now);
  pair.b.sctp->Connect(pair.now);
  std::vector<size_t> kinds;  // of the events of `a`
  for (int i = 0; i < 10; ++i) {
    for (const SctpEvent& event : pair.a.sctp->TakeEvents()) kinds.push_back(event.index());
    for (const auto& packet : pair.a.sctp->TakePackets()) pair.b.sctp->HandlePacket(packet, pair.now);
    for (const auto& packet : pair.b.sctp->TakePackets()) pair.a.sctp->HandlePacket(packet, pair.now);
  }
  EXPECT_THAT(kinds, ElementsAre(SctpEvent(SctpStateChanged{}).index(), SctpEvent(SctpCapabilitiesNegotiated{}).index(),
                                 SctpEvent(SctpStateChanged{}).index()));
}

TEST(SctpAssociationTest, CarriesAMessageEachWay) {
  SctpPair pair;
  ASSERT_TRUE(pair.Establish());
  EXPECT_EQ(pair.Send(pair.a, 7, "ping"), SctpSendResult::kQueued);
  EXPECT_EQ(pair.Send(pair.b, 65534, "pong"), SctpSendResult::kQueued);
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.a.messages.empty() && !pair.b.messages.empty(); }));
  EXPECT_EQ(pair.b.messages[0].stream_id, 7);
  EXPECT_EQ(pair.b.messages[0].ppid, kStringPpid);
  EXPECT_EQ(TextOf(pair.b.messages[0]), "ping");
  EXPECT_EQ(pair.a.messages[0].stream_id, 65534);
  EXPECT_EQ(TextOf(pair.a.messages[0]), "pong");
}

TEST(SctpAssociationTest, HoldsMessagesUntilItIsUp) {
  SctpPair pair;
  EXPECT_EQ(pair.Send(pair.a, 0, "early"), SctpSendResult::kQueued);
  EXPECT_EQ(pair.a.sctp->BufferedAmount(0), 5u);
  ASSERT_TRUE(pair.Establish());
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.messages.empty(); }));
  EXPECT_EQ(TextOf(pair.b.messages[0]), "early");
  EXPECT_EQ(pair.a.sctp->BufferedAmount(0), 0u);
}

TEST(SctpAssociationTest, CarriesTenThousandSmallMessagesInOrderOverABadLink) {
  SctpPair pair({.seed = 3, .loss = 0.05, .duplication = 0.02, .jitter = TimeDelta::Millis(30)});
  ASSERT_TRUE(pair.Establish());
  int sent = 0;
  ASSERT_TRUE(pair.RunUntil(
      [&] {
        while (sent < 10'000 && pair.Send(pair.a, 1, "message " + std::to_string(sent)) == SctpSendResult::kQueued) {
          ++sent;
        }
        return pair.b.messages.size() == 10'000;
      },
      TimeDelta::Seconds(600)));
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(TextOf(pair.b.messages[static_cast<size_t>(i)]), "message " + std::to_string(i));
  }
  EXPECT_LE(pair.largest, SctpAssociation::kMtu);
}

class SctpMessageSizeTest : public ::testing::TestWithParam<size_t> {};

TEST_P(SctpMessageSizeTest, ArrivesWholeOverABadLink) {
  SctpPair pair({.seed = 5, .loss = 0.03, .duplication = 0.01, .jitter = TimeDelta::Millis(10)});
  ASSERT_TRUE(pair.Establish());
  std::string text(GetParam(), 'x');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 % 251);
  ASSERT_EQ(pair.Send(pair.a, 4, text), SctpSendResult::kQueued);
  ASSERT_TRUE(pair.RunUntil([&] { return !pair.b.messages.empty(); }, TimeDelta::Seconds(300)));
  EXPECT_EQ(TextOf(pair.b.messages[0]), text);
  EXPECT_LE(pair.largest, SctpAssociation::kMtu);
}
INSTANTIATE_TEST_SUITE_P(Sizes, SctpMessageSizeTest, ::testing::Values(1, 1150, 1200, 16'384, 65'536, 262'144));

}  // namespace
}  // namespace sluice::test
