#include "rtc/cc/stream_table.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Value {
  int number = 0;
  void Reset() { number = 0; }
};

class StreamTableTest : public testing::Test {
 protected:
  int* Find(uint32_t ssrc) {
    const Value* found = table_.Find(Ssrc(ssrc));
    return found ? &(found_ = found->number) : nullptr;
  }

  StreamTable<Value, 3> table_;
  int found_ = 0;
};

TEST_F(StreamTableTest, KeepsOneStateForEachStream) {
  table_.Use(Ssrc(1)).number = 10;
  table_.Use(Ssrc(2)).number = 20;
  EXPECT_EQ(table_.Use(Ssrc(1)).number, 10);
  EXPECT_EQ(*Find(2), 20);
  EXPECT_EQ(table_.entries().size(), 2u);
}

TEST_F(StreamTableTest, AStreamThatWasNotUsedIsNotKnown) { EXPECT_FALSE(Find(1)); }

TEST_F(StreamTableTest, AFurtherStreamTakesThePlaceOfTheOneNotUsedForLongest) {
  for (const uint32_t ssrc : {1, 2, 3}) table_.Use(Ssrc(ssrc)).number = 10;
  table_.Use(Ssrc(1));
  EXPECT_EQ(table_.Use(Ssrc(4)).number, 0);
  EXPECT_FALSE(Find(2));
  EXPECT_TRUE(Find(1));
  EXPECT_TRUE(Find(3));
  EXPECT_EQ(table_.entries().size(), 3u);
}

TEST_F(StreamTableTest, ToLookSomethingUpIsNoUse) {
  for (const uint32_t ssrc : {1, 2, 3}) table_.Use(Ssrc(ssrc));
  Find(1);
  table_.Use(Ssrc(4));
  EXPECT_FALSE(Find(1));
}

}  // namespace
}  // namespace sluice
