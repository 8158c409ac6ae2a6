#include "rtc/codec/bits.h"

#include <gtest/gtest.h>

#include <span>
#include <utility>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice::codec {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(BitReaderTest, ReadsTheHighestBitFirstAndAcrossBytes) {
  const Bytes bytes = {0b10110011, 0b01010101, 0xFF};
  BitReader in(bytes);
  EXPECT_TRUE(in.Flag());
  EXPECT_EQ(in.Bits(2), 0b01u);
  EXPECT_EQ(in.Bits(9), 0b100110101u);
  EXPECT_EQ(in.at(), 12u);
  EXPECT_EQ(in.Bits(0), 0u);
  EXPECT_EQ(in.Bits(12), 0b010111111111u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.left(), 0u);
}

TEST(BitReaderTest, BeyondTheEndEverythingIsZeroAndNotOk) {
  const Bytes bytes = {0xFF};
  BitReader in(bytes);
  EXPECT_EQ(in.Bits(9), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.Bits(1), 0u);
  EXPECT_EQ(in.left(), 0u);
}

// The example of the specification: five values.
TEST(BitReaderTest, NonSymmetricNumbersTakeOneBitLessWhereTheyCan) {
  const Bytes bytes = {0b00011011, 0b01110000};
  BitReader in(bytes);
  for (uint64_t value = 0; value < 5; ++value) EXPECT_EQ(in.NonSymmetric(5), value);
  EXPECT_EQ(in.at(), 12u);
}

TEST(BitReaderTest, OneValueOfOneTakesNoBits) {
  BitReader in({});
  EXPECT_EQ(in.NonSymmetric(1), 0u);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.NonSymmetric(0), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(BitWriterTest, WhatIsWrittenIsRead) {
  Rng rng(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::pair<uint64_t, size_t>> fields;
    Bytes bytes(300, 0xEE);
    BitWriter out(bytes);
    for (int i = 0; i < 30; ++i) {
      const auto size = static_cast<size_t>(rng.Between(0, 64));
      const uint64_t value = size == 64 ? rng.U64() : rng.U64() & ((uint64_t{1} << size) - 1);
      fields.emplace_back(value, size);
      out.Bits(value, size);
    }
    ASSERT_TRUE(out.ok());
    bytes.resize(out.size());
    BitReader in(bytes);
    for (const auto& [value, size] : fields) ASSERT_EQ(in.Bits(size), value);
    ASSERT_LT(in.left(), 8u);
    ASSERT_EQ(in.Bits(in.left()), 0u) << "the rest of the last byte";
  }
}

TEST(BitWriterTest, WritesNothingBeyondItsBytes) {
  Bytes bytes = {0, 0, 0xAA};
  const std::span<uint8_t> two = std::span(bytes).first(2);
  BitWriter out(two);
  out.Bits(0x7F, 7);
  out.Bits(0x3FF, 10);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(bytes[2], 0xAA);
}

TEST(BitWriterTest, CopiesAnyNumberOfBits) {
  const Bytes from = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  Bytes to(14);
  BitReader in(from);
  BitWriter out(to);
  out.Bits(0, 8);
  out.Copy(in, from.size() * 8);
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(Bytes(to.begin() + 1, to.end() - 1), from);
  out.Copy(in, from.size() * 8 + 1);
  EXPECT_FALSE(out.ok()) << "there is no such bit";
}

}  // namespace
}  // namespace sluice::codec
