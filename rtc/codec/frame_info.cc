#include "rtc/codec/frame_info.h"

#include "rtc/codec/codec_parsers.h"
#include "rtc/codec/opus.h"

namespace sluice::codec {

FrameInfo Parse(MediaCodec codec, std::span<const uint8_t> payload) {
  switch (codec) {
    case MediaCodec::kVp8:
      return ParseVp8(payload);
    case MediaCodec::kVp9:
      return ParseVp9(payload);
    case MediaCodec::kH264:
      return ParseH264(payload);
    case MediaCodec::kH265:
      return ParseH265(payload);
    case MediaCodec::kAv1:
      return ParseAv1(payload);
    case MediaCodec::kOpus:
      return {.start_of_frame = true, .end_of_frame = true, .dtx = IsOpusDtx(payload)};
    case MediaCodec::kRed: {
      const auto primary = RedPrimary(payload);
      return {.start_of_frame = true, .end_of_frame = true, .dtx = primary && IsOpusDtx(*primary)};
    }
    case MediaCodec::kOther:
      break;
  }
  return {};
}

void Merge(const DependencyInfo& dependency, FrameInfo& frame) {
  frame.dependency = dependency;
  frame.start_of_frame = dependency.first_packet;
  frame.end_of_frame = dependency.last_packet;
  frame.spatial_layer = dependency.spatial_layer;
  frame.temporal_layer = dependency.temporal_layer;
  frame.key_frame = dependency.first_packet && dependency.has_structure && dependency.spatial_layer == 0 &&
                    dependency.frame_difference_count == 0;
}

}  // namespace sluice::codec
