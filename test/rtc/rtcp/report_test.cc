// The objects against bytes made by hand, so that reading and writing cannot be wrong together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "rtc/rtcp/compound.h"

namespace sluice::rtcp {
namespace {

using testing::ElementsAreArray;
using Bytes = std::vector<uint8_t>;

template <class T>
void ExpectBytes(const T& object, const Bytes& expected) {
  std::array<uint8_t, 200> out;
  CompoundWriter writer(out);
  ASSERT_TRUE(writer.Add(object));
  EXPECT_THAT(writer.written(), ElementsAreArray(expected));
  bool read_back = false;
  ReadCompound(expected, [&](const T& read) { read_back = read == object; });
  EXPECT_TRUE(read_back);
}

TEST(RtcpBytesTest, SenderReportWithABlock) {
  SenderReport report{
      .sender = Ssrc(1), .ntp = NtpTime(0x0102030405060708), .rtp_timestamp = 9, .packet_count = 10, .octet_count = 11};
  report.reports.push_back({.source = Ssrc(2),
                            .fraction_lost = 128,
                            .cumulative_lost = -2,
                            .extended_highest_seq = 0x10002,
                            .jitter = 3,
                            .last_sr = 4,
                            .delay_since_last_sr = 5});
  ExpectBytes(report, {0x81, 200, 0, 12, 0, 0, 0,   1,    1,    2,    3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0,
                       0,    11,  0, 0,  0, 2, 128, 0xFF, 0xFF, 0xFE, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0,  0, 5});
}

TEST(RtcpBytesTest, SourceDescription) {
  SourceDescription description;
  description.chunks.push_back({Ssrc(1), "ab"});
  ExpectBytes(description, {0x81, 202, 0, 3, 0, 0, 0, 1, 1, 2, 'a', 'b', 0, 0, 0, 0});
}

TEST(RtcpBytesTest, SourceDescriptionSkipsOtherItems) {
  const Bytes bytes = {0x81, 202, 0, 3, 0, 0, 0, 1, 2, 1, 'x', 1, 2, 'a', 'b', 0};
  bool read = false;
  ReadCompound(bytes, [&](const SourceDescription& sdes) {
    read = true;
    ASSERT_EQ(sdes.chunks.size(), 1u);
    EXPECT_EQ(sdes.chunks[0].cname, "ab");
  });
  EXPECT_TRUE(read);
}

TEST(RtcpBytesTest, Fir) {
  Fir fir{.sender = Ssrc(1)};
  fir.entries.push_back({Ssrc(2), 7});
  ExpectBytes(fir, {0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 7, 0, 0, 0});
}

TEST(RtcpBytesTest, Remb) {
  Remb remb{.sender = Ssrc(1), .bitrate = DataRate::BitsPerSec(0x3FFFF << 2)};
  remb.ssrcs.push_back(Ssrc(2));
  ExpectBytes(remb,
              {0x8F, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 2 << 2 | 3, 0xFF, 0xFF, 0, 0, 0, 2});
}

TEST(RembTest, RoundsDownAndRefusesWhatNoRateCanBe) {
  std::array<uint8_t, 20> out;
  for (const DataRate rate : {DataRate::Infinite(), DataRate::BitsPerSec(1'234'567'890)}) {
    CompoundWriter writer(out);
    ASSERT_TRUE(writer.Add(Remb{.sender = Ssrc(1), .bitrate = rate}));
    DataRate read;
    ReadCompound(writer.written(), [&](const Remb& remb) { read = remb.bitrate; });
    EXPECT_LE(read, rate);
    EXPECT_GT(read.bps(), 0);
  }
  out[17] = 0xFF;
  EXPECT_EQ(ReadCompound(out, [](const auto&) {}).malformed, 1);
}

TEST(RtcpBytesTest, ExtendedReport) {
  ExtendedReport report{.sender = Ssrc(1), .reference_time = NtpTime(0x0102030405060708)};
  report.dlrr.push_back({Ssrc(2), 3, 4});
  ExpectBytes(report, {0x80, 207, 0, 8, 0, 0, 0, 1, 4, 0, 0, 2, 1, 2, 3, 4, 5, 6,
                       7,    8,   5, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
}

TEST(RtcpBytesTest, ByeIgnoresItsReason) {
  const Bytes bytes = {0x81, 203, 0, 2, 0, 0, 0, 1, 3, 'b', 'y', 'e'};
  bool read = false;
  ReadCompound(bytes, [&](const Bye& bye) { read = bye.ssrcs.size() == 1 && bye.ssrcs[0] == Ssrc(1); });
  EXPECT_TRUE(read);
}

TEST(ReportBlockTest, ClampsTheLossToItsField) {
  ReceiverReport report{.sender = Ssrc(1)};
  report.reports.push_back({.source = Ssrc(2), .cumulative_lost = 1 << 30});
  std::array<uint8_t, 100> out;
  CompoundWriter writer(out);
  ASSERT_TRUE(writer.Add(report));
  int32_t lost = 0;
  ReadCompound(writer.written(), [&](const ReceiverReport& read) { lost = read.reports[0].cumulative_lost; });
  EXPECT_EQ(lost, 0x7FFFFF);
}

}  // namespace
}  // namespace sluice::rtcp
