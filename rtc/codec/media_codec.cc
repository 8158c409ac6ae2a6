#include "rtc/codec/media_codec.h"

#include <array>
#include <cstddef>
#include <utility>

namespace sluice::codec {
namespace {

constexpr std::array<std::pair<std::string_view, MediaCodec>, 8> kNames = {{
    {"audio/opus", MediaCodec::kOpus},
    {"audio/multiopus", MediaCodec::kOpus},
    {"audio/red", MediaCodec::kRed},
    {"video/vp8", MediaCodec::kVp8},
    {"video/vp9", MediaCodec::kVp9},
    {"video/h264", MediaCodec::kH264},
    {"video/h265", MediaCodec::kH265},
    {"video/av1", MediaCodec::kAv1},
}};

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

MediaCodec FromMimeType(std::string_view mime_type) {
  for (const auto& [name, codec] : kNames) {
    if (EqualsIgnoringCase(mime_type, name)) return codec;
  }
  return MediaCodec::kOther;
}

}  // namespace sluice::codec
