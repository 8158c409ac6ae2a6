#include "test/sim/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::sim {
namespace {

class LinkTest : public testing::Test {
 protected:
  struct Arrival {
    int number;
    TimeDelta after;
  };

  // Sends `count` datagrams of `size` bytes, one every `interval`, and waits for all.
  void Run(const LinkConfig& config, int count, TimeDelta interval = TimeDelta::Millis(1), size_t size = 1000,
           uint64_t seed = 1) {
    VirtualClock clock;
    EventQueue events(clock);
    Link link(events, seed);
    link.Configure(config);
    arrivals_.clear();
    for (int i = 0; i < count; ++i) {
      Datagram datagram(size);
      datagram[0] = static_cast<uint8_t>(i);
      datagram[1] = static_cast<uint8_t>(i >> 8);
      const Timestamp sent = events.now();
      link.Send(std::move(datagram), [&, sent](const Datagram& arrived) {
        arrivals_.push_back({arrived[0] | arrived[1] << 8, events.now() - sent});
      });
      events.RunFor(interval);
    }
    events.RunFor(TimeDelta::Seconds(100));
    stats_ = link.stats();
  }

  bool InOrder() const { return std::ranges::is_sorted(arrivals_, {}, &Arrival::number); }

  std::vector<Arrival> arrivals_;
  LinkStats stats_;
};

TEST_F(LinkTest, DelaysEverythingAlike) {
  Run({.delay = TimeDelta::Millis(30)}, 10);
  ASSERT_EQ(arrivals_.size(), 10u);
  for (const Arrival& arrival : arrivals_) EXPECT_EQ(arrival.after, TimeDelta::Millis(30));
}

TEST_F(LinkTest, JitterKeepsTheOrder) {
  Run({.delay = TimeDelta::Millis(10), .jitter = TimeDelta::Millis(20)}, 1000, TimeDelta::Millis(5));
  EXPECT_EQ(arrivals_.size(), 1000u);
  EXPECT_TRUE(InOrder());
  const auto [least, most] = std::ranges::minmax(arrivals_, {}, &Arrival::after);
  EXPECT_LT(least.after, TimeDelta::Millis(20));
  EXPECT_GT(most.after, TimeDelta::Millis(25));
  EXPECT_LE(most.after, TimeDelta::Millis(30));
}

TEST_F(LinkTest, RateMakesDatagramsWaitForEachOther) {
  // 1000 bytes at 800 kbit/s take 10 ms; they come every 5 ms.
  Run({.rate = DataRate::KilobitsPerSec(800)}, 5, TimeDelta::Millis(5));
  ASSERT_EQ(arrivals_.size(), 5u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(arrivals_[static_cast<size_t>(i)].after, TimeDelta::Millis(10 + 5 * i));
}

TEST_F(LinkTest, DropsWhatTheQueueDoesNotHold) {
  Run({.rate = DataRate::KilobitsPerSec(800), .queue_limit = DataSize::Bytes(3000)}, 10, TimeDelta::Zero());
  EXPECT_EQ(arrivals_.size(), 3u);
  EXPECT_EQ(stats_.overflowed, 7u);
}

TEST_F(LinkTest, LosesAtRandom) {
  Run({.loss = 0.1}, 10'000, TimeDelta::Zero());
  EXPECT_NEAR(static_cast<double>(stats_.lost) / 10'000, 0.1, 0.02);
  EXPECT_EQ(arrivals_.size() + stats_.lost, 10'000u);
}

TEST_F(LinkTest, LosesInBursts) {
  // Bad for 10 datagrams in a row on average, a tenth of the time.
  Run({.good_to_bad = 1.0 / 90, .bad_to_good = 0.1}, 20'000, TimeDelta::Zero());
  EXPECT_NEAR(static_cast<double>(stats_.lost) / 20'000, 0.1, 0.03);
  int bursts = 0;
  for (size_t i = 1; i < arrivals_.size(); ++i) bursts += arrivals_[i].number != arrivals_[i - 1].number + 1 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(stats_.lost) / bursts, 10, 3);
}

TEST_F(LinkTest, LetsLaterOnesOvertake) {
  Run({.reorder = 0.1, .reorder_delay = TimeDelta::Millis(5)}, 1000);
  EXPECT_EQ(arrivals_.size(), 1000u);
  EXPECT_FALSE(InOrder());
  EXPECT_NEAR(static_cast<double>(stats_.reordered), 100, 40);
}

TEST_F(LinkTest, DeliversCopies) {
  Run({.duplicate = 0.1}, 1000);
  EXPECT_EQ(arrivals_.size(), 1000 + stats_.duplicated);
  EXPECT_NEAR(static_cast<double>(stats_.duplicated), 100, 40);
}

TEST_F(LinkTest, DelaysSomeMoreThanOthers) {
  Run({.extra_delay = [](std::span<const uint8_t> d) { return TimeDelta::Millis(d[0] % 2 == 0 ? 0 : 50); }}, 10);
  for (const Arrival& arrival : arrivals_) {
    EXPECT_EQ(arrival.after, TimeDelta::Millis(arrival.number % 2 == 0 ? 0 : 50));
  }
}

TEST_F(LinkTest, DoesTheSameForTheSameSeed) {
  const LinkConfig config{.jitter = TimeDelta::Millis(9), .loss = 0.1, .reorder = 0.1, .duplicate = 0.1};
  const auto run = [&](uint64_t seed) {
    Run(config, 500, TimeDelta::Millis(1), 100, seed);
    std::vector<std::pair<int, int64_t>> out;
    for (const Arrival& arrival : arrivals_) out.emplace_back(arrival.number, arrival.after.us());
    return out;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

}  // namespace
}  // namespace sluice::sim
