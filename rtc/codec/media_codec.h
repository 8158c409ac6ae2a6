// The codecs whose payloads we look into. Everything else is forwarded without a look (kOther).
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::codec {

enum class MediaCodec : uint8_t { kOpus, kRed, kVp8, kVp9, kH264, kH265, kAv1, kOther };

// "video/VP8" and the like, in any case. RTX, video's RED, FEC and unknown names are kOther. kRed is audio's, with Opus
// in it.
MediaCodec FromMimeType(std::string_view mime_type);

// Whether Parse() can tell a key frame of this codec. Where it cannot, a consumer must not wait for one.
constexpr bool TellsKeyFrames(MediaCodec codec) {
  return codec != MediaCodec::kOpus && codec != MediaCodec::kRed && codec != MediaCodec::kOther;
}

}  // namespace sluice::codec
