#include "rtc/codec/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rtc/base/rng.h"
#include "test/support/layered_stream.h"

namespace sluice::codec {
namespace {

using testing_support::DescriptorSpec;
using testing_support::LayeredFrame;
using testing_support::LayeredStream;
using testing_support::WriteDescriptor;
using Bytes = std::vector<uint8_t>;

const char* const kModes[] = {"L1T1", "L1T2", "L1T3", "L2T1", "L2T2",     "L2T3",     "L3T1",  "L3T3", "L2T2_KEY",
                              "L3T2", "S2T1", "S3T1", "S3T3", "L3T3_KEY", "L2T1_KEY", "L3T3h", "S2T3", "L2T3_KEY"};

DependencyInfo Expected(const LayeredStream& stream, const LayeredFrame& frame, const Bytes& descriptor) {
  const bool has_structure = descriptor.size() > 3;
  const auto targets = stream.structure().target_count;
  DependencyInfo info{.frame_number = frame.number,
                      .first_packet = true,
                      .last_packet = true,
                      .spatial_layer = frame.spatial,
                      .temporal_layer = frame.temporal,
                      .has_structure = has_structure,
                      .target_count = targets,
                      .chain_count = stream.structure().chain_count,
                      .targets = frame.what.targets,
                      .active_targets = (1u << targets) - 1,
                      .frame_difference_count = frame.what.frame_difference_count,
                      .frame_differences = frame.what.frame_differences,
                      .chain_differences = frame.what.chain_differences};
  return info;
}

TEST(DependencyReaderTest, ReadsEveryFrameOfEveryModeOverWrapsOfBothNumbers) {
  for (const char* mode : kModes) {
    LayeredStream stream(mode, /*first_frame=*/65500, /*first_template=*/60);
    DependencyReader reader;
    for (int picture = 0; picture < 50; ++picture) {
      for (const LayeredFrame& frame : stream.NextPicture(picture % 17 == 0)) {
        const Bytes descriptor = stream.Descriptor(frame);
        auto info = reader.Read(descriptor);
        ASSERT_TRUE(info) << mode << " " << picture;
        const bool in_it = info->active_targets_bit <= descriptor.size() * 8;
        EXPECT_EQ(in_it, descriptor.size() > 3);
        info->active_targets_bit = 0;
        ASSERT_EQ(*info, Expected(stream, frame, descriptor)) << mode << " " << picture;
      }
    }
    ASSERT_TRUE(reader.structure());
    EXPECT_EQ(*reader.structure(), stream.structure()) << mode;
  }
}

TEST(DependencyReaderTest, ReadsAShortOneAsItLiesThere) {
  DependencyReader reader;
  LayeredStream stream("L1T2");
  ASSERT_TRUE(reader.Read(stream.Descriptor(stream.NextPicture()[0])));
  // E, template 2, frame number 0x1234
  const auto info = reader.Read(Bytes{0x42, 0x12, 0x34});
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->first_packet);
  EXPECT_TRUE(info->last_packet);
  EXPECT_EQ(info->frame_number, 0x1234);
  EXPECT_EQ(info->temporal_layer, 1);
  EXPECT_EQ(info->indication(0), DecodeTargetIndication::kNotPresent);
  EXPECT_EQ(info->indication(1), DecodeTargetIndication::kDiscardable);
  EXPECT_EQ(info->active_targets_bit, 29);
}

TEST(DependencyReaderTest, BeforeTheFirstStructureNothingCanBeRead) {
  DependencyReader reader;
  EXPECT_FALSE(reader.Read(Bytes{0xC0, 0, 1}));
  EXPECT_FALSE(reader.Read(Bytes{}));
  EXPECT_EQ(reader.structure(), nullptr);
}

TEST(DependencyReaderTest, WhatIsCustomStandsForWhatTheTemplateSays) {
  using enum DecodeTargetIndication;
  LayeredStream stream("L2T1");
  DependencyReader reader;
  ASSERT_TRUE(reader.Read(stream.Descriptor(stream.NextPicture()[0])));
  DescriptorSpec spec{.template_number = 1, .frame_number = 7};
  spec.targets = {kDiscardable, kRequired};
  spec.frame_differences = {1, 16, 17, 256, 257, 4096};
  spec.chain_differences = {255, 16};
  const auto info = reader.Read(WriteDescriptor(stream.structure(), spec));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->indication(0), kDiscardable);
  EXPECT_EQ(info->indication(1), kRequired);
  EXPECT_EQ(info->frame_difference_count, 6);
  EXPECT_EQ(info->frame_differences, (std::array<uint16_t, 8>{1, 16, 17, 256, 257, 4096}));
  EXPECT_EQ(info->chain_differences, (std::array<uint8_t, 8>{255, 16}));
}

