#include <gtest/gtest.h>

#include <vector>

#include "rtc/codec/frame_info.h"
#include "test/rtc/codec/payload_vector.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(H264Test, SingleUnits) {
  EXPECT_TRUE(Parse(MediaCodec::kH264, Bytes{0x65, 0x88}).key_frame);   // IDR
  EXPECT_TRUE(Parse(MediaCodec::kH264, Bytes{0x67, 0x42}).key_frame);   // SPS
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x61, 0x9a}).key_frame);  // another slice
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x68, 0xce}).key_frame);  // PPS
}

TEST(H264Test, AggregateWithASequenceParameterSet) {
  EXPECT_TRUE(Parse(MediaCodec::kH264, Bytes{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce}).key_frame);
  EXPECT_TRUE(Parse(MediaCodec::kH264, Bytes{0x78, 0, 1, 0x09, 0, 2, 0x67, 0x42}).key_frame);
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x78, 0, 2, 0x61, 0x42, 0, 2, 0x68, 0xce}).key_frame);
}

TEST(H264Test, AggregateThatLiesAboutItsLengthsIsNotFollowed) {
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x78, 0xFF, 0xFF, 0x67}).key_frame);
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x78, 0, 0, 0, 0, 0, 0}).key_frame);
}

TEST(H264Test, OnlyTheFirstFragmentOfAnIntraPictureStartsIt) {
  FrameInfo first = Parse(MediaCodec::kH264, Bytes{0x7C, 0x85, 0x88});
  EXPECT_TRUE(first.key_frame);
  EXPECT_TRUE(first.start_of_frame);
  FrameInfo second = Parse(MediaCodec::kH264, Bytes{0x7C, 0x05, 0x88});
  EXPECT_FALSE(second.key_frame);
  EXPECT_FALSE(second.start_of_frame);
  EXPECT_FALSE(Parse(MediaCodec::kH264, Bytes{0x7C, 0x81, 0x88}).key_frame);
}

class H264VectorTest : public testing::TestWithParam<PayloadVector> {};
TEST_P(H264VectorTest, IsReadAsItIs) { ExpectReadAs(MediaCodec::kH264, GetParam()); }

constexpr FrameInfo kPlain = {};
constexpr FrameInfo kUnit = {.start_of_frame = true};
constexpr FrameInfo kKey = {.key_frame = true, .start_of_frame = true};
constexpr FrameInfo kParameters = {.key_frame = true, .parameter_set = true, .start_of_frame = true};

const PayloadVector kVectors[] = {
    {"Idr", {0x65, 0x88}, kKey},
    {"HeaderAlone", {0x65}, kKey},
    {"Sps", {0x67, 0x42}, kParameters},
    {"Pps", {0x68, 0xCE}, kUnit},
    {"Slice", {0x41, 0x9A}, kUnit},
    {"StapAWithParameterSets", {0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xCE}, kParameters},
    {"StapAWithSpsBehindADelimiter", {0x78, 0, 1, 0x09, 0, 2, 0x67, 0x42}, kKey},
    {"StapAOfSlices", {0x78, 0, 2, 0x61, 0x42, 0, 2, 0x61, 0xCE}, kUnit},
    {"StapB", {0x79, 0x12, 0x34, 0, 2, 0x67, 0x42}, kParameters},
    {"StapBWithoutUnits", {0x79, 0x12, 0x34}, kPlain},
    {"StapBCut", {0x79, 0x12}, kPlain},
    {"StapAThatEndsInAUnit", {0x78, 0, 2, 0x67, 0x42, 0, 9, 0x68}, kParameters},
    {"StapAOfNothing", {0x78, 0, 0, 0x67, 0x42}, kPlain},
    {"FuAFirst", {0x7C, 0x85, 0x88}, kKey},
    {"FuAFirstOfSps", {0x7C, 0x87, 0x88}, kParameters},
    {"FuAMiddle", {0x7C, 0x05, 0x88}, kPlain},
    {"FuALast", {0x7C, 0x45, 0x88}, kPlain},
    {"FuACut", {0x7C}, kPlain},
    {"FuBFirst", {0x7D, 0x85, 0x12, 0x34, 0x88}, kKey},
    {"FuAOfASlice", {0x7C, 0x81, 0x88}, kUnit},
    {"ByteStream", {0x00, 0x00, 0x00, 0x01, 0x67}, kPlain},
    {"ReservedType", {0x7E, 0x67}, kPlain},
    {"Empty", {}, kPlain},
};
INSTANTIATE_TEST_SUITE_P(Rfc6184, H264VectorTest, testing::ValuesIn(kVectors), NameOf);

}  // namespace
}  // namespace sluice::codec
