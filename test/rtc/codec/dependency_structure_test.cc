// The structures that the specification shows as tables (A.10.2): what was written comes back, and the streams of
// test/support that other tests use are what the tables say.
#include "rtc/codec/dependency_structure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/layered_stream.h"

namespace sluice::codec {
namespace {

using testing_support::BitString;
using testing_support::LayeredStream;
using testing_support::PutStructure;

uint64_t Targets(std::string_view symbols) {
  uint64_t targets = 0;
  for (size_t i = 0; i < symbols.size(); ++i) {
    targets |= static_cast<uint64_t>(std::string_view("-DSR").find(symbols[i])) << (2 * i);
  }
  return targets;
}

DependencyStructure::Template Row(int spatial, int temporal, std::initializer_list<uint16_t> differences,
                                  std::initializer_list<uint8_t> chains, std::string_view targets) {
  DependencyStructure::Template row{.spatial_layer = static_cast<uint8_t>(spatial),
                                    .temporal_layer = static_cast<uint8_t>(temporal),
                                    .targets = Targets(targets)};
  for (const uint16_t difference : differences) row.frame_differences[row.frame_difference_count++] = difference;
  std::ranges::copy(chains, row.chain_differences.begin());
  return row;
}

struct Target {
  int spatial, temporal, chain;
};

DependencyStructure Structure(uint8_t chains, std::initializer_list<Target> targets,
                              std::vector<DependencyStructure::Template> rows) {
  DependencyStructure structure{
      .target_count = static_cast<uint8_t>(targets.size()), .chain_count = chains, .templates = std::move(rows)};
  for (size_t i = 0; const auto& [spatial, temporal, chain] : targets) {
    structure.targets[i++] = {.spatial_layer = static_cast<uint8_t>(spatial),
                              .temporal_layer = static_cast<uint8_t>(temporal),
                              .chain = static_cast<uint8_t>(chain)};
  }
  return structure;
}

DependencyStructure TableL1T3() {
  return Structure(1, {{0, 2, 0}, {0, 1, 0}, {0, 0, 0}},
                   {Row(0, 0, {}, {0}, "SSS"), Row(0, 0, {4}, {4}, "SSS"), Row(0, 1, {2}, {2}, "SD-"),
                    Row(0, 2, {1}, {1}, "D--"), Row(0, 2, {1}, {3}, "D--")});
}

constexpr std::initializer_list<Target> kHighestFirst = {{2, 2, 2}, {2, 1, 2}, {2, 0, 2}, {1, 2, 1}, {1, 1, 1},
                                                         {1, 0, 1}, {0, 2, 0}, {0, 1, 0}, {0, 0, 0}};

DependencyStructure TableL3T3() {
  return Structure(3, kHighestFirst,
                   {Row(0, 0, {}, {0, 0, 0}, "SSSSSSSSS"), Row(0, 0, {12}, {12, 11, 10}, "RRRRRRSSS"),
                    Row(0, 1, {6}, {6, 5, 4}, "RR-RR-SD-"), Row(0, 2, {3}, {3, 2, 1}, "R--R--D--"),
                    Row(0, 2, {3}, {9, 8, 7}, "R--R--D--"), Row(1, 0, {1}, {1, 1, 1}, "SSSSSS---"),
                    Row(1, 0, {12, 1}, {1, 1, 1}, "RRRSSS---"), Row(1, 1, {6, 1}, {7, 6, 5}, "RR-SD----"),
                    Row(1, 2, {3, 1}, {4, 3, 2}, "R--D-----"), Row(1, 2, {3, 1}, {10, 9, 8}, "R--D-----"),
                    Row(2, 0, {1}, {2, 1, 1}, "SSS------"), Row(2, 0, {12, 1}, {2, 1, 1}, "SSS------"),
                    Row(2, 1, {6, 1}, {8, 7, 6}, "SD-------"), Row(2, 2, {3, 1}, {5, 4, 3}, "D--------"),
                    Row(2, 2, {3, 1}, {11, 10, 9}, "D--------")});
}

DependencyStructure TableL3T3KeyShift() {
  return Structure(3, kHighestFirst,
                   {Row(0, 0, {}, {0, 0, 0}, "SSSSSSSSS"),    Row(0, 0, {3}, {3, 2, 1}, "------SSS"),
                    Row(0, 0, {12}, {12, 8, 1}, "------SSS"), Row(0, 1, {6}, {6, 2, 7}, "------SD-"),
                    Row(0, 2, {3}, {3, 5, 4}, "------D--"),   Row(0, 2, {3}, {9, 5, 10}, "------D--"),
                    Row(0, 2, {3}, {3, 11, 4}, "------D--"),  Row(1, 0, {1}, {1, 1, 1}, "SSSSSS---"),
                    Row(1, 0, {6}, {4, 6, 5}, "---SSS---"),   Row(1, 0, {12}, {4, 12, 5}, "---SSS---"),
                    Row(1, 1, {6}, {10, 6, 11}, "---SD----"), Row(1, 2, {3}, {1, 3, 2}, "---D-----"),
                    Row(1, 2, {3}, {7, 3, 8}, "---D-----"),   Row(1, 2, {3}, {1, 9, 2}, "---D-----"),
                    Row(2, 0, {1}, {2, 1, 1}, "SSS------"),   Row(2, 0, {12}, {11, 7, 12}, "SSS------"),
                    Row(2, 1, {6}, {5, 1, 6}, "SD-------"),   Row(2, 2, {3}, {2, 4, 3}, "D--------"),
                    Row(2, 2, {3}, {8, 4, 9}, "D--------"),   Row(2, 2, {3}, {2, 10, 3}, "D--------")});
}

std::optional<DependencyStructure> WrittenAndRead(const DependencyStructure& structure) {
  BitString bits;
  PutStructure(structure, bits);
  const auto bytes = bits.Bytes();
  BitReader in(bytes);
  return ReadDependencyStructure(in);
}

// The tables have the highest target first, senders (and our streams) the lowest.
DependencyStructure Reversed(DependencyStructure structure) {
  std::reverse(structure.targets.begin(), structure.targets.begin() + structure.target_count);
  for (auto& row : structure.templates) {
    uint64_t reversed = 0;
    for (int i = 0; i < structure.target_count; ++i) reversed = reversed << 2 | (row.targets >> (2 * i) & 3);
    row.targets = reversed;
  }
  return structure;
}

TEST(DependencyStructureTest, ReadsTheTablesOfTheSpecification) {
  for (const auto& table : {TableL1T3(), TableL3T3(), TableL3T3KeyShift()}) {
    const auto read = WrittenAndRead(table);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, table);
  }
  EXPECT_EQ(TableL3T3().spatial_layers(), 3);
  EXPECT_EQ(TableL3T3().temporal_layers(), 3);
  EXPECT_EQ(TableL1T3().spatial_layers(), 1);
}

TEST(DependencyStructureTest, StreamsForTestsHaveTheStructuresOfTheTables) {
  const std::pair<const char*, DependencyStructure> tables[] = {{"L1T3", TableL1T3()}, {"L3T3", TableL3T3()}};
  for (const auto& [mode, table] : tables) {
    DependencyStructure structure = LayeredStream(mode).structure();
    structure.resolutions.clear();
    EXPECT_EQ(structure, Reversed(table)) << mode;
  }
}

// Two layers, written down bit by bit.
TEST(DependencyStructureTest, ReadsOneWrittenByHand) {
  BitString bits;
  bits.Put(62, 6).Put(1, 5);                           // first template 62, two targets
  bits.Put(0b00, 2).Put(0b01, 2).Put(0b11, 2);         // T0, T0, T1
  bits.Put(0b1010, 4).Put(0b1011, 4).Put(0b0001, 4);   // SS SR -D
  bits.Put(0b0, 1).Put(0b100010, 6).Put(0b100000, 6);  // none; 2; 1
  bits.Put(0b10, 2);                                   // one chain of 0..2
  bits.Put(0, 4).Put(2, 4).Put(1, 4);                  // its differences
  bits.Put(1, 1).Put(639, 16).Put(359, 16);            // 640x360
  const auto bytes = bits.Bytes();
  BitReader in(bytes);
  const auto structure = ReadDependencyStructure(in);
  ASSERT_TRUE(structure);
  EXPECT_EQ(in.at(), bits.size());
  DependencyStructure expected = Structure(
      1, {{0, 0, 0}, {0, 1, 0}}, {Row(0, 0, {}, {0}, "SS"), Row(0, 0, {2}, {2}, "SR"), Row(0, 1, {1}, {1}, "-D")});
  expected.first_template = 62;
  expected.resolutions = {{.width = 640, .height = 360}};
  EXPECT_EQ(*structure, expected);
}

TEST(DependencyStructureTest, CutShortItIsNone) {
  BitString bits;
  PutStructure(LayeredStream("L2T2").structure(), bits);
  const auto bytes = bits.Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::span<const uint8_t> cut = std::span(bytes).first(size);
    BitReader in(cut);
    EXPECT_FALSE(ReadDependencyStructure(in)) << size;
  }
}

