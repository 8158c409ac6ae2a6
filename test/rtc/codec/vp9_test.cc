#include <gtest/gtest.h>

#include <vector>

#include "rtc/codec/frame_info.h"
#include "test/rtc/codec/payload_vector.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Vp9Test, KeyFrameOfTheBaseLayer) {
  // I L B V | M picture id | T0 U0 S0 D0 | TL0
  FrameInfo info = Parse(MediaCodec::kVp9, Bytes{0xAA, 0x81, 0x02, 0x00, 0x07, 0x00});
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.start_of_frame);
  EXPECT_FALSE(info.end_of_frame);
  EXPECT_FALSE(info.inter_picture);
  EXPECT_EQ(info.picture_id, 0x102);
  EXPECT_EQ(info.tl0_pic_idx, 7);
  EXPECT_EQ(info.tl0_pic_idx_offset, 4);
}

TEST(Vp9Test, UpperLayerOfAKeyPictureIsNoPlaceToStart) {
  // T0 U0 S1 D1
  FrameInfo info = Parse(MediaCodec::kVp9, Bytes{0xA8, 0x05, 0x03, 0x07});
  EXPECT_FALSE(info.key_frame);
  EXPECT_FALSE(info.inter_picture);
  EXPECT_TRUE(info.inter_layer);
  EXPECT_EQ(info.spatial_layer, 1);
}

class Vp9VectorTest : public testing::TestWithParam<PayloadVector> {};
TEST_P(Vp9VectorTest, IsReadAsItIs) { ExpectReadAs(MediaCodec::kVp9, GetParam()); }

const PayloadVector kVectors[] = {
    {"NothingButTheFirstByte", {0x0C}, {.key_frame = true, .start_of_frame = true, .end_of_frame = true}},
    {"FlexibleWithOneReference",
     {0xF8, 0x11, 0x55, 0x02, 0x99},
     {.start_of_frame = true,
      .layer_sync = true,
      .inter_layer = true,
      .inter_picture = true,
      .spatial_layer = 2,
      .temporal_layer = 2,
      .picture_id = 0x11,
      .picture_id_bits = 7,
      .picture_id_offset = 1}},
    {"FlexibleWithThreeReferences",
     {0xF4, 0x81, 0x00, 0x40, 0x03, 0x05, 0x06},
     {.end_of_frame = true,
      .inter_picture = true,
      .temporal_layer = 2,
      .picture_id = 256,
      .picture_id_bits = 15,
      .picture_id_offset = 1}},
    {"FourthReferenceIsSenseless", {0xF4, 0x81, 0x00, 0x40, 0x03, 0x05, 0x07, 0x02}, {}},
    {"FlexibleKeyFrameHasNoReferences",
     {0xB8, 0x05, 0x00, 0x03},
     {.key_frame = true, .start_of_frame = true, .picture_id = 5, .picture_id_bits = 7, .picture_id_offset = 1}},
    {"NotForUpperLayers",
     {0x69, 0x40, 0x09},
     {.start_of_frame = true,
      .inter_picture = true,
      .not_for_upper = true,
      .temporal_layer = 2,
      .tl0_pic_idx = 9,
      .tl0_pic_idx_offset = 2}},
    {"BaseLayerThatNeedsALowerOneIsNoPlaceToStart",
     {0x28, 0x01, 0x00},
     {.start_of_frame = true, .inter_layer = true, .tl0_pic_idx = 0, .tl0_pic_idx_offset = 2}},
    {"KeyFrameOfAnUpperSimulcastLayer",
     {0x28, 0x02, 0x00},
     {.start_of_frame = true, .spatial_layer = 1, .tl0_pic_idx = 0, .tl0_pic_idx_offset = 2}},
    // Two spatial layers with resolutions, a group of two pictures with one and two references.
    {"ScalabilityStructure",
     {0x2A, 0x00, 0x07, 0x38, 0x02, 0x80, 0x01, 0x68, 0x05, 0x00, 0x02, 0xD0, 0x02, 0x04, 0x01, 0x28, 0x01, 0x02},
     {.key_frame = true, .start_of_frame = true, .tl0_pic_idx = 7, .tl0_pic_idx_offset = 2}},
    {"ScalabilityStructureWithoutParts", {0x0A, 0xE0}, {.key_frame = true, .start_of_frame = true}},
    {"Empty", {}, {}},
};
INSTANTIATE_TEST_SUITE_P(Rfc9628, Vp9VectorTest, testing::ValuesIn(kVectors), NameOf);

// A frame needs a descriptor that is all there: cut anywhere the packet is a plain one.
TEST(Vp9Test, CutDescriptorTellsNothing) {
  const Bytes descriptors[] = {
      {0xF4, 0x81, 0x00, 0x40, 0x03, 0x05, 0x06},
      {0xAA, 0x81, 0x02, 0x00, 0x07, 0x38, 0x02, 0x80, 0x01, 0x68,
       0x05, 0x00, 0x02, 0xD0, 0x02, 0x04, 0x01, 0x28, 0x01, 0x02},
  };
  for (const Bytes& whole : descriptors) {
    EXPECT_NE(Parse(MediaCodec::kVp9, whole), FrameInfo());
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(Parse(MediaCodec::kVp9, std::span(whole).first(size)), FrameInfo()) << size;
    }
  }
}

}  // namespace
}  // namespace sluice::codec
