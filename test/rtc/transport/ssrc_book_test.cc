#include "rtc/transport/ssrc_book.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(SsrcBookTest, KnowsWhatIsInUse) {
  SsrcBook book;
  EXPECT_EQ(book.StateOf(Ssrc(1)), SsrcBook::State::kFree);
  book.Take(Ssrc(1));
  EXPECT_EQ(book.StateOf(Ssrc(1)), SsrcBook::State::kInUse);
}

TEST(SsrcBookTest, ARetiredSsrcGoesOnWhereItEnded) {
  SsrcBook book;
  book.Take(Ssrc(1));
  book.Retire(Ssrc(1), ExtSeqNum(70000));
  EXPECT_EQ(book.StateOf(Ssrc(1)), SsrcBook::State::kFree);
  EXPECT_EQ(book.NextOf(Ssrc(1)), ExtSeqNum(70000));
}

TEST(SsrcBookTest, GivesUpTheOldestForGood) {
  SsrcBook book;
  for (uint32_t i = 0; i < SsrcBook::kRetired; ++i) {
    book.Take(Ssrc(i));
    EXPECT_FALSE(book.Retire(Ssrc(i), ExtSeqNum(1)));
  }
  book.Take(Ssrc(9999));
  EXPECT_EQ(book.Retire(Ssrc(9999), ExtSeqNum(1)), Ssrc(0));
  EXPECT_EQ(book.StateOf(Ssrc(0)), SsrcBook::State::kBurnt);
  EXPECT_EQ(book.StateOf(Ssrc(1)), SsrcBook::State::kFree);
}

}  // namespace
}  // namespace sluice
