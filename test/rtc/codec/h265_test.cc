#include <gtest/gtest.h>

#include <vector>

#include "rtc/codec/frame_info.h"
#include "test/rtc/codec/payload_vector.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(H265Test, KeyFramesInEveryPacketForm) {
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x26, 0x01}).key_frame);                    // IDR_W_RADL (19)
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x40, 0x01}).key_frame);                    // VPS (32)
  EXPECT_FALSE(Parse(MediaCodec::kH265, Bytes{0x02, 0x01}).key_frame);                   // TRAIL_R (1)
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x60, 0x01, 0, 2, 0x42, 0x01}).key_frame);  // aggregate with SPS
  EXPECT_TRUE(Parse(MediaCodec::kH265, Bytes{0x62, 0x01, 0x93}).key_frame);              // first fragment
  EXPECT_FALSE(Parse(MediaCodec::kH265, Bytes{0x62, 0x01, 0x13}).key_frame);             // a later one
  EXPECT_EQ(Parse(MediaCodec::kH265, Bytes{0x02, 0x03}).temporal_layer, 2);
}

class H265VectorTest : public testing::TestWithParam<PayloadVector> {};
TEST_P(H265VectorTest, IsReadAsItIs) { ExpectReadAs(MediaCodec::kH265, GetParam()); }

constexpr FrameInfo kPlain = {};
constexpr FrameInfo kUnit = {.start_of_frame = true};
constexpr FrameInfo kKey = {.key_frame = true, .start_of_frame = true};
constexpr FrameInfo kParameters = {.key_frame = true, .parameter_set = true, .start_of_frame = true};
constexpr FrameInfo kSync = {.start_of_frame = true, .layer_sync = true, .temporal_layer = 1};

const PayloadVector kVectors[] = {
    {"IdrWRadl", {0x26, 0x01, 0xAF}, kKey},
    {"IdrNLp", {0x28, 0x01, 0xAF}, kKey},
    {"Cra", {0x2A, 0x01, 0xAF}, kKey},
    {"BlaWLp", {0x20, 0x01, 0xAF}, kKey},
    {"ReservedIrapIsNone", {0x2C, 0x01, 0xAF}, kUnit},
    {"Vps", {0x40, 0x01, 0x0C}, kParameters},
    {"Sps", {0x42, 0x01, 0x01}, kKey},
    {"Pps", {0x44, 0x01, 0xC1}, kUnit},
    {"TrailR", {0x02, 0x01, 0xD0}, kUnit},
    {"TrailNOfTheThirdLayer", {0x00, 0x03, 0xD0}, {.start_of_frame = true, .temporal_layer = 2}},
    {"TsaN", {0x04, 0x02, 0xD0}, kSync},
    {"TsaR", {0x06, 0x02, 0xD0}, kSync},
    {"StsaN", {0x08, 0x02, 0xD0}, kSync},
    {"StsaR", {0x0A, 0x02, 0xD0}, kSync},
    {"RadlIsNoSwitch", {0x0C, 0x02, 0xD0}, {.start_of_frame = true, .temporal_layer = 1}},
    {"AggregateOfParameterSets", {0x60, 0x01, 0, 2, 0x40, 0x01, 0, 2, 0x42, 0x01}, kParameters},
    {"AggregateWithSpsBehindADelimiter", {0x60, 0x01, 0, 2, 0x46, 0x01, 0, 2, 0x42, 0x01}, kKey},
    {"AggregateWithASwitch", {0x60, 0x02, 0, 2, 0x4E, 0x02, 0, 3, 0x06, 0x02, 0xD0}, kSync},
    {"AggregateThatEndsInAUnit", {0x60, 0x01, 0, 2, 0x40, 0x01, 0, 9, 0x42, 0x01}, kParameters},
    {"AggregateOfNothing", {0x60, 0x01, 0, 1, 0x40}, kPlain},
    {"FirstFragment", {0x62, 0x01, 0x93, 0xAF}, kKey},
    {"FirstFragmentOfASwitch", {0x62, 0x02, 0x83, 0xAF}, kSync},
    {"LaterFragment", {0x62, 0x02, 0x03, 0xAF}, {.temporal_layer = 1}},
    {"LastFragment", {0x62, 0x01, 0x53, 0xAF}, kPlain},
    {"FragmentCut", {0x62, 0x01}, kPlain},
    // PACI with three bytes of temporal scalability extension, in front of IDR; of a fragment; of an aggregate.
    {"PaciOfIdr", {0x64, 0x01, 0x26, 0x38, 0x01, 0x02, 0x03, 0xAF}, kKey},
    {"PaciOfAFragment", {0x64, 0x01, 0x62, 0x38, 0x01, 0x02, 0x03, 0x93}, kKey},
    {"PaciOfAnAggregate", {0x64, 0x01, 0x60, 0x00, 0, 2, 0x40, 0x01}, kParameters},
    {"PaciOfPaciIsSenseless", {0x64, 0x01, 0x64, 0x00, 0x26}, kPlain},
    {"PaciCutInItsExtension", {0x64, 0x01, 0x26, 0x38, 0x01, 0x02}, kPlain},
    {"PaciCut", {0x64, 0x01, 0x26}, kPlain},
    {"NoTemporalId", {0x26, 0x00, 0xAF}, kPlain},
    {"ReservedType", {0x66, 0x01, 0xAF}, kPlain},
    {"HalfAHeader", {0x26}, kPlain},
    {"Empty", {}, kPlain},
};
INSTANTIATE_TEST_SUITE_P(Rfc7798, H265VectorTest, testing::ValuesIn(kVectors), NameOf);

}  // namespace
}  // namespace sluice::codec
