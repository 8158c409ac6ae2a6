#include "rtc/base/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RosterTest, KeepsTheOrderInWhichTheyCame) {
  const std::vector<int> keys{3, 1, 2, 4};
  Roster<int, std::string> roster;
  for (const int& key : keys) roster.Add(key, std::to_string(key));
  EXPECT_THAT(roster, ElementsAre("3", "1", "2", "4"));
  EXPECT_TRUE(roster.Remove(keys[1]));
  EXPECT_THAT(roster, ElementsAre("3", "2", "4"));
  EXPECT_TRUE(roster.Remove(keys[3]));
  EXPECT_EQ(roster.back(), "2");
  EXPECT_EQ(roster.size(), 2u);
}

TEST(RosterTest, WhatIsNotThereIsNotRemoved) {
  const int key = 1, other = 1;
  Roster<int, int> roster;
  roster.Add(key, 7);
  EXPECT_FALSE(roster.Remove(other)) << "it goes by its address, not by its value";
  EXPECT_TRUE(roster.Remove(key));
  EXPECT_FALSE(roster.Remove(key));
  EXPECT_THAT(roster, IsEmpty());
}

TEST(RosterTest, AnElementMayOwnItsKey) {
  Roster<std::string, std::unique_ptr<std::string>> roster;
  auto owned = std::make_unique<std::string>("a");
  const std::string& key = *owned;
  EXPECT_EQ(roster.Add(key, std::move(owned)).get(), &key);
  EXPECT_TRUE(roster.Remove(key));
  EXPECT_TRUE(roster.empty());
}

}  // namespace
}  // namespace sluice
