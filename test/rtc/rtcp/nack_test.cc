#include "rtc/rtcp/nack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sluice::rtcp {
namespace {

using testing::ElementsAre;

std::vector<int> Values(const Nack& nack) {
  std::vector<int> values;
  for (SeqNum seq : nack.seqs) values.push_back(seq.value());
  return values;
}

TEST(NackTest, ReadsFirstNumberAndMask) {
  const std::array<uint8_t, 12> body = {0, 0, 0, 1, 0, 0, 0, 2, 0xFF, 0xFE, 0x80, 0x05};
  const auto nack = Nack::Parse({PacketType::kTransportFeedback, 1, body});
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender, Ssrc(1));
  EXPECT_EQ(nack->media, Ssrc(2));
  EXPECT_THAT(Values(*nack), ElementsAre(65534, 65535, 1, 14));
}

TEST(NackTest, PacksSixteenFollowersIntoOneItem) {
  Nack nack;
  for (int i = 0; i < 17; ++i) nack.seqs.push_back(SeqNum(65530) + i);
  EXPECT_EQ(nack.WireSize(), 16u);
  nack.seqs.push_back(SeqNum(65530) + 17);
  EXPECT_EQ(nack.WireSize(), 20u);
}

TEST(NackTest, KeepsOnlySoManyNumbers) {
  std::vector<uint8_t> body(8 + 4 * 300, 0xFF);
  const auto nack = Nack::Parse({PacketType::kTransportFeedback, 1, body});
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->seqs.size(), Nack::kMaxSeqs);
}

TEST(NackTest, RefusesNoNumbersAtAll) {
  const std::array<uint8_t, 8> body{};
  EXPECT_FALSE(Nack::Parse({PacketType::kTransportFeedback, 1, body}));
}

}  // namespace
}  // namespace sluice::rtcp
