#include "rtc/observer/speech_activity.h"

#include <gtest/gtest.h>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

void Add(SpeechActivity& activity, int frames, int level) {
  for (int i = 0; i < frames; ++i) activity.AddFrame(static_cast<uint8_t>(level));
}

TEST(SpeechActivityTest, BeginsWithTheLeastScores) {
  const auto scores = SpeechActivity().scores();
  EXPECT_EQ(scores.immediate, SpeechActivity::kLeastScore);
  EXPECT_EQ(scores.medium, SpeechActivity::kLeastScore);
  EXPECT_EQ(scores.longer, SpeechActivity::kLeastScore);
}

TEST(SpeechActivityTest, TheScalesReactInTheirOwnTime) {
  SpeechActivity activity;
  Add(activity, 100, 65);
  const auto quiet = activity.scores();
  EXPECT_EQ(quiet.medium, SpeechActivity::kLeastScore);
  Add(activity, 1, 25);
  EXPECT_GT(activity.scores().immediate, quiet.immediate);
  EXPECT_EQ(activity.scores().longer, quiet.longer);
  Add(activity, 4, 25);
  EXPECT_GT(activity.scores().medium, 50);
  EXPECT_EQ(activity.active_mediums(), 1);
  Add(activity, 45, 25);
  EXPECT_EQ(activity.active_mediums(), 10);
  Add(activity, 50, 65);
  EXPECT_EQ(activity.active_mediums(), 0);
}

TEST(SpeechActivityTest, WhatStaysAsLoudBecomesNoiseAfterEightSeconds) {
  SpeechActivity activity;
  Add(activity, 100, 65);
  Add(activity, 350, 40);
  EXPECT_EQ(activity.active_mediums(), 10);
  Add(activity, 150, 40);
  EXPECT_EQ(activity.active_mediums(), 0);
  Add(activity, 50, 20);
  EXPECT_EQ(activity.active_mediums(), 10);
}

TEST(SpeechActivityTest, FramesThatNeverCameAreSilenceButNoNoise) {
  SpeechActivity activity;
  Add(activity, 50, 45);
  for (int i = 0; i < 500; ++i) activity.AddFrame(std::nullopt);
  EXPECT_EQ(activity.active_mediums(), 0);
  Add(activity, 10, 60);
  EXPECT_EQ(activity.active_mediums(), 0) << "10 dB over what counts as quiet is not much";
}

TEST(SpeechActivityTest, AnyLevelsGiveScoresWithinBounds) {
  Rng rng(7);
  SpeechActivity activity;
  for (int i = 0; i < 20000; ++i) {
    activity.AddFrame(rng.U32() % 4 == 0 ? std::optional<uint8_t>() : static_cast<uint8_t>(rng.U32()));
    const auto scores = activity.scores();
    for (double score : {scores.immediate, scores.medium, scores.longer}) {
      ASSERT_GE(score, SpeechActivity::kLeastScore);
      ASSERT_LE(score, 1000);
    }
    ASSERT_LE(activity.active_mediums(), SpeechActivity::kMediums);
  }
}

}  // namespace
}  // namespace sluice
