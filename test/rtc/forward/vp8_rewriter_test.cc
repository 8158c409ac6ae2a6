#include "rtc/forward/vp8_rewriter.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

using codec::FrameInfo;
using codec::MediaCodec;

// Descriptor with every field, followed by one byte of a frame.
std::vector<uint8_t> Payload(int picture_id, int tl0, int temporal, int key_idx, bool sync = false) {
  return {0x90,
          0xF0,
          static_cast<uint8_t>(0x80 | picture_id >> 8),
          static_cast<uint8_t>(picture_id),
          static_cast<uint8_t>(tl0),
          static_cast<uint8_t>(temporal << 6 | (sync ? 0x20 : 0) | key_idx),
          0x01};
}

class Vp8RewriterTest : public testing::Test {
 protected:
  // What a receiver sees, or nullopt: not to be sent.
  std::optional<FrameInfo> Send(std::vector<uint8_t> payload) {
    FrameInfo in = codec::Parse(MediaCodec::kVp8, payload);
    auto patch = rewriter_.Rewrite(in);
    if (!patch) return std::nullopt;
    patch->ApplyTo(payload);
    FrameInfo out = codec::Parse(MediaCodec::kVp8, payload);
    EXPECT_EQ(out.temporal_layer, in.temporal_layer);
    EXPECT_EQ(out.layer_sync, in.layer_sync);
    EXPECT_EQ(out.picture_id_bits, in.picture_id_bits);
    return out;
  }
  void Drop(const std::vector<uint8_t>& payload) { rewriter_.Drop(codec::Parse(MediaCodec::kVp8, payload)); }

  Vp8Rewriter rewriter_;
};

TEST_F(Vp8RewriterTest, GoesOnByOneOverASwitch) {
  auto before = Send(Payload(500, 200, 0, 7));
  rewriter_.SwitchSource();
  auto after = Send(Payload(9, 3, 0, 30));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*after->picture_id, *before->picture_id + 1);
  EXPECT_EQ(*after->tl0_pic_idx, *before->tl0_pic_idx + 1);
  EXPECT_EQ(*after->key_idx, *before->key_idx + 1);
}

TEST_F(Vp8RewriterTest, AllPacketsOfAPictureGetOneId) {
  auto a = Send(Payload(500, 200, 0, 7));
  auto b = Send(Payload(500, 200, 0, 7));
  EXPECT_EQ(a->picture_id, b->picture_id);
  EXPECT_EQ(a->tl0_pic_idx, b->tl0_pic_idx);
}

TEST_F(Vp8RewriterTest, DroppedPicturesLeaveNoGap) {
  auto a = Send(Payload(500, 1, 0, 7));
  Drop(Payload(501, 1, 2, 8));
  Drop(Payload(501, 1, 2, 8));
  auto b = Send(Payload(502, 1, 1, 9));
  EXPECT_EQ(*b->picture_id, *a->picture_id + 1);
  EXPECT_FALSE(Send(Payload(501, 1, 2, 8)));
}

TEST_F(Vp8RewriterTest, LostPicturesLeaveAGap) {
  auto a = Send(Payload(500, 1, 0, 7));
  auto b = Send(Payload(503, 1, 0, 7));
  EXPECT_EQ(*b->picture_id, *a->picture_id + 3);
}

TEST_F(Vp8RewriterTest, PicturesFromBeforeTheSwitchAreRefused) {
  Send(Payload(500, 1, 0, 7));
  rewriter_.SwitchSource();
  Send(Payload(100, 1, 0, 7));
  EXPECT_FALSE(Send(Payload(99, 1, 0, 7)));
}

TEST_F(Vp8RewriterTest, EverythingWraps) {
  auto last = Send(Payload(0x7FF0, 250, 0, 29));
  for (int i = 1; i <= 40; ++i) {
    auto next = Send(Payload((0x7FF0 + i) & 0x7FFF, (250 + i) & 0xFF, 0, (29 + i) & 31));
    ASSERT_TRUE(next);
    EXPECT_EQ(*next->picture_id, (*last->picture_id + 1) & 0x7FFF);
    EXPECT_EQ(*next->tl0_pic_idx, (*last->tl0_pic_idx + 1) & 0xFF);
    EXPECT_EQ(*next->key_idx, (*last->key_idx + 1) & 31);
    last = next;
  }
  rewriter_.SwitchSource();
  auto next = Send(Payload(3, 4, 0, 5));
  EXPECT_EQ(*next->tl0_pic_idx, (*last->tl0_pic_idx + 1) & 0xFF);
}

TEST_F(Vp8RewriterTest, LatePictureDoesNotSetTheCountersBack) {
  Send(Payload(500, 10, 0, 7));
  auto newest = Send(Payload(502, 12, 0, 9));
  Send(Payload(501, 11, 0, 8));
  rewriter_.SwitchSource();
  auto after = Send(Payload(1, 1, 0, 1));
  EXPECT_EQ(*after->picture_id, *newest->picture_id + 1);
  EXPECT_EQ(*after->tl0_pic_idx, *newest->tl0_pic_idx + 1);
  EXPECT_EQ(*after->key_idx, *newest->key_idx + 1);
}

TEST_F(Vp8RewriterTest, SevenBitPictureIdsStaySo) {
  std::vector<uint8_t> payload = {0x90, 0x80, 0x7F, 0x01};
  auto a = Send(payload);
  payload[2] = 0x00;
  auto b = Send(payload);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*b->picture_id, (*a->picture_id + 1) & 0x7F);
}

TEST_F(Vp8RewriterTest, SenderThatGrowsItsPictureIdsGoesOn) {
  auto a = Send({0x90, 0x80, 0x7F, 0x01});
  auto b = Send({0x90, 0x80, 0x80, 0x80, 0x01});
  EXPECT_EQ(*b->picture_id, *a->picture_id + 1);
}

TEST_F(Vp8RewriterTest, NothingToDoForADescriptorWithoutNumbers) {
  auto patch = rewriter_.Rewrite(codec::Parse(MediaCodec::kVp8, std::vector<uint8_t>{0x10, 0x01}));
  ASSERT_TRUE(patch);
  EXPECT_EQ(patch->count, 0);
}

}  // namespace
}  // namespace sluice
