#include "test/support/decode/reference_frames.h"

#include <fmt/format.h>

#include <algorithm>

#include "test/support/decode/depacketizer.h"

namespace sluice::testing_support {
namespace {

// In an S mode of AV1 the lowest layer's key frame, which may have the sequence header of all, always comes as well.
bool NeedsLower(const RtpVector& vector, const Picture& picture) {
  return vector.codec == VideoCodec::kAv1 && picture.key();
}

}  // namespace

Picture CutLayers(const RtpVector& vector, const Picture& picture, int spatial, int temporal) {
  Picture cut{.timestamp = picture.timestamp};
  for (const LayerFrame& layer : picture.layers) {
    if (layer.spatial_layer > spatial || layer.temporal_layer > temporal) continue;
    if (vector.layers_are_independent() && layer.spatial_layer != spatial && !NeedsLower(vector, picture)) continue;
    cut.layers.push_back(layer);
  }
  return cut;
}

ReferenceFrames::ReferenceFrames(const RtpVector& vector) : codec_(vector.codec) {
  Depacketize(vector);
  for (int stream = 0; stream < vector.stream_count; ++stream) {
    for (int spatial = 0; spatial < vector.spatial_layers(); ++spatial) DecodeFor(vector, stream, spatial);
  }
}

void ReferenceFrames::Depacketize(const RtpVector& vector) {
  pictures_.resize(vector.stream_count);
  for (uint8_t stream = 0; stream < vector.stream_count; ++stream) {
    const auto depacketizer = Depacketizer::Make(vector.codec, vector.descriptor_id);
    for (const auto& record : vector.records) {
      if (record.stream != stream) continue;
      if (auto picture = depacketizer->Take(record.packet)) pictures_[stream].push_back(std::move(*picture));
    }
    for (const auto& error : depacketizer->TakeErrors()) {
      errors_.push_back(fmt::format("stream {}, packets: {}", stream, error));
    }
  }
}

void ReferenceFrames::DecodeFor(const RtpVector& vector, int stream, int spatial) {
  const auto decoder = VideoDecoder::Make(vector.codec);
  for (const Picture& whole : pictures_[static_cast<size_t>(stream)]) {
    const Picture picture = CutLayers(vector, whole, spatial, INT8_MAX);
    if (picture.layers.empty()) continue;
    std::vector<DecodedFrame> decoded;
    if (const auto error = decoder->Decode(picture, decoded); !error.empty()) {
      errors_.push_back(fmt::format("stream {}, layer {}, {}: {}", stream, spatial, picture.timestamp, error));
    }
    for (const DecodedFrame& frame : decoded) Note(frame, picture, stream);
  }
}

void ReferenceFrames::Note(const DecodedFrame& decoded, const Picture& picture, int stream) {
  for (const LayerFrame& layer : picture.layers) {
    if (Checksum(layer.data) != decoded.source) continue;
    for (const uint64_t part : BeginningsOf(layer.data)) {
      const auto [at, is_new] = frames_.try_emplace(part);
      Frame& frame = at->second;
      frame.pixels.insert(decoded.pixels);
      frame.width = decoded.width;
      frame.height = decoded.height;
      const bool other = !is_new && (frame.origin.timestamp != picture.timestamp || frame.origin.stream != stream);
      frame.origin = {stream, layer.spatial_layer, layer.temporal_layer, picture.timestamp, !other};
    }
    return;
  }
}

// Checksums of a frame's bytes. One of H.265 that repeats its parameter sets may also be begun with the repetition.
std::vector<uint64_t> ReferenceFrames::BeginningsOf(std::span<const uint8_t> data) const {
  static constexpr uint8_t kVps[] = {0, 0, 0, 1, 32 << 1};
  std::vector<uint64_t> sums = {Checksum(data)};
  if (codec_ != VideoCodec::kH265 || data.empty()) return sums;
  for (auto rest = std::ranges::search(data.subspan(1), kVps); !rest.empty();) {
    const std::span<const uint8_t> tail(rest.begin(), data.end());
    sums.push_back(Checksum(tail));
    rest = std::ranges::search(tail.subspan(1), kVps);
  }
  return sums;
}

std::string ReferenceFrames::Compare(const DecodedFrame& frame) const {
  const auto found = frames_.find(frame.source);
  if (found == frames_.end()) return "a frame of bytes that were never sent";
  const Frame& known = found->second;
  if (known.pixels.contains(frame.pixels) && known.width == frame.width && known.height == frame.height) return {};
  return fmt::format("a frame of stream {} layer {}.{} looks different, {}x{}", known.origin.stream,
                     known.origin.spatial_layer, known.origin.temporal_layer, frame.width, frame.height);
}

const ReferenceFrames::Origin* ReferenceFrames::OriginOf(const DecodedFrame& frame) const {
  const auto found = frames_.find(frame.source);
  return found == frames_.end() ? nullptr : &found->second.origin;
}

}  // namespace sluice::testing_support
