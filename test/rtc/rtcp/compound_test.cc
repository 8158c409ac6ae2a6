#include "rtc/rtcp/compound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sluice::rtcp {
namespace {

using testing::ElementsAre;
using Bytes = std::vector<uint8_t>;

constexpr auto kIgnore = [](const auto&) {};

TEST(CompoundTest, ReadsEveryBlockInOrder) {
  std::array<uint8_t, 500> out;
  CompoundWriter writer(out);
  ASSERT_TRUE(writer.Add(SenderReport{.sender = Ssrc(1), .rtp_timestamp = 7}));
  SourceDescription description;
  description.chunks.push_back({Ssrc(1), "cname"});
  ASSERT_TRUE(writer.Add(description));
  ASSERT_TRUE(writer.Add(Pli{Ssrc(1), Ssrc(2)}));

  std::vector<int> seen;
  const ReadResult result = ReadCompound(writer.written(), Overloaded{[&](const SenderReport& report) {
                                                                        EXPECT_EQ(report.rtp_timestamp, 7u);
                                                                        seen.push_back(1);
                                                                      },
                                                                      [&](const SourceDescription& sdes) {
                                                                        EXPECT_EQ(sdes.chunks[0].cname, "cname");
                                                                        seen.push_back(2);
                                                                      },
                                                                      [&](const Pli& pli) {
                                                                        EXPECT_EQ(pli.media, Ssrc(2));
                                                                        seen.push_back(3);
                                                                      }});
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
  EXPECT_EQ(result.error, ReadError::kNone);
  EXPECT_EQ(result.understood, 3);
}

TEST(CompoundTest, CountsButPassesOverWhatTheVisitorDoesNotTake) {
  std::array<uint8_t, 100> out;
  CompoundWriter writer(out);
  ASSERT_TRUE(writer.Add(ReceiverReport{.sender = Ssrc(1)}));
  ASSERT_TRUE(writer.Add(Pli{Ssrc(1), Ssrc(2)}));
  int plis = 0;
  const ReadResult result = ReadCompound(writer.written(), [&](const Pli&) { ++plis; });
  EXPECT_EQ(plis, 1);
  EXPECT_EQ(result.understood, 2);
}

TEST(CompoundTest, SkipsUnknownBlocks) {
  Bytes bytes = {0x80, 204, 0, 1, 1, 2, 3, 4,                                  // APP
                 0x8F, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 'X', 'X', 'X', 'X',  // application feedback, not REMB
                 0x83, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2,   // a transport feedback format that nobody knows
                 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};  // PLI
  const ReadResult result = ReadCompound(bytes, kIgnore);
  EXPECT_EQ(result.unknown, 3);
  EXPECT_EQ(result.understood, 1);
  EXPECT_EQ(result.error, ReadError::kNone);
}

TEST(CompoundTest, GoesOnBehindABlockThatIsWrongInside) {
  const Bytes bytes = {0x81, 200, 0, 1, 0, 0, 0, 1,               // an SR without its body
                       0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};  // PLI
  const ReadResult result = ReadCompound(bytes, kIgnore);
  EXPECT_EQ(result.malformed, 1);
  EXPECT_EQ(result.understood, 1);
}

struct FrameCase {
  const char* name;
  Bytes bytes;
  ReadError error;
};
class FrameErrorTest : public testing::TestWithParam<FrameCase> {};

TEST_P(FrameErrorTest, EndsTheReading) { EXPECT_EQ(ReadCompound(GetParam().bytes, kIgnore).error, GetParam().error); }

INSTANTIATE_TEST_SUITE_P(
    Frames, FrameErrorTest,
    testing::Values(FrameCase{"Empty", {}, ReadError::kNone}, FrameCase{"Short", {0x80, 201, 0}, ReadError::kTooShort},
                    FrameCase{"Version", {0x40, 201, 0, 0}, ReadError::kBadVersion},
                    FrameCase{"Length", {0x80, 201, 0, 1, 0, 0}, ReadError::kBadLength},
                    FrameCase{"NoRoomForPadding", {0xA0, 201, 0, 0}, ReadError::kBadPadding},
                    FrameCase{"ZeroPadding", {0xA0, 201, 0, 1, 0, 0, 0, 0}, ReadError::kBadPadding},
                    FrameCase{"LongPadding", {0xA0, 201, 0, 1, 0, 0, 0, 5}, ReadError::kBadPadding}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(CompoundTest, LeavesPaddingOutOfTheBody) {
  const Bytes bytes = {0xA0, 201, 0, 2, 0, 0, 0, 9, 0, 0, 0, 4};
  BlockWalk walk(bytes);
  const auto block = walk.Next();
  ASSERT_TRUE(block);
  EXPECT_EQ(block->body.size(), 4u);
  EXPECT_FALSE(walk.Next());
}

TEST(CompoundWriterTest, AddsAWholeBlockOrNothing) {
  std::array<uint8_t, 20> out;
  CompoundWriter writer(out);
  EXPECT_TRUE(writer.Add(Pli{Ssrc(1), Ssrc(2)}));
  EXPECT_FALSE(writer.Add(Pli{Ssrc(1), Ssrc(3)}));
  EXPECT_EQ(writer.size(), 12u);
  EXPECT_TRUE(writer.Add(ReceiverReport{.sender = Ssrc(1)}));
  EXPECT_EQ(ReadCompound(writer.written(), kIgnore).understood, 2);
}

}  // namespace
}  // namespace sluice::rtcp
