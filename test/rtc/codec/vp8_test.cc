#include <gtest/gtest.h>

#include <vector>

#include "rtc/codec/frame_info.h"
#include "test/rtc/codec/payload_vector.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Vp8Test, ShortestDescriptorOfAKeyFrame) {
  FrameInfo info = Parse(MediaCodec::kVp8, Bytes{0x10, 0x00, 0x9d});
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.start_of_frame);
  EXPECT_FALSE(info.picture_id);
  EXPECT_FALSE(info.tl0_pic_idx);
}

TEST(Vp8Test, DeltaFrameAndContinuationAreNoKeyFrames) {
  EXPECT_FALSE(Parse(MediaCodec::kVp8, Bytes{0x10, 0x01}).key_frame);
  FrameInfo continuation = Parse(MediaCodec::kVp8, Bytes{0x00, 0x00});
  EXPECT_FALSE(continuation.key_frame);
  EXPECT_FALSE(continuation.start_of_frame);
}

TEST(Vp8Test, LaterPartitionDoesNotStartAFrame) {
  FrameInfo info = Parse(MediaCodec::kVp8, Bytes{0x11, 0x00});
  EXPECT_FALSE(info.start_of_frame);
  EXPECT_FALSE(info.key_frame);
}

TEST(Vp8Test, ReadsEveryFieldAndWhereItLies) {
  // X N S | I L T K | M 15 bits | TL0 | TID 2, Y, KEYIDX 19 | delta frame
  FrameInfo info = Parse(MediaCodec::kVp8, Bytes{0xB0, 0xF0, 0x92, 0x34, 0x56, 0xB3, 0x01});
  EXPECT_FALSE(info.key_frame);
  EXPECT_TRUE(info.start_of_frame);
  EXPECT_TRUE(info.discardable);
  EXPECT_TRUE(info.layer_sync);
  EXPECT_EQ(info.temporal_layer, 2);
  EXPECT_EQ(info.picture_id, 0x1234);
  EXPECT_EQ(info.picture_id_bits, 15);
  EXPECT_EQ(info.picture_id_offset, 2);
  EXPECT_EQ(info.tl0_pic_idx, 0x56);
  EXPECT_EQ(info.tl0_pic_idx_offset, 4);
  EXPECT_EQ(info.key_idx, 19);
  EXPECT_EQ(info.key_idx_offset, 5);
}

TEST(Vp8Test, ReadsASevenBitPictureId) {
  FrameInfo info = Parse(MediaCodec::kVp8, Bytes{0x90, 0x80, 0x7F, 0x00});
  EXPECT_EQ(info.picture_id, 0x7F);
  EXPECT_EQ(info.picture_id_bits, 7);
  EXPECT_TRUE(info.key_frame);
}

TEST(Vp8Test, CutDescriptorTellsNothing) {
  const Bytes whole = {0xB0, 0xF0, 0x92, 0x34, 0x56, 0xB3};
  for (size_t size = 0; size < whole.size(); ++size) {
    FrameInfo info = Parse(MediaCodec::kVp8, std::span(whole).first(size));
    EXPECT_FALSE(info.start_of_frame) << size;
    EXPECT_FALSE(info.picture_id) << size;
  }
}

TEST(Vp8Test, DescriptorWithoutAFrameIsNoKeyFrame) {
  FrameInfo info = Parse(MediaCodec::kVp8, Bytes{0x10});
  EXPECT_TRUE(info.start_of_frame);
  EXPECT_FALSE(info.key_frame);
}

class Vp8VectorTest : public testing::TestWithParam<PayloadVector> {};
TEST_P(Vp8VectorTest, IsReadAsItIs) { ExpectReadAs(MediaCodec::kVp8, GetParam()); }

// The examples of RFC 7741, 4.6, and what they do not show.
const PayloadVector kVectors[] = {
    {"KeyFrameInOnePacket",
     {0x90, 0x80, 0x11, 0x00},
     {.key_frame = true, .start_of_frame = true, .picture_id = 17, .picture_id_bits = 7, .picture_id_offset = 2}},
    {"InterFrameWithoutPictureId", {0x10, 0x01}, {.start_of_frame = true}},
    {"SecondPartitionInAPacketOfItsOwn",
     {0x91, 0x80, 0x11, 0x00},
     {.picture_id = 17, .picture_id_bits = 7, .picture_id_offset = 2}},
    {"LaterFragment", {0x80, 0x80, 0x11, 0x00}, {.picture_id = 17, .picture_id_bits = 7, .picture_id_offset = 2}},
    {"LongPictureId",
     {0x90, 0x80, 0x92, 0x67, 0x01},
     {.start_of_frame = true, .picture_id = 4711, .picture_id_bits = 15, .picture_id_offset = 2}},
    {"DiscardableFrame", {0x30, 0x01}, {.start_of_frame = true, .discardable = true}},
    {"LayerWithoutKeyIndex",
     {0x90, 0x20, 0x60, 0x01},
     {.start_of_frame = true, .layer_sync = true, .temporal_layer = 1}},
    {"KeyIndexWithoutLayer",
     {0x90, 0x10, 0xFF, 0x00},
     {.key_frame = true, .start_of_frame = true, .key_idx = 31, .key_idx_offset = 2}},
    {"LevelZeroIndexAlone",
     {0x90, 0x40, 0x80, 0x01},
     {.start_of_frame = true, .tl0_pic_idx = 128, .tl0_pic_idx_offset = 2}},
    {"ReservedBitsAreIgnored", {0x58, 0x00}, {.key_frame = true, .start_of_frame = true}},
    {"PartitionEightDoesNotStartAFrame", {0x17, 0x00}, {}},
    {"Empty", {}, {}},
};
INSTANTIATE_TEST_SUITE_P(Rfc7741, Vp8VectorTest, testing::ValuesIn(kVectors), NameOf);

}  // namespace
}  // namespace sluice::codec
