// Both filters of layered streams, against streams that know what each of their frames needs.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "rtc/base/rng.h"
#include "rtc/forward/temporal_filter.h"
#include "test/rtc/forward/filtered_stream.h"

namespace sluice {
namespace {

using testing_support::FilteredStream;
using testing_support::FilteringReceiver;

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

  FilteredStream stream_;
  FilteringReceiver receiver_;
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
    FilteredStream stream(mode());
    FilteringReceiver receiver(by_descriptor(), stream);
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
  FilteredStream stream("L2T2");
  FilteringReceiver receiver(true, stream);
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
  FilteredStream stream("L2T1");
  DescriptorFilter filter;
  auto picture = stream.NextPicture(true);
  filter.Start(Described(picture[0], stream.structure()), {1, 0});
  filter.Filter(Described(picture[1], stream.structure()), {1, 0});
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  picture = stream.NextPicture(false, 0);
  picture[0].described.dependency->active_targets = 0b01;
  EXPECT_TRUE(filter.Filter(Described(picture[0], stream.structure()), {1, 0}).forward);
  EXPECT_EQ(filter.current(), (Layers{0, 0}));
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
}

TEST(DescriptorFilterTest, FrameThatComesLateGetsWhatItsFirstPacketGot) {
  FilteredStream stream("L1T2");
  DescriptorFilter filter;
  const auto key = stream.NextPicture(true)[0];
  filter.Start(Described(key, stream.structure()), {0, 1});
  const auto upper = stream.NextPicture(false)[0];
  EXPECT_TRUE(filter.Filter(Described(upper, stream.structure()), {0, 1}).forward);
  const auto base = stream.NextPicture(false)[0];
  filter.Filter(Described(base, stream.structure()), {0, 0});
  EXPECT_TRUE(filter.Filter(Described(upper, stream.structure()), {0, 0}).forward);
}

TEST(Vp9FilterTest, DoesNotWaitForALayerThatDoesNotComeAnyMore) {
  FilteredStream stream("L3T1");
  Vp9Filter filter;
  const Layers wish{2, 0};
  bool started = false;
  for (int i = 0; i < 2 * Vp9Filter::kWindow; ++i) {
    for (const auto& frame : stream.NextPicture(i == 0, i == 0 ? 2 : 1)) {
      if (started) {
        EXPECT_TRUE(filter.Filter(AsVp9(frame), wish).forward);
      } else {
        filter.Start(AsVp9(frame), wish);
      }
      started = true;
    }
  }
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  EXPECT_FALSE(filter.wants_key_frame(wish)) << "no key frame brings what is not sent";
}

TEST(Vp9FilterTest, PacketThatComesLateGetsWhatItsFrameGot) {
  FilteredStream stream("L2T1");
  Vp9Filter filter;
  const auto key = stream.NextPicture(true);
  filter.Start(AsVp9(key[0]), {1, 0});
  EXPECT_TRUE(filter.Filter(AsVp9(key[1]), {1, 0}).forward);
  const auto next = stream.NextPicture(false);
  EXPECT_TRUE(filter.Filter(AsVp9(next[0]), {0, 0}).forward);
  EXPECT_FALSE(filter.Filter(AsVp9(next[1]), {0, 0}).forward);
  EXPECT_TRUE(filter.Filter(AsVp9(key[1]), {0, 0}).forward);
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
  codec::FrameInfo base;
  codec::FrameInfo upper;
  upper.temporal_layer = 2;
  const auto at = [](uint32_t timestamp, const codec::FrameInfo& frame) {
    return LayeredPacket{.timestamp = timestamp, .frame = frame};
  };
  filter.Start(at(0, base), {0, 2});
  EXPECT_TRUE(filter.Filter(at(6000, base), {0, 2}).forward);
  EXPECT_FALSE(filter.Filter(at(12000, upper), {0, 0}).forward);
  EXPECT_TRUE(filter.Filter(at(3000, upper), {0, 0}).forward);
  EXPECT_FALSE(filter.Filter(at(12000, upper), {0, 2}).forward) << "the rest of a frame that was left out";
}

TEST(Vp9FilterTest, AsksForAKeyFrameWhenWhatItSendsCannotBeDecoded) {
  FilteredStream stream("L2T1");
  Vp9Filter filter;
  const auto key = stream.NextPicture(true, 0);
  filter.Start(AsVp9(key[0]), {1, 0});
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
  const auto next = stream.NextPicture();
  const auto lower = filter.Filter(AsVp9(next[0]), {1, 0});
  EXPECT_TRUE(lower.forward && lower.ends_picture);
  EXPECT_FALSE(filter.Filter(AsVp9(next[1]), {1, 0}).forward) << "it has no key frame";
  EXPECT_TRUE(filter.wants_key_frame({1, 0}));
}

TEST(Vp9FilterTest, SenderWhoMarksTheEndOfEveryLayerFrameIsNotHeldToIt) {
  FilteredStream stream("L2T1");
  Vp9Filter filter;
  bool started = false;
  for (int i = 0; i < 4; ++i) {
    for (auto& frame : stream.NextPicture(i == 0)) {
      frame.marker = true;
      EXPECT_TRUE((started ? filter.Filter(AsVp9(frame), {1, 0}) : filter.Start(AsVp9(frame), {1, 0})).forward) << i;
      started = true;
    }
  }
  EXPECT_EQ(filter.current(), (Layers{1, 0}));
  EXPECT_FALSE(filter.wants_key_frame({1, 0}));
}

TEST(Vp9FilterTest, OneLayerOfIndependentOnesGoesOut) {
  FilteredStream stream("S2T1");
  Vp9Filter filter;
  const auto first = stream.NextPicture(true);
  filter.Start(AsVp9(first[0]), {1, 0});
  filter.Filter(AsVp9(first[1]), {1, 0});
  for (int i = 0; i < 4; ++i) {
    const auto picture = stream.NextPicture(i == 2);
    EXPECT_FALSE(filter.Filter(AsVp9(picture[0]), {1, 0}).forward) << i;
    const auto upper = filter.Filter(AsVp9(picture[1]), {1, 0});
    EXPECT_TRUE(upper.forward && upper.ends_picture) << i;
  }
}

}  // namespace
}  // namespace sluice
