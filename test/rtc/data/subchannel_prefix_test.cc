#include "rtc/data/subchannel_prefix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<uint8_t> Written(const MessageSubchannels& subchannels, std::vector<uint8_t> payload) {
  std::vector<uint8_t> out(SubchannelPrefixSize(subchannels, payload));
  if (!out.empty()) WriteSubchannelPrefix(subchannels, out);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

TEST(SubchannelPrefixTest, HasTheBytesOfTheWireFormat) {
  const MessageSubchannels subchannels{
      .any_of = SubchannelSet({0x0102, 0xffff}), .required = 0x0a0b, .ignored = 0x0c0d};
  EXPECT_THAT(Written(subchannels, {'h', 'i'}), ElementsAre(0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, 0x8f, 0, 2, 0x01,
                                                            0x02, 0xff, 0xff, 0x0a, 0x0b, 0x0c, 0x0d, 'h', 'i'));
  EXPECT_THAT(Written({.required = 1}, {}), ElementsAre(0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, 0x8e, 0, 0, 0, 1));
  EXPECT_THAT(Written({.ignored = 1}, {}), ElementsAre(0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, 0x8d, 0, 0, 0, 1));
}

TEST(SubchannelPrefixTest, IsLeftOutOfMessagesForEverybody) {
  EXPECT_THAT(Written({}, {1, 2, 3}), ElementsAre(1, 2, 3));
}

TEST(SubchannelPrefixTest, ProtectsAPayloadThatLooksLikeOne) {
  for (uint8_t low : {0x8c, 0x8d, 0x8e, 0x8f}) {
    const std::vector<uint8_t> payload = {0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, low, 0, 7};
    const auto sent = Written({}, payload);
    EXPECT_EQ(sent.size(), payload.size() + 10);
    const auto read = ParseSubchannelPrefix(sent);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->subchannels.empty());
    EXPECT_THAT(read->payload, ElementsAreArray(payload));
  }
}

TEST(SubchannelPrefixTest, TakesAnythingElseForPayload) {
  const std::vector<uint8_t> other = {0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, 0x90, 0, 0};
  const auto read = ParseSubchannelPrefix(other);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->subchannels.empty());
  EXPECT_THAT(read->payload, ElementsAreArray(other));
  EXPECT_THAT(ParseSubchannelPrefix(std::span(other).first(7))->payload, testing::SizeIs(7));
  EXPECT_TRUE(ParseSubchannelPrefix({})->payload.empty());
}

TEST(SubchannelPrefixTest, RefusesOneThatIsCutOffAnywhere) {
  const auto whole = Written({.any_of = SubchannelSet({1, 2, 3}), .required = 4, .ignored = 5}, {});
  for (size_t size = 8; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseSubchannelPrefix(std::span(whole).first(size))) << size;
  }
  EXPECT_TRUE(ParseSubchannelPrefix(whole));
}

TEST(SubchannelPrefixTest, ReadsBackWhatItWrote) {
  Rng rng(7);
  for (int round = 0; round < 500; ++round) {
    MessageSubchannels subchannels;
    std::vector<uint16_t> numbers(rng.U32() % 20);
    for (uint16_t& number : numbers) number = static_cast<uint16_t>(rng.U32());
    subchannels.any_of = SubchannelSet(numbers);
    if (rng.U32() % 2) subchannels.required = static_cast<uint16_t>(rng.U32());
    if (rng.U32() % 2) subchannels.ignored = static_cast<uint16_t>(rng.U32());
    std::vector<uint8_t> payload(rng.U32() % 50);
    for (uint8_t& byte : payload) byte = static_cast<uint8_t>(rng.U32());
    const auto sent = Written(subchannels, payload);
    const auto read = ParseSubchannelPrefix(sent);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->subchannels, subchannels);
    EXPECT_THAT(read->payload, ElementsAreArray(payload));
  }
}

TEST(SubchannelPrefixTest, CarriesAsManyNumbersAsItsCountTells) {
  std::vector<uint16_t> numbers(MessageSubchannels::kMaxAnyOf);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<uint16_t>(i);
  const MessageSubchannels subchannels{.any_of = SubchannelSet(numbers)};
  EXPECT_EQ(ParseSubchannelPrefix(Written(subchannels, {9}))->subchannels, subchannels);
}

}  // namespace
}  // namespace sluice
