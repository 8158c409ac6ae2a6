// The parsers of rtc/codec on every packet of every recording: VP8 and VP9 against the readers of this folder, which
// share nothing with them; AV1 and H.264, where descriptor and payload tell the same things twice, against each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rtc/codec/frame_info.h"
#include "rtc/rtp/packet_view.h"
#include "test/support/decode/descriptors.h"
#include "test/support/decode/rtp_vector.h"

namespace sluice::testing_support {
namespace {

using codec::FrameInfo;
using codec::MediaCodec;
using Payload = std::span<const uint8_t>;

class ParsersTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto vector = ReadVector(GetParam());
    ASSERT_TRUE(vector);
    vector_ = *std::move(vector);
    codec_ = codec::FromMimeType(MimeTypeOf(vector_.codec));
  }

  // Calls `judge(packet, info by payload, number of the stream)` for each packet, until something is wrong.
  template <class Judge>
  void ForEachPacket(Judge judge) {
    for (const RtpVector::Record& record : vector_.records) {
      const auto packet = rtp::PacketView::Parse(record.packet);
      ASSERT_TRUE(packet);
      judge(*packet, codec::Parse(codec_, packet->payload()), record.stream);
      if (HasFailure()) FAIL() << "packet " << packet->seq().value() << " of stream " << int{record.stream};
    }
  }

  RtpVector vector_;
  MediaCodec codec_ = MediaCodec::kOther;
};

void ExpectSame(const std::optional<PlacedNumber>& placed, const std::optional<uint16_t>& number, uint8_t offset) {
  ASSERT_EQ(placed.has_value(), number.has_value());
  if (!placed) return;
  EXPECT_EQ(placed->value, *number);
  EXPECT_EQ(placed->at, offset);
}

std::optional<uint16_t> Wide(const std::optional<uint8_t>& number) {
  return number ? std::optional<uint16_t>(*number) : std::nullopt;
}

void JudgeVp8(Payload payload, const FrameInfo& info) {
  const auto descriptor = Vp8Descriptor::Read(payload);
  ASSERT_TRUE(descriptor);
  const bool start = descriptor->start && descriptor->partition == 0;
  EXPECT_EQ(info.start_of_frame, start);
  EXPECT_EQ(info.key_frame, start && (payload[descriptor->size] & 1) == 0);
  EXPECT_EQ(info.discardable, descriptor->non_reference);
  EXPECT_EQ(info.layer_sync, descriptor->layer_sync);
  EXPECT_EQ(info.temporal_layer, descriptor->temporal_layer.value_or(0));
  ExpectSame(descriptor->picture_id, info.picture_id, info.picture_id_offset);
  ExpectSame(descriptor->tl0_pic_idx, Wide(info.tl0_pic_idx), info.tl0_pic_idx_offset);
  ExpectSame(descriptor->key_idx, Wide(info.key_idx), info.key_idx_offset);
}

void JudgeVp9(Payload payload, const FrameInfo& info) {
  const auto descriptor = Vp9Descriptor::Read(payload);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(info.start_of_frame, descriptor->begin);
  EXPECT_EQ(info.end_of_frame, descriptor->end);
  EXPECT_EQ(info.inter_picture, descriptor->inter_picture);
  EXPECT_EQ(info.inter_layer, descriptor->inter_layer);
  EXPECT_EQ(info.layer_sync, descriptor->switch_point);
  EXPECT_EQ(info.not_for_upper, descriptor->not_for_upper);
  EXPECT_EQ(info.spatial_layer, descriptor->spatial_layer);
  EXPECT_EQ(info.temporal_layer, descriptor->temporal_layer);
  EXPECT_EQ(info.key_frame, descriptor->begin && !descriptor->inter_picture && descriptor->spatial_layer == 0);
  ExpectSame(descriptor->picture_id, info.picture_id, info.picture_id_offset);
  ExpectSame(descriptor->tl0_pic_idx, Wide(info.tl0_pic_idx), info.tl0_pic_idx_offset);
}

void JudgeRewriting(std::span<const uint8_t> descriptor, const codec::DependencyInfo& info,
                    codec::DependencyReader reader) {
  for (const std::optional<uint32_t> mask : {std::optional<uint32_t>(), std::optional<uint32_t>(1)}) {
    std::array<uint8_t, codec::kMaxDescriptorSize> out;
    const size_t size = RewriteDescriptor(descriptor, info, 4711, mask, out);
    const auto again = reader.Read(std::span(out).first(size));
    ASSERT_TRUE(again);
    codec::DependencyInfo expected = info;
    expected.frame_number = 4711;
    if (mask) expected.active_targets = *mask, expected.has_active_targets = true;
    EXPECT_TRUE(*again == expected);
  }
}

// Where a frame starts, the payload tells too. In an S mode it also tells the key frames of upper layers.
void JudgeDependency(const FrameInfo& by_payload, const codec::DependencyInfo& info, MediaCodec codec) {
  FrameInfo merged = by_payload;
  Merge(info, merged);
  if (info.first_packet) {
    EXPECT_TRUE(by_payload.start_of_frame);
    EXPECT_EQ(merged.key_frame, by_payload.key_frame && info.spatial_layer == 0);
  }
  if (codec == MediaCodec::kAv1 && info.first_packet) {
    EXPECT_EQ(info.spatial_layer, by_payload.spatial_layer);
    EXPECT_EQ(info.temporal_layer, by_payload.temporal_layer);
  }
}

TEST_P(ParsersTest, ReadPayloadsAsTheyAre) {
  if (codec_ != MediaCodec::kVp8 && codec_ != MediaCodec::kVp9) GTEST_SKIP() << "is checked by descriptors";
  int key_frames = 0;
  ForEachPacket([&](const rtp::PacketView& packet, const FrameInfo& info, uint8_t) {
    codec_ == MediaCodec::kVp8 ? JudgeVp8(packet.payload(), info) : JudgeVp9(packet.payload(), info);
    key_frames += info.key_frame;
  });
  EXPECT_GE(key_frames, 3 * vector_.stream_count);
}

TEST_P(ParsersTest, ReadDependencyDescriptorsAsTheyAre) {
  if (vector_.descriptor_id == 0) GTEST_SKIP() << "has none";
  std::map<uint8_t, codec::DependencyReader> readers;
  int key_frames = 0;
  ForEachPacket([&](const rtp::PacketView& packet, const FrameInfo& by_payload, uint8_t stream) {
    const auto descriptor = packet.Extension(vector_.descriptor_id);
    ASSERT_TRUE(descriptor);
    codec::DependencyReader& reader = readers[stream];
    const auto info = reader.Read(*descriptor);
    ASSERT_TRUE(info);
    JudgeDependency(by_payload, *info, codec_);
    JudgeRewriting(*descriptor, *info, reader);
    key_frames += info->has_structure && info->first_packet;
  });
  EXPECT_GE(key_frames, 3 * vector_.stream_count);
  for (const auto& [stream, reader] : readers) {
    ASSERT_TRUE(reader.structure());
    EXPECT_EQ(reader.structure()->spatial_layers(), vector_.spatial_layers());
    EXPECT_EQ(reader.structure()->temporal_layers(), vector_.temporal_layers());
    EXPECT_EQ(reader.structure()->target_count, vector_.spatial_layers() * vector_.temporal_layers());
  }
}

INSTANTIATE_TEST_SUITE_P(Recordings, ParsersTest, testing::ValuesIn(VectorNames()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace sluice::testing_support
