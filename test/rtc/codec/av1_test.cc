#include <gtest/gtest.h>

#include <vector>

#include "rtc/codec/frame_info.h"
#include "test/rtc/codec/payload_vector.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Av1Test, NewSequenceIsAKeyFrame) {
  FrameInfo info = Parse(MediaCodec::kAv1, Bytes{0x18, 0x0A, 0x01});
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.start_of_frame);
}

TEST(Av1Test, SequenceHeaderBehindAnotherElementIsFound) {
  // W = 2: an element with a length, then one without.
  EXPECT_TRUE(Parse(MediaCodec::kAv1, Bytes{0x20, 0x02, 0x32, 0x00, 0x08, 0x01}).key_frame);
  // W = 0: all have lengths.
  EXPECT_TRUE(Parse(MediaCodec::kAv1, Bytes{0x00, 0x02, 0x32, 0x00, 0x02, 0x08, 0x01}).key_frame);
  EXPECT_FALSE(Parse(MediaCodec::kAv1, Bytes{0x20, 0x02, 0x32, 0x00, 0x32, 0x01}).key_frame);
}

TEST(Av1Test, ContinuationOfAnObuIsNotReadAsAHeader) {
  // Z, W = 1: the bytes look like a sequence header but are the middle of an OBU.
  FrameInfo info = Parse(MediaCodec::kAv1, Bytes{0x90, 0x08, 0x01});
  EXPECT_FALSE(info.key_frame);
  EXPECT_FALSE(info.start_of_frame);
}

TEST(Av1Test, LayersComeFromTheObuExtension) {
  FrameInfo info = Parse(MediaCodec::kAv1, Bytes{0x10, 0x34, 0x48, 0x00});
  EXPECT_EQ(info.temporal_layer, 2);
  EXPECT_EQ(info.spatial_layer, 1);
}

class Av1VectorTest : public testing::TestWithParam<PayloadVector> {};
TEST_P(Av1VectorTest, IsReadAsItIs) { ExpectReadAs(MediaCodec::kAv1, GetParam()); }

constexpr FrameInfo kPlain = {};
constexpr FrameInfo kStart = {.start_of_frame = true};
constexpr FrameInfo kKey = {.key_frame = true, .start_of_frame = true};

// OBU headers: 08 sequence header, 10 temporal delimiter, 18 frame header, 20 tile group, 28 metadata, 30 frame,
// 40 tile list, 78 padding; with 04 an extension follows.
const PayloadVector kVectors[] = {
    {"NewSequence", {0x18, 0x08, 0x01}, kKey},
    {"NewSequenceOfHiddenObus", {0x18, 0xFF, 0x01}, {.key_frame = true}},
    {"NewSequenceThatContinuesIsSenseless", {0x98, 0x08, 0x01}, kPlain},
    {"NewSequenceOfNothing", {0x18}, kPlain},
    {"SequenceHeaderThenFrame", {0x20, 0x02, 0x08, 0x01, 0x30, 0x00}, kKey},
    {"SequenceHeaderBehindADelimiter", {0x20, 0x01, 0x10, 0x08, 0x01}, kKey},
    {"FrameOfALayer", {0x10, 0x34, 0x48, 0x00}, {.start_of_frame = true, .spatial_layer = 1, .temporal_layer = 2}},
    {"LayerOfTheFirstObuThatHasOne",
     {0x30, 0x02, 0x28, 0x01, 0x03, 0x2C, 0x30, 0x00, 0x34, 0x30, 0x00},
     {.start_of_frame = true, .spatial_layer = 2, .temporal_layer = 1}},
    {"UpperSimulcastLayerWithASequenceHeader",
     {0x20, 0x02, 0x08, 0x01, 0x34, 0x08, 0x00},
     {.start_of_frame = true, .spatial_layer = 1}},
    {"StreamOfAnUpperLayerAlone",
     {0x28, 0x02, 0x08, 0x01, 0x34, 0x08, 0x00},
     {.key_frame = true, .start_of_frame = true, .spatial_layer = 1}},
    {"TileGroup", {0x10, 0x20, 0x00}, kPlain},
    {"TileGroupBehindAFragment", {0xA0, 0x02, 0x30, 0x00, 0x20, 0x00}, kPlain},
    {"Padding", {0x10, 0x78, 0x00}, kPlain},
    {"MiddleOfAFragment", {0xD0, 0x08, 0x01}, kPlain},
    {"FirstFragment", {0x50, 0x30, 0x01}, kStart},
    {"FrameBehindTheEndOfAFragment", {0xA0, 0x02, 0x08, 0x01, 0x30, 0x00}, kPlain},
    {"LengthInTwoBytes", {0x00, 0x82, 0x00, 0x30, 0x00, 0x02, 0x08, 0x01}, kKey},
    {"LengthBeyondTheEnd", {0x20, 0x7F, 0x08, 0x01}, kPlain},
    {"LengthThatNeverEnds", {0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x08}, kPlain},
    {"CutBehindTheFirstElement", {0x20, 0x02, 0x30, 0x00}, kStart},
    {"EmptyElement", {0x20, 0x00, 0x08, 0x01}, kPlain},
    {"ForbiddenBit", {0x10, 0x88, 0x01}, kPlain},
    {"Empty", {}, kPlain},
};
INSTANTIATE_TEST_SUITE_P(Av1RtpSpec, Av1VectorTest, testing::ValuesIn(kVectors), NameOf);

}  // namespace
}  // namespace sluice::codec
