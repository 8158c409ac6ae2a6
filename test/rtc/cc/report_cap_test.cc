#include "rtc/cc/report_cap.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataRate kbps(int64_t k) { return DataRate::KilobitsPerSec(k); }

class ReportCapTest : public testing::Test {
 protected:
  // Reports once a second.
  std::optional<DataRate> Report(double loss, DataRate sent, int times = 1) {
    for (; times > 0; --times) cap_.OnLossReport(loss, sent, now_ += TimeDelta::Seconds(1));
    return cap_.cap();
  }

  ReportCap cap_;
  Timestamp now_ = Timestamp::Seconds(1000);
};

TEST_F(ReportCapTest, SaysNothingWhileLittleIsLost) {
  EXPECT_EQ(Report(0, kbps(2000), 10), std::nullopt);
  EXPECT_EQ(Report(0.05, kbps(2000), 10), std::nullopt);
}

TEST_F(ReportCapTest, CutsBelowWhatArrives) {
  EXPECT_NEAR(*Report(0.2, kbps(500)) / kbps(340), 1, 0.01);  // 500 * 0.8 * 0.85
}

TEST_F(ReportCapTest, HalvesAtMostAtOnce) { EXPECT_EQ(Report(0.9, kbps(1600)), kbps(800)); }

TEST_F(ReportCapTest, CountsOneCongestionOnce) {
  const auto first = Report(0.2, kbps(500));
  EXPECT_EQ(Report(0.2, kbps(500)), first);  // still of the time before
  EXPECT_LT(*Report(0.2, kbps(300), 2), *first);
}

TEST_F(ReportCapTest, GrowsByEightPercentASecondWhileItHoldsSomethingBack) {
  Report(0.2, kbps(500));
  cap_.OnAllocated(/*limited=*/true, /*raised=*/false, now_);
  Report(0, kbps(300), 2);
  const DataRate before = *cap_.cap();
  EXPECT_NEAR(*Report(0, kbps(300), 10) / before, 2.16, 0.01);
}

TEST_F(ReportCapTest, EndsWhenItHoldsNothingBackAndIsFarAboveWhatIsSent) {
  Report(0.2, kbps(500));
  cap_.OnAllocated(/*limited=*/false, /*raised=*/false, now_);
  EXPECT_TRUE(Report(0, kbps(300), 3));
  EXPECT_EQ(Report(0, kbps(300), 10), std::nullopt);
}

TEST_F(ReportCapTest, StandsStillBetweenLittleAndMuchLoss) {
  Report(0.2, kbps(500));
  cap_.OnAllocated(true, false, now_);
  const auto before = Report(0.05, kbps(300), 3);
  EXPECT_EQ(Report(0.05, kbps(300), 5), before);
}

TEST_F(ReportCapTest, AnAttemptThatFailsEndsALittleAboveWhatWentWell) {
  Report(0.2, kbps(600));
  cap_.OnAllocated(true, false, now_);
  Report(0, kbps(300), 20);
  cap_.OnAllocated(true, /*raised=*/true, now_);
  EXPECT_NEAR(*Report(0.8, kbps(1500)) / kbps(330), 1, 0.01);
}

TEST_F(ReportCapTest, RembIsABoundOfItsOwn) {
  cap_.OnRemb(kbps(300));
  EXPECT_EQ(Report(0, kbps(1000), 30), kbps(300));
  cap_.OnRemb(kbps(100'000));
  EXPECT_EQ(cap_.cap(), kbps(100'000));
}

TEST_F(ReportCapTest, NeverFallsBelowItsFloor) {
  for (int i = 0; i < 100; ++i) Report(1.0, kbps(20), 3);
  EXPECT_EQ(cap_.cap(), ReportCap::kFloor);
}

}  // namespace
}  // namespace sluice
