// Leaves out the upper temporal layers of a stream in which nothing but the temporal layer is told (VP8, H.265, AV1
// without a dependency descriptor). Down at the next frame. Up at a key frame or where the codec marks a switching point
// (VP8 Y, H.265 TSA and STSA pictures); for codecs without marks, at a frame of the base layer.
//
// A frame is never cut: its first packet decides for all, also for those that come late.
#pragma once

#include <cstdint>

#include "rtc/codec/frame_info.h"
#include "rtc/forward/change_history.h"
#include "rtc/forward/frame_memory.h"
#include "rtc/forward/layers.h"

namespace sluice {

class TemporalFilter {
 public:
  explicit TemporalFilter(codec::MediaCodec codec) : codec_(codec) {}

  // The packet is the first of a key frame, the first that is sent.
  FilteredPacket Start(const LayeredPacket& packet, Layers wish);
  FilteredPacket Filter(const LayeredPacket& packet, Layers wish);
  Layers current() const { return {.spatial = 0, .temporal = current_}; }
  bool wants_key_frame(Layers /*wish*/) const { return false; }

 private:
  void Move(uint32_t timestamp, const codec::FrameInfo& frame, int wish);

  codec::MediaCodec codec_;
  int current_ = 0;
  ChangeHistory<uint32_t, int, IsOlderTimestamp> changes_;  // of current_
  FrameMemory<bool> kept_;
};

}  // namespace sluice
