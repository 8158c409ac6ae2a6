#include "rtc/forward/layer_selector.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using Decision = LayerSelector::Decision;
using codec::FrameInfo;
using codec::MediaCodec;

constexpr FrameInfo kKey{.key_frame = true, .start_of_frame = true};
constexpr FrameInfo kDelta{.start_of_frame = true};

FrameInfo Temporal(uint8_t layer, bool sync = false) {
  return {.start_of_frame = true, .layer_sync = sync, .temporal_layer = layer};
}

class LayerSelectorTest : public testing::Test {
 protected:
  Decision Packet(int stream, const FrameInfo& frame) { return selector_.Select(stream, timestamp_ += 3000, frame); }

  LayerSelector selector_{{.streams = 3, .temporal_layers = 3, .codec = MediaCodec::kVp8}};
  uint32_t timestamp_ = 0xFFFFF000;
};

TEST_F(LayerSelectorTest, StartsWithAKeyFrame) {
  EXPECT_EQ(selector_.target(), std::nullopt);
  EXPECT_EQ(selector_.wants_key_frame(), std::nullopt);
  EXPECT_EQ(Packet(0, kDelta), Decision::kIgnore);
  EXPECT_EQ(selector_.wants_key_frame(), 0);
  EXPECT_EQ(Packet(0, kKey), Decision::kSwitch);
  EXPECT_EQ(Packet(0, kDelta), Decision::kForward);
  EXPECT_EQ(selector_.wants_key_frame(), std::nullopt);
}

TEST_F(LayerSelectorTest, GoesUpWhenABetterStreamComesAndKeepsTheLowerOneUntilItsKeyFrame) {
  Packet(0, kKey);
  EXPECT_EQ(Packet(2, kDelta), Decision::kIgnore);
  EXPECT_EQ(selector_.wants_key_frame(), 2);
  EXPECT_EQ(Packet(0, kDelta), Decision::kForward);
  EXPECT_EQ(Packet(2, kKey), Decision::kSwitch);
  EXPECT_EQ(Packet(0, kKey), Decision::kIgnore);
  EXPECT_EQ(Packet(2, kDelta), Decision::kForward);
  EXPECT_EQ(selector_.current()->spatial, 2);
}

TEST_F(LayerSelectorTest, GoesDownWhenItsStreamEnds) {
  Packet(0, kKey);
  Packet(2, kKey);
  selector_.SetActive(2, false);
  EXPECT_EQ(selector_.target()->spatial, 0);
  EXPECT_EQ(selector_.wants_key_frame(), 0);
  EXPECT_EQ(Packet(0, kDelta), Decision::kIgnore);
  EXPECT_EQ(Packet(0, kKey), Decision::kSwitch);
}

TEST_F(LayerSelectorTest, KeepsToThePreferredLayer) {
  selector_.SetPreferred({1, 2});
  Packet(2, kKey);
  EXPECT_EQ(selector_.current()->spatial, 2) << "better the wrong one than none";
  Packet(0, kKey);
  EXPECT_EQ(selector_.current()->spatial, 0);
  Packet(1, kKey);
  EXPECT_EQ(selector_.current()->spatial, 1);
  EXPECT_EQ(Packet(2, kKey), Decision::kIgnore);
}

TEST_F(LayerSelectorTest, ClampsWhatIsPreferred) {
  selector_.SetPreferred({99, -5});
  EXPECT_EQ(selector_.preferred(), (Layers{2, 0}));
}

TEST_F(LayerSelectorTest, DropsUpperTemporalLayersAtTheNextFrame) {
  Packet(0, kKey);
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kForward);
  selector_.SetPreferred({0, 0});
  EXPECT_EQ(selector_.Select(0, timestamp_, Temporal(2)), Decision::kForward) << "the rest of a frame that has begun";
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kDrop);
  EXPECT_EQ(Packet(0, Temporal(1)), Decision::kDrop);
  EXPECT_EQ(Packet(0, Temporal(0)), Decision::kForward);
}

TEST_F(LayerSelectorTest, AddsTemporalLayersOnlyWhereTheFrameAllowsIt) {
  Packet(0, kKey);
  selector_.SetPreferred({0, 0});
  Packet(0, Temporal(0));
  selector_.SetPreferred({0, 2});
  EXPECT_EQ(Packet(0, Temporal(0)), Decision::kForward);
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kDrop);
  EXPECT_EQ(Packet(0, Temporal(1, true)), Decision::kForward);
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kDrop);
  EXPECT_EQ(Packet(0, Temporal(2, true)), Decision::kForward);
  EXPECT_EQ(Packet(0, Temporal(1)), Decision::kForward);
}

TEST_F(LayerSelectorTest, KeyFrameBringsAllTemporalLayersBack) {
  Packet(0, kKey);
  selector_.SetPreferred({0, 0});
  Packet(0, Temporal(0));
  selector_.SetPreferred({0, 2});
  Packet(0, kKey);
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kForward);
}

TEST_F(LayerSelectorTest, ResetWaitsForAKeyFrameAgain) {
  Packet(0, kKey);
  selector_.Reset();
  EXPECT_EQ(selector_.current(), std::nullopt);
  EXPECT_EQ(selector_.wants_key_frame(), 0);
  EXPECT_EQ(Packet(0, kDelta), Decision::kIgnore);
  EXPECT_EQ(Packet(0, kKey), Decision::kSwitch);
}

TEST_F(LayerSelectorTest, StreamThatDoesNotExistIsIgnored) {
  EXPECT_EQ(Packet(3, kKey), Decision::kIgnore);
  EXPECT_EQ(Packet(-1, kKey), Decision::kIgnore);
  selector_.SetActive(7, true);
  EXPECT_EQ(selector_.target(), std::nullopt);
}

TEST(LayerSelectorAudioTest, CodecWithoutKeyFramesStartsAtOnce) {
  LayerSelector selector({.codec = MediaCodec::kOpus});
  EXPECT_EQ(selector.Select(0, 960, {}), Decision::kSwitch);
  EXPECT_EQ(selector.Select(0, 1920, {}), Decision::kForward);
  EXPECT_EQ(selector.wants_key_frame(), std::nullopt);
}

TEST(LayerSelectorUnsignalledTest, TemporalLayersThatNobodyAnnouncedAllPass) {
  LayerSelector selector({.streams = 2, .codec = MediaCodec::kVp8});
  selector.Select(0, 0, kKey);
  EXPECT_EQ(selector.Select(0, 1, Temporal(2)), Decision::kForward);
  selector.SetPreferred({0, 0});
  EXPECT_EQ(selector.Select(0, 2, Temporal(1)), Decision::kForward);
}

TEST(LayerSelectorAv1Test, CodecWithoutMarksGoesUpAtABaseLayerFrame) {
  LayerSelector selector({.temporal_layers = 2, .codec = MediaCodec::kAv1});
  selector.Select(0, 0, kKey);
  selector.SetPreferred({0, 0});
  selector.Select(0, 1, Temporal(0));
  selector.SetPreferred({0, 1});
  EXPECT_EQ(selector.Select(0, 2, Temporal(1)), Decision::kDrop);
  EXPECT_EQ(selector.Select(0, 3, Temporal(0)), Decision::kForward);
  EXPECT_EQ(selector.Select(0, 4, Temporal(1)), Decision::kForward);
}

}  // namespace
}  // namespace sluice
