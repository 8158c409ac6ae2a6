#include "rtc/rtp/packet_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/rtp/packet_view.h"

namespace sluice::rtp {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Optional;

constexpr HeaderFields kFields = {
    .marker = true, .payload_type = PayloadType(111), .seq = SeqNum(65535), .timestamp = 7, .ssrc = Ssrc(0xFFFFFFFE)};

TEST(PacketWriterTest, WritesTheFixedHeader) {
  std::array<uint8_t, 64> out;
  PacketWriter writer(out, kFields);
  writer.Payload(std::array<uint8_t, 2>{1, 2});
  ASSERT_EQ(writer.Finish(), 14u);
  EXPECT_THAT(std::span(out).first(14), ElementsAre(0x80, 0xEF, 0xFF, 0xFF, 0, 0, 0, 7, 0xFF, 0xFF, 0xFF, 0xFE, 1, 2));
}

TEST(PacketWriterTest, UsesTheOneByteFormWhenItCan) {
  std::array<uint8_t, 64> out;
  const std::array<uint8_t, 16> long_value{1};
  const std::array<ExtensionElement, 2> elements = {ExtensionElement{1, std::span(long_value).first(1)},
                                                    ExtensionElement{14, long_value}};
  PacketWriter writer(out, kFields);
  writer.Extensions(elements);
  ASSERT_EQ(writer.Finish(), 12 + ExtensionBlockSize(elements));
  EXPECT_EQ(out[12], 0xBE);
  EXPECT_EQ(out[15], 5);  // 1 + 1 + 1 + 16 bytes, rounded up
}

struct TwoByteCase {
  const char* why;
  uint8_t id;
  size_t size;
};
class TwoByteFormTest : public testing::TestWithParam<TwoByteCase> {};

TEST_P(TwoByteFormTest, IsUsedWhenAnElementNeedsIt) {
  std::array<uint8_t, 400> out;
  const std::vector<uint8_t> value(GetParam().size, 0xAB);
  const std::array<ExtensionElement, 2> elements = {ExtensionElement{1, std::span(value).first(0)},
                                                    ExtensionElement{GetParam().id, value}};
  PacketWriter writer(out, kFields);
  writer.Extensions(std::span(elements).last(1));
  const size_t size = writer.Finish();
  ASSERT_GT(size, 0u);
  EXPECT_EQ(out[12], 0x10);
  const auto packet = PacketView::Parse(std::span(out).first(size));
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->Extension(GetParam().id), Optional(ElementsAreArray(value)));
}

INSTANTIATE_TEST_SUITE_P(Elements, TwoByteFormTest,
                         testing::Values(TwoByteCase{"id 15", 15, 1}, TwoByteCase{"id 255", 255, 1},
                                         TwoByteCase{"an empty value", 1, 0}, TwoByteCase{"17 bytes", 1, 17},
                                         TwoByteCase{"the longest value", 1, 255}),
                         [](const auto& info) { return "Case" + std::to_string(info.index); });

TEST(PacketWriterTest, LetsAnExtensionValueBeFilledInLater) {
  std::array<uint8_t, 64> out;
  PacketWriter writer(out, kFields);
  const std::array<uint8_t, 2> zero{};
  writer.Extensions(std::array{ExtensionElement{3, zero}, ExtensionElement{5, zero}});
  const auto value = writer.ExtensionValue(5);
  ASSERT_EQ(value.size(), 2u);
  value[0] = 0x12;
  value[1] = 0x34;
  EXPECT_TRUE(writer.ExtensionValue(6).empty());
  const auto packet = PacketView::Parse(std::span(out).first(writer.Finish()));
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->Extension(3), Optional(ElementsAre(0, 0)));
  EXPECT_THAT(packet->Extension(5), Optional(ElementsAre(0x12, 0x34)));
}

