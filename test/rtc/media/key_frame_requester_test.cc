#include "rtc/media/key_frame_requester.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using Kind = KeyFrameRequester::Kind;

constexpr Timestamp kStart = Timestamp::Seconds(10);

TEST(KeyFrameRequesterTest, AsksAtOnceForTheFirstWish) {
  KeyFrameRequester requester(TimeDelta::Zero());
  EXPECT_TRUE(requester.Wish(Kind::kNew, kStart));
}

TEST(KeyFrameRequesterTest, AsksOnceHoweverManyWish) {
  KeyFrameRequester requester(TimeDelta::Zero());
  int asked = 0;
  for (int ms = 0; ms < 400; ++ms) asked += requester.Wish(Kind::kNew, kStart + TimeDelta::Millis(ms));
  EXPECT_EQ(asked, 1);
}

TEST(KeyFrameRequesterTest, RepeatsAnUnansweredRequestWithGrowingPausesAndGivesUp) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(Kind::kNew, kStart);
  std::vector<int64_t> asked_at;
  for (Timestamp now = kStart; !requester.NextDeadline().IsInfinite();) {
    now = requester.NextDeadline();
    if (requester.OnTimer(now)) asked_at.push_back((now - kStart).ms());
  }
  EXPECT_EQ(asked_at, (std::vector<int64_t>{500, 1500, 3500, 7500, 15500}));
}

TEST(KeyFrameRequesterTest, GoesOnAskingWhileSomebodyWishesAndNeverFaster) {
  KeyFrameRequester requester(TimeDelta::Zero());
  std::vector<int64_t> asked_at;
  for (int64_t ms = 0; ms <= 50'000; ms += 10) {
    const Timestamp now = kStart + TimeDelta::Millis(ms);
    const bool by_wish = requester.Wish(Kind::kStill, now);
    if (by_wish || requester.OnTimer(now)) asked_at.push_back(ms);
  }
  EXPECT_EQ(asked_at, (std::vector<int64_t>{0, 500, 1500, 3500, 7500, 15500, 31500, 47500}));
}

TEST(KeyFrameRequesterTest, SomebodyNewNeedNotWaitForALongPauseToEnd) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(Kind::kNew, kStart);
  for (int i = 0; i < 4; ++i) requester.OnTimer(requester.NextDeadline());
  const Timestamp later = kStart + TimeDelta::Seconds(9);
  EXPECT_FALSE(requester.Wish(Kind::kStill, later));
  EXPECT_TRUE(requester.Wish(Kind::kNew, later));
  EXPECT_EQ(requester.NextDeadline(), later + KeyFrameRequester::kFirstRetry);
}

TEST(KeyFrameRequesterTest, BeginsWithShortPausesAgainAfterAnAnswer) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(Kind::kNew, kStart);
  requester.OnTimer(requester.NextDeadline());
  requester.OnTimer(requester.NextDeadline());
  requester.OnKeyFrame();
  const Timestamp later = kStart + TimeDelta::Seconds(10);
  EXPECT_TRUE(requester.Wish(Kind::kNew, later));
  EXPECT_EQ(requester.NextDeadline(), later + KeyFrameRequester::kFirstRetry);
}

TEST(KeyFrameRequesterTest, ForgetsTheRequestWhenItIsAnswered) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(Kind::kNew, kStart);
  requester.OnKeyFrame();
  EXPECT_TRUE(requester.NextDeadline().IsInfinite());
}

TEST(KeyFrameRequesterTest, AsksAgainForAWishThatCameAfterTheAnswer) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(Kind::kNew, kStart);
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Wish(Kind::kNew, kStart + TimeDelta::Millis(100)));
  EXPECT_EQ(requester.NextDeadline(), kStart + KeyFrameRequester::kMinInterval);
  EXPECT_TRUE(requester.OnTimer(requester.NextDeadline()));
}

TEST(KeyFrameRequesterTest, KeepsTheConfiguredDistance) {
  KeyFrameRequester requester(TimeDelta::Seconds(3));
  EXPECT_TRUE(requester.Wish(Kind::kNew, kStart));
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Wish(Kind::kNew, kStart + TimeDelta::Millis(2900)));
  EXPECT_EQ(requester.NextDeadline(), kStart + TimeDelta::Seconds(3));
}

}  // namespace
}  // namespace sluice
