#include "worker/segment_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::ElementsAre;

// A sink that keeps nothing: the batch is only looked at.
struct NoSink final : BatchSink {
  void SendAll(const SendBatch&) override {}
};

class SegmentRunsTest : public testing::Test {
 protected:
  static Path To(uint16_t port, SocketId socket = 1) {
    return {.socket = socket, .remote = SocketAddress::Ipv4({127, 0, 0, 1}, port)};
  }
  void Add(const Path& path, size_t size) {
    batch_.Next();
    batch_.Commit(path, size);
  }
  std::vector<std::pair<size_t, size_t>> Runs() {  // first entry, entries
    std::vector<SegmentRun> runs;
    GroupSegmentRuns(
        batch_.entries(), [this](const Path&) { return allowed_; }, runs);
    std::vector<std::pair<size_t, size_t>> out;
    for (const SegmentRun& run : runs) {
      uint32_t bytes = 0;
      for (size_t i = 0; i < run.count; ++i) bytes += batch_.entries()[run.first + i].size;
      EXPECT_EQ(run.bytes, bytes);
      EXPECT_EQ(run.segment_size, batch_.entries()[run.first].size);
      out.emplace_back(run.first, run.count);
    }
    return out;
  }
  using Pair = std::pair<size_t, size_t>;

  NoSink sink_;
  SendBatch batch_{sink_};
  bool allowed_ = true;
};

TEST_F(SegmentRunsTest, JoinsEqualSizesToOneDestination) {
  for (int i = 0; i < 4; ++i) Add(To(1), 1000);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, 4)));
}

TEST_F(SegmentRunsTest, OnlyTheLastOfARunMayBeShorter) {
  Add(To(1), 1000);
  Add(To(1), 1000);
  Add(To(1), 400);
  Add(To(1), 400);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, 3), Pair(3, 1)));
}

TEST_F(SegmentRunsTest, ALongerDatagramBeginsANewRun) {
  Add(To(1), 1000);
  Add(To(1), 1001);
  Add(To(1), 1001);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, 1), Pair(1, 2)));
}

TEST_F(SegmentRunsTest, DestinationsAndSocketsAreKeptApartAndOrderIsKept) {
  Add(To(1), 500);
  Add(To(2), 500);
  Add(To(1), 500);
  Add(To(1, 2), 500);
  Add(To(1, 2), 500);
  Add(To(2, 2), 500);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, 1), Pair(1, 1), Pair(2, 1), Pair(3, 2), Pair(5, 1)));
}

TEST_F(SegmentRunsTest, NoRunHasMoreSegmentsOrBytesThanTheKernelTakes) {
  for (size_t i = 0; i < kMaxSegments + 1; ++i) Add(To(1), 100);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, kMaxSegments), Pair(kMaxSegments, 1)));
  SendBatch big(sink_);
  for (int i = 0; i < 60; ++i) big.Next(), big.Commit(To(1), 1400);
  std::vector<SegmentRun> runs;
  GroupSegmentRuns(
      big.entries(), [](const Path&) { return true; }, runs);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_LE(runs[0].bytes, kMaxRunBytes);
  EXPECT_EQ(runs[0].count + runs[1].count, 60u);
}

TEST_F(SegmentRunsTest, WhereSegmentationWasRefusedEveryDatagramIsItsOwnRun) {
  allowed_ = false;
  for (int i = 0; i < 3; ++i) Add(To(1), 1000);
  EXPECT_THAT(Runs(), ElementsAre(Pair(0, 1), Pair(1, 1), Pair(2, 1)));
}

}  // namespace
}  // namespace sluice
