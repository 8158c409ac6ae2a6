// Both filters of layered streams, against streams that know what each of their frames needs.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "rtc/base/rng.h"
#include "rtc/forward/descriptor_filter.h"
#include "rtc/forward/temporal_filter.h"
#include "rtc/forward/vp9_filter.h"
#include "test/support/layered_stream.h"

namespace sluice {
namespace {

// What a filter sees of a layer frame, which here is one packet, and which frames it needs.
struct Frame {
  int64_t number = 0;
  uint32_t timestamp = 0;
  codec::DependencyInfo dependency;
  codec::FrameInfo as_vp9;
  std::vector<int64_t> needs;
};

class Stream {
 public:
  explicit Stream(const std::string& mode) : mode_(mode), stream_(mode) {}

  // `top`: the spatial layers above it are not made.
  std::vector<Frame> NextPicture(bool key = false, int top = 99) {
    std::vector<Frame> picture;
    const auto made = stream_.NextPicture(key);
    for (const auto& frame : made) {
      ++number_;
      if (frame.spatial <= top) picture.push_back(See(frame, frame.spatial == top || frame.last_of_picture));
    }
    timestamp_ += 3000;
    return picture;
  }
  const codec::DependencyStructure& structure() const { return *reader_.structure(); }

 private:
  Frame See(const testing_support::LayeredFrame& made, bool highest) {
    Frame frame{.number = number_, .timestamp = timestamp_};
    frame.dependency = *reader_.Read(stream_.Descriptor(made), ExtSeqNum(number_));
    frame.as_vp9 = {.key_frame = made.key_picture && made.spatial == 0,
                    .start_of_frame = true,
                    .end_of_frame = true,
                    .layer_sync = made.temporal > 0};
    frame.as_vp9.spatial_layer = made.spatial;
    frame.as_vp9.temporal_layer = made.temporal;
    const bool builds_on_lower = mode_[0] == 'L' && (made.key_picture || !mode_.ends_with("KEY"));
    frame.as_vp9.not_for_upper = highest || !builds_on_lower;
    frame.as_vp9.inter_layer = builds_on_lower && made.spatial > 0;
    frame.as_vp9.inter_picture = !made.key_picture;
    for (size_t i = 0; i < made.what.frame_difference_count; ++i) {
      frame.needs.push_back(number_ - made.what.frame_differences[i]);
    }
    return frame;
  }

  std::string mode_;
  testing_support::LayeredStream stream_;
  codec::DependencyReader reader_;
  int64_t number_ = 0;
  uint32_t timestamp_ = 0xFFFF0000;
};

// A filter of either kind behind one face, with the record of what it let pass.
class Receiver {
 public:
  Receiver(bool by_descriptor, const Stream& stream) : by_descriptor_(by_descriptor), stream_(stream) {}

  // False when something that the frame needs was left out, though it came.
  bool Take(const Frame& frame, Layers wish) {
    const FilteredPacket filtered = Ask(frame, wish);
    passed_[frame.number] = filtered.forward;
    active_targets_ = filtered.active_targets;
    if (!filtered.forward) return true;
    last_ = {frame.as_vp9.spatial_layer, frame.as_vp9.temporal_layer};
    ends_picture_ = filtered.ends_picture;
    picture_ends_ += ends_picture_;
    for (int64_t need : frame.needs) {
      const auto it = passed_.find(need);
      if (need < first_ || (it != passed_.end() && !it->second)) return false;
    }
    return true;
  }

  void NextPicture() { last_ = {-1, -1}, picture_ends_ = 0; }
  // Of the packets of this picture, how many end it.
  int picture_ends() const { return picture_ends_; }
  Layers last() const { return last_; }
  bool ends_picture() const { return ends_picture_; }
  std::optional<uint32_t> active_targets() const { return active_targets_; }
  bool wants_key_frame(Layers wish) const {
    return by_descriptor_ ? descriptor_.wants_key_frame(wish) : vp9_.wants_key_frame(wish);
  }
  Layers current() const { return by_descriptor_ ? descriptor_.current() : vp9_.current(); }

