#include "rtc/cc/arrival_window.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

class ArrivalWindowTest : public testing::Test {
 protected:
  static constexpr int64_t kWindow = 64;
  static constexpr int64_t kMaxLate = 16;

  // Whether it was in time; what stood there before is in before_.
  bool Packet(int number, int arrival = 1) {
    int* const noted = window_.OnPacket(SeqNum(static_cast<uint16_t>(number)));
    if (!noted) return false;
    before_ = *noted;
    *noted = arrival;
    return true;
  }
  // What is to be told, zero where nothing came.
  std::vector<int> Untold() const {
    std::vector<int> untold;
    for (int64_t seq = window_.begin(); seq < window_.end(); ++seq) untold.push_back(window_.At(seq));
    return untold;
  }

  ArrivalWindow<int, kWindow, kMaxLate> window_;
  int before_ = 0;
};

TEST_F(ArrivalWindowTest, HoldsNothingBeforeTheFirstPacket) { EXPECT_TRUE(window_.empty()); }

TEST_F(ArrivalWindowTest, WhatDidNotComeBetweenTwoIsThereAsDefault) {
  Packet(10, 5);
  Packet(13, 6);
  EXPECT_EQ(Untold(), (std::vector<int>{5, 0, 0, 6}));
}

TEST_F(ArrivalWindowTest, TheNextMessageBeginsBehindWhatWasTold) {
  Packet(10);
  Packet(11);
  window_.ToldUntil(window_.end());
  EXPECT_TRUE(window_.empty());
  Packet(13, 7);
  EXPECT_EQ(Untold(), (std::vector<int>{0, 7}));
}

TEST_F(ArrivalWindowTest, ALatePacketIsToldWithAllThatFollowsIt) {
  for (const int number : {10, 12, 13}) Packet(number);
  window_.ToldUntil(window_.end());
  EXPECT_TRUE(Packet(11, 9));
  EXPECT_EQ(Untold(), (std::vector<int>{9, 1, 1}));
}

TEST_F(ArrivalWindowTest, APacketThatIsTooLateIsRefused) {
  Packet(100);
  EXPECT_TRUE(Packet(101 - kMaxLate));
  EXPECT_FALSE(Packet(100 - kMaxLate));
}

TEST_F(ArrivalWindowTest, ADuplicateFindsTheFirstAndIsNotToldAgain) {
  Packet(10, 5);
  window_.ToldUntil(window_.end());
  EXPECT_TRUE(Packet(10, 6));
  EXPECT_EQ(before_, 5);
  EXPECT_TRUE(window_.empty());
}

TEST_F(ArrivalWindowTest, AfterAJumpNothingOldIsTakenForNew) {
  for (int number = 0; number < 100; ++number) Packet(number);
  Packet(100 + 10 * kWindow, 2);
  const std::vector<int> untold = Untold();
  ASSERT_EQ(untold.size(), kWindow);
  EXPECT_EQ(untold.back(), 2);
  for (size_t i = 0; i + 1 < untold.size(); ++i) EXPECT_EQ(untold[i], 0) << i;
}

TEST_F(ArrivalWindowTest, NumbersWrap) {
  Packet(65'535, 3);
  Packet(1, 4);
  EXPECT_EQ(Untold(), (std::vector<int>{3, 0, 4}));
}

TEST_F(ArrivalWindowTest, BeginsAnewAfterAReset) {
  Packet(10);
  Packet(20);
  window_.Reset();
  EXPECT_TRUE(window_.empty());
  Packet(8, 5);
  Packet(10, 6);
  EXPECT_EQ(Untold(), (std::vector<int>{5, 0, 6}));
}

}  // namespace
}  // namespace sluice
