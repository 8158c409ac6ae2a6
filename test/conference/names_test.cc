#include "conference/names.h"

#include <gtest/gtest.h>

namespace sluice::conference {
namespace {

TEST(NamesTest, RoomNamesAreShortAndPlain) {
  for (const char* good : {"a", "demo", "Team.Meeting-2_b", "7"}) EXPECT_TRUE(IsRoomName(good)) << good;
  for (const char* bad : {"", "-a", ".hidden", "_x", "a/b", "a b", "caf\xc3\xa9", "..", "a\n"}) {
    EXPECT_FALSE(IsRoomName(bad)) << bad;
  }
  EXPECT_TRUE(IsRoomName(std::string(kMaxRoomNameLength, 'r')));
  EXPECT_FALSE(IsRoomName(std::string(kMaxRoomNameLength + 1, 'r')));
}

TEST(NamesTest, WhiteSpaceAtTheEndsOfANameGoes) {
  EXPECT_EQ(CleanPeerName(" \t Ada  Lovelace \n"), "Ada  Lovelace");
  EXPECT_EQ(CleanPeerName("\u00a0\u3000\u5c71\u7530 \u592a\u90ce\u2003"), "\u5c71\u7530 \u592a\u90ce");
}

TEST(NamesTest, ANameThatCannotBeSeenIsNone) {
  for (const char* bad :
       {"", "   ", "\u3000", "a\x01z", "a\nz", "a\x7fz", "a\u0085z", "a\u202ez", "a\u2066z", "a\u200bz"}) {
    EXPECT_EQ(CleanPeerName(bad), std::nullopt) << bad;
  }
  EXPECT_TRUE(CleanPeerName("\U0001f469\u200d\U0001f680").has_value()) << "emoji are joined by U+200D";
}

TEST(NamesTest, LengthCountsCharactersNotBytes) {
  std::string name;
  for (size_t i = 0; i < kMaxPeerNameLength; ++i) name += "\U0001f600";
  EXPECT_EQ(CleanPeerName("  " + name + "  "), name);
  EXPECT_EQ(CleanPeerName(name + "x"), std::nullopt);
}

}  // namespace
}  // namespace sluice::conference
