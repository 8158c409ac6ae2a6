#include "rtc/rtp/rtx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "rtc/rtp/packet_writer.h"

namespace sluice::rtp {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(RtxTest, PutsTheOriginalNumberInFrontOfThePayload) {
  std::array<uint8_t, 4> payload = {0, 0, 7, 8};
  WriteOsn(std::span(payload).first<kOsnSize>(), SeqNum(0xBEEF));
  const auto split = SplitRtx(payload);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->original_seq, SeqNum(0xBEEF));
  EXPECT_THAT(split->payload, ElementsAre(7, 8));
}

TEST(RtxTest, TakesAShortPayloadForAProbe) {
  EXPECT_FALSE(SplitRtx({}));
  EXPECT_FALSE(SplitRtx(std::array<uint8_t, 1>{1}));
}

class RecoverFromRtxTest : public testing::Test {
 protected:
  // Payload 5 6 7 of packet 1000, with an extension and padding.
  PacketView MakeRtx() {
    PacketWriter writer(
        bytes_,
        {.marker = true, .payload_type = PayloadType(97), .seq = SeqNum(5), .timestamp = 90000, .ssrc = Ssrc(2)});
    const std::array<uint8_t, 1> mid = {'0'};
    writer.Extensions(std::array{ExtensionElement{4, mid}});
    writer.PayloadU16(1000);
    writer.Payload(std::array<uint8_t, 3>{5, 6, 7});
    writer.Padding(9);
    return *PacketView::Parse(std::span(bytes_).first(writer.Finish()));
  }
  std::array<uint8_t, 100> bytes_{};
};

TEST_F(RecoverFromRtxTest, GivesTheOriginalWithoutPadding) {
  std::array<uint8_t, 100> out;
  const size_t size = RecoverFromRtx(MakeRtx(), PayloadType(96), Ssrc(1), out);
  const auto original = PacketView::Parse(std::span(out).first(size));
  ASSERT_TRUE(original);
  EXPECT_TRUE(original->marker());
  EXPECT_EQ(original->payload_type(), PayloadType(96));
  EXPECT_EQ(original->seq(), SeqNum(1000));
  EXPECT_EQ(original->timestamp(), 90000u);
  EXPECT_EQ(original->ssrc(), Ssrc(1));
  EXPECT_EQ(original->padding_size(), 0u);
  EXPECT_THAT(original->payload(), ElementsAre(5, 6, 7));
  EXPECT_THAT(original->Extension(4), Optional(ElementsAre('0')));
}

TEST_F(RecoverFromRtxTest, GivesNothingWhenThereIsNoRoom) {
  const PacketView rtx = MakeRtx();
  std::array<uint8_t, 100> out;
  const size_t needed = RecoverFromRtx(rtx, PayloadType(96), Ssrc(1), out);
  EXPECT_EQ(RecoverFromRtx(rtx, PayloadType(96), Ssrc(1), std::span(out).first(needed - 1)), 0u);
}

}  // namespace
}  // namespace sluice::rtp
