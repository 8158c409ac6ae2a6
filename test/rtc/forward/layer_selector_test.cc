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

// Feeds a selector one packet after the other, in the order of numbers and of time.
class Feed {
 public:
  explicit Feed(const LayerSelector::Config& config) : selector(config) {}

  // The first packet of a frame, 33 ms after the one before.
  Decision Packet(int stream, const FrameInfo& frame) {
    timestamp_ += 3000;
    now_ = now_ + TimeDelta::Millis(33);
    return Again(stream, frame);
  }
  // A further packet of the newest frame.
  Decision Again(int stream, const FrameInfo& frame) {
    return Send(stream, ++next_[static_cast<size_t>(std::clamp(stream, 0, 7))], frame);
  }
  Decision Send(int stream, int64_t seq, const FrameInfo& frame) {
    return selector
        .Select({.stream = stream, .seq = ExtSeqNum(seq), .timestamp = timestamp_, .arrival = now_, .frame = frame})
        .decision;
  }
  int64_t Lose(int stream) { return ++next_[static_cast<size_t>(stream)]; }

  LayerSelector selector;

 private:
  std::array<int64_t, 8> next_{};
  uint32_t timestamp_ = 0xFFFFF000;
  Timestamp now_ = Timestamp::Seconds(1);
};

class LayerSelectorTest : public testing::Test {
 protected:
  Decision Packet(int stream, const FrameInfo& frame) { return feed_.Packet(stream, frame); }
  Decision Again(int stream, const FrameInfo& frame) { return feed_.Again(stream, frame); }

  Feed feed_{{.streams = 3, .temporal_layers = 3, .codec = MediaCodec::kVp8}};
  LayerSelector& selector_ = feed_.selector;
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
  EXPECT_EQ(Again(0, Temporal(2)), Decision::kForward) << "the rest of a frame that has begun";
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

TEST_F(LayerSelectorTest, LeavesAStreamThatStopsWhileOthersGoOn) {
  Packet(0, kKey);
  Packet(2, kKey);
  Packet(0, kDelta);
  int pictures = 0;
  while (selector_.target()->spatial == 2 && pictures < 100) Packet(0, kDelta), ++pictures;
  EXPECT_EQ(pictures, 15) << "half a second";
  EXPECT_EQ(selector_.wants_key_frame(), 0);
  EXPECT_EQ(Packet(0, kKey), Decision::kSwitch);
  EXPECT_EQ(Packet(2, kKey), Decision::kSwitch) << "it came back";
}

TEST_F(LayerSelectorTest, AllStreamsMayPauseTogether) {
  Packet(0, kKey);
  Packet(2, kKey);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(Packet(2, kDelta), Decision::kForward);
  EXPECT_EQ(selector_.target()->spatial, 2);
}

TEST_F(LayerSelectorTest, LimitLowersTheWishAndIsLifted) {
  Packet(0, kKey);
  Packet(2, kKey);
  selector_.SetLimit(Layers{0, 1});
  EXPECT_EQ(selector_.target(), (Layers{0, 1}));
  EXPECT_EQ(selector_.preferred(), (Layers{2, 2}));
  EXPECT_EQ(Packet(0, kKey), Decision::kSwitch);
  EXPECT_EQ(Packet(0, Temporal(2)), Decision::kDrop);
  selector_.SetPreferred({0, 0});
  EXPECT_EQ(selector_.target(), (Layers{0, 0})) << "the lower of both";
  selector_.SetPreferred({2, 2});
  selector_.SetLimit(std::nullopt);
  EXPECT_EQ(Packet(2, kKey), Decision::kSwitch);
}

TEST(LayerSelectorH264Test, StartsWithTheFirstPacketOfAKeyFrameOnly) {
  constexpr FrameInfo kParameters{.key_frame = true, .parameter_set = true, .start_of_frame = true};
  Feed feed({.streams = 2, .codec = MediaCodec::kH264});
  feed.Packet(0, kDelta);
  feed.Packet(0, kDelta);
  const int64_t lost = feed.Lose(0);
  EXPECT_EQ(feed.Again(0, kKey), Decision::kIgnore) << "the parameter sets may be missing";
  EXPECT_EQ(feed.Send(0, lost, kParameters), Decision::kSwitch);
}

TEST(LayerSelectorH264Test, StartsWithAPictureWhoseStartIsCertain) {
  Feed feed({.streams = 2, .codec = MediaCodec::kH264});
  feed.Packet(0, kDelta);
  EXPECT_EQ(feed.Packet(0, kKey), Decision::kSwitch) << "the packet before belongs to another frame";
}

TEST(LayerSelectorPipeTest, EverythingPasses) {
  LayerSelector selector({.temporal_layers = 3, .codec = MediaCodec::kVp8, .everything = true});
  selector.SetPreferred({0, 0});
  const auto select = [&](uint32_t timestamp, const FrameInfo& frame) {
    return selector.Select({.seq = ExtSeqNum(timestamp), .timestamp = timestamp, .frame = frame}).decision;
  };
  EXPECT_EQ(select(1, kKey), Decision::kSwitch);
  EXPECT_EQ(select(2, Temporal(2)), Decision::kForward);
}

TEST(LayerSelectorAudioTest, CodecWithoutKeyFramesStartsAtOnce) {
  Feed feed({.codec = MediaCodec::kOpus});
  EXPECT_EQ(feed.Packet(0, {}), Decision::kSwitch);
  EXPECT_EQ(feed.Packet(0, {}), Decision::kForward);
  EXPECT_EQ(feed.selector.wants_key_frame(), std::nullopt);
}

TEST(LayerSelectorUnsignalledTest, TemporalLayersThatNobodyAnnouncedAllPass) {
  Feed feed({.streams = 2, .codec = MediaCodec::kVp8});
  feed.Packet(0, kKey);
  EXPECT_EQ(feed.Packet(0, Temporal(2)), Decision::kForward);
  feed.selector.SetPreferred({0, 0});
  EXPECT_EQ(feed.Packet(0, Temporal(1)), Decision::kForward);
}

TEST(LayerSelectorAv1Test, CodecWithoutMarksGoesUpAtABaseLayerFrame) {
  Feed feed({.temporal_layers = 2, .codec = MediaCodec::kAv1});
  feed.Packet(0, kKey);
  feed.selector.SetPreferred({0, 0});
  feed.Packet(0, Temporal(0));
  feed.selector.SetPreferred({0, 1});
  EXPECT_EQ(feed.Packet(0, Temporal(1)), Decision::kDrop);
  EXPECT_EQ(feed.Packet(0, Temporal(0)), Decision::kForward);
  EXPECT_EQ(feed.Packet(0, Temporal(1)), Decision::kForward);
}

TEST(LayerSelectorVp9Test, MarksAreGoodForTheNextTemporalLayerOnly) {
  Feed feed({.temporal_layers = 3, .codec = MediaCodec::kVp9});
  feed.selector.SetPreferred({0, 0});
  feed.Packet(0, kKey);
  feed.selector.SetPreferred({0, 2});
  EXPECT_EQ(feed.Packet(0, Temporal(2, true)), Decision::kDrop) << "it may need a frame of layer 1";
  EXPECT_EQ(feed.Packet(0, Temporal(1, true)), Decision::kForward);
  EXPECT_EQ(feed.Packet(0, Temporal(2, true)), Decision::kForward);
}

}  // namespace
}  // namespace sluice
