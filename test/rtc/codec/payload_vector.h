// A payload and all that is to be read of it, for parametrised suites of one codec's vectors.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "rtc/codec/frame_info.h"

namespace sluice::codec {

struct PayloadVector {
  std::string name;  // of letters and digits
  std::vector<uint8_t> payload;
  FrameInfo expected;
};

inline void PrintTo(const PayloadVector& vector, std::ostream* out) { *out << vector.name; }

inline std::string NameOf(const testing::TestParamInfo<PayloadVector>& info) { return info.param.name; }

inline void ExpectReadAs(MediaCodec codec, const PayloadVector& vector) {
  const FrameInfo info = Parse(codec, vector.payload);
  const FrameInfo& expected = vector.expected;
  // One by one first: what differs is then in the output.
  EXPECT_EQ(info.key_frame, expected.key_frame);
  EXPECT_EQ(info.parameter_set, expected.parameter_set);
  EXPECT_EQ(info.start_of_frame, expected.start_of_frame);
  EXPECT_EQ(info.end_of_frame, expected.end_of_frame);
  EXPECT_EQ(info.layer_sync, expected.layer_sync);
  EXPECT_EQ(info.spatial_layer, expected.spatial_layer);
  EXPECT_EQ(info.temporal_layer, expected.temporal_layer);
  EXPECT_EQ(info.picture_id, expected.picture_id);
  EXPECT_EQ(info.tl0_pic_idx, expected.tl0_pic_idx);
  EXPECT_TRUE(info == expected);
}

}  // namespace sluice::codec