TEST(DependencyStructureTest, EveryNumberUpToItsBoundAndNoneAbove) {
  DependencyStructure many = Structure(8, {}, std::vector(64, Row(0, 0, {1, 2, 3, 4, 5, 6, 7, 16}, {15}, "S")));
  many.target_count = 32;
  EXPECT_EQ(WrittenAndRead(many), many);
  DependencyStructure more = many;
  more.templates.push_back(more.templates[0]);
  EXPECT_FALSE(WrittenAndRead(more)) << "65 templates";

  BitString nine_chains;
  nine_chains.Put(0, 6).Put(8, 5).Put(3, 2).Put(0, 18).Put(0, 1).PutOneOf(10, 9).Put(0, 200);
  BitString nine_differences;
  nine_differences.Put(0, 6).Put(0, 5).Put(3, 2).Put(0, 2);
  for (int i = 0; i < 9; ++i) nine_differences.Put(0b10000, 5);
  nine_differences.Put(0, 200);
  BitString nine_layers;
  nine_layers.Put(0, 11);
  for (int i = 0; i < 8; ++i) nine_layers.Put(1, 2);
  nine_layers.Put(3, 2).Put(0, 200);
  for (const BitString& bits : {nine_chains, nine_differences, nine_layers}) {
    const auto bytes = bits.Bytes();
    BitReader in(bytes);
    EXPECT_FALSE(ReadDependencyStructure(in));
  }
}

}  // namespace
}  // namespace sluice::codec