TEST(DependencyReaderTest, CustomReferencesMayBeNone) {
  LayeredStream stream("L1T1");
  DependencyReader reader;
  ASSERT_TRUE(reader.Read(stream.Descriptor(stream.NextPicture()[0])));
  DescriptorSpec spec{.template_number = 1};
  spec.frame_differences.emplace();
  const auto none = reader.Read(WriteDescriptor(stream.structure(), spec));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->frame_difference_count, 0);
  EXPECT_EQ(none->frame_differences[0], 0) << "nothing of the template's is left";
  spec.frame_differences = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_TRUE(reader.Read(WriteDescriptor(stream.structure(), spec)));
  spec.frame_differences->push_back(9);
  EXPECT_FALSE(reader.Read(WriteDescriptor(stream.structure(), spec))) << "one more than the bound";
}

TEST(DependencyReaderTest, AMaskHoldsUntilTheNextMaskOrStructure) {
  LayeredStream stream("L2T2");
  DependencyReader reader;
  const auto read = [&](bool key, std::optional<uint32_t> mask) {
    const auto frame = stream.NextPicture(key)[0];
    return reader.Read(stream.Descriptor(frame, true, true, mask));
  };
  EXPECT_EQ(read(true, std::nullopt)->active_targets, 0b1111u);
  const auto told = read(false, 0b0011);
  EXPECT_EQ(told->active_targets, 0b0011u);
  EXPECT_TRUE(told->has_active_targets);
  const auto later = read(false, std::nullopt);
  EXPECT_EQ(later->active_targets, 0b0011u);
  EXPECT_FALSE(later->has_active_targets);
  EXPECT_EQ(read(true, 0b0101)->active_targets, 0b0101u);
  EXPECT_EQ(read(true, std::nullopt)->active_targets, 0b1111u);
}

TEST(DependencyReaderTest, AMaskThatComesLateDoesNotUndoANewerOne) {
  LayeredStream stream("L2T2");
  DependencyReader reader;
  const auto key = stream.Descriptor(stream.NextPicture()[0]);
  const auto frame = stream.NextPicture()[0];
  ASSERT_TRUE(reader.Read(key, ExtSeqNum(10)));
  EXPECT_EQ(reader.Read(stream.Descriptor(frame, true, true, 0b0001), ExtSeqNum(20))->active_targets, 0b0001u);
  EXPECT_EQ(reader.Read(stream.Descriptor(frame, true, true, 0b0011), ExtSeqNum(15))->active_targets, 0b0011u);
  EXPECT_EQ(reader.Read(stream.Descriptor(frame), ExtSeqNum(21))->active_targets, 0b0001u);
}

TEST(DependencyReaderTest, StructuresAreCountedOnlyWhenTheyDiffer) {
  LayeredStream stream("L1T2");
  DependencyReader reader;
  EXPECT_EQ(reader.Read(stream.Descriptor(stream.NextPicture()[0]))->structure, 0);
  EXPECT_EQ(reader.Read(stream.Descriptor(stream.NextPicture(true)[0]))->structure, 0);
  stream.SwitchMode("L1T3");
  EXPECT_EQ(reader.Read(stream.Descriptor(stream.NextPicture()[0]))->structure, 1);
  EXPECT_EQ(reader.Read(stream.Descriptor(stream.NextPicture()[0]))->structure, 1);
}

TEST(DependencyReaderTest, TemplatesThatTheStructureHasNotAreNotRead) {
  LayeredStream stream("L1T2", 1, /*first_template=*/62);
  DependencyReader reader;
  ASSERT_TRUE(reader.Read(stream.Descriptor(stream.NextPicture()[0])));
  const size_t count = stream.structure().templates.size();
  for (uint8_t number = 0; number < 64; ++number) {
    const bool there = (number + 2u) % 64 < count;
    EXPECT_EQ(reader.Read(Bytes{number, 0, 9}).has_value(), there) << int{number};
  }
}

// Order of the stream: key frame (10), frame (11), another structure (12), frame (13).
class LatePacketTest : public testing::Test {
 protected:
  LatePacketTest() : stream_("L1T3") {
    for (int i = 0; i < 2; ++i) packets_.push_back(stream_.Descriptor(stream_.NextPicture()[0]));
    stream_.SwitchMode("L2T2");
    for (int i = 0; i < 2; ++i) packets_.push_back(stream_.Descriptor(stream_.NextPicture()[0]));
  }
  std::optional<DependencyInfo> Read(size_t number) { return reader_.Read(packets_[number - 10], ExtSeqNum(number)); }

  LayeredStream stream_;
  std::vector<Bytes> packets_;
  DependencyReader reader_;
};

