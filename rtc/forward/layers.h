// A pair of layers, and what a filter of layers says of one packet.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace sluice {

struct Layers {
  int spatial = 0;
  int temporal = 0;
  // The spatial layer counts first.
  auto operator<=>(const Layers&) const = default;
};

struct FilteredPacket {
  bool forward = false;
  bool ends_picture = false;  // the last packet of the last layer that is sent of its picture: it gets the marker
  // Decode targets that are still sent, a bit for each, where the receiver is to be told (see DescriptorFilter).
  std::optional<uint32_t> active_targets;
};

}  // namespace sluice
