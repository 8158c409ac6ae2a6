#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rtc/codec/dependency_descriptor.h"
#include "test/support/layered_stream.h"

namespace sluice::codec {
namespace {

using testing_support::DescriptorSpec;
using testing_support::LayeredFrame;
using testing_support::LayeredStream;
using testing_support::WriteDescriptor;
using Bytes = std::vector<uint8_t>;

Bytes Rewritten(const Bytes& descriptor, const DependencyInfo& info, uint16_t number, std::optional<uint32_t> mask) {
  Bytes out(kMaxDescriptorSize);
  out.resize(RewriteDescriptor(descriptor, info, number, mask, out));
  return out;
}

TEST(RewriteDescriptorTest, OnlyTheFrameNumberChangesInPlace) {
  LayeredStream stream("L3T3");
  DependencyReader reader;
  for (int picture = 0; picture < 10; ++picture) {
    for (const LayeredFrame& frame : stream.NextPicture()) {
      Bytes descriptor = stream.Descriptor(frame);
      const auto info = reader.Read(descriptor);
      const Bytes out = Rewritten(descriptor, *info, 0xABCD, std::nullopt);
      descriptor[1] = 0xAB;
      descriptor[2] = 0xCD;
      EXPECT_EQ(out, descriptor);
    }
  }
}

// Every kind of descriptor that there is, with and without a mask of its own, given a mask.
class PutInMaskTest : public testing::TestWithParam<DescriptorSpec> {};

TEST_P(PutInMaskTest, SaysTheSameButForMaskAndNumber) {
  LayeredStream stream("L2T3");
  const Bytes key = stream.Descriptor(stream.NextPicture()[0]);
  const Bytes descriptor = WriteDescriptor(stream.structure(), GetParam());
  DependencyReader reader;
  ASSERT_TRUE(reader.Read(key));
  const auto before = reader.Read(descriptor);
  ASSERT_TRUE(before);
  const Bytes out = Rewritten(descriptor, *before, 777, 0b000011);

  DescriptorSpec expected = GetParam();
  expected.active_targets = 0b000011;
  expected.frame_number = 777;
  const Bytes ideal = WriteDescriptor(stream.structure(), expected);
  ASSERT_GE(out.size(), ideal.size());
  EXPECT_LE(out.size(), ideal.size() + 1) << "zeros at the end stay";
  EXPECT_EQ(Bytes(out.begin(), out.begin() + static_cast<ptrdiff_t>(ideal.size())), ideal);

  auto after = reader.Read(out);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->frame_number, 777);
  EXPECT_EQ(after->active_targets, 0b000011u);
  EXPECT_TRUE(after->has_active_targets);
  after->frame_number = before->frame_number;
  after->active_targets = before->active_targets;
  after->has_active_targets = before->has_active_targets;
  EXPECT_EQ(*after, *before);
}

std::vector<DescriptorSpec> EveryKind() {
  std::vector<DescriptorSpec> kinds;
  for (int i = 0; i < 32; ++i) {
    DescriptorSpec spec{.first_packet = (i & 1) != 0, .template_number = 2, .frame_number = 40'000};
    spec.with_structure = (i & 1) != 0;
    if (i & 2) spec.active_targets = 0b111000;
    if (i & 4) spec.targets.emplace(6, DecodeTargetIndication::kRequired);
    if (i & 8) spec.frame_differences = {3, 300};
    if (i & 16) spec.chain_differences = {200, 201};
    kinds.push_back(spec);
  }
  return kinds;
}

INSTANTIATE_TEST_SUITE_P(All, PutInMaskTest, testing::ValuesIn(EveryKind()));

TEST(RewriteDescriptorTest, WhatDoesNotFitIsNotWritten) {
  LayeredStream stream("L2T2");
  const Bytes key = stream.Descriptor(stream.NextPicture()[0]);
  DependencyReader reader;
  const auto info = reader.Read(key);
  Bytes out(key.size());
  EXPECT_EQ(RewriteDescriptor(key, *info, 1, std::nullopt, out), key.size());
  EXPECT_EQ(RewriteDescriptor(key, *info, 1, std::nullopt, std::span(out).first(key.size() - 1)), 0u);
  EXPECT_EQ(RewriteDescriptor(key, *info, 1, 0b1111, std::span(out).first(key.size() - 1)), 0u);
  EXPECT_EQ(RewriteDescriptor({}, *info, 1, std::nullopt, out), 0u);
}

TEST(RewriteDescriptorTest, NoneGrowsBeyondWhatAnExtensionHolds) {
  LayeredStream stream("L3T3");
  Bytes key = stream.Descriptor(stream.NextPicture()[0]);
  key.resize(kMaxDescriptorSize);
  DependencyReader reader;
  const auto info = reader.Read(key);
  ASSERT_TRUE(info);
  Bytes out(400);
  EXPECT_EQ(RewriteDescriptor(key, *info, 1, std::nullopt, out), kMaxDescriptorSize);
  EXPECT_EQ(RewriteDescriptor(key, *info, 1, 0b1, out), 0u);
}

}  // namespace
}  // namespace sluice::codec