TEST_F(LatePacketTest, OneOfAnOlderStructureIsNotReadByTheNewerOne) {
  EXPECT_TRUE(Read(10));
  EXPECT_TRUE(Read(12));
  EXPECT_FALSE(Read(11));
  // Nor would it be if the number of its template were one of the newer structure.
  EXPECT_FALSE(reader_.Read(packets_[3], ExtSeqNum(11)));
  EXPECT_TRUE(Read(13));
}

TEST_F(LatePacketTest, AnOlderStructureDoesNotComeBack) {
  EXPECT_TRUE(Read(12));
  EXPECT_FALSE(Read(10));
  EXPECT_EQ(*reader_.structure(), stream_.structure());
  EXPECT_EQ(Read(13)->structure, 0);
}

TEST_F(LatePacketTest, AStructureThatWasLostIsUsedFromTheTimeItComes) {
  EXPECT_TRUE(Read(10));
  EXPECT_FALSE(Read(13));
  EXPECT_EQ(Read(12)->structure, 1);
  EXPECT_EQ(Read(13)->structure, 1);
  EXPECT_FALSE(Read(11));
}

// A number of a template may be one of both structures: then what was read in between was misread.
TEST_F(LatePacketTest, AMaskOfAnOlderStructureIsForgottenWithIt) {
  EXPECT_TRUE(Read(10));
  DescriptorSpec misread{.frame_number = 4, .active_targets = 0b001};
  EXPECT_TRUE(reader_.Read(WriteDescriptor(*reader_.structure(), misread), ExtSeqNum(14)));
  EXPECT_TRUE(Read(12));
  EXPECT_EQ(reader_.Read(packets_[3], ExtSeqNum(15))->active_targets, 0b1111u);
}

TEST_F(LatePacketTest, ARepeatedStructureThatComesLateIsThePresentOne) {
  EXPECT_TRUE(reader_.Read(packets_[2], ExtSeqNum(20)));
  EXPECT_FALSE(reader_.Read(packets_[3], ExtSeqNum(15)));
  EXPECT_EQ(reader_.Read(packets_[2], ExtSeqNum(12))->structure, 0);
  EXPECT_TRUE(reader_.Read(packets_[3], ExtSeqNum(15)));
}

TEST(DependencyReaderTest, CutAnywhereItIsNotReadAndChangesNothing) {
  LayeredStream stream("L3T3");
  LayeredStream other("S2T1", 1, 40);
  DependencyReader reader;
  ASSERT_TRUE(reader.Read(stream.Descriptor(stream.NextPicture()[0])));
  const Bytes whole = other.Descriptor(other.NextPicture()[0], true, true, 0b01);
  for (size_t size = 0; size < whole.size(); ++size) {
    ASSERT_FALSE(reader.Read(std::span(whole).first(size))) << size;
    ASSERT_EQ(*reader.structure(), stream.structure()) << size;
  }
  Bytes too_long = whole;
  too_long.resize(kMaxDescriptorSize + 1);
  EXPECT_FALSE(reader.Read(too_long));
  EXPECT_EQ(reader.Read(stream.Descriptor(stream.NextPicture()[0]))->active_targets, 0x1FFu);
}

TEST(DependencyReaderTest, ZerosBehindItAreIgnored) {
  LayeredStream stream("L2T2");
  DependencyReader reader;
  Bytes key = stream.Descriptor(stream.NextPicture()[0]);
  key.resize(key.size() + 3);
  EXPECT_TRUE(reader.Read(key));
  Bytes delta = stream.Descriptor(stream.NextPicture()[0]);
  delta.resize(4);
  const auto info = reader.Read(delta);
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->has_structure);
  EXPECT_EQ(info->active_targets_bit, 29);
}

TEST(DependencyReaderTest, AnyBytesAreReadOrNotButNeverBeyondTheBounds) {
  Rng rng(11);
  LayeredStream stream("L3T3");
  const Bytes key = stream.Descriptor(stream.NextPicture()[0]);
  for (int i = 0; i < 100'000; ++i) {
    DependencyReader reader;
    Bytes bytes = key;
    for (int64_t flips = rng.Between(0, 6); flips > 0; --flips) {
      bytes[rng.U32() % bytes.size()] ^= static_cast<uint8_t>(1 << rng.Between(0, 7));
    }
    const auto info = reader.Read(bytes);
    if (!info) continue;
    ASSERT_LE(info->target_count, kMaxDecodeTargets);
    ASSERT_LE(info->chain_count, kMaxChains);
    ASSERT_LE(info->frame_difference_count, kMaxFrameDifferences);
    ASSERT_LE(reader.structure()->templates.size(), 64u);
  }
}

}  // namespace
}  // namespace sluice::codec
