#include "rtc/base/ids.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(SeqNumTest, DistanceTakesTheShortWayOverTheWrap) {
  EXPECT_EQ(SeqNum(2).DistanceFrom(SeqNum(65534)), 4);
  EXPECT_EQ(SeqNum(65534).DistanceFrom(SeqNum(2)), -4);
}

TEST(SeqUnwrapperTest, GoesOnOverTheWrap) {
  SeqUnwrapper unwrapper;
  ExtSeqNum first = unwrapper.Unwrap(SeqNum(65535));
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(0)) - first, 1);
  EXPECT_EQ(unwrapper.Unwrap(SeqNum(1)) - first, 2);
}

TEST(SeqUnwrapperTest, KeepsALatePacketBeforeTheFirstPositive) {
  SeqUnwrapper unwrapper;
  ExtSeqNum first = unwrapper.Unwrap(SeqNum(0));
  ExtSeqNum late = unwrapper.Unwrap(SeqNum(65533));
  EXPECT_EQ(first - late, 3);
  EXPECT_GT(late.value(), 0);
  EXPECT_EQ(unwrapper.highest(), first);
}

}  // namespace
}  // namespace sluice
