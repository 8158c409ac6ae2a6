#include "rtc/media/key_frame_requester.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(10);

TEST(KeyFrameRequesterTest, AsksAtOnceForTheFirstWish) {
  KeyFrameRequester requester(TimeDelta::Zero());
  EXPECT_TRUE(requester.Wish(kStart));
}

TEST(KeyFrameRequesterTest, AsksOnceHoweverManyWish) {
  KeyFrameRequester requester(TimeDelta::Zero());
  int asked = 0;
  for (int ms = 0; ms < 400; ++ms) asked += requester.Wish(kStart + TimeDelta::Millis(ms));
  EXPECT_EQ(asked, 1);
}

TEST(KeyFrameRequesterTest, RepeatsAnUnansweredRequestWithGrowingPausesAndGivesUp) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(kStart);
  std::vector<int64_t> asked_at;
  for (Timestamp now = kStart; !requester.NextDeadline().IsInfinite();) {
    now = requester.NextDeadline();
    if (requester.OnTimer(now)) asked_at.push_back((now - kStart).ms());
  }
  EXPECT_EQ(asked_at, (std::vector<int64_t>{1000, 3000, 7000, 15000, 31000}));
}

TEST(KeyFrameRequesterTest, ForgetsTheRequestWhenItIsAnswered) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(kStart);
  requester.OnKeyFrame();
  EXPECT_TRUE(requester.NextDeadline().IsInfinite());
}

TEST(KeyFrameRequesterTest, AsksAgainForAWishThatCameAfterTheAnswer) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Wish(kStart);
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Wish(kStart + TimeDelta::Millis(100)));
  EXPECT_EQ(requester.NextDeadline(), kStart + KeyFrameRequester::kMinInterval);
  EXPECT_TRUE(requester.OnTimer(requester.NextDeadline()));
}

TEST(KeyFrameRequesterTest, KeepsTheConfiguredDistance) {
  KeyFrameRequester requester(TimeDelta::Seconds(3));
  EXPECT_TRUE(requester.Wish(kStart));
  requester.OnKeyFrame();
  EXPECT_FALSE(requester.Wish(kStart + TimeDelta::Millis(2900)));
  EXPECT_EQ(requester.NextDeadline(), kStart + TimeDelta::Seconds(3));
}

}  // namespace
}  // namespace sluice
