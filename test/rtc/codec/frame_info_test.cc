#include "rtc/codec/frame_info.h"

#include <gtest/gtest.h>

#include <vector>

#include "rtc/base/rng.h"
#include "rtc/codec/payload_patch.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr MediaCodec kAll[] = {MediaCodec::kOpus, MediaCodec::kRed,  MediaCodec::kVp8, MediaCodec::kVp9,
                               MediaCodec::kH264, MediaCodec::kH265, MediaCodec::kAv1, MediaCodec::kOther};

TEST(MediaCodecTest, KnowsMimeTypesInAnyCase) {
  EXPECT_EQ(FromMimeType("video/VP8"), MediaCodec::kVp8);
  EXPECT_EQ(FromMimeType("VIDEO/vp9"), MediaCodec::kVp9);
  EXPECT_EQ(FromMimeType("video/H264"), MediaCodec::kH264);
  EXPECT_EQ(FromMimeType("video/h265"), MediaCodec::kH265);
  EXPECT_EQ(FromMimeType("video/AV1"), MediaCodec::kAv1);
  EXPECT_EQ(FromMimeType("audio/opus"), MediaCodec::kOpus);
  EXPECT_EQ(FromMimeType("audio/multiopus"), MediaCodec::kOpus);
  EXPECT_EQ(FromMimeType("audio/RED"), MediaCodec::kRed);
  EXPECT_EQ(FromMimeType("video/red"), MediaCodec::kOther);
  EXPECT_EQ(FromMimeType("video/rtx"), MediaCodec::kOther);
  EXPECT_EQ(FromMimeType("video/vp80"), MediaCodec::kOther);
  EXPECT_EQ(FromMimeType(""), MediaCodec::kOther);
}

TEST(FrameInfoTest, AudioFramesAreWhole) {
  constexpr FrameInfo kSound = {.start_of_frame = true, .end_of_frame = true};
  constexpr FrameInfo kSilence = {.start_of_frame = true, .end_of_frame = true, .dtx = true};
  EXPECT_EQ(Parse(MediaCodec::kOpus, Bytes{0x78, 0x01, 0x02}), kSound);
  EXPECT_EQ(Parse(MediaCodec::kOpus, Bytes{0x78, 0x01}), kSilence);
  EXPECT_EQ(Parse(MediaCodec::kRed, Bytes{0x6F, 0x78, 0x01, 0x02}), kSound);
  EXPECT_EQ(Parse(MediaCodec::kRed, Bytes{0x6F, 0x78}), kSilence);
  EXPECT_EQ(Parse(MediaCodec::kRed, Bytes{0xEF, 0x00}), kSound) << "cut short: let the receiver judge it";
}

TEST(FrameInfoTest, OfAnUnknownCodecNothingIsSaid) {
  EXPECT_EQ(Parse(MediaCodec::kOther, Bytes{0x10, 0x00, 0x9D}), FrameInfo());
}

TEST(FrameInfoTest, OnlyVideoThatIsReadTellsKeyFrames) {
  for (const MediaCodec codec : kAll) {
    const bool audio = codec == MediaCodec::kOpus || codec == MediaCodec::kRed;
    EXPECT_EQ(TellsKeyFrames(codec), !audio && codec != MediaCodec::kOther);
  }
}

// The first packet of a key frame of two layers, as each tells it.
TEST(MergeTest, TheDescriptorDecidesWhatItTells) {
  FrameInfo frame{.key_frame = true, .parameter_set = true, .spatial_layer = 3, .temporal_layer = 3, .picture_id = 5};
  const DependencyInfo dependency{.first_packet = true, .spatial_layer = 1, .temporal_layer = 2};
  Merge(dependency, frame);
  EXPECT_FALSE(frame.key_frame);
  EXPECT_TRUE(frame.start_of_frame);
  EXPECT_FALSE(frame.end_of_frame);
  EXPECT_EQ(frame.spatial_layer, 1);
  EXPECT_EQ(frame.temporal_layer, 2);
  EXPECT_EQ(frame.picture_id, 5) << "what it does not tell stays";
  EXPECT_TRUE(frame.parameter_set);
  EXPECT_EQ(frame.dependency, dependency);
}

TEST(MergeTest, AKeyFrameBeginsWithAStructureAndNoReferencesInTheLowestLayer) {
  const DependencyInfo key{.first_packet = true, .has_structure = true};
  const auto is_key = [](const DependencyInfo& dependency) {
    FrameInfo frame;
    Merge(dependency, frame);
    return frame.key_frame;
  };
  EXPECT_TRUE(is_key(key));
  DependencyInfo other = key;
  other.first_packet = false;
  EXPECT_FALSE(is_key(other));
  other = key;
  other.has_structure = false;
  EXPECT_FALSE(is_key(other));
  other = key;
  other.spatial_layer = 1;
  EXPECT_FALSE(is_key(other));
  other = key;
  other.frame_difference_count = 1;
  EXPECT_FALSE(is_key(other));
}

TEST(FrameInfoTest, OffsetsLieInsideThePayloadWhateverItIs) {
  Rng rng(7);
  for (int i = 0; i < 200'000; ++i) {
    Bytes payload(static_cast<size_t>(rng.Between(0, 12)));
    for (uint8_t& b : payload) b = static_cast<uint8_t>(rng.U32());
    FrameInfo info = Parse(kAll[rng.U32() % std::size(kAll)], payload);
    if (info.picture_id) {
      ASSERT_LT(info.picture_id_offset + (info.picture_id_bits == 15 ? 1u : 0u), payload.size());
      ASSERT_LT(*info.picture_id, 1 << info.picture_id_bits);
    }
    if (info.tl0_pic_idx) {
      ASSERT_LT(info.tl0_pic_idx_offset, payload.size());
    }
    if (info.key_idx) {
      ASSERT_LT(info.key_idx_offset, payload.size());
    }
  }
}

TEST(PayloadPatchTest, WritesItsBytesAndNothingOutside) {
  PayloadPatch patch;
  patch.Set(1, 0xAA);
  patch.Set(9, 0xBB);
  Bytes payload = {1, 2, 3};
  patch.ApplyTo(payload);
  EXPECT_EQ(payload, (Bytes{1, 0xAA, 3}));
}

}  // namespace
}  // namespace sluice::codec
