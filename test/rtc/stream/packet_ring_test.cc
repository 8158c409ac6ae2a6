#include "rtc/stream/packet_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "rtc/base/rng.h"
#include "test/support/allocations/allocation_counter.h"

namespace sluice {
namespace {

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class PacketRingTest : public testing::Test {
 protected:
  // A packet whose payload tells its number.
  const StoredPacket* Insert(int64_t seq, int64_t ms, size_t size = 100) {
    payload_.assign(size, static_cast<uint8_t>(seq));
    return ring_.Insert({.seq = ExtSeqNum(seq), .arrival = At(ms), .payload = payload_});
  }
  bool Has(int64_t seq) const {
    const StoredPacket* packet = ring_.Find(ExtSeqNum(seq));
    if (packet) {
      EXPECT_EQ(packet->seq.value(), seq);
      EXPECT_TRUE(std::all_of(packet->payload.begin(), packet->payload.end(),
                              [&](uint8_t b) { return b == static_cast<uint8_t>(seq); }));
    }
    return packet != nullptr;
  }

  PacketPool pool_;
  PacketRing ring_{pool_, {TimeDelta::Millis(1000), 256, 100'000}};
  std::vector<uint8_t> payload_;
};

TEST_F(PacketRingTest, KeepsACopyOfEverything) {
  std::vector<uint8_t> payload = {1, 2, 3}, capture(16, 7), delay = {4, 5, 6}, descriptor(255, 9);
  StoredPacket packet{.seq = ExtSeqNum(70'000), .arrival = At(5), .timestamp = 99, .payload_type = PayloadType(96)};
  packet.marker = true;
  packet.frame.key_frame = true;
  packet.payload = payload;
  packet.extensions = {.audio_level = 0x85,
                       .video_orientation = 3,
                       .abs_capture_time = capture,
                       .playout_delay = delay,
                       .dependency_descriptor = descriptor};
  ASSERT_TRUE(ring_.Insert(packet));
  for (auto* bytes : {&payload, &capture, &delay, &descriptor}) std::fill(bytes->begin(), bytes->end(), 0);

  const StoredPacket* kept = ring_.Find(ExtSeqNum(70'000));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->timestamp, 99u);
  EXPECT_EQ(kept->payload_type, PayloadType(96));
  EXPECT_TRUE(kept->marker);
  EXPECT_TRUE(kept->frame.key_frame);
  EXPECT_EQ(std::vector(kept->payload.begin(), kept->payload.end()), (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(kept->extensions.audio_level, 0x85);
  EXPECT_EQ(kept->extensions.video_orientation, 3);
  EXPECT_EQ(kept->extensions.abs_capture_time.size(), 16u);
  EXPECT_EQ(kept->extensions.abs_capture_time[15], 7);
  EXPECT_EQ(kept->extensions.playout_delay[2], 6);
  EXPECT_EQ(kept->extensions.dependency_descriptor.size(), 255u);
  EXPECT_EQ(kept->extensions.dependency_descriptor[254], 9);
}

TEST_F(PacketRingTest, FindsWhatCameInAnyOrder) {
  for (int64_t seq : {100, 103, 101, 99}) EXPECT_TRUE(Insert(seq, 0));
  for (int64_t seq : {99, 100, 101, 103}) EXPECT_TRUE(Has(seq)) << seq;
  EXPECT_FALSE(Has(102));
  EXPECT_FALSE(Has(98));
  EXPECT_FALSE(Has(104));
}

TEST_F(PacketRingTest, RefusesADuplicate) {
  EXPECT_TRUE(Insert(100, 0));
  EXPECT_FALSE(Insert(100, 1));
  EXPECT_EQ(ring_.packets(), 1u);
}

TEST_F(PacketRingTest, OldPacketsLeave) {
  Insert(100, 0);
  Insert(101, 500);
  Insert(102, 1001);
  EXPECT_FALSE(Has(100));
  EXPECT_TRUE(Has(101));
}

TEST_F(PacketRingTest, EvictedNumberDoesNotComeBack) {
  Insert(100, 0);
  Insert(102, 1100);
  EXPECT_FALSE(Has(100));
  EXPECT_FALSE(Insert(100, 1101));
}

TEST_F(PacketRingTest, HoldsSoManyNumbersAtMost) {
  for (int64_t seq = 0; seq < 1000; ++seq) Insert(seq, 0);
  EXPECT_EQ(ring_.packets(), 256u);
  EXPECT_TRUE(Has(744));
  EXPECT_FALSE(Has(743));
}

TEST_F(PacketRingTest, HoldsSoManyBytesAtMost) {
  for (int64_t seq = 0; seq < 200; ++seq) Insert(seq, 0, 1200);
  EXPECT_LE(ring_.bytes(), 100'000u);
  EXPECT_TRUE(Has(199));
  EXPECT_GT(ring_.packets(), 60u);
}

TEST_F(PacketRingTest, JumpForgetsEverythingBefore) {
  Insert(100, 0);
  Insert(1'000'000'000, 1);
  EXPECT_FALSE(Has(100));
  EXPECT_TRUE(Has(1'000'000'000));
  EXPECT_FALSE(Insert(101, 2));
}

TEST_F(PacketRingTest, TooLargeAPacketIsRefusedAndHarmsNothing) {
  Insert(100, 0);
  EXPECT_FALSE(Insert(101, 0, 5000));
  EXPECT_TRUE(Has(100));
  EXPECT_FALSE(Has(101));
}

TEST_F(PacketRingTest, ExhaustedPoolRefuses) {
  PacketPool small(PacketPool::kSlabBytes);
  PacketRing ring(small, PacketRing::Video());
  std::vector<uint8_t> payload(1000);
  int64_t taken = 0;
  while (taken < 1000 && ring.Insert({.seq = ExtSeqNum(taken), .arrival = At(0), .payload = payload})) ++taken;
  EXPECT_GT(taken, 20);
  EXPECT_LT(taken, 100);
  EXPECT_TRUE(ring.Find(ExtSeqNum(0)));
  // With time the old ones make room.
  EXPECT_TRUE(ring.Insert({.seq = ExtSeqNum(taken), .arrival = At(2000), .payload = payload}));
}

TEST_F(PacketRingTest, GivesEverythingBack) {
  {
    PacketRing ring(pool_, PacketRing::Video());
    std::vector<uint8_t> payload(1000);
    for (int64_t seq = 0; seq < 100; ++seq) ring.Insert({.seq = ExtSeqNum(seq), .arrival = At(0), .payload = payload});
    EXPECT_EQ(pool_.blocks_in_use(), 100u);
    PacketRing moved(std::move(ring));
    EXPECT_TRUE(moved.Find(ExtSeqNum(5)));
    EXPECT_EQ(pool_.blocks_in_use(), 100u);
  }
  EXPECT_EQ(pool_.blocks_in_use(), 0u);
}

TEST_F(PacketRingTest, AgreesWithASimpleModelUnderRandomLossReorderingAndJumps) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    ring_.Clear();
    std::map<int64_t, int64_t> came;  // number -> arrival, since the last jump
    int64_t next = 1000, ms = 0;
    for (int step = 0; step < 5000; ++step) {
      ms += rng.Between(0, 10);
      if (rng.Chance(0.001)) {
        next += 5000;
        came.clear();
      }
      if (rng.Chance(0.05)) ++next;
      int64_t seq = rng.Chance(0.1) ? next - rng.Between(1, 300) : next++;
      const bool late = came.contains(seq) || (!came.empty() && seq < came.rbegin()->first);
      if (Insert(seq, ms, static_cast<size_t>(rng.Between(0, 300)))) {
        ASSERT_FALSE(came.contains(seq)) << "taken twice";
        came[seq] = ms;
      } else {
        ASSERT_TRUE(late) << "a new packet was refused";
      }
      // The newest are there: within the last 300 ms, 100 numbers and 30 packets no bound has struck yet.
      ASSERT_LE(ring_.packets(), 256u);
      int checked = 0;
      for (auto it = came.rbegin(); it != came.rend() && checked < 30; ++it, ++checked) {
        if (ms - it->second < 300 && came.rbegin()->first - it->first < 100) {
          ASSERT_TRUE(Has(it->first));
        }
      }
      if (!came.empty()) {
        ASSERT_FALSE(Has(came.rbegin()->first + 1));
      }
    }
  }
}

TEST_F(PacketRingTest, AllocatesNothingInSteadyState) {
  PacketRing ring(pool_, PacketRing::Video());
  std::vector<uint8_t> payload(1200, 1);
  Rng rng(5);
  auto run = [&](int64_t from, int64_t to) {
    for (int64_t seq = from; seq < to; ++seq) {
      StoredPacket packet{.seq = ExtSeqNum(seq), .arrival = At(seq * 2)};
      packet.payload = std::span(payload).first(static_cast<size_t>(rng.Between(900, 1200)));
      ring.Insert(packet);
    }
  };
  run(0, 5000);
  const uint64_t before = test::AllocationCount();
  const size_t slabs = pool_.slab_bytes();
  run(5000, 50'000);
  EXPECT_EQ(test::AllocationCount(), before);
  EXPECT_EQ(pool_.slab_bytes(), slabs);
}

TEST(PacketPoolTest, HandsOutDistinctBlocksOfTheRightSize) {
  PacketPool pool;
  std::vector<PacketPool::Block> blocks;
  for (size_t size : {1, 256, 257, 1400, 2560}) {
    blocks.push_back(pool.Acquire(size));
    ASSERT_TRUE(blocks.back().data);
    EXPECT_GE(blocks.back().capacity(), size);
    std::fill_n(blocks.back().data, blocks.back().capacity(), static_cast<uint8_t>(blocks.size()));
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(blocks[i].data[0], i + 1);
    EXPECT_EQ(blocks[i].data[blocks[i].capacity() - 1], i + 1);
  }
  EXPECT_FALSE(pool.Acquire(PacketPool::kMaxBlock + 1).data);
  for (auto& block : blocks) pool.Release(block);
  EXPECT_EQ(pool.blocks_in_use(), 0u);
}

}  // namespace
}  // namespace sluice
