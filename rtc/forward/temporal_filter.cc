#include "rtc/forward/temporal_filter.h"

namespace sluice {
namespace {

constexpr bool MarksSwitchingPoints(codec::MediaCodec codec) {
  return codec == codec::MediaCodec::kVp8 || codec == codec::MediaCodec::kVp9 || codec == codec::MediaCodec::kH265;
}

}  // namespace

FilteredPacket TemporalFilter::Start(const LayeredPacket& packet, Layers wish) {
  kept_.Clear();
  kept_.Add(packet.timestamp) = true;
  current_ = wish.temporal;
  changes_.Clear();
  changes_.Add(packet.timestamp, current_);
  return {.forward = true};
}

FilteredPacket TemporalFilter::Filter(const LayeredPacket& packet, Layers wish) {
  const auto& [timestamp, marker, frame, structure] = packet;
  const auto newest = kept_.newest();
  const bool is_newer = !newest || IsNewerTimestamp(timestamp, *newest);
  bool* kept = is_newer ? nullptr : kept_.Find(timestamp);
  if (!kept) {
    if (is_newer) Move(timestamp, frame, wish.temporal);
    const bool keep = frame.temporal_layer <= changes_.At(timestamp);
    if (!is_newer) return {.forward = keep};
    kept = &kept_.Add(timestamp);
    *kept = keep;
  }
  return {.forward = *kept};
}

void TemporalFilter::Move(uint32_t timestamp, const codec::FrameInfo& frame, int wish) {
  const int from = current_;
  const bool may_go_up = frame.key_frame || (frame.temporal_layer == 0 && !MarksSwitchingPoints(codec_));
  if (wish < current_ || may_go_up) {
    current_ = wish;
  } else if (frame.layer_sync && frame.temporal_layer > current_ && frame.temporal_layer <= wish) {
    // VP8's mark says that the frame needs the base layer only; the others' that it needs the layers below its own.
    if (codec_ == codec::MediaCodec::kVp8 || frame.temporal_layer == current_ + 1) current_ = frame.temporal_layer;
  }
  if (current_ != from) changes_.Add(timestamp, current_);
}

}  // namespace sluice
