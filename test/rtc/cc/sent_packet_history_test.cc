#include "rtc/cc/sent_packet_history.h"

#include <gmock/gmock.h>

#include <initializer_list>
#include <optional>

namespace sluice {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(50);
constexpr size_t kSize = 1000;
constexpr int64_t kOnLine = 1000 + 28;

Timestamp At(int64_t ms) { return kStart + TimeDelta::Millis(ms); }

// Arrivals in ms after the reference, from `base` on; nullopt: lost.
rtcp::TransportFeedback Feedback(uint16_t base, std::initializer_list<std::optional<int>> arrivals,
                                 int32_t reference = 100) {
  rtcp::TransportFeedback feedback{.reference_time = reference};
  SeqNum seq(base);
  for (const std::optional<int>& ms : arrivals) {
    feedback.packets.push_back({.seq = seq});
    if (ms) feedback.packets.back().arrival = TimeDelta::Millis(*ms);
    seq = seq + 1;
  }
  return feedback;
}

class SentPacketHistoryTest : public ::testing::Test {
 protected:
  void Send(uint16_t first, int count, int64_t ms = 0) {
    for (int i = 0; i < count; ++i) history_.OnSent(SeqNum(first) + i, kSize, 0, At(ms + i));
  }
  SentPacketHistory history_;
};

TEST_F(SentPacketHistoryTest, TellsOfWhatArrivedAndWhatWasLost) {
  Send(10, 3);
  EXPECT_EQ(history_.in_flight().bytes(), 3 * kOnLine);
  const FeedbackReport report = history_.OnFeedback(Feedback(10, {5, std::nullopt, 8}), At(60));
  ASSERT_EQ(report.packets.size(), 3u);
  EXPECT_EQ(report.packets[0].packet.sent, At(0));
  EXPECT_EQ(report.packets[0].packet.size.bytes(), kOnLine);
  EXPECT_TRUE(report.packets[1].lost());
  EXPECT_EQ(report.packets[2].arrival - report.packets[0].arrival, TimeDelta::Millis(3));
  EXPECT_EQ(report.in_flight, DataSize::Zero());
  EXPECT_EQ(report.received, At(60));
  EXPECT_EQ(history_.feedback_rtt(), TimeDelta::Millis(58));
}

TEST_F(SentPacketHistoryTest, TellsOfAPacketOnceHoweverOftenTheFeedbackComes) {
  Send(10, 2);
  history_.OnFeedback(Feedback(10, {5, 6}), At(60));
  EXPECT_TRUE(history_.OnFeedback(Feedback(10, {5, 6}), At(61)).packets.empty());
}

TEST_F(SentPacketHistoryTest, TellsAgainOfAPacketThatCameAfterItWasCalledLost) {
  Send(10, 2);
  history_.OnFeedback(Feedback(10, {std::nullopt, 6}), At(60));
  const FeedbackReport report = history_.OnFeedback(Feedback(10, {30, 6}), At(160));
  ASSERT_EQ(report.packets.size(), 1u);
  EXPECT_TRUE(report.packets[0].was_lost);
  EXPECT_FALSE(report.packets[0].lost());
  EXPECT_EQ(report.in_flight, DataSize::Zero());
}

TEST_F(SentPacketHistoryTest, PassesOverNumbersThatWereNeverSent) {
  EXPECT_TRUE(history_.OnFeedback(Feedback(10, {1, 2}), At(1)).packets.empty());
  Send(10, 2);
  EXPECT_EQ(history_.OnFeedback(Feedback(8, {1, 2, 3, 4, 5, 6}), At(60)).packets.size(), 2u);
  EXPECT_TRUE(history_.OnFeedback(Feedback(40000, {1, 2}), At(60)).packets.empty());
}

TEST_F(SentPacketHistoryTest, NumbersWrap) {
  Send(65534, 4);
  EXPECT_EQ(history_.OnFeedback(Feedback(65534, {1, 2, 3, 4}), At(60)).packets.size(), 4u);
  EXPECT_EQ(history_.in_flight(), DataSize::Zero());
}

TEST_F(SentPacketHistoryTest, TheReferenceTimeWraps) {
  Send(1, 2);
  const Timestamp before = history_.OnFeedback(Feedback(1, {0}, 0x7FFFFF), At(60)).packets[0].arrival;
  const Timestamp after = history_.OnFeedback(Feedback(2, {0}, -0x800000), At(124)).packets[0].arrival;
  EXPECT_EQ(after - before, rtcp::TransportFeedback::kReferenceUnit);
}

TEST_F(SentPacketHistoryTest, AClockThatJumpsTellsNoArrivals) {
  Send(1, 4);
  history_.OnFeedback(Feedback(1, {0}, 100), At(60));
  const FeedbackReport jumped = history_.OnFeedback(Feedback(2, {0, std::nullopt}, 100 + 200), At(124));
  ASSERT_EQ(jumped.packets.size(), 1u);
  EXPECT_TRUE(jumped.packets[0].lost());
  EXPECT_EQ(jumped.in_flight.bytes(), kOnLine);
  EXPECT_EQ(history_.OnFeedback(Feedback(4, {0}, 100 + 201), At(188)).packets.size(), 1u);
}

TEST_F(SentPacketHistoryTest, WhatHasNoNumberFaresAsThePacketAfterIt) {
  history_.OnSentUnnumbered(100);
  history_.OnSentUnnumbered(100);
  Send(1, 2);
  EXPECT_EQ(history_.in_flight().bytes(), 2 * kOnLine + 2 * 128);
  const FeedbackReport report = history_.OnFeedback(Feedback(1, {5, 6}), At(60));
  EXPECT_EQ(report.packets[0].packet.unnumbered.bytes(), 2 * 128);
  EXPECT_EQ(report.packets[0].packet.total().bytes(), kOnLine + 2 * 128);
  EXPECT_EQ(report.packets[1].packet.unnumbered, DataSize::Zero());
  EXPECT_EQ(report.in_flight, DataSize::Zero());
}

TEST_F(SentPacketHistoryTest, LostFeedbackDoesNotKeepPacketsInFlightForEver) {
  Send(1, 10);
  Send(11, 1, 20);
  // About the last one only: the message about the others is late, then lost.
  EXPECT_EQ(history_.OnFeedback(Feedback(11, {5}), At(100)).in_flight.bytes(), 10 * kOnLine);
  Send(12, 1, 4000);
  EXPECT_EQ(history_.OnFeedback(Feedback(12, {5}), At(4100)).in_flight, DataSize::Zero());
}

TEST_F(SentPacketHistoryTest, OldPacketsMakeRoomForNewOnes) {
  for (int i = 0; i < SentPacketHistory::kHistory + 10; ++i)
    history_.OnSent(SeqNum(static_cast<uint16_t>(i)), kSize, 0, At(i));
  EXPECT_EQ(history_.in_flight().bytes(), SentPacketHistory::kHistory * kOnLine);
  EXPECT_TRUE(history_.OnFeedback(Feedback(0, {5, 6}), At(60)).packets.empty());
}

}  // namespace
}  // namespace sluice
