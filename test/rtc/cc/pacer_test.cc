#include "rtc/cc/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "rtc/base/rng.h"

namespace sluice {
namespace {

constexpr DataRate kRate = DataRate::KilobitsPerSec(1000);
constexpr DataSize kPacket = DataSize::Bytes(1000);

class PacerTest : public testing::Test {
 protected:
  PacerTest() { pacer_.SetRate(kRate, now_); }

  Pacer::FlowId AddVideo(uint8_t priority = 1) {
    const Pacer::FlowId flow = pacer_.AddFlow(Pacer::Class::kVideo);
    pacer_.SetPriority(flow, priority);
    return flow;
  }
  struct Frame {
    uint32_t number = 0;
    int packets = 1;
    bool key_frame = false;
    bool disposable = false;
  };
  void Put(Pacer::FlowId flow, const Frame& frame) {
    for (int i = 0; i < frame.packets; ++i) {
      const Pacer::Packet packet{.reference = {.seq = ExtSeqNum(next_[flow]++), .word = frame.number},
                                 .size = kPacket,
                                 .frame = frame.number,
                                 .key_frame = frame.key_frame && i == 0,
                                 .disposable = frame.disposable};
      EXPECT_TRUE(pacer_.Enqueue(flow, packet, now_));
    }
  }
  // What leaves until nothing may any more.
  std::vector<Pacer::Released> Drain() {
    std::vector<Pacer::Released> out;
    while (const auto released = pacer_.Next(now_)) {
      if (!released->shed) pacer_.Charge(kPacket);
      out.push_back(*released);
    }
    return out;
  }
  std::vector<Pacer::Released> RunFor(TimeDelta time) {
    std::vector<Pacer::Released> out;
    for (const Timestamp end = now_ + time; now_ <= end;) {
      const auto some = Drain();
      out.insert(out.end(), some.begin(), some.end());
      now_ = std::max(pacer_.deadline(), now_ + TimeDelta::Millis(1));
    }
    return out;
  }
  static int Sent(const std::vector<Pacer::Released>& all) {
    return static_cast<int>(std::ranges::count(all, false, &Pacer::Released::shed));
  }

