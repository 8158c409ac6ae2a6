#include "rtc/rtcp/congestion_feedback.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sluice::rtcp {
namespace {

using Packet = CongestionFeedback::Packet;

std::optional<CongestionFeedback> ParseBody(const std::vector<uint8_t>& body) {
  return CongestionFeedback::Parse({PacketType::kTransportFeedback, 11, body});
}

// One stream of three packets (came ECT(0) 1 s before, lost, came marked 1/1024 s before), one of none.
const std::vector<uint8_t> kBody = {
    0,    0,    0,    1,                 // who reports
    0xAA, 0xBB, 0xCC, 0xDD,              // a stream
    0xFF, 0xFF, 0,    3,                 // three packets from 65535
    0xC4, 0,    0,    0,                 // 1|10|1024, 0|00|0
    0xE0, 1,    0,    0,                 // 1|11|1, and two bytes to make a word
    0,    0,    0,    9,    0, 5, 0, 0,  // another: none from 5
    0,    2,    0x80, 0,                 // 2.5 s
};

TEST(CongestionFeedbackTest, ReadsStreamsOfPackets) {
  const auto feedback = ParseBody(kBody);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender, Ssrc(1));
  EXPECT_EQ(feedback->timestamp, 0x00028000u);
  ASSERT_EQ(feedback->streams.size(), 2u);
  const CongestionFeedback::Stream& stream = feedback->streams[0];
  EXPECT_EQ(stream.ssrc, Ssrc(0xAABBCCDD));
  EXPECT_EQ(stream.begin, SeqNum(65535));
  ASSERT_EQ(stream.packets.size(), 3u);
  EXPECT_EQ(stream.packets[0], (Packet{.received = true, .ecn = Ecn::kEct0, .before_report = 1024}));
  EXPECT_EQ(stream.packets[1], Packet());
  EXPECT_EQ(stream.packets[2], (Packet{.received = true, .ecn = Ecn::kCongested, .before_report = 1}));
  EXPECT_EQ(feedback->streams[1].begin, SeqNum(5));
  EXPECT_TRUE(feedback->streams[1].packets.empty());
}

TEST(CongestionFeedbackTest, WritesTheSameBytes) {
  const auto feedback = ParseBody(kBody);
  ASSERT_TRUE(feedback);
  std::array<uint8_t, 100> bytes;
  ByteWriter out(bytes);
  feedback->Write(out);
  std::vector<uint8_t> wanted = {0x8B, 205, 0, static_cast<uint8_t>(kBody.size() / 4)};
  wanted.insert(wanted.end(), kBody.begin(), kBody.end());
  EXPECT_EQ(std::vector<uint8_t>(out.written().begin(), out.written().end()), wanted);
  EXPECT_EQ(feedback->WireSize(), wanted.size());
}

TEST(CongestionFeedbackTest, TakesAReportOfNothing) {
  const auto feedback = ParseBody({0, 0, 0, 1, 0, 0, 0, 7});
  ASSERT_TRUE(feedback);
  EXPECT_TRUE(feedback->streams.empty());
  EXPECT_EQ(feedback->timestamp, 7u);
}

TEST(CongestionFeedbackTest, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(ParseBody({0, 0, 0, 1}));                                                     // no time
  EXPECT_FALSE(ParseBody({0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7}));                             // half a stream
  EXPECT_FALSE(ParseBody({0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x80, 0, 0, 0, 0, 0, 0, 7}));  // one word too few
  EXPECT_FALSE(ParseBody({0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0x80, 0, 0x80, 0, 0, 0, 7}));  // a byte too few
  EXPECT_FALSE(
      ParseBody({0, 0, 0, 1, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 7}));  // packets that are not there
}

TEST(CongestionFeedbackTest, RefusesMorePacketsOrStreamsThanItsBounds) {
  const auto with = [](size_t packets) {
    CongestionFeedback feedback;
    feedback.streams.emplace_back().packets.resize(packets);
    std::vector<uint8_t> bytes(feedback.WireSize());
    ByteWriter out(bytes);
    feedback.Write(out);
    return CongestionFeedback::Parse(
        {PacketType::kTransportFeedback, 11, std::span<const uint8_t>(bytes).subspan(kHeaderSize)});
  };
  EXPECT_TRUE(with(CongestionFeedback::kMaxPackets));
  EXPECT_FALSE(with(CongestionFeedback::kMaxPackets + 1));
  EXPECT_TRUE(ParseBody(std::vector<uint8_t>(8 + 8 * CongestionFeedback::kMaxStreams)));
  EXPECT_FALSE(ParseBody(std::vector<uint8_t>(8 + 8 * (CongestionFeedback::kMaxStreams + 1))));
}

TEST(CongestionFeedbackPacketTest, SaysHowLongBeforeTheReportItCame) {
  EXPECT_EQ(Packet::Arrived(TimeDelta::Zero()).BeforeReport(), TimeDelta::Zero());
  EXPECT_EQ(Packet::Arrived(TimeDelta::Seconds(1)).before_report, 1024);
  EXPECT_EQ(Packet::Arrived(TimeDelta::Micros(1500)).before_report, 2);  // the nearest
  EXPECT_EQ(Packet::Arrived(TimeDelta::Seconds(1)).BeforeReport(), TimeDelta::Seconds(1));
  EXPECT_EQ(Packet::Arrived(TimeDelta::Millis(7997)).before_report, 8189);
  EXPECT_EQ(Packet::Arrived(TimeDelta::Seconds(8)).before_report, CongestionFeedback::kLongAgo);
  EXPECT_EQ(Packet::Arrived(TimeDelta::Infinite()).before_report, CongestionFeedback::kLongAgo);
}

TEST(CongestionFeedbackPacketTest, ATimeThatIsNotKnownIsNone) {
  EXPECT_EQ(Packet::Arrived(-TimeDelta::Millis(1)).before_report, CongestionFeedback::kUnknownTime);
  EXPECT_EQ(Packet::Arrived(-TimeDelta::Millis(1)).BeforeReport(), std::nullopt);
  EXPECT_EQ(Packet().BeforeReport(), std::nullopt);
}

}  // namespace
}  // namespace sluice::rtcp
