#include "rtc/rtp/header_extension_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice::rtp {
namespace {

using testing::ElementsAre;
using Bytes = std::vector<uint8_t>;

template <class T>
void ExpectComesBack(const T& value) {
  std::array<uint8_t, T::kSize> out;
  value.Write(out);
  EXPECT_EQ(T::Parse(out), value);
}

TEST(HeaderExtensionValuesTest, EveryValueComesBack) {
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) {
    ExpectComesBack(AudioLevel{rng.Chance(0.5), static_cast<uint8_t>(rng.Between(0, 127))});
    ExpectComesBack(VideoOrientation{rng.Chance(0.5), rng.Chance(0.5), static_cast<uint16_t>(90 * rng.Between(0, 3))});
    ExpectComesBack(AbsSendTime{rng.U32() & 0xFFFFFF});
    ExpectComesBack(TransportSequenceNumber{SeqNum(static_cast<uint16_t>(rng.U32()))});
    ExpectComesBack(TransmissionOffset{static_cast<int32_t>(rng.Between(-0x800000, 0x7FFFFF))});
    const int64_t min = rng.Between(0, 4095);
    ExpectComesBack(PlayoutDelay{TimeDelta::Millis(10 * min), TimeDelta::Millis(10 * rng.Between(min, 4095))});
    std::array<uint8_t, AbsCaptureTime::kMaxSize> out;
    AbsCaptureTime capture{rng.U64(), std::nullopt};
    if (rng.Chance(0.5)) capture.clock_offset = static_cast<int64_t>(rng.U64());
    EXPECT_EQ(AbsCaptureTime::Parse(std::span(out).first(capture.Write(out))), capture);
  }
}

TEST(HeaderExtensionValuesTest, RefuseTheWrongLength) {
  const Bytes bytes(20, 1);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto value = std::span(bytes).first(size);
    EXPECT_EQ(AudioLevel::Parse(value).has_value(), size >= 1);
    EXPECT_EQ(VideoOrientation::Parse(value).has_value(), size == 1);
    EXPECT_EQ(AbsSendTime::Parse(value).has_value(), size == 3);
    EXPECT_EQ(TransportSequenceNumber::Parse(value).has_value(), size == 2);
    EXPECT_EQ(TransmissionOffset::Parse(value).has_value(), size == 3);
    EXPECT_EQ(AbsCaptureTime::Parse(value).has_value(), size == 8 || size == 16);
  }
}

TEST(AudioLevelTest, KeepsVoiceInTheTopBit) {
  EXPECT_EQ(AudioLevel::Parse(Bytes{0x80 | 20}), (AudioLevel{true, 20}));
  EXPECT_EQ(AudioLevel::Parse(Bytes{127}), (AudioLevel{false, 127}));
}

TEST(VideoOrientationTest, ReadsCameraFlipAndRotation) {
  EXPECT_EQ(VideoOrientation::Parse(Bytes{0x0F}), (VideoOrientation{true, true, 270}));
  EXPECT_EQ(VideoOrientation::Parse(Bytes{0x01}), (VideoOrientation{false, false, 90}));
}

TEST(AbsSendTimeTest, IsSecondsInSixEighteen) {
  EXPECT_EQ(AbsSendTime::From(Timestamp::Seconds(1)).ticks, 1u << 18);
  EXPECT_EQ(AbsSendTime::From(Timestamp::Millis(500)).ticks, 1u << 17);
  EXPECT_EQ(AbsSendTime::From(Timestamp::Seconds(64)).ticks, 0u);
  EXPECT_EQ(AbsSendTime::From(Timestamp::Seconds(5'000'000'000)).ticks, (5'000'000'000u % 64) << 18);
}

TEST(AbsSendTimeTest, MeasuresOverTheWrap) {
  const auto before = AbsSendTime::From(Timestamp::Millis(63'750));
  const auto after = AbsSendTime::From(Timestamp::Millis(64'250));
  EXPECT_EQ(after.Since(before), TimeDelta::Millis(500));
  EXPECT_EQ(before.Since(after), TimeDelta::Millis(-500));
}

TEST(PlayoutDelayTest, ReadsStepsOfTenMilliseconds) {
  EXPECT_EQ(PlayoutDelay::Parse(Bytes{0x00, 0x10, 0x02}), (PlayoutDelay{TimeDelta::Millis(10), TimeDelta::Millis(20)}));
  EXPECT_EQ(PlayoutDelay::Parse(Bytes{0x00, 0x20, 0x01}), std::nullopt);  // min over max
}

TEST(PlayoutDelayTest, ClampsWhatDoesNotFit) {
  std::array<uint8_t, 3> out;
  PlayoutDelay{TimeDelta::Millis(-5), TimeDelta::Seconds(100)}.Write(out);
  EXPECT_THAT(out, ElementsAre(0x00, 0x0F, 0xFF));
}

TEST(ParseTextTest, CutsAtNulAndRefusesNothing) {
  EXPECT_EQ(ParseText(Bytes{'a', 'b', 0, 0}), "ab");
  EXPECT_EQ(ParseText(Bytes{'h'}), "h");
  EXPECT_EQ(ParseText(Bytes{0}), std::nullopt);
  EXPECT_EQ(ParseText({}), std::nullopt);
}

}  // namespace
}  // namespace sluice::rtp
