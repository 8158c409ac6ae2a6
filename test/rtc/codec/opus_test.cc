#include "rtc/codec/opus.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

struct OpusVector {
  std::string name;
  Bytes payload;
  bool dtx;
};

class OpusDtxTest : public testing::TestWithParam<OpusVector> {};
TEST_P(OpusDtxTest, IsSilenceOrNot) { EXPECT_EQ(IsOpusDtx(GetParam().payload), GetParam().dtx); }

// RFC 6716, 3.2: how many frames there are, and how long each is.
const OpusVector kVectors[] = {
    {"Nothing", {}, true},
    {"OneFrameOfNothing", {0x78}, true},
    {"OneFrameOfAByte", {0x78, 0xFF}, true},
    {"OneFrameOfTwoBytes", {0x78, 0xFF, 0xFE}, false},
    {"TwoFramesOfNothing", {0x79}, true},
    {"TwoFramesOfAByte", {0x79, 1, 2}, true},
    {"TwoFramesThatAreNotOfOneSize", {0x79, 1}, false},
    {"TwoFramesOfTwoBytes", {0x79, 1, 2, 3, 4}, false},
    {"NothingThenNothing", {0x7A, 0}, true},
    {"AByteThenNothing", {0x7A, 1, 9}, true},
    {"AByteThenAByte", {0x7A, 1, 9, 9}, true},
    {"AByteThenTwo", {0x7A, 1, 9, 9, 9}, false},
    {"TwoBytesThenNothing", {0x7A, 2, 9, 9}, false},
    {"TwoFramesCut", {0x7A, 1}, false},
    {"TwoFramesWithoutASize", {0x7A}, false},
    {"ThreeFramesOfNothing", {0x7B, 0x03}, true},
    {"ThreeFramesOfAByte", {0x7B, 0x03, 1, 2, 3}, true},
    {"ThreeFramesOfTwoBytes", {0x7B, 0x03, 1, 2, 3, 4, 5, 6}, false},
    {"ThreeFramesOfTheirOwnSizes", {0x7B, 0x83, 0, 1, 9, 9}, true},
    {"ThreeFramesOfWhichOneIsLong", {0x7B, 0x83, 0, 1, 9, 9, 9}, false},
    {"ThreeFramesCutInTheirSizes", {0x7B, 0x83, 0}, false},
    {"NoFrames", {0x7B, 0x00}, false},
    {"ManyFrames", {0x7B, 0x07, 1, 2, 3, 4, 5, 6, 7}, false},
    {"Padded", {0x7B, 0x43, 0x02, 0, 0}, false},
    {"CountMissing", {0x7B}, false},
};
INSTANTIATE_TEST_SUITE_P(Rfc6716, OpusDtxTest, testing::ValuesIn(kVectors),
                         [](const auto& info) { return info.param.name; });

TEST(OpusTest, EncryptedSpeechIsNeverTakenForSilence) {
  Rng rng(5);
  for (int i = 0; i < 500'000; ++i) {
    Bytes payload(static_cast<size_t>(rng.Between(14, 200)));
    for (uint8_t& byte : payload) byte = static_cast<uint8_t>(rng.U32());
    ASSERT_FALSE(IsOpusDtx(payload));
  }
}

TEST(RedTest, ThePrimaryBlockIsTheLast) {
  // 111, 960 older, 3 bytes; 111, 480 older, 2 bytes; primary
  const Bytes payload = {0xEF, 0x0F, 0x00, 0x03, 0xEF, 0x07, 0x80, 0x02, 0x6F, 1, 2, 3, 4, 5, 0x78, 6, 7};
  const auto primary = RedPrimary(payload);
  ASSERT_TRUE(primary);
  EXPECT_EQ(Bytes(primary->begin(), primary->end()), (Bytes{0x78, 6, 7}));
}

TEST(RedTest, ALoneBlockIsThePrimary) {
  const Bytes payload = {0x6F, 0x78, 6};
  EXPECT_EQ(RedPrimary(payload)->size(), 2u);
  EXPECT_EQ(RedPrimary(std::span(payload).first(1))->size(), 0u);
}

TEST(RedTest, CutInHeadersOrOlderBlocksThereIsNone) {
  const Bytes payload = {0xEF, 0x0F, 0x00, 0x03, 0x6F, 1, 2, 3, 0x78};
  for (size_t size = 0; size < 8; ++size) EXPECT_FALSE(RedPrimary(std::span(payload).first(size))) << size;
  EXPECT_EQ(RedPrimary(std::span(payload).first(8))->size(), 0u);
  EXPECT_EQ(RedPrimary(payload)->size(), 1u);
}

}  // namespace
}  // namespace sluice::codec
