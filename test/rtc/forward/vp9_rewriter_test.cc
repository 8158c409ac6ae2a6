#include "rtc/forward/vp9_rewriter.h"

#include <gtest/gtest.h>

#include <vector>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

using codec::FrameInfo;
using codec::MediaCodec;

// Non-flexible mode: picture id of 15 or 7 bits, layer indices, TL0PICIDX; then one byte of a frame.
std::vector<uint8_t> Payload(int picture_id, int tl0, bool wide = true) {
  std::vector<uint8_t> bytes = {0xEC};
  if (wide) bytes.push_back(static_cast<uint8_t>(0x80 | picture_id >> 8));
  bytes.push_back(static_cast<uint8_t>(wide ? picture_id : picture_id & 0x7F));
  bytes.insert(bytes.end(), {0x22, static_cast<uint8_t>(tl0), 0xAA});
  return bytes;
}

class Vp9RewriterTest : public testing::Test {
 protected:
  // What a receiver sees.
  FrameInfo Send(std::vector<uint8_t> payload) {
    const FrameInfo in = codec::Parse(MediaCodec::kVp9, payload);
    rewriter_.Rewrite(in).ApplyTo(payload);
    FrameInfo out = codec::Parse(MediaCodec::kVp9, payload);
    EXPECT_EQ(out.temporal_layer, in.temporal_layer);
    EXPECT_EQ(out.spatial_layer, in.spatial_layer);
    EXPECT_EQ(out.picture_id_bits, in.picture_id_bits);
    EXPECT_EQ(payload.back(), 0xAA);
    return out;
  }

  Vp9Rewriter rewriter_;
};

TEST_F(Vp9RewriterTest, GoesOnByOneOverASwitch) {
  const auto before = Send(Payload(500, 200));
  rewriter_.SwitchSource();
  const auto after = Send(Payload(9, 3));
  EXPECT_EQ(*after.picture_id, *before.picture_id + 1);
  EXPECT_EQ(*after.tl0_pic_idx, *before.tl0_pic_idx + 1);
}

TEST_F(Vp9RewriterTest, PicturesThatAreLeftOutLeaveTheirGap) {
  const auto before = Send(Payload(500, 200));
  EXPECT_EQ(*Send(Payload(503, 201)).picture_id, *before.picture_id + 3) << "references are told by the distance";
}

TEST_F(Vp9RewriterTest, SevenBitPictureIdsStaySo) {
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(*Send(Payload(50 + i, 0, false)).picture_id, i % 128);
  }
}

TEST_F(Vp9RewriterTest, FlexibleModeHasNoTl0PicIdx) {
  std::vector<uint8_t> payload = {0xBC, 0x81, 0x23, 0x22, 0xAA};
  const FrameInfo in = codec::Parse(MediaCodec::kVp9, payload);
  ASSERT_EQ(in.tl0_pic_idx, std::nullopt);
  EXPECT_EQ(rewriter_.Rewrite(in).count, 2);
}

// Sources one after the other, each with losses and packets out of order. The model: inside a source everything moves by
// the same, and the newest of one source is followed by the first of the next.
TEST_F(Vp9RewriterTest, AgreesWithTheModelUnderRandomLossReorderingAndSwitches) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Rng rng(seed);
    Vp9Rewriter rewriter;
    int64_t newest_out = -1;
    for (int source = 0; source < 5; ++source) {
      const int64_t first_in = rng.Between(0, 0x7FFF);
      const int64_t move = newest_out + 1 - first_in;
      int64_t newest_in = first_in;
      rewriter.SwitchSource();
      for (int i = 0; i < 500; ++i) {
        const int64_t in = i == 0 ? first_in : newest_in + rng.Between(-5, 8);
        if (in < first_in) continue;
        std::vector<uint8_t> payload = Payload(static_cast<int>(in & 0x7FFF), 0);
        rewriter.Rewrite(codec::Parse(MediaCodec::kVp9, payload)).ApplyTo(payload);
        ASSERT_EQ(*codec::Parse(MediaCodec::kVp9, payload).picture_id, (in + move) & 0x7FFF) << "seed " << seed;
        newest_in = std::max(newest_in, in);
      }
      newest_out = newest_in + move;
    }
  }
}

}  // namespace
}  // namespace sluice
