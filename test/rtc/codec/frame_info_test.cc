#include "rtc/codec/frame_info.h"

#include <gtest/gtest.h>

#include <vector>

#include "rtc/base/rng.h"
#include "rtc/codec/payload_patch.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr MediaCodec kAll[] = {MediaCodec::kOpus, MediaCodec::kVp8, MediaCodec::kVp9,  MediaCodec::kH264,
                               MediaCodec::kH265, MediaCodec::kAv1, MediaCodec::kOther};

TEST(MediaCodecTest, KnowsMimeTypesInAnyCase) {
  EXPECT_EQ(FromMimeType("video/VP8"), MediaCodec::kVp8);
  EXPECT_EQ(FromMimeType("VIDEO/vp9"), MediaCodec::kVp9);
  EXPECT_EQ(FromMimeType("video/H264"), MediaCodec::kH264);
  EXPECT_EQ(FromMimeType("video/h265"), MediaCodec::kH265);
  EXPECT_EQ(FromMimeType("video/AV1"), MediaCodec::kAv1);
  EXPECT_EQ(FromMimeType("audio/opus"), MediaCodec::kOpus);
  EXPECT_EQ(FromMimeType("video/rtx"), MediaCodec::kOther);
  EXPECT_EQ(FromMimeType("video/vp80"), MediaCodec::kOther);
  EXPECT_EQ(FromMimeType(""), MediaCodec::kOther);
}

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

TEST(Vp9Test, LayerIndicesOfADeltaFrameInFlexibleMode) {
  // I P L F E | 7 bit id | T2 U1 S2 D1
  FrameInfo info = Parse(MediaCodec::kVp9, Bytes{0xF4, 0x11, 0x55});
  EXPECT_FALSE(info.key_frame);
  EXPECT_TRUE(info.inter_picture);
  EXPECT_TRUE(info.end_of_frame);
  EXPECT_EQ(info.temporal_layer, 2);
  EXPECT_TRUE(info.layer_sync);
  EXPECT_EQ(info.spatial_layer, 2);
  EXPECT_TRUE(info.inter_layer);
  EXPECT_FALSE(info.tl0_pic_idx);
}

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

TEST(H265Test, KeyFramesInEveryPacketForm) {
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x26, 0x01}).key_frame);                    // IDR_W_RADL (19)
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x40, 0x01}).key_frame);                    // VPS (32)
  EXPECT_FALSE(Parse(MediaCodec::kH265, Bytes{0x02, 0x01}).key_frame);                   // TRAIL_R (1)
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x60, 0x01, 0, 2, 0x42, 0x01}).key_frame);  // aggregate with SPS
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x62, 0x01, 0x93}).key_frame);              // first fragment
  EXPECT_FALSE(Parse(MediaCodec::kH265, Bytes{0x62, 0x01, 0x13}).key_frame);             // a later one
  EXPECT_EQ(Parse(MediaCodec::kH265, Bytes{0x02, 0x03}).temporal_layer, 2);
}

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

TEST(FrameInfoTest, AudioFramesAreWhole) {
  FrameInfo info = Parse(MediaCodec::kOpus, Bytes{0x78, 0x01});
  EXPECT_TRUE(info.start_of_frame);
  EXPECT_TRUE(info.end_of_frame);
  EXPECT_FALSE(info.key_frame);
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
