#include "rtc/cc/demand.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }
constexpr TimeDelta kRtt = TimeDelta::Millis(100);

class DemandTest : public testing::Test {
 protected:
  // Told every 25 ms for `time`.
  void Send(int64_t kbps, TimeDelta time) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += TimeDelta::Millis(25)) {
      demand_.Set(Kbps(kbps), DataRate::Zero(), kRtt, now_);
    }
  }

  Demand demand_;
  Timestamp now_ = Timestamp::Seconds(1000);
};

TEST_F(DemandTest, IsSteadyWhenTheSameHasBeenSentForAWhile) {
  Send(500, TimeDelta::Seconds(2));
  Send(400, TimeDelta::Seconds(1));
  EXPECT_FALSE(demand_.IsSteady(now_));
  Send(400, TimeDelta::Seconds(1));
  EXPECT_TRUE(demand_.IsSteady(now_));
  EXPECT_EQ(demand_.steady(), Kbps(400));
}

TEST_F(DemandTest, MayBeginWithNothing) {
  Send(0, TimeDelta::Millis(100));
  EXPECT_EQ(demand_.steady(), DataRate::Zero());
}

TEST_F(DemandTest, ALayerThatBeginsIsSteadyAtOnceAndABurst) {
  Send(150, TimeDelta::Seconds(2));
  EXPECT_FALSE(demand_.IsBurst(now_));
  Send(500, TimeDelta::Millis(25));
  EXPECT_TRUE(demand_.IsSteady(now_));
  EXPECT_TRUE(demand_.IsBurst(now_));
  EXPECT_TRUE(demand_.IsKeyFrame(now_));
  Send(500, kRtt + Demand::kKeyFrame);
  EXPECT_FALSE(demand_.IsKeyFrame(now_));
  EXPECT_TRUE(demand_.IsBurst(now_));
  Send(500, Demand::kBurst - Demand::kKeyFrame);
  EXPECT_FALSE(demand_.IsBurst(now_));
}

TEST_F(DemandTest, TheSecondOfAKeyFrameChangesLittle) {
  Send(500, TimeDelta::Seconds(10));
  Send(560, TimeDelta::Seconds(1));
  EXPECT_TRUE(demand_.IsSteady(now_));
  EXPECT_LT(demand_.steady(), Kbps(515));
  Send(500, TimeDelta::Seconds(2));
  EXPECT_LT(demand_.steady(), Kbps(502));
}

TEST_F(DemandTest, ALayerThatBeginsTakesWhatItWasSaidToNeedWithoutItsKeyFrame) {
  demand_.Set(Kbps(150), Kbps(550), kRtt, now_);
  now_ += TimeDelta::Seconds(2);
  // It is chosen: the next one is another. Then it begins, measured with its key frame.
  demand_.Set(Kbps(150), Kbps(1650), kRtt, now_);
  now_ += TimeDelta::Millis(150);
  demand_.Set(Kbps(550), Kbps(1650), kRtt, now_);
  EXPECT_NEAR(demand_.steady().kbps(), 500, 1);
}

TEST_F(DemandTest, ElasticSourcesAreNeverSteady) {
  demand_.SetElastic(true);
  Send(500, TimeDelta::Seconds(10));
  EXPECT_FALSE(demand_.IsSteady(now_));
  Send(900, TimeDelta::Millis(25));
  EXPECT_FALSE(demand_.IsSteady(now_));
  EXPECT_FALSE(demand_.IsKeyFrame(now_));
}

TEST_F(DemandTest, AProbeIsABurst) {
  Send(500, TimeDelta::Seconds(2));
  demand_.OnProbe(kRtt, now_);
  EXPECT_TRUE(demand_.IsBurst(now_ + TimeDelta::Millis(300)));
  EXPECT_FALSE(demand_.IsBurst(now_ + TimeDelta::Millis(400)));
}

}  // namespace
}  // namespace sluice
