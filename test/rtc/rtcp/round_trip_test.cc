// Every RTCP object by chance: written, read back, equal; cut anywhere, refused or smaller, never read beyond.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "rtc/base/rng.h"
#include "rtc/rtcp/compound.h"

namespace sluice::rtcp {
namespace {

size_t UpTo(Rng& rng, int64_t max) { return static_cast<size_t>(rng.Between(0, max)); }

ReportBlocks RandomReports(Rng& rng) {
  ReportBlocks blocks(UpTo(rng, 31));
  for (ReportBlock& block : blocks) {
    block = {.source = Ssrc(rng.U32()),
             .fraction_lost = static_cast<uint8_t>(rng.U32()),
             .cumulative_lost = static_cast<int32_t>(rng.Between(-0x800000, 0x7FFFFF)),
             .extended_highest_seq = rng.U32(),
             .jitter = rng.U32(),
             .last_sr = rng.U32(),
             .delay_since_last_sr = rng.U32()};
  }
  return blocks;
}

template <class T>
T Random(Rng& rng);

template <>
SenderReport Random(Rng& rng) {
  return {.sender = Ssrc(rng.U32()),
          .ntp = NtpTime(rng.U64()),
          .rtp_timestamp = rng.U32(),
          .packet_count = rng.U32(),
          .octet_count = rng.U32(),
          .reports = RandomReports(rng)};
}

template <>
ReceiverReport Random(Rng& rng) {
  return {.sender = Ssrc(rng.U32()), .reports = RandomReports(rng)};
}

template <>
SourceDescription Random(Rng& rng) {
  static const std::string kText(SourceDescription::kMaxCname, 'c');
  SourceDescription description;
  for (size_t n = UpTo(rng, 31); n > 0; --n) {
    description.chunks.push_back({Ssrc(rng.U32()), std::string_view(kText).substr(0, UpTo(rng, 255))});
  }
  return description;
}

template <>
Bye Random(Rng& rng) {
  Bye bye;
  for (size_t n = UpTo(rng, 31); n > 0; --n) bye.ssrcs.push_back(Ssrc(rng.U32()));
  return bye;
}

template <>
Nack Random(Rng& rng) {
  Nack nack{.sender = Ssrc(rng.U32()), .media = Ssrc(rng.U32())};
  SeqNum seq(static_cast<uint16_t>(rng.U32()));
  for (int64_t n = rng.Between(1, Nack::kMaxSeqs); n > 0; --n) {
    nack.seqs.push_back(seq);
    seq = seq + static_cast<int>(rng.Between(1, 30));
  }
  return nack;
}

template <>
Pli Random(Rng& rng) {
  return {Ssrc(rng.U32()), Ssrc(rng.U32())};
}

template <>
Fir Random(Rng& rng) {
  Fir fir{.sender = Ssrc(rng.U32())};
  for (int64_t n = rng.Between(1, Fir::kMaxEntries); n > 0; --n) {
    fir.entries.push_back({Ssrc(rng.U32()), static_cast<uint8_t>(rng.U32())});
  }
  return fir;
}

template <>
Remb Random(Rng& rng) {
  Remb remb{.sender = Ssrc(rng.U32())};
  const int64_t mantissa = rng.Between(0, 0x3FFFF);
  remb.bitrate = DataRate::BitsPerSec(mantissa << rng.Between(0, 44));
  for (size_t n = UpTo(rng, 255); n > 0; --n) remb.ssrcs.push_back(Ssrc(rng.U32()));
  return remb;
}

template <>
ExtendedReport Random(Rng& rng) {
  ExtendedReport report{.sender = Ssrc(rng.U32())};
  if (rng.Chance(0.5)) report.reference_time = NtpTime(rng.U64());
  for (size_t n = UpTo(rng, ExtendedReport::kMaxDlrr); n > 0; --n) {
    report.dlrr.push_back({Ssrc(rng.U32()), rng.U32(), rng.U32()});
  }
  return report;
}

template <>
TransportFeedback Random(Rng& rng) {
  const Timestamp start = Timestamp::Micros(rng.Between(-1'000'000'000, 1'000'000'000'000));
  SeqNum seq(static_cast<uint16_t>(rng.U32()));
  TransportFeedbackBuilder builder(Ssrc(rng.U32()), Ssrc(rng.U32()), static_cast<uint8_t>(rng.U32()), seq, start);
  const double loss = rng.Chance(0.3) ? 0.0 : rng.Unit();
  const int64_t step = rng.Chance(0.5) ? 2'000 : 200'000;
  Timestamp arrival = start;
  while (builder.Add(seq, arrival)) {
    do {
      seq = seq + 1;
    } while (rng.Chance(loss * 0.9));
    arrival += TimeDelta::Micros(rng.Between(-step / 8, step));
    if (rng.Chance(0.01)) break;
  }
  return builder.feedback();
}

template <>
CongestionFeedback Random(Rng& rng) {
  CongestionFeedback feedback{.sender = Ssrc(rng.U32()), .timestamp = rng.U32()};
  for (size_t streams = UpTo(rng, 6); streams > 0; --streams) {
    CongestionFeedback::Stream& stream = feedback.streams.emplace_back();
    stream.ssrc = Ssrc(rng.U32());
    stream.begin = SeqNum(static_cast<uint16_t>(rng.U32()));
    for (size_t packets = UpTo(rng, 80); packets > 0; --packets) {
      if (rng.Chance(0.2)) {
        stream.packets.push_back({});
      } else {
        stream.packets.push_back({.received = true,
                                  .ecn = static_cast<Ecn>(rng.U32() & 3),
                                  .before_report = static_cast<uint16_t>(rng.U32() & 0x1FFF)});
      }
    }
  }
  return feedback;
}

template <class T>
class RtcpRoundTripTest : public testing::Test {};

using Types = testing::Types<SenderReport, ReceiverReport, SourceDescription, Bye, Nack, Pli, Fir, Remb, ExtendedReport,
                             TransportFeedback, CongestionFeedback>;
TYPED_TEST_SUITE(RtcpRoundTripTest, Types);

TYPED_TEST(RtcpRoundTripTest, WhatIsWrittenIsReadBack) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const auto wanted = Random<TypeParam>(rng);
    std::array<uint8_t, 10'000> out;
    CompoundWriter writer(out);
    ASSERT_TRUE(writer.Add(wanted));
    EXPECT_EQ(writer.size(), wanted.WireSize());
    EXPECT_EQ(writer.size() % 4, 0u);
    int found = 0;
    const ReadResult result = ReadCompound(writer.written(), [&](const TypeParam& read) {
      ++found;
      EXPECT_EQ(read, wanted);
    });
    EXPECT_EQ(found, 1);
    EXPECT_EQ(result.error, ReadError::kNone);
  }
}

TYPED_TEST(RtcpRoundTripTest, AnyTruncationIsRefusedWithoutReadingBeyond) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    Rng rng(seed);
    std::array<uint8_t, 10'000> out;
    CompoundWriter writer(out);
    ASSERT_TRUE(writer.Add(Random<TypeParam>(rng)));
    for (size_t size = 1; size < writer.size(); ++size) {
      const std::vector<uint8_t> cut(out.begin(), out.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_NE(ReadCompound(cut, [](const auto&) {}).error, ReadError::kNone);
      // The same with a length field that agrees, so that the object's own checks are asked.
      if (size < kHeaderSize || size % 4 != 0) continue;
      std::vector<uint8_t> agreeing = cut;
      agreeing[2] = static_cast<uint8_t>((size / 4 - 1) >> 8);
      agreeing[3] = static_cast<uint8_t>(size / 4 - 1);
      const ReadResult result = ReadCompound(agreeing, [](const auto&) {});
      EXPECT_EQ(result.understood + result.malformed + result.unknown, 1);
    }
  }
}

TYPED_TEST(RtcpRoundTripTest, IsNotWrittenWhereItDoesNotFit) {
  Rng rng(3);
  const auto object = Random<TypeParam>(rng);
  const size_t size = object.WireSize();
  std::vector<uint8_t> out(size - 1);
  CompoundWriter writer(out);
  EXPECT_FALSE(writer.Add(object));
  EXPECT_TRUE(writer.empty());
}

}  // namespace
}  // namespace sluice::rtcp
