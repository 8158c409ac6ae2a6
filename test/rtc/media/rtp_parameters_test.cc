#include "rtc/media/rtp_parameters.h"

#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

TEST(RtpParametersTest, FindsTheRtxCodecByItsApt) {
  const RtpParameters params = testing_support::VideoParameters(1, 2);
  ASSERT_NE(params.RtxCodecFor(PayloadType(101)), nullptr);
  EXPECT_EQ(params.RtxCodecFor(PayloadType(101))->payload_type, PayloadType(102));
  EXPECT_EQ(params.RtxCodecFor(PayloadType(102)), nullptr);
}

TEST(RtpParametersTest, TheCodecOfAnEncodingIsTheOneItNamesElseTheFirst) {
  RtpParameters params = testing_support::VideoParameters(1, 2);
  params.codecs.push_back({.mime_type = "video/H264", .payload_type = PayloadType(103), .clock_rate = 90000});
  EXPECT_EQ(params.CodecOf({})->payload_type, PayloadType(101));
  EXPECT_EQ(params.CodecOf({.codec_payload_type = PayloadType(103)})->mime_type, "video/H264");
  EXPECT_EQ(params.CodecOf({.codec_payload_type = PayloadType(99)}), nullptr);
}

struct ModeCase {
  const char* mode;
  int spatial, temporal;
};
class ScalabilityMode : public testing::TestWithParam<ModeCase> {};

TEST_P(ScalabilityMode, GivesItsNumbersOfLayers) {
  const RtpEncodingParameters encoding{.scalability_mode = GetParam().mode};
  EXPECT_EQ(encoding.SpatialLayers(), GetParam().spatial);
  EXPECT_EQ(encoding.TemporalLayers(), GetParam().temporal);
}

INSTANTIATE_TEST_SUITE_P(Modes, ScalabilityMode,
                         testing::Values(ModeCase{"", 1, 1}, ModeCase{"L1T3", 1, 3}, ModeCase{"L3T2_KEY", 3, 2},
                                         ModeCase{"S2T1h", 2, 1}, ModeCase{"nonsense", 1, 1}, ModeCase{"L", 1, 1}));

}  // namespace
}  // namespace sluice