 private:
  FilteredPacket Ask(const Frame& frame, Layers wish) {
    if (!started_) {
      if (!frame.as_vp9.key_frame) return {};
      started_ = true;
      first_ = frame.number;
      if (by_descriptor_) {
        descriptor_.Start(frame.timestamp, frame.dependency, stream_.structure(), wish);
      } else {
        vp9_.Start(frame.timestamp, frame.as_vp9, wish);
      }
      return {.forward = true};
    }
    if (by_descriptor_) return descriptor_.Filter(frame.timestamp, frame.dependency, stream_.structure(), wish);
    return vp9_.Filter(frame.timestamp, frame.as_vp9, wish);
  }

  bool by_descriptor_;
  const Stream& stream_;
  bool started_ = false;
  int64_t first_ = 0;
  DescriptorFilter descriptor_;
  Vp9Filter vp9_;
  std::map<int64_t, bool> passed_;
  Layers last_;
  bool ends_picture_ = false;
  int picture_ends_ = 0;
  std::optional<uint32_t> active_targets_;
};

class LayerFiltersTest : public testing::TestWithParam<std::tuple<bool, std::string>> {
 protected:
  LayerFiltersTest() : stream_(mode()), receiver_(by_descriptor(), stream_), top_{mode()[1] - '1', mode()[3] - '1'} {}

  bool by_descriptor() const { return std::get<0>(GetParam()); }
  const std::string& mode() const { return std::get<1>(GetParam()); }
  // Returns the highest layers that passed; {-1, -1}: nothing did.
  Layers Picture(bool key, Layers wish, int top = 99) {
    receiver_.NextPicture();
    for (const auto& frame : stream_.NextPicture(key, top)) {
      const bool was_good = receiver_.Take(frame, wish);
      EXPECT_TRUE(was_good) << "frame " << frame.number << " lacks what it needs";
    }
    return receiver_.last();
  }
  // The highest spatial and temporal layer seen over a few pictures.
  Layers Pictures(int count, Layers wish, int top = 99) {
    Layers highest{-1, -1};
    for (int i = 0; i < count; ++i) {
      const Layers got = Picture(false, wish, top);
      highest.spatial = std::max(highest.spatial, got.spatial);
      highest.temporal = std::max(highest.temporal, got.temporal);
    }
    return highest;
  }

