#include "controller/h264_profile.h"

#include <gtest/gtest.h>

#include "controller/codec_match.h"

namespace sluice::controller {
namespace {

TEST(H264ProfileTest, ReadsProfilesInEverySpelling) {
  struct Case {
    const char* text;
    H264Profile profile;
    uint8_t level;
  };
  for (const Case& c :
       {Case{"42e01f", H264Profile::kConstrainedBaseline, 31}, Case{"42C02A", H264Profile::kConstrainedBaseline, 42},
        Case{"4de01f", H264Profile::kConstrainedBaseline, 31}, Case{"58f01f", H264Profile::kConstrainedBaseline, 31},
        Case{"42a01f", H264Profile::kBaseline, 31}, Case{"58a01f", H264Profile::kBaseline, 31},
        Case{"4d401f", H264Profile::kMain, 31}, Case{"64001f", H264Profile::kHigh, 31},
        Case{"640c1f", H264Profile::kConstrainedHigh, 31}, Case{"f4001f", H264Profile::kPredictiveHigh444, 31},
        Case{"42f00b", H264Profile::kConstrainedBaseline, H264ProfileLevel::kLevel1b},
        Case{"42C00b", H264Profile::kConstrainedBaseline, 11}}) {
    EXPECT_EQ(ParseH264ProfileLevelId(c.text), (H264ProfileLevel{c.profile, c.level})) << c.text;
  }
}

TEST(H264ProfileTest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "42e01", "42e01f0", "42e0gg", "000000", "42e000", "42e0ff", "7f001f", "+2e01f", "0x42e0"}) {
    EXPECT_FALSE(ParseH264ProfileLevelId(text)) << text;
  }
}

TEST(H264ProfileTest, WritesTheUsualSpelling) {
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kConstrainedBaseline, 31}), "42e01f");
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kBaseline, 10}), "42000a");
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kMain, 31}), "4d001f");
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kHigh, 42}), "64002a");
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kMain, H264ProfileLevel::kLevel1b}), "4d100b");
  EXPECT_EQ(H264ProfileLevelIdString({H264Profile::kHigh, H264ProfileLevel::kLevel1b}), "");
}

TEST(H264ProfileTest, Level1bLiesBetween1And11) {
  EXPECT_EQ(LowerH264Level(H264ProfileLevel::kLevel1b, 10), 10);
  EXPECT_EQ(LowerH264Level(H264ProfileLevel::kLevel1b, 11), H264ProfileLevel::kLevel1b);
  EXPECT_EQ(LowerH264Level(31, 30), 30);
}

TEST(H264ProfileTest, AnswersTheLowerLevelUnlessBothAllowAsymmetry) {
  const Parameters high{{"profile-level-id", std::string("42e034")}, {"level-asymmetry-allowed", 1}};
  const Parameters low{{"profile-level-id", std::string("42e01f")}, {"level-asymmetry-allowed", 1}};
  const Parameters low_only{{"profile-level-id", std::string("42e01f")}};
  EXPECT_EQ(AnswerH264ProfileLevelId(high, low), "42e034");
  EXPECT_EQ(AnswerH264ProfileLevelId(high, low_only), "42e01f");
  EXPECT_EQ(AnswerH264ProfileLevelId(low_only, high), "42e01f");
  EXPECT_EQ(AnswerH264ProfileLevelId({}, {}), "");
  EXPECT_EQ(AnswerH264ProfileLevelId(low, {{"profile-level-id", std::string("640c1f")}}), std::nullopt);
}

}  // namespace
}  // namespace sluice::controller
