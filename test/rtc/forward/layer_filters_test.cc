// Both filters of layered streams, against streams that know what each of their frames needs.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>

#include "rtc/base/rng.h"
#include "rtc/forward/descriptor_filter.h"
#include "rtc/forward/vp9_filter.h"
#include "test/rtc/forward/layered_stream.h"

namespace sluice {
namespace {

using test::LayeredStream;
using Mode = LayeredStream::Mode;

// A filter of either kind behind one face, with the record of what it let pass.
class Receiver {
 public:
  Receiver(bool by_descriptor, const LayeredStream& stream) : by_descriptor_(by_descriptor), stream_(stream) {}

  // False when something that the frame needs was left out, though it came.
  bool Take(const LayeredStream::Frame& frame, Layers wish) {
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
  FilteredPacket Ask(const LayeredStream::Frame& frame, Layers wish) {
    if (!started_) {
      if (!frame.as_vp9.key_frame) return {};
      started_ = true;
      first_ = frame.number;
      if (by_descriptor_) {
        descriptor_.Start(*frame.with_descriptor.dependency, stream_.structure(), wish);
      } else {
        vp9_.Start(frame.timestamp, frame.as_vp9, wish);
      }
      return {.forward = true};
    }
    if (by_descriptor_) return descriptor_.Filter(*frame.with_descriptor.dependency, stream_.structure(), wish);
    return vp9_.Filter(frame.timestamp, frame.as_vp9, wish);
  }

  bool by_descriptor_;
  const LayeredStream& stream_;
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

struct Case {
  std::string name;
  Mode mode;
  int spatial;
  int temporal;
};

class LayerFiltersTest : public testing::TestWithParam<std::tuple<bool, Case>> {
 protected:
  LayerFiltersTest()
      : stream_(std::get<1>(GetParam()).mode, std::get<1>(GetParam()).spatial, std::get<1>(GetParam()).temporal),
        receiver_(std::get<0>(GetParam()), stream_),
        top_{std::get<1>(GetParam()).spatial - 1, std::get<1>(GetParam()).temporal - 1} {}

  Mode mode() const { return std::get<1>(GetParam()).mode; }
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

  LayeredStream stream_;
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
  if (mode() != Mode::kFull) GTEST_SKIP() << "the lower layer was not sent: a key picture is needed";
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
    LayeredStream stream(mode(), top_.spatial + 1, top_.temporal + 1);
    Receiver receiver(std::get<0>(GetParam()), stream);
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

INSTANTIATE_TEST_SUITE_P(
    Modes, LayerFiltersTest,
    testing::Combine(testing::Bool(),
                     testing::Values(Case{"L1T1", Mode::kFull, 1, 1}, Case{"L1T3", Mode::kFull, 1, 3},
                                     Case{"L2T1", Mode::kFull, 2, 1}, Case{"L2T2", Mode::kFull, 2, 2},
                                     Case{"L3T3", Mode::kFull, 3, 3}, Case{"L2T2_KEY", Mode::kKey, 2, 2},
                                     Case{"L3T3_KEY", Mode::kKey, 3, 3}, Case{"S2T1", Mode::kSimulcast, 2, 1},
                                     Case{"S3T3", Mode::kSimulcast, 3, 3})),
    [](const auto& info) {
      return std::get<1>(info.param).name + (std::get<0>(info.param) ? "ByDescriptor" : "ByVp9");
    });

TEST(DescriptorFilterTest, TellsWhichTargetsRemainThroughTheFrameOfTheChangeAndWithBaseLayers) {
  LayeredStream stream(Mode::kFull, 2, 2);
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
  LayeredStream stream(Mode::kFull, 2, 1);
  DescriptorFilter filter;
  auto picture = stream.NextPicture(true);
  filter.Start(*picture[0].with_descriptor.dependency, stream.structure(), {1, 0});
  filter.Filter(*picture[1].with_descriptor.dependency, stream.structure(), {1, 0});
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  picture = stream.NextPicture(false, 0);
  picture[0].with_descriptor.dependency->active_targets = 0b01;
  EXPECT_TRUE(filter.Filter(*picture[0].with_descriptor.dependency, stream.structure(), {1, 0}).forward);
  EXPECT_EQ(filter.current(), (Layers{0, 0}));
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
}

TEST(DescriptorFilterTest, FrameThatComesLateGetsWhatItsFirstPacketGot) {
  LayeredStream stream(Mode::kFull, 1, 2);
  DescriptorFilter filter;
  filter.Start(*stream.NextPicture(true)[0].with_descriptor.dependency, stream.structure(), {0, 1});
  const auto upper = stream.NextPicture(false)[0];
  EXPECT_TRUE(filter.Filter(*upper.with_descriptor.dependency, stream.structure(), {0, 1}).forward);
  const auto base = stream.NextPicture(false)[0];
  filter.Filter(*base.with_descriptor.dependency, stream.structure(), {0, 0});
  EXPECT_TRUE(filter.Filter(*upper.with_descriptor.dependency, stream.structure(), {0, 0}).forward);
}

TEST(Vp9FilterTest, DoesNotWaitForALayerThatDoesNotComeAnyMore) {
  LayeredStream stream(Mode::kFull, 3, 1);
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
  LayeredStream stream(Mode::kFull, 2, 1);
  Vp9Filter filter;
  const auto key = stream.NextPicture(true);
  filter.Start(key[0].timestamp, key[0].as_vp9, {1, 0});
  EXPECT_TRUE(filter.Filter(key[1].timestamp, key[1].as_vp9, {1, 0}).forward);
  const auto next = stream.NextPicture(false);
  EXPECT_TRUE(filter.Filter(next[0].timestamp, next[0].as_vp9, {0, 0}).forward);
  EXPECT_FALSE(filter.Filter(next[1].timestamp, next[1].as_vp9, {0, 0}).forward);
  EXPECT_TRUE(filter.Filter(key[1].timestamp, key[1].as_vp9, {0, 0}).forward);
}

}  // namespace
}  // namespace sluice
