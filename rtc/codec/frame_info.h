// What an SFU must know of one packet's payload: does it begin a key frame, which layer does it belong to, and where
// are the numbers that forwarding may have to rewrite. Parse() reads the codec's RTP payload descriptor and, where that
// does not tell, the first bytes of the codec's own bitstream. It never reads outside the span and never fails: a
// payload that is cut short or senseless gives what a plain delta-frame packet gives.
//
// It does not reassemble frames: key_frame is set on the packet in which a key frame begins (or, H.264 and H.265, on
// every packet in which a parameter set or an intra picture begins), not on those that follow it. For H.264, H.265 and
// AV1 without a dependency descriptor start_of_frame likewise means that a unit begins which may be the first of a frame.
//
// VP8: RFC 7741. VP9: RFC 9628. H.264: RFC 6184. H.265: RFC 7798. AV1: RTP Payload Format For AV1 (AOM), section 4.
// Opus: RFC 6716, in RED: RFC 2198. docs/layers.md has a table of what is read, and what encryption must leave clear.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/codec/media_codec.h"

namespace sluice::codec {

struct FrameInfo {
  bool key_frame = false;       // a decoder can start with this packet
  bool parameter_set = false;   // H.264: begins with an SPS; H.265: with a VPS. Nothing a decoder needs comes before it
  bool start_of_frame = false;  // first packet of a frame (VP9: of a layer frame); true for audio
  bool end_of_frame = false;    // only VP9 tells by payload (and audio always); elsewhere see the RTP marker
  bool layer_sync = false;      // a receiver of lower temporal layers may go up to this one here (VP8 Y, VP9 U,
                                // H.265 TSA and STSA)
  bool inter_layer = false;     // VP9 D: needs the next lower spatial layer of the same picture
  bool inter_picture = false;   // VP9 P: needs earlier pictures
  bool discardable = false;     // VP8 N: no other frame needs this one
  bool not_for_upper = false;   // VP9 Z: no higher spatial layer of the same picture needs it
  bool dtx = false;             // Opus, also the primary block of RED: there is no sound in it
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;

  // VP8 and VP9. Offsets count from the first payload byte and are meaningful where the number is present.
  std::optional<uint16_t> picture_id;
  uint8_t picture_id_bits = 0;  // 7 or 15 when picture_id is present
  uint8_t picture_id_offset = 0;
  std::optional<uint8_t> tl0_pic_idx;
  uint8_t tl0_pic_idx_offset = 0;
  std::optional<uint8_t> key_idx;  // VP8 only, 5 bits; shares its byte with the temporal layer
  uint8_t key_idx_offset = 0;

  // When the packet has a dependency descriptor that could be read, which then also decides all of the above that it
  // tells: key_frame, start_of_frame, end_of_frame and the layers.
  std::optional<DependencyInfo> dependency;

  bool operator==(const FrameInfo&) const = default;
};

FrameInfo Parse(MediaCodec codec, std::span<const uint8_t> payload);

// Adds what the packet's descriptor tells to what its payload did.
void Merge(const DependencyInfo& dependency, FrameInfo& frame);

}  // namespace sluice::codec