  Stream stream_;
  Receiver receiver_;
  Layers top_;
};

TEST_P(LayerFiltersTest, GivesTheTopFromTheFirstKeyPictureOn) {
  Picture(true, top_);
  EXPECT_EQ(Pictures(8, top_), top_);
  EXPECT_FALSE(receiver_.wants_key_frame(top_));
}

TEST_P(LayerFiltersTest, GoesDownWhenAsked) {
  Picture(true, top_);
  Pictures(9, top_);
  const Layers low{0, 0};
  Pictures(1, low);
  if (receiver_.wants_key_frame(low)) Picture(true, low);
  EXPECT_EQ(Pictures(8, low), low);
}

TEST_P(LayerFiltersTest, GoesDownAtOnceWhereLayersBuildOnEachOther) {
  if (mode()[0] == 'S' || mode().ends_with("KEY"))
    GTEST_SKIP() << "the lower layer was not sent: a key picture is needed";
  Picture(true, top_);
  Pictures(7, top_);
  EXPECT_EQ(Picture(false, {0, 0}).spatial, 0);
  EXPECT_FALSE(receiver_.wants_key_frame({0, 0}));
}

TEST_P(LayerFiltersTest, GoesUpInSpaceWithAKeyPictureAndAsksForIt) {
  const Layers low{0, top_.temporal};
  Picture(true, low);
  Pictures(8, low);
  EXPECT_EQ(Pictures(8, top_).spatial, 0);
  EXPECT_EQ(receiver_.wants_key_frame(top_), top_.spatial > 0);
  Picture(true, top_);
  EXPECT_EQ(Pictures(8, top_), top_);
  EXPECT_FALSE(receiver_.wants_key_frame(top_));
}

TEST_P(LayerFiltersTest, GoesUpInTimeWithoutAKeyPicture) {
  const Layers slow{top_.spatial, 0};
  Picture(true, slow);
  EXPECT_EQ(Pictures(8, slow), slow);
  EXPECT_FALSE(receiver_.wants_key_frame(top_));
  Pictures(8, top_);
  EXPECT_EQ(Pictures(8, top_), top_);
}

TEST_P(LayerFiltersTest, TheLastLayerThatIsSentEndsThePicture) {
  const Layers low{0, top_.temporal};
  Picture(true, low);
  Pictures(4, low);
  EXPECT_EQ(receiver_.picture_ends(), 1);
  Picture(true, top_);
  Pictures(4, top_);
  EXPECT_EQ(receiver_.picture_ends(), 1);
  EXPECT_TRUE(receiver_.ends_picture());
}

TEST_P(LayerFiltersTest, NothingPassesThatLacksWhatItNeedsWhateverIsWishedAndLost) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    Stream stream(mode());
    Receiver receiver(by_descriptor(), stream);
    Layers wish = top_;
    int keys_wanted = 0;
    for (int picture = 0; picture < 1000; ++picture) {
      if (rng.Between(1, 10) == 1) {
        wish = {static_cast<int>(rng.Between(0, top_.spatial)), static_cast<int>(rng.Between(0, top_.temporal))};
      }
      const bool key = picture == 0 || (receiver.wants_key_frame(wish) && ++keys_wanted % 5 == 0);
      const int top = rng.Between(1, 20) == 1 ? 0 : 99;  // an encoder may leave out upper layers
      for (const auto& frame : stream.NextPicture(key, key ? 99 : top)) {
        if (!key && rng.Between(1, 30) == 1) continue;  // lost
        ASSERT_TRUE(receiver.Take(frame, wish)) << "seed " << seed << ", frame " << frame.number;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, LayerFiltersTest,
                         testing::Combine(testing::Bool(), testing::Values("L1T1", "L1T3", "L2T1", "L2T2", "L3T3",
                                                                           "L2T2_KEY", "L3T3_KEY", "S2T1", "S3T3")),
                         [](const auto& info) {
                           return std::get<1>(info.param) + (std::get<0>(info.param) ? "ByDescriptor" : "ByVp9");
                         });

TEST(DescriptorFilterTest, TellsWhichTargetsRemainThroughTheFrameOfTheChangeAndWithBaseLayers) {
  Stream stream("L2T2");
  Receiver receiver(true, stream);
  const auto picture = [&](bool key, Layers wish) {
    std::optional<uint32_t> told;
    for (const auto& frame : stream.NextPicture(key)) {
      receiver.Take(frame, wish);
      told = receiver.active_targets() ? receiver.active_targets() : told;
    }
    return told;
  };
  picture(true, {1, 1});
  EXPECT_EQ(picture(false, {1, 1}), std::nullopt) << "nothing is left out";
  EXPECT_EQ(picture(false, {0, 1}), 0b0011u);
  EXPECT_EQ(picture(false, {0, 1}), std::nullopt) << "told already, and of an upper temporal layer";
  EXPECT_EQ(picture(false, {0, 1}), 0b0011u) << "in case that the first was lost";
  EXPECT_EQ(picture(true, {1, 1}), 0b1111u);
}

TEST(DescriptorFilterTest, FollowsWhatTheSenderStopsSending) {
  Stream stream("L2T1");
  DescriptorFilter filter;
  auto picture = stream.NextPicture(true);
  filter.Start(picture[0].timestamp, picture[0].dependency, stream.structure(), {1, 0});
  filter.Filter(picture[1].timestamp, picture[1].dependency, stream.structure(), {1, 0});
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  picture = stream.NextPicture(false, 0);
  picture[0].dependency.active_targets = 0b01;
  EXPECT_TRUE(filter.Filter(picture[0].timestamp, picture[0].dependency, stream.structure(), {1, 0}).forward);
  EXPECT_EQ(filter.current(), (Layers{0, 0}));
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
}

TEST(DescriptorFilterTest, FrameThatComesLateGetsWhatItsFirstPacketGot) {
  Stream stream("L1T2");
  DescriptorFilter filter;
  const auto key = stream.NextPicture(true)[0];
  filter.Start(key.timestamp, key.dependency, stream.structure(), {0, 1});
  const auto upper = stream.NextPicture(false)[0];
  EXPECT_TRUE(filter.Filter(upper.timestamp, upper.dependency, stream.structure(), {0, 1}).forward);
  const auto base = stream.NextPicture(false)[0];
  filter.Filter(base.timestamp, base.dependency, stream.structure(), {0, 0});
  EXPECT_TRUE(filter.Filter(upper.timestamp, upper.dependency, stream.structure(), {0, 0}).forward);
}

TEST(Vp9FilterTest, DoesNotWaitForALayerThatDoesNotComeAnyMore) {
  Stream stream("L3T1");
  Vp9Filter filter;
  const Layers wish{2, 0};
  bool started = false;
  for (int i = 0; i < 2 * Vp9Filter::kWindow; ++i) {
    for (const auto& frame : stream.NextPicture(i == 0, i == 0 ? 2 : 1)) {
      if (started) {
        EXPECT_TRUE(filter.Filter(frame.timestamp, frame.as_vp9, wish).forward);
      } else {
        filter.Start(frame.timestamp, frame.as_vp9, wish);
      }
      started = true;
    }
  }
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  EXPECT_FALSE(filter.wants_key_frame(wish)) << "no key frame brings what is not sent";
}

TEST(Vp9FilterTest, PacketThatComesLateGetsWhatItsFrameGot) {
  Stream stream("L2T1");
  Vp9Filter filter;
  const auto key = stream.NextPicture(true);
  filter.Start(key[0].timestamp, key[0].as_vp9, {1, 0});
  EXPECT_TRUE(filter.Filter(key[1].timestamp, key[1].as_vp9, {1, 0}).forward);
  const auto next = stream.NextPicture(false);
  EXPECT_TRUE(filter.Filter(next[0].timestamp, next[0].as_vp9, {0, 0}).forward);
  EXPECT_FALSE(filter.Filter(next[1].timestamp, next[1].as_vp9, {0, 0}).forward);
  EXPECT_TRUE(filter.Filter(key[1].timestamp, key[1].as_vp9, {0, 0}).forward);
}

// A frame that was wanted when it was sent, and comes after the wish was lowered.
TEST_P(LayerFiltersTest, FrameThatComesLateIsJudgedByTheWishOfItsTime) {
  if (top_.temporal == 0) GTEST_SKIP() << "it would be a base layer's";
  Picture(true, top_);
  const auto late = stream_.NextPicture();
  Picture(false, top_);
  Pictures(2, {top_.spatial, 0});
  bool sent = false;
  for (const auto& frame : late) {
    EXPECT_TRUE(receiver_.Take(frame, {top_.spatial, 0}));
    sent |= receiver_.last().temporal == top_.temporal;
  }
  EXPECT_TRUE(sent);
}

TEST(TemporalFilterTest, FrameThatComesLateIsJudgedByTheWishOfItsTime) {
  TemporalFilter filter(codec::MediaCodec::kVp8);
  filter.Start(0, {0, 2});
  codec::FrameInfo base;
  codec::FrameInfo upper;
  upper.temporal_layer = 2;
  EXPECT_TRUE(filter.Filter(6000, base, {0, 2}).forward);
  EXPECT_FALSE(filter.Filter(12000, upper, {0, 0}).forward);
  EXPECT_TRUE(filter.Filter(3000, upper, {0, 0}).forward);
  EXPECT_FALSE(filter.Filter(12000, upper, {0, 2}).forward) << "the rest of a frame that was left out";
}

TEST(Vp9FilterTest, AsksForAKeyFrameWhenWhatItSendsCannotBeDecoded) {
  Stream stream("L2T1");
  Vp9Filter filter;
  const auto key = stream.NextPicture(true);
  filter.Start(key[0].timestamp, key[0].as_vp9, {1, 0});
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
  const auto next = stream.NextPicture();
  EXPECT_TRUE(filter.Filter(next[0].timestamp, next[0].as_vp9, {1, 0}).forward);
  EXPECT_FALSE(filter.Filter(next[1].timestamp, next[1].as_vp9, {1, 0}).forward) << "its key frame was lost";
  EXPECT_TRUE(filter.wants_key_frame({1, 0}));
}

TEST(Vp9FilterTest, OneLayerOfIndependentOnesGoesOut) {
  Stream stream("S2T1");
  Vp9Filter filter;
  const auto first = stream.NextPicture(true);
  filter.Start(first[0].timestamp, first[0].as_vp9, {1, 0});
  filter.Filter(first[1].timestamp, first[1].as_vp9, {1, 0});
  for (int i = 0; i < 4; ++i) {
    const auto picture = stream.NextPicture(i == 2);
    EXPECT_FALSE(filter.Filter(picture[0].timestamp, picture[0].as_vp9, {1, 0}).forward) << i;
    const auto upper = filter.Filter(picture[1].timestamp, picture[1].as_vp9, {1, 0});
    EXPECT_TRUE(upper.forward && upper.ends_picture) << i;
  }
}

}  // namespace
}  // namespace sluice
