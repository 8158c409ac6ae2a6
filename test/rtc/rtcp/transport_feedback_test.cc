#include "rtc/rtcp/transport_feedback.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sluice::rtcp {
namespace {

constexpr auto kMs = [](int64_t ms) { return Timestamp::Millis(ms); };

std::optional<TransportFeedback> ParseBody(const std::vector<uint8_t>& body) {
  return TransportFeedback::Parse({PacketType::kTransportFeedback, 15, body});
}

// Sender 1, media 2, base 0xFFFE, `count` packets, reference time 3, feedback count 9.
std::vector<uint8_t> Body(uint8_t count, const std::vector<uint8_t>& rest) {
  std::vector<uint8_t> body = {0, 0, 0, 1, 0, 0, 0, 2, 0xFF, 0xFE, 0, count, 0, 0, 3, 9};
  for (uint8_t byte : rest) body.push_back(byte);
  return body;
}

TEST(TransportFeedbackTest, ReadsARunOfSmallDeltas) {
  const auto feedback = ParseBody(Body(3, {0x20, 3, 4, 0, 8, 0, 0, 0}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->reference_time, 3);
  EXPECT_EQ(feedback->count, 9);
  ASSERT_EQ(feedback->packets.size(), 3u);
  EXPECT_EQ(feedback->packets[0], (TransportFeedback::Packet{SeqNum(65534), TimeDelta::Millis(1)}));
  EXPECT_EQ(feedback->packets[1], (TransportFeedback::Packet{SeqNum(65535), TimeDelta::Millis(1)}));
  EXPECT_EQ(feedback->packets[2], (TransportFeedback::Packet{SeqNum(0), TimeDelta::Millis(3)}));
}

TEST(TransportFeedbackTest, ReadsVectorsOfOneAndTwoBits) {
  // 1 bit: came, lost, came (the other 11 are behind the end).
  auto feedback = ParseBody(Body(3, {0b10101000, 0, 4, 4}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->packets[1].arrival, std::nullopt);
  EXPECT_EQ(feedback->packets[2].arrival, TimeDelta::Millis(2));
  // 2 bits: small, large (negative), lost.
  feedback = ParseBody(Body(3, {0b11011000, 0, 8, 0xFF, 0xFC}));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->packets[0].arrival, TimeDelta::Millis(2));
  EXPECT_EQ(feedback->packets[1].arrival, TimeDelta::Millis(1));
  EXPECT_EQ(feedback->packets[2].arrival, std::nullopt);
}

TEST(TransportFeedbackTest, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(ParseBody(Body(0, {0x20, 3})));                    // no packets
  EXPECT_FALSE(ParseBody(Body(3, {0x20, 2, 4, 4})));              // chunks end too early (the next word is a run of 0)
  EXPECT_FALSE(ParseBody(Body(3, {0x20, 3, 4, 4})));              // a delta is missing
  EXPECT_FALSE(ParseBody(Body(3, {0x60, 3, 4, 4, 4, 4})));        // the reserved status
  EXPECT_FALSE(ParseBody(Body(3, {0x20, 0, 0x20, 3, 4, 4, 4})));  // a run of none
}

TEST(TransportFeedbackTest, RefusesMorePacketsThanItsBound) {
  std::vector<uint8_t> body = Body(0, {0x1F, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF});
  body[10] = 0x10;
  body[11] = 0x00;
  EXPECT_TRUE(ParseBody(body));
  body[11] = 0x01;
  EXPECT_FALSE(ParseBody(body));
}

TEST(TransportFeedbackBuilderTest, NotesLossesBetweenArrivals) {
  TransportFeedbackBuilder builder(Ssrc(1), Ssrc(2), 0, SeqNum(65534), kMs(1000));
  EXPECT_TRUE(builder.empty());
  EXPECT_TRUE(builder.Add(SeqNum(65535), kMs(1000)));
  EXPECT_TRUE(builder.Add(SeqNum(2), kMs(1010)));
  const TransportFeedback& feedback = builder.feedback();
  ASSERT_EQ(feedback.packets.size(), 5u);
  EXPECT_EQ(feedback.base_seq(), SeqNum(65534));
  EXPECT_EQ(feedback.packets[0].arrival, std::nullopt);
  EXPECT_EQ(feedback.reference_time, 15);  // 960 ms
  EXPECT_EQ(feedback.packets[1].arrival, TimeDelta::Millis(40));
  EXPECT_EQ(feedback.packets[3].arrival, std::nullopt);
  EXPECT_EQ(feedback.packets[4].arrival, TimeDelta::Millis(50));
}

TEST(TransportFeedbackBuilderTest, DoesNotGatherRoundingErrors) {
  TransportFeedbackBuilder builder(Ssrc(1), Ssrc(2), 0, SeqNum(0), Timestamp::Micros(0));
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(builder.Add(SeqNum(0) + i, Timestamp::Micros(i * 333)));
  EXPECT_LE((builder.feedback().packets.back().arrival.value() - TimeDelta::Micros(399 * 333)).us(), 125);
}

TEST(TransportFeedbackBuilderTest, EndsWhereANumberOrATimeDoesNotFit) {
  TransportFeedbackBuilder builder(Ssrc(1), Ssrc(2), 0, SeqNum(0), kMs(0));
  EXPECT_TRUE(builder.Add(SeqNum(0), kMs(0)));
  EXPECT_FALSE(builder.Add(SeqNum(0), kMs(1)));  // not ascending
  EXPECT_FALSE(builder.Add(SeqNum(1), kMs(8200)));
  EXPECT_TRUE(builder.Add(SeqNum(1), kMs(8000)));
  EXPECT_FALSE(builder.Add(SeqNum(TransportFeedbackBuilder::kMaxPackets), kMs(8000)));
  EXPECT_EQ(builder.feedback().packets.size(), 2u);
}

TEST(TransportFeedbackBuilderTest, FitsADatagramAtItsWorst) {
  TransportFeedbackBuilder builder(Ssrc(1), Ssrc(2), 0, SeqNum(0), kMs(0));
  // Lost, large and small in turns: nothing runs, and every chunk has two bits.
  int64_t time = 0;
  for (size_t i = 0; i < TransportFeedbackBuilder::kMaxPackets; ++i) {
    time += i % 2 == 0 ? 100 : 200;
    ASSERT_TRUE(builder.Add(SeqNum(static_cast<uint16_t>(i)), kMs(time)));
  }
  EXPECT_LE(builder.feedback().WireSize(), 1200u);
}

TEST(TransportFeedbackTest, WritesLongRunsInOneWord) {
  TransportFeedbackBuilder builder(Ssrc(1), Ssrc(2), 0, SeqNum(0), kMs(0));
  ASSERT_TRUE(builder.Add(SeqNum(0), kMs(0)));
  ASSERT_TRUE(builder.Add(SeqNum(499), kMs(1)));
  // Header 20, a vector that takes the first arrival, a run of losses, the last arrival, two deltas.
  EXPECT_EQ(builder.feedback().WireSize(), 28u);
}

}  // namespace
}  // namespace sluice::rtcp