TEST(PacketWriterTest, RefusesIdZeroAndTooManyCsrcs) {
  std::array<uint8_t, 200> out;
  PacketWriter zero(out, kFields);
  zero.Extensions(std::array{ExtensionElement{0, std::span<const uint8_t>()}});
  EXPECT_EQ(zero.Finish(), 0u);
  PacketWriter crowded(out, kFields, std::array<Ssrc, 16>{});
  EXPECT_EQ(crowded.Finish(), 0u);
}

// A packet of everything, by chance.
struct RandomPacket {
  HeaderFields fields;
  std::vector<Ssrc> csrcs;
  std::vector<uint8_t> values;
  std::vector<ExtensionElement> elements;
  std::vector<uint8_t> payload;
  uint8_t padding = 0;

  explicit RandomPacket(Rng& rng) {
    fields = {.marker = rng.Chance(0.5),
              .payload_type = PayloadType(static_cast<uint8_t>(rng.Between(0, 127))),
              .seq = SeqNum(static_cast<uint16_t>(rng.U32())),
              .timestamp = rng.U32(),
              .ssrc = Ssrc(rng.U32())};
    for (int64_t n = rng.Between(0, 15); n > 0; --n) csrcs.push_back(Ssrc(rng.U32()));
    values.resize(255);
    for (uint8_t& byte : values) byte = static_cast<uint8_t>(rng.U32());
    const int64_t max_size = rng.Chance(0.5) ? 16 : 255;
    uint8_t id = 0;
    for (int64_t n = rng.Between(0, 5); n > 0; --n) {
      id = static_cast<uint8_t>(id + rng.Between(1, max_size == 16 ? 2 : 50));
      elements.push_back({id, std::span(values).first(static_cast<size_t>(rng.Between(1, max_size)))});
    }
    payload.resize(static_cast<size_t>(rng.Between(0, 1200)));
    for (uint8_t& byte : payload) byte = static_cast<uint8_t>(rng.U32());
    if (rng.Chance(0.3)) padding = static_cast<uint8_t>(rng.Between(1, 255));
  }

  size_t Write(std::span<uint8_t> out) const {
    PacketWriter writer(out, fields, csrcs);
    writer.Extensions(elements);
    writer.Payload(payload);
    writer.Padding(padding);
    return writer.Finish();
  }
};

TEST(PacketWriterTest, WhatIsWrittenIsReadBack) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const RandomPacket wanted(rng);
    std::array<uint8_t, 4096> out;
    const size_t size = wanted.Write(out);
    const auto packet = PacketView::Parse(std::span(out).first(size));
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->marker(), wanted.fields.marker);
    EXPECT_EQ(packet->payload_type(), wanted.fields.payload_type);
    EXPECT_EQ(packet->seq(), wanted.fields.seq);
    EXPECT_EQ(packet->timestamp(), wanted.fields.timestamp);
    EXPECT_EQ(packet->ssrc(), wanted.fields.ssrc);
    ASSERT_EQ(packet->csrc_count(), wanted.csrcs.size());
    for (size_t i = 0; i < wanted.csrcs.size(); ++i) EXPECT_EQ(packet->csrc(i), wanted.csrcs[i]);
    ExtensionWalk walk = packet->Extensions();
    for (const ExtensionElement& element : wanted.elements) {
      const auto read = walk.Next();
      ASSERT_TRUE(read);
      EXPECT_EQ(read->id, element.id);
      EXPECT_TRUE(std::ranges::equal(read->value, element.value));
    }
    EXPECT_FALSE(walk.Next());
    EXPECT_TRUE(std::ranges::equal(packet->payload(), wanted.payload));
    EXPECT_EQ(packet->padding_size(), wanted.padding);
  }
}

TEST(PacketWriterTest, NeverWritesBeyondItsRoom) {
  Rng rng(7);
  const RandomPacket wanted(rng);
  std::vector<uint8_t> whole(4096);
  whole.resize(wanted.Write(whole));
  for (size_t room = 0; room < whole.size(); ++room) {
    std::vector<uint8_t> out(room);  // exactly sized: a sanitizer sees every byte beyond
    EXPECT_EQ(wanted.Write(out), 0u) << room;
  }
}

}  // namespace
}  // namespace sluice::rtp
