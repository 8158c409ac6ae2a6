#include "rtc/cc/congestion_feedback_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/rtcp/compound.h"

namespace sluice {
namespace {

using rtcp::CongestionFeedback;

constexpr Ssrc kReporter(1);
constexpr uint32_t kVideo = 10;
constexpr uint32_t kAudio = 11;
constexpr TimeDelta kTick = TimeDelta::Micros(977);  // 1/1024 s, rounded up

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }

using Told = std::map<std::pair<uint32_t, int>, Timestamp>;  // by SSRC and number; Never when lost

class CongestionFeedbackGeneratorTest : public testing::Test {
 protected:
  void Packet(uint32_t ssrc, int seq, int64_t ms, rtcp::Ecn ecn = rtcp::Ecn::kNotEct) {
    generator_.OnPacket(Ssrc(ssrc), SeqNum(static_cast<uint16_t>(seq)), At(ms), ecn);
  }

  // Everything there is to tell, over the wire.
  Told Collect(int64_t now_ms) {
    Told told;
    while (const auto message = generator_.Next(kReporter, At(now_ms), 77)) {
      ++messages_;
      std::array<uint8_t, CongestionFeedbackGenerator::kMaxSize> bytes;
      rtcp::CompoundWriter out(bytes);
      EXPECT_TRUE(out.Add(*message));
      int read = 0;
      rtcp::ReadCompound(out.written(), [&](const CongestionFeedback& feedback) {
        ++read;
        EXPECT_EQ(feedback.sender, kReporter);
        EXPECT_EQ(feedback.timestamp, 77u);
        for (const CongestionFeedback::Stream& stream : feedback.streams) Note(stream, now_ms, told);
      });
      EXPECT_EQ(read, 1);
    }
    EXPECT_TRUE(generator_.deadline().IsInfinite());
    return told;
  }

  void Note(const CongestionFeedback::Stream& stream, int64_t now_ms, Told& told) {
    SeqNum seq = stream.begin;
    for (const CongestionFeedback::Packet& packet : stream.packets) {
      const auto before = packet.BeforeReport();
      told[{stream.ssrc.value(), seq.value()}] = before ? At(now_ms) - *before : Timestamp::Never();
      ecn_ = packet.ecn;
      seq = seq + 1;
    }
  }

  CongestionFeedbackGenerator generator_;
  int messages_ = 0;
  rtcp::Ecn ecn_ = rtcp::Ecn::kNotEct;  // of the last packet told
};

testing::AssertionResult IsAbout(Timestamp told, Timestamp wanted) {
  const TimeDelta apart = told < wanted ? wanted - told : told - wanted;
  return apart <= kTick ? testing::AssertionSuccess() : testing::AssertionFailure() << told.us() << " " << wanted.us();
}

TEST_F(CongestionFeedbackGeneratorTest, NothingToTellBeforeTheFirstPacket) {
  EXPECT_TRUE(generator_.deadline().IsInfinite());
  EXPECT_FALSE(generator_.Next(kReporter, At(0), 0));
}

TEST_F(CongestionFeedbackGeneratorTest, TellsEveryInterval) {
  Packet(kVideo, 10, 1000);
  Packet(kAudio, 11, 1010);
  EXPECT_EQ(generator_.deadline(), At(1050));
  Collect(1050);
  Packet(kVideo, 12, 1055);
  EXPECT_EQ(generator_.deadline(), At(1105));
}

TEST_F(CongestionFeedbackGeneratorTest, TellsArrivalsAndLossesOfEachStream) {
  Packet(kVideo, 10, 1000);
  Packet(kAudio, 65535, 1005);
  Packet(kVideo, 12, 1020);
  Packet(kAudio, 0, 1025);
  const auto told = Collect(1050);
  ASSERT_EQ(told.size(), 5u);
  EXPECT_TRUE(IsAbout(told.at({kVideo, 10}), At(1000)));
  EXPECT_TRUE(told.at({kVideo, 11}).IsNever());
  EXPECT_TRUE(IsAbout(told.at({kVideo, 12}), At(1020)));
  EXPECT_TRUE(IsAbout(told.at({kAudio, 65535}), At(1005)));
  EXPECT_TRUE(IsAbout(told.at({kAudio, 0}), At(1025)));
  EXPECT_EQ(messages_, 1);
}

TEST_F(CongestionFeedbackGeneratorTest, LossBetweenTwoMessagesIsToldInTheSecond) {
  Packet(kVideo, 10, 1000);
  Collect(1050);
  Packet(kVideo, 12, 1100);
  const auto told = Collect(1150);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told.at({kVideo, 11}).IsNever());
}

