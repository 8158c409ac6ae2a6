#include "rtc/codec/frame_info.h"

#include "rtc/codec/codec_parsers.h"

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
      return {.start_of_frame = true, .end_of_frame = true};
    case MediaCodec::kOther:
      break;
  }
  return {};
}

}  // namespace sluice::codec
