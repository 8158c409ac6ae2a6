// A recorded RTP session of a real encoder, from a file of test/vectors (the format is in its README.md): one loop, which
// may be repeated without end, for each of its streams begins with a key frame and all are equally long. Numbers and
// times begin at zero; the streams' timestamps are of one clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/base/units.h"

namespace sluice::testing_support {

enum class VideoCodec : uint8_t { kVp8 = 1, kVp9 = 2, kH264 = 3, kH265 = 4, kAv1 = 5 };

std::string MimeTypeOf(VideoCodec codec);

struct RtpVector {
  struct Record {
    uint8_t stream = 0;  // 0: the lowest layer
    TimeDelta at;        // of arrival
    std::vector<uint8_t> packet;
  };

  std::string name;
  VideoCodec codec = VideoCodec::kVp8;
  uint8_t payload_type = 0;
  uint8_t stream_count = 0;
  uint32_t clock_rate = 0;
  uint32_t period = 0;        // length of the loop in ticks of the clock
  uint8_t descriptor_id = 0;  // of the dependency descriptor's header extension; 0: there is none
  std::string mode;           // scalability mode of each stream: "L3T3_KEY"
  std::vector<Record> records;

  TimeDelta length() const { return TimeDelta::Micros(int64_t{period} * 1'000'000 / clock_rate); }
  int spatial_layers() const { return mode[1] - '0'; }  // inside one stream
  bool layers_are_independent() const { return mode[0] == 'S'; }
  int temporal_layers() const { return mode[3] - '0'; }
};

// Names of all files of test/vectors, sorted, without the ending.
std::vector<std::string> VectorNames();
// nullopt when there is none of this name or it is not of the format.
std::optional<RtpVector> ReadVector(const std::string& name);

}  // namespace sluice::testing_support
