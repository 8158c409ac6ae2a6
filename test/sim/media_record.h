// The payload of a synthetic packet: it says of itself which one it is, so that what a receiver got can be compared
// with what was sent, whatever numbers the SFU gave it on the way. Video looks like VP8 (RFC 7741), so that key frames
// are told apart and picture ids are rewritten; everything else is the record and filler.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice::sim {

struct MediaRecord {
  static constexpr size_t kSize = 26;
  static constexpr size_t kVp8Size = 5;  // descriptor with a picture id, and the frame's first byte

  uint8_t layer = 0;    // of a simulcast
  uint32_t index = 0;   // of the packet in its stream, from 0
  uint32_t frame = 0;   // from 0
  uint16_t packet = 0;  // of its frame, from 0
  uint16_t packets = 1;
  bool key_frame = false;
  Timestamp captured;

  bool operator==(const MediaRecord&) const = default;
};

// `size` bytes, or as many as the record needs.
std::vector<uint8_t> WritePayload(MediaKind kind, const MediaRecord& record, size_t size);
std::optional<MediaRecord> ReadPayload(MediaKind kind, std::span<const uint8_t> payload);

}  // namespace sluice::sim