TEST_F(CongestionFeedbackGeneratorTest, LatePacketIsToldAfterAll) {
  Packet(kVideo, 10, 1000);
  Packet(kVideo, 12, 1010);
  Collect(1050);
  Packet(kVideo, 11, 1100);
  EXPECT_TRUE(IsAbout(Collect(1150).at({kVideo, 11}), At(1100)));
  Packet(kVideo, 12 + CongestionFeedbackGenerator::kMaxLate, 1200);
  Collect(1250);
  Packet(kVideo, 12, 1260);  // known
  Packet(kVideo, 9, 1260);   // too late
  EXPECT_TRUE(Collect(1300).empty());
}

TEST_F(CongestionFeedbackGeneratorTest, DuplicateChangesOnlyTheMark) {
  Packet(kVideo, 10, 1000, rtcp::Ecn::kEct0);
  Packet(kVideo, 10, 1030, rtcp::Ecn::kCongested);
  Packet(kVideo, 10, 1040, rtcp::Ecn::kEct0);
  EXPECT_TRUE(IsAbout(Collect(1050).at({kVideo, 10}), At(1000)));
  EXPECT_EQ(ecn_, rtcp::Ecn::kCongested);
}

TEST_F(CongestionFeedbackGeneratorTest, WhatDoesNotFitOneMessageMakesSeveral) {
  for (uint32_t ssrc = 1; ssrc <= 5; ++ssrc) {
    for (int i = 0; i < 333; ++i) Packet(ssrc, i, 1000 + i % 40);
  }
  EXPECT_EQ(Collect(1050).size(), 5u * 333);
  EXPECT_EQ(messages_, 3);
}

TEST_F(CongestionFeedbackGeneratorTest, JumpOfTheNumbersIsBounded) {
  Packet(kVideo, 10, 1000);
  Packet(kVideo, 30'000, 1001);
  const auto told = Collect(1050);
  EXPECT_LE(told.size(), static_cast<size_t>(CongestionFeedbackGenerator::kWindow));
  EXPECT_TRUE(IsAbout(told.at({kVideo, 30'000}), At(1001)));
}

TEST_F(CongestionFeedbackGeneratorTest, ANewStreamTakesThePlaceOfTheOneSilentForLongest) {
  const uint32_t streams = CongestionFeedbackGenerator::kMaxStreams;
  for (uint32_t ssrc = 0; ssrc < streams; ++ssrc) Packet(ssrc, 1, 1000 + ssrc);
  Packet(0, 2, 2000);
  Packet(1000, 7, 2001);
  const auto told = Collect(2010);
  EXPECT_EQ(told.size(), streams + 1);  // without the second
  EXPECT_FALSE(told.contains({1, 1}));
  EXPECT_TRUE(told.contains({1000, 7}));
}

TEST_F(CongestionFeedbackGeneratorTest, EveryArrivalIsToldUnderRandomLossAndReordering) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    generator_ = CongestionFeedbackGenerator();
    struct Arrival {
      int64_t ms;
      int seq;
      uint32_t ssrc;
      auto operator<=>(const Arrival&) const = default;
    };
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 3000; ++i) {
      const int64_t late = rng.Chance(0.2) ? rng.Between(0, 150) : 0;
      if (!rng.Chance(0.1)) arrivals.push_back({1000 + i + late, i, i % 2 == 0 ? kVideo : kAudio});
    }
    std::ranges::sort(arrivals);
    Told told;
    const auto collect = [&](int64_t ms) {
      for (const auto& [packet, at] : Collect(ms)) {
        if (!at.IsNever()) told[packet] = at;
      }
    };
    for (const Arrival& arrival : arrivals) {
      if (generator_.deadline() <= At(arrival.ms)) collect(arrival.ms);
      Packet(arrival.ssrc, arrival.seq / 2, arrival.ms);
    }
    collect(arrivals.back().ms);
    ASSERT_EQ(told.size(), arrivals.size());
    for (const Arrival& arrival : arrivals) {
      ASSERT_TRUE(IsAbout(told.at({arrival.ssrc, arrival.seq / 2}), At(arrival.ms))) << arrival.seq;
    }
  }
}

}  // namespace
}  // namespace sluice
