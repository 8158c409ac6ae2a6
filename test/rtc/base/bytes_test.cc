#include "rtc/base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace sluice {
namespace {

TEST(ByteReaderTest, ReadsNetworkOrder) {
  const std::array<uint8_t, 10> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.U8(), 0x01);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U24(), 0x040506u);
  EXPECT_EQ(reader.U32(), 0x0708090Au);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0u);
}

TEST(ByteReaderTest, FailsForGoodAtTheEnd) {
  const std::array<uint8_t, 3> bytes = {1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteWriterTest, NeverWritesBeyondItsSpan) {
  std::array<uint8_t, 4> bytes{};
  ByteWriter writer{std::span(bytes).first(3)};
  writer.U16(0x0102);
  writer.U16(0x0304);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size(), 2u);
  EXPECT_EQ(bytes, (std::array<uint8_t, 4>{1, 2, 0, 0}));
}

TEST(ByteWriterTest, PatchesALengthThatWasWrittenBefore) {
  std::array<uint8_t, 4> bytes{};
  ByteWriter writer(bytes);
  writer.U16(0);
  writer.U16(0x0304);
  writer.PatchU16(0, 0x0102);
  EXPECT_EQ(bytes, (std::array<uint8_t, 4>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace sluice