  Timestamp now_ = Timestamp::Seconds(100);
  Pacer pacer_{now_};
  std::map<Pacer::FlowId, int64_t> next_;
};

TEST_F(PacerTest, WhereTheLineIsNotTheLimitAWholeFrameLeavesAtOnce) {
  const Pacer::FlowId flow = AddVideo();
  now_ += TimeDelta::Seconds(1);
  Put(flow, {.number = 1, .packets = 8});
  EXPECT_LT(Sent(Drain()), 5);
  now_ += TimeDelta::Seconds(1);
  Drain();
  pacer_.SetUnlimited(true);
  now_ += TimeDelta::Seconds(1);
  Put(flow, {.number = 2, .packets = 5});
  EXPECT_EQ(Sent(Drain()), 5);
}

TEST_F(PacerTest, LeavesAtTheRateAfterABurst) {
  const auto flow = AddVideo();
  Put(flow, {.packets = 25});
  EXPECT_EQ(Drain().size(), 3u);  // kLeastBurst
  const Timestamp begin = now_;
  size_t left = 3;
  while (left < 25) {
    now_ = pacer_.deadline();
    ASSERT_FALSE(now_.IsInfinite());
    left += Drain().size();
  }
  EXPECT_NEAR((now_ - begin).seconds(), 22 * 0.008, 0.01);
  EXPECT_TRUE(pacer_.deadline().IsInfinite());
}

TEST_F(PacerTest, AWholeFrameLeavesAtOnceWhereTheRateIsHigh) {
  pacer_.SetRate(DataRate::KilobitsPerSec(50'000), now_);
  now_ += TimeDelta::Millis(40);
  const auto flow = AddVideo();
  Put(flow, {.packets = 40});
  EXPECT_EQ(Drain().size(), 40u);
}

TEST_F(PacerTest, RepetitionsGoFirstThenVideoByPriority) {
  const auto low = AddVideo(1), high = AddVideo(5);
  const auto again = pacer_.AddFlow(Pacer::Class::kRepetition);
  Put(low, {.number = 1});
  Put(high, {.number = 1});
  Put(again, {});
  std::vector<Pacer::FlowId> order;
  for (const auto& released : RunFor(TimeDelta::Millis(100))) order.push_back(released.flow);
  EXPECT_EQ(order, (std::vector{again, high, low}));
}

TEST_F(PacerTest, EqualsTakeTurnsAFrameAtATime) {
  const auto a = AddVideo(), b = AddVideo();
  for (uint32_t frame = 0; frame < 2; ++frame) Put(a, {.number = frame, .packets = 2});
  for (uint32_t frame = 0; frame < 2; ++frame) Put(b, {.number = frame, .packets = 2});
  std::vector<Pacer::FlowId> order;
  for (const auto& released : RunFor(TimeDelta::Millis(200))) order.push_back(released.flow);
  EXPECT_EQ(order, (std::vector{a, a, b, b, a, a, b, b}));
}

TEST_F(PacerTest, WhatIsChargedBesidesMakesTheRestWait) {
  const auto flow = AddVideo();
  pacer_.Charge(DataSize::Bytes(4000));
  Put(flow, {});
  EXPECT_TRUE(Drain().empty());
  now_ = pacer_.deadline();
  EXPECT_EQ(Drain().size(), 1u);
}

TEST_F(PacerTest, ShedsFramesThatNoOtherNeedsOfTheLowestPriorityFirst) {
  const auto low = AddVideo(1), high = AddVideo(2);
  for (uint32_t frame = 0; frame < 20; ++frame) {
    Put(high, {.number = frame, .disposable = frame % 2 == 1});
    Put(low, {.number = frame, .disposable = frame % 2 == 1});
  }
  EXPECT_EQ(pacer_.Shed(now_), std::nullopt);
  EXPECT_LE(pacer_.QueueTime(), Pacer::kMaxQueueTime);
  std::map<Pacer::FlowId, int> shed;
  for (const auto& released : RunFor(TimeDelta::Seconds(1))) {
    if (!released.shed) continue;
    ++shed[released.flow];
    EXPECT_EQ(released.reference.word % 2, 1u);
  }
  EXPECT_EQ(shed[low], 9);  // 40 packets of 8 ms wait: 72 ms too much
  EXPECT_EQ(shed[high], 0);
}

TEST_F(PacerTest, ShedsWhatWaitsBeforeAKeyFrameButNotTheFrameOfWhichAPacketLeft) {
  const auto flow = AddVideo();
  Put(flow, {.number = 1, .packets = 5});
  EXPECT_EQ(Drain().size(), 3u);
  for (uint32_t frame = 2; frame < 30; ++frame) Put(flow, {.number = frame});
  Put(flow, {.number = 30, .packets = 10, .key_frame = true});
  EXPECT_EQ(pacer_.Shed(now_), std::nullopt);
  const auto released = RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(Sent(released), 12);
  EXPECT_EQ(released.size(), 40u);  // all are handed out
  for (const auto& one : released) EXPECT_EQ(one.shed, one.reference.word > 1 && one.reference.word < 30);
}

TEST_F(PacerTest, CutsTheFlowWhereThereIsNoOtherWayAndNotAgainSoon) {
  const auto low = AddVideo(1), high = AddVideo(2);
  for (uint32_t frame = 0; frame < 20; ++frame) {
    Put(high, {.number = frame});
    Put(low, {.number = frame, .packets = 2});
  }
  EXPECT_EQ(pacer_.Shed(now_), low);
  EXPECT_EQ(pacer_.Shed(now_), std::nullopt);
  EXPECT_EQ(pacer_.queued(), DataSize::Bytes(20 * 1000));
  Put(low, {.number = 19});  // the rest of a frame that is shed
  EXPECT_EQ(pacer_.queued(), DataSize::Bytes(20 * 1000));
  Put(low, {.number = 20, .packets = 30});
  EXPECT_EQ(pacer_.Shed(now_), high);
  EXPECT_EQ(pacer_.Shed(now_), std::nullopt);
}

TEST_F(PacerTest, AKeyFrameIsNeverShedAndNeverWaitsForEver) {
  const auto flow = AddVideo();
  pacer_.SetRate(DataRate::KilobitsPerSec(100), now_);
  Put(flow, {.number = 1, .packets = 100, .key_frame = true});
  EXPECT_EQ(pacer_.Shed(now_), std::nullopt);
  EXPECT_EQ(pacer_.shed_packets(), 0u);
  EXPECT_GE(Sent(RunFor(TimeDelta::Millis(5500))), 95);
}

TEST_F(PacerTest, ARemovedFlowIsForgotten) {
  const auto a = AddVideo(), b = AddVideo();
  Put(a, {.packets = 10});
  Put(b, {.packets = 2});
  pacer_.RemoveFlow(a);
  EXPECT_EQ(pacer_.packets(), 2u);
  EXPECT_EQ(pacer_.queued(), DataSize::Bytes(2 * 1000));
  for (const auto& released : RunFor(TimeDelta::Millis(100))) EXPECT_EQ(released.flow, b);
  EXPECT_EQ(AddVideo(), a);
}

TEST_F(PacerTest, TakesNoMoreThanItsBound) {
  const auto flow = AddVideo();
  for (size_t i = 0; i < Pacer::kMaxPackets; ++i) {
    ASSERT_TRUE(pacer_.Enqueue(flow, {.size = kPacket, .frame = static_cast<uint32_t>(i)}, now_));
  }
  EXPECT_FALSE(pacer_.Enqueue(flow, {.size = kPacket}, now_));
}

// Whatever is put in, in whatever order: every packet comes out once, a flow in its own order, the queue never takes
// longer than it may unless key frames do, nor does more leave than the rate and a burst.
TEST_F(PacerTest, HoldsItsPromisesForRandomTraffic) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    now_ = Timestamp::Seconds(100);
    pacer_ = Pacer(now_);
    next_.clear();
    pacer_.SetRate(kRate, now_);
    std::vector<Pacer::FlowId> flows;
    for (uint8_t i = 0; i < 5; ++i) flows.push_back(AddVideo(i / 2));
    std::map<Pacer::FlowId, int64_t> expected;
    std::map<Pacer::FlowId, bool> cut;  // waits for a key frame
    DataSize left;
    const Timestamp begin = now_;
    const auto drain = [&] {
      for (const auto& released : Drain()) {
        EXPECT_EQ(released.reference.seq.value(), expected[released.flow]++);
        if (!released.shed) left += kPacket;
      }
    };
    for (uint32_t frame = 0; frame < 500; ++frame) {
      const auto flow = flows[static_cast<size_t>(rng.Between(0, 4))];
      const bool key_frame = rng.Between(0, 19) == 0;
      if (cut[flow] && !key_frame) continue;
      cut[flow] = false;
      Put(flow, {.number = frame,
                 .packets = static_cast<int>(rng.Between(1, 6)),
                 .key_frame = key_frame,
                 .disposable = rng.Between(0, 3) == 0});
      while (const auto shed = pacer_.Shed(now_)) cut[*shed] = true;
      EXPECT_LE(pacer_.QueueTime(), Pacer::kLongestQueueTime * 1.5);
      drain();
      const TimeDelta step = TimeDelta::Millis(rng.Between(0, 30));
      for (const Timestamp end = now_ + step; now_ < end;) {
        now_ = std::min(end, std::max(pacer_.deadline(), now_ + TimeDelta::Millis(1)));
        drain();
      }
      EXPECT_LE(left.bytes(), (kRate * (now_ - begin)).bytes() * 11 / 10 + 4000) << seed;
    }
    pacer_.SetRate(DataRate::KilobitsPerSec(1'000'000), now_);
    for (int i = 0; i < 100 && pacer_.packets() > 0; ++i) {
      now_ += TimeDelta::Millis(10);
      drain();
    }
    EXPECT_EQ(pacer_.packets(), 0u);
    EXPECT_EQ(pacer_.queued(), DataSize::Zero());
    for (const auto& [flow, next] : next_) EXPECT_EQ(expected[flow], next);
  }
}

TEST_F(PacerTest, NoMoreRepetitionsAreTakenThanLeaveInHalfASecond) {
  const auto flow = pacer_.AddFlow(Pacer::Class::kRepetition);
  uint32_t taken = 0;
  for (; pacer_.MayRepeat() && taken < 1000; ++taken) Put(flow, {.number = taken});
  EXPECT_NEAR(taken, (kRate * Pacer::kMaxRepetitionTime).bytes() / kPacket.bytes(), 2);
  RunFor(TimeDelta::Millis(100));
  EXPECT_TRUE(pacer_.MayRepeat());
}

TEST_F(PacerTest, WhatIsGivenUpIsHandedOutAsShedAndTheKeyFrameThatComesThenIsNotCutOff) {
  const auto flow = AddVideo();
  Put(flow, {.number = 1, .packets = 10});
  const size_t begun = Drain().size();
  Put(flow, {.number = 2, .packets = 10, .key_frame = true});
  pacer_.GiveUp(flow, now_);
  Put(flow, {.number = 3, .packets = 2, .key_frame = true});
  for (uint32_t frame = 4; frame < 20; ++frame) Put(flow, {.number = frame, .packets = 3});
  EXPECT_GT(pacer_.QueueTime(), Pacer::kMaxQueueTime);
  EXPECT_FALSE(pacer_.Shed(now_));
  std::map<uint32_t, int> shed;
  for (const auto& released : RunFor(TimeDelta::Seconds(1))) shed[released.reference.word] += released.shed;
  EXPECT_LT(begun, 10u);
  EXPECT_EQ(shed[1], 0);  // of which a packet had left
  EXPECT_EQ(shed[2], 10);
  EXPECT_EQ(shed[3] + shed[4] + shed[19], 0);
}

}  // namespace
}  // namespace sluice
