#include "rtc/cc/transport_feedback_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/rtcp/block.h"

namespace sluice {
namespace {

constexpr Ssrc kSender(1);
constexpr Ssrc kMedia(2);

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

class TransportFeedbackGeneratorTest : public testing::Test {
 protected:
  void Packet(int seq, int64_t ms) { generator_.OnPacket(SeqNum(static_cast<uint16_t>(seq)), At(ms)); }

  // Everything there is to tell now, over the wire: number -> arrival, Never when lost.
  std::map<int, Timestamp> Collect() {
    std::map<int, Timestamp> told;
    while (auto feedback = generator_.Next(kSender, kMedia)) {
      std::vector<uint8_t> wire(feedback->WireSize());
      EXPECT_LE(wire.size(), 1200u);
      ByteWriter out(wire);
      feedback->Write(out);
      EXPECT_TRUE(out.ok());
      auto parsed = rtcp::TransportFeedback::Parse(
          {rtcp::PacketType::kTransportFeedback, 15, std::span(wire).subspan(rtcp::kHeaderSize)});
      if (!parsed) {
        ADD_FAILURE() << "unreadable feedback";
        break;
      }
      EXPECT_EQ(parsed->count, messages_++ & 0xFF);
      for (const auto& packet : parsed->packets) {
        told[packet.seq.value()] =
            packet.arrival ? Timestamp::Micros(0) + kUnit * int64_t{parsed->reference_time} + *packet.arrival
                           : Timestamp::Never();
      }
    }
    return told;
  }

  static constexpr TimeDelta kUnit = rtcp::TransportFeedback::kReferenceUnit;
  TransportFeedbackGenerator generator_;
  int messages_ = 0;
};

TEST_F(TransportFeedbackGeneratorTest, NothingToTellBeforeTheFirstPacket) {
  EXPECT_TRUE(generator_.deadline().IsInfinite());
  EXPECT_FALSE(generator_.Next(kSender, kMedia));
}

TEST_F(TransportFeedbackGeneratorTest, TellsEveryHundredMilliseconds) {
  Packet(10, 1000);
  Packet(11, 1010);
  EXPECT_EQ(generator_.deadline(), At(1100));
  Collect();
  EXPECT_TRUE(generator_.deadline().IsInfinite());
  Packet(12, 1105);
  EXPECT_EQ(generator_.deadline(), At(1205));
}

TEST_F(TransportFeedbackGeneratorTest, TellsArrivalsAndLosses) {
  Packet(10, 1000);
  Packet(13, 1020);
  auto told = Collect();
  EXPECT_EQ(told, (std::map<int, Timestamp>{
                      {10, At(1000)}, {11, Timestamp::Never()}, {12, Timestamp::Never()}, {13, At(1020)}}));
}

TEST_F(TransportFeedbackGeneratorTest, LossBetweenTwoMessagesIsToldInTheSecond) {
  Packet(10, 1000);
  Collect();
  Packet(12, 1100);
  EXPECT_EQ(Collect(), (std::map<int, Timestamp>{{11, Timestamp::Never()}, {12, At(1100)}}));
}

TEST_F(TransportFeedbackGeneratorTest, LatePacketIsToldAfterAll) {
  Packet(10, 1000);
  Packet(12, 1010);
  Collect();
  Packet(11, 1150);
  auto told = Collect();
  EXPECT_EQ(told[11], At(1150));
}

TEST_F(TransportFeedbackGeneratorTest, DuplicateDoesNotChangeTheArrival) {
  Packet(10, 1000);
  Packet(10, 1050);
  EXPECT_EQ(Collect()[10], At(1000));
}

TEST_F(TransportFeedbackGeneratorTest, NumbersWrap) {
  for (int i = 0; i < 10; ++i) Packet((65530 + i) & 0xFFFF, 1000 + i);
  auto told = Collect();
  EXPECT_EQ(told.size(), 10u);
  EXPECT_EQ(told[3], At(1009));
}

TEST_F(TransportFeedbackGeneratorTest, PauseOfSecondsMakesTwoMessages) {
  Packet(10, 1000);
  Packet(11, 20'000);
  auto told = Collect();
  EXPECT_EQ(messages_, 2);
  EXPECT_EQ(told[10], At(1000));
  EXPECT_EQ(told[11], At(20'000));
}

TEST_F(TransportFeedbackGeneratorTest, JumpOfTheNumbersIsBounded) {
  Packet(10, 1000);
  Packet(30'000, 1001);
  auto told = Collect();
  EXPECT_LE(told.size(), static_cast<size_t>(TransportFeedbackGenerator::kWindow));
  EXPECT_EQ(told[30'000], At(1001));
  Packet(30'001, 1002);
  EXPECT_EQ(Collect().size(), 1u);
}

TEST_F(TransportFeedbackGeneratorTest, HeavyLossAndAFarJumpAlwaysEnd) {
  Rng rng(3);
  int64_t ms = 1000;
  for (int round = 0; round < 2000; ++round) {
    for (int i = 0; i < 20; ++i) Packet(static_cast<int>(rng.U32() & 0xFFFF), ms += rng.Between(0, 200));
    Collect();
    ASSERT_TRUE(generator_.deadline().IsInfinite());
  }
}

TEST_F(TransportFeedbackGeneratorTest, EveryArrivalIsToldUnderRandomLossAndReordering) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    generator_ = TransportFeedbackGenerator();
    messages_ = 0;
    struct Arrival {
      int64_t ms;
      int seq;
      auto operator<=>(const Arrival&) const = default;
    };
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 3000; ++i) {
      if (!rng.Chance(0.1)) arrivals.push_back({1000 + i + (rng.Chance(0.2) ? rng.Between(0, 150) : 0), i});
    }
    std::sort(arrivals.begin(), arrivals.end());
    std::map<int, Timestamp> told;
    for (const Arrival& arrival : arrivals) {
      while (generator_.deadline() <= At(arrival.ms)) {
        for (auto [seq, at] : Collect()) {
          if (!at.IsNever()) told[seq] = at;
        }
      }
      Packet(arrival.seq, arrival.ms);
    }
    for (auto [seq, at] : Collect()) {
      if (!at.IsNever()) told[seq] = at;
    }
    size_t expected = 0;
    for (const Arrival& arrival : arrivals) {
      ++expected;
      ASSERT_EQ(told[arrival.seq], At(arrival.ms)) << arrival.seq;
    }
    ASSERT_EQ(told.size(), expected);
  }
}

}  // namespace
}  // namespace sluice
