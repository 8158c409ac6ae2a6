// A pair of layers, what a filter of layers is told of one packet, and what it says of it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/frame_info.h"

namespace sluice {

struct Layers {
  int spatial = 0;
  int temporal = 0;
  // The spatial layer counts first.
  auto operator<=>(const Layers&) const = default;
};

struct LayeredPacket {
  uint32_t timestamp = 0;  // the packets of a picture share it
  bool marker = false;     // the sender's: there is no higher layer in this picture
  const codec::FrameInfo& frame;
  const codec::DependencyStructure* structure = nullptr;  // the stream's newest, if it has any
};

struct FilteredPacket {
  bool forward = false;
  bool ends_picture = false;  // the last packet of the last layer that is sent of its picture: it gets the marker
  // Decode targets that are still sent, a bit for each, where the receiver is to be told (see DescriptorFilter).
  std::optional<uint32_t> active_targets;
};

}  // namespace sluice
