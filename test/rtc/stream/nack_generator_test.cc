#include "rtc/stream/nack_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "rtc/base/rng.h"
#include "test/support/allocations/allocation_counter.h"

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class NackGeneratorTest : public testing::Test {
 protected:
  using Asked = std::vector<int>;

  Asked Packet(int64_t seq, int64_t ms = 0, bool key_frame = false) {
    ask_.clear();
    wants_key_frame_ = generator_.OnPacket(ExtSeqNum(seq), key_frame, At(ms), ask_);
    return Take();
  }
  Asked Timer(int64_t ms) {
    ask_.clear();
    wants_key_frame_ = generator_.OnTimer(At(ms), ask_);
    return Take();
  }
  Asked Take() const {
    Asked asked;
    for (SeqNum seq : ask_) asked.push_back(seq.value());
    return asked;
  }

  NackGenerator generator_;
  std::vector<SeqNum> ask_;
  bool wants_key_frame_ = false;
};

TEST_F(NackGeneratorTest, AsksAtOnceForWhatWasPassedOver) {
  EXPECT_EQ(Packet(100), Asked{});
  EXPECT_EQ(Packet(101), Asked{});
  EXPECT_EQ(Packet(104), (Asked{102, 103}));
  EXPECT_EQ(Packet(105), Asked{});
}

TEST_F(NackGeneratorTest, HasNoDeadlineWhileNothingIsMissing) {
  Packet(100);
  EXPECT_TRUE(generator_.deadline().IsInfinite());
  Packet(102, 10);
  EXPECT_EQ(generator_.deadline(), At(50));
  Packet(101, 11);
  EXPECT_TRUE(generator_.deadline().IsInfinite());
}

TEST_F(NackGeneratorTest, AsksAgainOncePerRoundTrip) {
  generator_.SetRtt(TimeDelta::Millis(90));
  Packet(100, 0);
  Packet(102, 0);
  EXPECT_EQ(Timer(40), Asked{});
  EXPECT_EQ(Timer(80), Asked{});
  EXPECT_EQ(Timer(120), Asked{101});
  EXPECT_EQ(Timer(160), Asked{});
}

TEST_F(NackGeneratorTest, NeverAsksMoreOftenThanTheTimer) {
  generator_.SetRtt(TimeDelta::Millis(1));
  Packet(100, 0);
  Packet(102, 0);
  EXPECT_EQ(Timer(39), Asked{});
  EXPECT_EQ(Timer(40), Asked{101});
  EXPECT_EQ(Timer(79), Asked{});
  EXPECT_EQ(Timer(80), Asked{101});
}

TEST_F(NackGeneratorTest, StopsAskingForWhatCame) {
  Packet(100, 0);
  Packet(103, 0);
  Packet(101, 5);
  EXPECT_EQ(Timer(200), Asked{102});
}

TEST_F(NackGeneratorTest, StopsAskingAfterTenTriesAndWantsAKeyFrame) {
  Packet(100, 0);
  size_t asked = Packet(102, 0).size();
  int64_t ms = 0;
  while (!generator_.deadline().IsInfinite() && ms < 60'000) {
    EXPECT_FALSE(wants_key_frame_);
    asked += Timer(ms += 40).size();
  }
  EXPECT_EQ(asked, 10u);
  EXPECT_TRUE(wants_key_frame_);
  EXPECT_EQ(generator_.missing(), 0u);
}

TEST_F(NackGeneratorTest, WantsNoKeyFrameForALossThatOneFollowed) {
  Packet(100, 0);
  Packet(102, 0);
  Packet(103, 10, true);
  for (int64_t ms = 40; ms < 3000; ms += 40) {
    Timer(ms);
    EXPECT_FALSE(wants_key_frame_);
  }
  EXPECT_EQ(generator_.missing(), 0u);
}

TEST_F(NackGeneratorTest, TooManyMissingAreGivenUpAtOnce) {
  Packet(100);
  EXPECT_EQ(Packet(100 + 1002), Asked{});
  EXPECT_TRUE(wants_key_frame_);
  EXPECT_EQ(generator_.missing(), 0u);
  EXPECT_EQ(Packet(100 + 1004), Asked{100 + 1003});
}

TEST_F(NackGeneratorTest, BoundHoldsAndWhatIsBeforeAKeyFrameGoesFirst) {
  Packet(0);
  Packet(900);  // 899 missing
  Packet(901, 0, true);
  EXPECT_EQ(Packet(1100).size(), 198u);
  EXPECT_FALSE(wants_key_frame_);
  EXPECT_EQ(generator_.missing(), 198u);
}

TEST_F(NackGeneratorTest, NumbersWrap) {
  Packet(65534 + 65536);
  EXPECT_EQ(Packet(65538 + 65536), (Asked{65535, 0, 1}));
}

TEST_F(NackGeneratorTest, ForgetsAllOnReset) {
  Packet(100);
  Packet(105);
  generator_.Reset();
  EXPECT_TRUE(generator_.deadline().IsInfinite());
  EXPECT_EQ(Packet(500), Asked{});
}

TEST_F(NackGeneratorTest, AsksForEveryLossAndForNothingElseUnderRandomLossAndReordering) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    generator_ = NackGenerator();
    std::vector<std::pair<int64_t, int64_t>> arrivals;  // ms, number
    std::set<int64_t> lost;
    for (int64_t i = 0; i < 3000; ++i) {
      if (i > 0 && i < 2999 && rng.Chance(0.08)) {
        lost.insert(i);
      } else {
        arrivals.push_back({5 * i + (i > 0 && rng.Chance(0.1) ? rng.Between(0, 30) : 0), i});
      }
    }
    std::sort(arrivals.begin(), arrivals.end());
    std::map<int, int> tries;
    std::set<int64_t> came;
    auto note = [&](const Asked& asked) {
      ASSERT_TRUE(std::is_sorted(asked.begin(), asked.end()));
      for (int seq : asked) {
        ASSERT_FALSE(came.contains(seq)) << "asked for what had come: " << seq;
        ++tries[seq];
      }
    };
    for (auto [ms, seq] : arrivals) {
      while (generator_.deadline() <= At(ms)) note(Timer(generator_.deadline().ms()));
      came.insert(seq);
      note(Packet(seq, ms));
      ASSERT_LE(generator_.missing(), NackGenerator::kMaxMissing);
    }
    while (!generator_.deadline().IsInfinite()) note(Timer(generator_.deadline().ms()));
    for (int64_t seq : lost) ASSERT_EQ(tries[static_cast<int>(seq)], NackGenerator::kMaxTries) << seq;
  }
}

TEST_F(NackGeneratorTest, AllocatesNothingInSteadyState) {
  Rng rng(9);
  auto run = [&](int64_t from, int64_t to) {
    for (int64_t seq = from; seq < to; ++seq) {
      ask_.clear();
      generator_.OnTimer(At(seq * 4), ask_);
      if (!rng.Chance(0.1)) generator_.OnPacket(ExtSeqNum(seq), false, At(seq * 4), ask_);
    }
  };
  run(0, 20'000);
  const uint64_t before = test::AllocationCount();
  run(20'000, 60'000);
  EXPECT_EQ(test::AllocationCount(), before);
}

}  // namespace
}  // namespace sluice
