#include "rtc/cc/line_fit.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(LineFitTest, FindsTheLineThatPointsLieOn) {
  LineFit line;
  for (int x = -3; x < 5; ++x) line.Add(x, 2.5 * x - 7);
  EXPECT_EQ(line.count(), 8);
  EXPECT_NEAR(line.slope(), 2.5, 1e-12);
  EXPECT_NEAR(line.intercept(), -7, 1e-12);
}

TEST(LineFitTest, WhatLiesEquallyAboveAndBelowChangesNothing) {
  LineFit line;
  for (int x = 0; x < 10; ++x) {
    line.Add(x, x + 4);
    line.Add(x, x - 4);
  }
  EXPECT_NEAR(line.slope(), 1, 1e-12);
  EXPECT_NEAR(line.intercept(), 0, 1e-12);
}

TEST(LineFitTest, PointsAboveEachOtherHaveNoSpread) {
  LineFit line;
  EXPECT_EQ(line.spread(), 0);
  line.Add(2, 1);
  line.Add(2, 5);
  EXPECT_EQ(line.spread(), 0);
  line.Add(4, 5);
  EXPECT_NEAR(line.spread(), 8, 1e-12);  // 3 * (4/9 + 4/9 + 16/9)
}

}  // namespace
}  // namespace sluice
