#include "rtc/forward/sequence_mapper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "test/support/allocations/allocation_counter.h"

namespace sluice {
namespace {

constexpr int64_t kFirst = 1000;

class SequenceMapperTest : public testing::Test {
 protected:
  // -1: not to be sent.
  int64_t Map(int64_t in) {
    auto out = mapper_.Map(ExtSeqNum(in));
    return out ? out->value() : -1;
  }
  void Drop(int64_t in) { mapper_.Drop(ExtSeqNum(in)); }

  SequenceMapper mapper_{ExtSeqNum(kFirst)};
};

TEST_F(SequenceMapperTest, FirstNumbersAreBelow0x8000) {
  Rng rng(1);
  for (int i = 0; i < 10'000; ++i) {
    int64_t first = SequenceMapper::FirstNumber(rng).value();
    ASSERT_GE(first, 0);
    ASSERT_LT(first, 0x8000);
  }
}

TEST_F(SequenceMapperTest, LossesLeaveGaps) {
  EXPECT_EQ(Map(70), 1000);
  EXPECT_EQ(Map(71), 1001);
  EXPECT_EQ(Map(74), 1004);
}

TEST_F(SequenceMapperTest, DropsLeaveNoGap) {
  EXPECT_EQ(Map(70), 1000);
  Drop(71);
  Drop(72);
  EXPECT_EQ(Map(73), 1001);
  Drop(74);
  EXPECT_EQ(Map(75), 1002);
}

TEST_F(SequenceMapperTest, LateOnesGetThePlaceThatWasKept) {
  EXPECT_EQ(Map(70), 1000);
  EXPECT_EQ(Map(72), 1002);
  Drop(73);
  EXPECT_EQ(Map(74), 1003);
  EXPECT_EQ(Map(71), 1001);
}

TEST_F(SequenceMapperTest, DroppedOnesStayDropped) {
  Map(70);
  for (int64_t in : {71, 72, 73}) Drop(in);
  Map(74);
  for (int64_t in : {71, 72, 73}) EXPECT_EQ(Map(in), -1) << in;
}

TEST_F(SequenceMapperTest, LateDropChangesNothingAndTellsThePlaceThatStaysEmpty) {
  Map(70);
  Map(72);
  EXPECT_EQ(mapper_.Drop(ExtSeqNum(71)), ExtSeqNum(1001));
  EXPECT_EQ(Map(73), 1003);
}

TEST_F(SequenceMapperTest, DropInTimeLeavesNoPlace) {
  Map(70);
  EXPECT_EQ(mapper_.Drop(ExtSeqNum(72)), std::nullopt);
  EXPECT_EQ(mapper_.Drop(ExtSeqNum(72)), std::nullopt) << "dropped before";
  EXPECT_EQ(mapper_.Drop(ExtSeqNum(60)), std::nullopt) << "from before the start";
}

TEST_F(SequenceMapperTest, DropsBeforeTheFirstPacketDoNotMoveIt) {
  Drop(70);
  Drop(71);
  EXPECT_EQ(Map(72), 1000);
}

TEST_F(SequenceMapperTest, SwitchGoesOnWithoutAGap) {
  EXPECT_EQ(Map(70), 1000);
  mapper_.SwitchSource();
  EXPECT_EQ(Map(50'000), 1001);
  EXPECT_EQ(Map(50'001), 1002);
}

TEST_F(SequenceMapperTest, PlacesThatNobodyKnowsOfAreFreeAfterASwitch) {
  Map(70);
  Drop(72);
  mapper_.SwitchSource();
  EXPECT_EQ(Map(5000), 1001);
  Map(5002);
  EXPECT_EQ(mapper_.Drop(ExtSeqNum(5001)), ExtSeqNum(1002));
  mapper_.SwitchSource();
  EXPECT_EQ(Map(9), 1004);
}

TEST_F(SequenceMapperTest, PacketsFromBeforeASwitchAreRefused) {
  Map(70);
  mapper_.SwitchSource();
  Map(50'000);
  EXPECT_EQ(Map(49'999), -1);
}

TEST_F(SequenceMapperTest, JumpOfTheSourceIsNotPassedOn) {
  Map(70);
  EXPECT_EQ(Map(70 + 40'000), 1001);
  EXPECT_EQ(Map(69), -1);
}

TEST_F(SequenceMapperTest, ContinuesWhereAnotherMapperEnded) {
  Map(70);
  Map(73);
  SequenceMapper next(mapper_.next());
  EXPECT_EQ(next.Map(ExtSeqNum(5))->value(), 1004);
}

TEST_F(SequenceMapperTest, DropsOlderThanTheMemoryAreRefusedRatherThanGuessed) {
  Map(70);
  for (int64_t in = 72; in < 72 + 4 * static_cast<int64_t>(GapClosingMap::kMaxRuns); in += 2) {
    Map(in);
    Drop(in + 1);
  }
  EXPECT_EQ(Map(71), -1);
}

// A source with losses, reordering, drops and switches. No output is given twice; and, source by source, outputs are in
// the order of inputs and differ by exactly the inputs between them that were not dropped in time.
TEST_F(SequenceMapperTest, NoNumberTwiceAndOrderKeptUnderRandomLossReorderingAndSwitches) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    SequenceMapper mapper{ExtSeqNum(rng.Between(0, 0x7fff))};
    std::set<int64_t> used;
    int64_t previous_source_end = -1;
    for (int source = 0; source < 4; ++source) {
      const int64_t base = rng.Between(1 << 16, 1 << 20);
      std::vector<std::pair<int64_t, int64_t>> arrivals;  // time, number
      std::set<int64_t> unwanted;
      for (int64_t i = 0; i < 2000; ++i) {
        if (rng.Chance(0.4)) unwanted.insert(base + i);
        if (!rng.Chance(0.05)) arrivals.push_back({i + (rng.Chance(0.1) ? rng.Between(0, 20) : 0), base + i});
      }
      std::sort(arrivals.begin(), arrivals.end());
      mapper.SwitchSource();
      std::map<int64_t, int64_t> outputs;
      std::set<int64_t> closed;
      int64_t highest = -1;
      for (auto [time, in] : arrivals) {
        if (unwanted.contains(in)) {
          const auto place = mapper.Drop(ExtSeqNum(in));
          if (in > highest) closed.insert(in);
          if (place) {
            ASSERT_TRUE(in < highest && used.insert(place->value()).second) << "not free: " << place->value();
          }
        } else if (auto out = mapper.Map(ExtSeqNum(in))) {
          ASSERT_TRUE(used.insert(out->value()).second) << "given twice: " << out->value();
          ASSERT_GT(out->value(), previous_source_end);
          outputs[in] = out->value();
        }
        highest = std::max(highest, in);
      }
      ASSERT_GT(outputs.size(), 1000u);
      for (auto it = outputs.begin(), next = std::next(it); next != outputs.end(); it = next++) {
        int64_t closed_between = 0;
        for (int64_t in = it->first; in < next->first; ++in) closed_between += closed.contains(in);
        ASSERT_EQ(next->second - it->second, next->first - it->first - closed_between);
      }
      previous_source_end = *used.rbegin();
    }
  }
}

TEST_F(SequenceMapperTest, AllocatesNothing) {
  const uint64_t before = test::AllocationCount();
  for (int64_t in = 0; in < 10'000; ++in) in % 3 == 0 ? Drop(in) : void(Map(in));
  EXPECT_EQ(test::AllocationCount(), before);
}

}  // namespace
}  // namespace sluice
