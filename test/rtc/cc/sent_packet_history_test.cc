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
  history_.OnSentUnnumbered(100, At(0));
  history_.OnSentUnnumbered(100, At(0));
  Send(1, 2);
  EXPECT_EQ(history_.in_flight().bytes(), 2 * kOnLine + 2 * 128);
  const FeedbackReport report = history_.OnFeedback(Feedback(1, {5, 6}), At(60));
  EXPECT_EQ(report.packets[0].packet.unnumbered.bytes(), 2 * 128);
  EXPECT_EQ(report.packets[0].packet.total().bytes(), kOnLine + 2 * 128);
  EXPECT_EQ(report.packets[1].packet.unnumbered, DataSize::Zero());
  EXPECT_EQ(report.in_flight, DataSize::Zero());
}

// A minute of data at 8 kbit/s on the line, while no video is sent, is no burst of a megabit.
TEST_F(SentPacketHistoryTest, OfWhatHasNoNumberOnlyTheLastHalfSecondFaresAsThePacketAfterIt) {
  for (int i = 0; i < 600; ++i) history_.OnSentUnnumbered(72, At(i * 100));
  const SentPacket sent = history_.OnSent(SeqNum(1), kSize, 0, At(60'000));
  EXPECT_EQ(sent.unnumbered.bytes(), 500);
  EXPECT_EQ(history_.OnSent(SeqNum(2), kSize, 0, At(60'000)).unnumbered, DataSize::Zero());
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

// Packets whose numbers do not stand in them, of two streams in turns: numbers from 10, sequence numbers from 65535.
class StreamHistoryTest : public ::testing::Test {
 protected:
  void Send(int count, int64_t ms = 0) {
    for (int i = 0; i < count; ++i, ++sent_) {
      const SeqNum number = SeqNum(10) + sent_;
      numbers_.OnSent(sent_ % 2 == 0 ? kVideo : kAudio, SeqNum(65535) + sent_ / 2, number);
      history_.OnSent(number, kSize, 0, At(ms + i));
    }
  }
  using Arrival = std::optional<int>;  // 1/1024 s before the report; nullopt: lost
  static rtcp::CongestionFeedback::Stream Of(Ssrc ssrc, uint16_t begin, std::initializer_list<Arrival> arrivals) {
    rtcp::CongestionFeedback::Stream stream{.ssrc = ssrc, .begin = SeqNum(begin)};
    for (const Arrival& before : arrivals) {
      stream.packets.push_back(
          {.received = before.has_value(), .before_report = static_cast<uint16_t>(before.value_or(0))});
    }
    return stream;
  }
  FeedbackReport Tell(std::initializer_list<rtcp::CongestionFeedback::Stream> streams, int64_t ms,
                      uint32_t timestamp = 0x10000) {
    rtcp::CongestionFeedback feedback{.timestamp = timestamp};
    for (const auto& stream : streams) feedback.streams.push_back(stream);
    return history_.OnFeedback(feedback, numbers_, At(ms));
  }

  static constexpr Ssrc kVideo{1}, kAudio{2};
  StreamNumbers numbers_;
  SentPacketHistory history_;
  int sent_ = 0;
};

TEST_F(StreamHistoryTest, TellsOfAllStreamsInTheOrderOfSending) {
  Send(6);
  const auto report = Tell({Of(kAudio, 65535, {20, 12, 4}), Of(kVideo, 65535, {24, std::nullopt, 8})}, 100);
  ASSERT_EQ(report.packets.size(), 6u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(report.packets[static_cast<size_t>(i)].packet.sent, At(i));
  EXPECT_TRUE(report.packets[2].lost());
  EXPECT_EQ(report.packets[1].arrival - report.packets[0].arrival, TimeDelta::Micros(23437 - 19531));
  EXPECT_EQ(report.in_flight, DataSize::Zero());
  EXPECT_EQ(history_.feedback_rtt(), TimeDelta::Micros(95'000 - 3906)) << "without what the receiver waited";
}

TEST_F(StreamHistoryTest, WhatIsToldAgainIsToldOnceUnlessItWasCalledLost) {
  Send(4);
  Tell({Of(kVideo, 65535, {24, std::nullopt})}, 100);
  const auto report = Tell({Of(kVideo, 65535, {90, 80})}, 150, 0x10000 + 3277);
  ASSERT_EQ(report.packets.size(), 1u);
  EXPECT_TRUE(report.packets[0].was_lost);
  EXPECT_FALSE(report.packets[0].lost());
}

TEST_F(StreamHistoryTest, ArrivalsOfReportsCompareAlsoWhereTheirClockWraps) {
  Send(4);
  const Timestamp first = Tell({Of(kVideo, 65535, {0})}, 100, 0xFFFFF000).packets[0].arrival;
  const Timestamp second = Tell({Of(kVideo, 0, {0})}, 200, 0x00000800).packets[0].arrival;
  EXPECT_EQ(second - first, TimeDelta::Micros(93'750));
}

TEST_F(StreamHistoryTest, AReportThatComesLateIsTakenAsItIs) {
  Send(4);
  const Timestamp second = Tell({Of(kVideo, 0, {0})}, 100, 0x20000).packets[0].arrival;
  const Timestamp first = Tell({Of(kVideo, 65535, {0})}, 101, 0x1F000).packets[0].arrival;
  EXPECT_EQ(second - first, TimeDelta::Micros(62'500));
}

TEST_F(StreamHistoryTest, AClockThatJumpsTellsNoArrivals) {
  Send(6);
  Tell({Of(kVideo, 65535, {0})}, 100, 0x10000);
  EXPECT_TRUE(Tell({Of(kVideo, 0, {0})}, 200, 0x7000000).packets.empty());
  EXPECT_EQ(Tell({Of(kVideo, 1, {0})}, 300, 0x7000000 + 6553).packets.size(), 1u);
  EXPECT_EQ(history_.in_flight().bytes(), 3 * kOnLine) << "the audio";
}

TEST_F(StreamHistoryTest, PassesOverWhatIsNotKnown) {
  Send(2);
  EXPECT_TRUE(Tell({Of(Ssrc(77), 65535, {1, 2}), Of(kVideo, 100, {1, std::nullopt})}, 100).packets.empty());
  // It came, and nobody knows when.
  EXPECT_TRUE(Tell({Of(kVideo, 65535, {rtcp::CongestionFeedback::kUnknownTime})}, 100).packets.empty());
  EXPECT_EQ(history_.in_flight().bytes(), kOnLine);
}

TEST(StreamNumbersTest, OldPacketsMakeRoomForNewOnesAndSilentStreamsForOthers) {
  StreamNumbers numbers;
  const auto window = static_cast<int>(StreamNumbers::kWindow);
  for (int i = 0; i <= window; ++i) numbers.OnSent(Ssrc(1), SeqNum(0) + i, SeqNum(7) + i);
  EXPECT_EQ(numbers.Find(Ssrc(1), SeqNum(0)), std::nullopt);
  EXPECT_EQ(numbers.Find(Ssrc(1), SeqNum(1)), SeqNum(8));
  for (uint32_t ssrc = 2; ssrc <= StreamNumbers::kMaxStreams; ++ssrc) numbers.OnSent(Ssrc(ssrc), SeqNum(0), SeqNum(0));
  numbers.OnSent(Ssrc(1), SeqNum(2000), SeqNum(1));
  numbers.OnSent(Ssrc(1000), SeqNum(5), SeqNum(6));
  EXPECT_EQ(numbers.Find(Ssrc(2), SeqNum(0)), std::nullopt);
  EXPECT_EQ(numbers.Find(Ssrc(1), SeqNum(2000)), SeqNum(1));
  EXPECT_EQ(numbers.Find(Ssrc(1000), SeqNum(5)), SeqNum(6));
}

}  // namespace
}  // namespace sluice
