#include "rtc/stream/retransmission_plan.h"

#include <gtest/gtest.h>

#include "test/support/allocations/allocation_counter.h"

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class RetransmissionPlanTest : public testing::Test {
 protected:
  void Add(int64_t seq, int64_t ms = 0) {
    plan_.Add({.seq = ExtSeqNum(seq), .source_seq = ExtSeqNum(seq + 7), .last_sent = At(ms)});
  }
  const PlannedPacket* Find(int64_t seq) { return plan_.Find(ExtSeqNum(seq).seq()); }

  RetransmissionPlan plan_{64};
};

TEST_F(RetransmissionPlanTest, KnowsTheLastOnesOnly) {
  EXPECT_FALSE(Find(0));
  for (int64_t seq = 0; seq < 200; ++seq) Add(seq);
  EXPECT_FALSE(Find(135));
  ASSERT_TRUE(Find(136));
  EXPECT_EQ(Find(136)->source_seq.value(), 143);
  EXPECT_TRUE(Find(199));
  EXPECT_FALSE(Find(200));
}

TEST_F(RetransmissionPlanTest, TakesMemoryWithTheFirstPacketOnly) {
  const uint64_t before = test::AllocationCount();
  RetransmissionPlan plan(RetransmissionPlan::kVideoCapacity);
  EXPECT_FALSE(plan.Find(SeqNum(0)));
  EXPECT_FALSE(plan.TakeForRetransmission(SeqNum(0), TimeDelta::Zero(), At(0)));
  EXPECT_EQ(test::AllocationCount(), before);
}

TEST_F(RetransmissionPlanTest, OldEntryInASlotThatWasSkippedIsNotTakenForANewOne) {
  Add(10);
  Add(200);
  EXPECT_FALSE(Find(10));
  Add(10 + 65536);
  EXPECT_TRUE(Find(10));
  EXPECT_EQ(Find(10)->seq.value(), 10 + 65536);
}

TEST_F(RetransmissionPlanTest, LateNumberIsTakenUnlessItIsTooOld) {
  Add(100);
  Add(90);
  EXPECT_TRUE(Find(90));
  Add(36);
  EXPECT_FALSE(Find(36));
  EXPECT_TRUE(Find(100));
}

TEST_F(RetransmissionPlanTest, AnswersOncePerRoundTrip) {
  const TimeDelta rtt = TimeDelta::Millis(50);
  Add(5, 1000);
  EXPECT_FALSE(plan_.TakeForRetransmission(SeqNum(5), rtt, At(1049))) << "the first sending may still be under way";
  EXPECT_TRUE(plan_.TakeForRetransmission(SeqNum(5), rtt, At(1050)));
  EXPECT_FALSE(plan_.TakeForRetransmission(SeqNum(5), rtt, At(1060)));
  EXPECT_TRUE(plan_.TakeForRetransmission(SeqNum(5), rtt, At(1100)));
  EXPECT_FALSE(plan_.TakeForRetransmission(SeqNum(6), rtt, At(1100)));
}

TEST_F(RetransmissionPlanTest, ClearForgets) {
  Add(5);
  plan_.Clear();
  EXPECT_FALSE(Find(5));
}

TEST_F(RetransmissionPlanTest, AllocatesNothingAfterTheFirstPacket) {
  Add(0);
  const uint64_t before = test::AllocationCount();
  for (int64_t seq = 1; seq < 10'000; ++seq) {
    Add(seq, seq);
    plan_.TakeForRetransmission(ExtSeqNum(seq - 10).seq(), TimeDelta::Millis(1), At(seq));
  }
  EXPECT_EQ(test::AllocationCount(), before);
}

}  // namespace
}  // namespace sluice
