#include "rtc/rtp/packet_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "rtc/rtp/demux.h"

namespace sluice::rtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

using Bytes = std::vector<uint8_t>;

// A fixed header with `first` as its first byte, followed by `rest`.
Bytes Packet(uint8_t first, const Bytes& rest) {
  Bytes bytes = {first, 0xE0, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xAA, 0xBB, 0xCC, 0xDD};
  for (uint8_t byte : rest) bytes.push_back(byte);
  return bytes;
}

// The example of RFC 8285 section 4.2, and four bytes of payload.
const Bytes kOneByteExample = Packet(0x90, {0xBE, 0xDE, 0, 3, 0x10, 1, 0x21, 2, 3, 0, 0, 0x33, 4, 5, 6, 7, 9, 9, 9, 9});
// The example of section 4.3.
const Bytes kTwoByteExample = Packet(0x90, {0x10, 0, 0, 3, 1, 0, 2, 1, 7, 0, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9});

TEST(PacketViewTest, ReadsTheFixedHeader) {
  const Bytes bytes = Packet(0x80, {1, 2, 3});
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->marker());
  EXPECT_EQ(packet->payload_type(), PayloadType(96));
  EXPECT_EQ(packet->seq(), SeqNum(0x1234));
  EXPECT_EQ(packet->timestamp(), 0x01020304u);
  EXPECT_EQ(packet->ssrc(), Ssrc(0xAABBCCDD));
  EXPECT_THAT(packet->payload(), ElementsAre(1, 2, 3));
  EXPECT_EQ(packet->header_size(), 12u);
  EXPECT_EQ(packet->padding_size(), 0u);
  EXPECT_FALSE(packet->has_extensions());
  EXPECT_EQ(packet->Extension(1), std::nullopt);
}

TEST(PacketViewTest, ReadsCsrcs) {
  const Bytes bytes = Packet(0x82, {0, 0, 0, 1, 0, 0, 0, 2, 7});
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->csrc_count(), 2u);
  EXPECT_EQ(packet->csrc(0), Ssrc(1));
  EXPECT_EQ(packet->csrc(1), Ssrc(2));
  EXPECT_THAT(packet->payload(), ElementsAre(7));
}

TEST(PacketViewTest, ReadsTheOneByteExampleOfRfc8285) {
  const auto packet = PacketView::Parse(kOneByteExample);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->Extension(1), Optional(ElementsAre(1)));
  EXPECT_THAT(packet->Extension(2), Optional(ElementsAre(2, 3)));
  EXPECT_THAT(packet->Extension(3), Optional(ElementsAre(4, 5, 6, 7)));
  EXPECT_EQ(packet->Extension(4), std::nullopt);
  EXPECT_EQ(packet->Extension(0), std::nullopt);
  EXPECT_EQ(packet->payload().size(), 4u);
}

TEST(PacketViewTest, ReadsTheTwoByteExampleOfRfc8285) {
  const auto packet = PacketView::Parse(kTwoByteExample);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->Extension(1), Optional(IsEmpty()));
  EXPECT_THAT(packet->Extension(2), Optional(ElementsAre(7)));
  EXPECT_THAT(packet->Extension(3), Optional(ElementsAre(1, 2, 3, 4)));
}

TEST(PacketViewTest, IgnoresTheApplicationBitsOfTheTwoByteProfile) {
  Bytes bytes = kTwoByteExample;
  bytes[13] = 0x0F;
  EXPECT_THAT(PacketView::Parse(bytes)->Extension(2), Optional(ElementsAre(7)));
}

TEST(PacketViewTest, HasNoElementsUnderAnotherProfile) {
  Bytes bytes = kTwoByteExample;
  bytes[12] = 0x20;
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->Extension(2), std::nullopt);
  EXPECT_THAT(packet->payload(), ElementsAre(9, 9, 9, 9));
}

TEST(PacketViewTest, KeepsTheElementsBeforeAMalformedOne) {
  const Bytes bytes = Packet(0x90, {0xBE, 0xDE, 0, 2, 0x10, 5, 0x2F, 1, 2, 3, 4, 5});
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->Extension(1), Optional(ElementsAre(5)));
  EXPECT_EQ(packet->Extension(2), std::nullopt);
}

TEST(PacketViewTest, EndsTheOneByteBlockAtId15) {
  const Bytes bytes = Packet(0x90, {0xBE, 0xDE, 0, 2, 0x10, 5, 0xF0, 1, 0x20, 6, 0, 0});
  EXPECT_EQ(PacketView::Parse(bytes)->Extension(2), std::nullopt);
}

TEST(PacketViewTest, LeavesPaddingOutOfThePayload) {
  const Bytes bytes = Packet(0xA0, {1, 2, 0, 0, 3});
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->payload(), ElementsAre(1, 2));
  EXPECT_EQ(packet->padding_size(), 3u);
}

TEST(PacketViewTest, MayConsistOfPaddingAlone) {
  const Bytes bytes = Packet(0xA0, {0, 0, 3});
  const auto packet = PacketView::Parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->payload().empty());
}

TEST(PacketViewTest, RefusesPaddingThatIsZeroOrTooLong) {
  EXPECT_FALSE(PacketView::Parse(Packet(0xA0, {1, 2, 0})));
  EXPECT_FALSE(PacketView::Parse(Packet(0xA0, {1, 2, 4})));
  EXPECT_FALSE(PacketView::Parse(Packet(0xA0, {})));
}

TEST(PacketViewTest, RefusesOtherVersions) {
  for (uint8_t first : {0x00, 0x40, 0xC0}) EXPECT_FALSE(PacketView::Parse(Packet(first, {1})));
}

TEST(PacketViewTest, RefusesEveryTruncationOfItsHeader) {
  const Bytes& whole = kOneByteExample;
  const size_t header = whole.size() - 4;
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(PacketView::Parse(cut).has_value(), size >= header) << size;
  }
}

TEST(DemuxTest, TellsRtpFromRtcp) {
  Bytes bytes = Packet(0x80, {});
  for (int second = 0; second < 256; ++second) {
    bytes[1] = static_cast<uint8_t>(second);
    EXPECT_EQ(LooksLikeRtcp(bytes), second >= 192 && second <= 223) << second;
    EXPECT_NE(LooksLikeRtp(bytes), LooksLikeRtcp(bytes)) << second;
  }
  bytes[0] = 0x40;
  EXPECT_FALSE(LooksLikeRtpOrRtcp(bytes));
  EXPECT_FALSE(LooksLikeRtp({}));
}

}  // namespace
}  // namespace sluice::rtp
