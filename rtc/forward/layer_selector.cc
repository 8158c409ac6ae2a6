#include "rtc/forward/layer_selector.h"

#include <algorithm>

#include "rtc/base/check.h"

namespace sluice {
namespace {

constexpr bool MarksSwitchingPoints(codec::MediaCodec codec) {
  return codec == codec::MediaCodec::kVp8 || codec == codec::MediaCodec::kVp9;
}

}  // namespace

LayerSelector::LayerSelector(const Config& config)
    : config_(config), preferred_{HighestSpatial(), config.temporal_layers - 1} {
  SLUICE_CHECK(config.streams >= 1 && config.streams <= kMaxStreams && config.spatial_layers >= 1 &&
               config.temporal_layers >= 1);
}

LayerSelector::Decision LayerSelector::Select(int stream, uint32_t timestamp, const codec::FrameInfo& frame) {
  if (stream < 0 || stream >= config_.streams) return Decision::kIgnore;
  active_[static_cast<size_t>(stream)] = true;
  if (stream == current_stream_) return KeepsTemporal(timestamp, frame) ? Decision::kForward : Decision::kDrop;
  if (stream != TargetStream()) return Decision::kIgnore;
  if (!frame.key_frame && codec::TellsKeyFrames(config_.codec)) return Decision::kIgnore;
  current_stream_ = stream;
  current_temporal_ = preferred_.temporal;
  frame_timestamp_ = timestamp;
  return Decision::kSwitch;
}

bool LayerSelector::KeepsTemporal(uint32_t timestamp, const codec::FrameInfo& frame) {
  if (config_.temporal_layers == 1) return true;
  if (static_cast<int32_t>(timestamp - frame_timestamp_) > 0) {
    frame_timestamp_ = timestamp;
    bool may_go_up = frame.key_frame || (frame.temporal_layer == 0 && !MarksSwitchingPoints(config_.codec));
    if (preferred_.temporal < current_temporal_ || may_go_up) {
      current_temporal_ = preferred_.temporal;
    } else if (frame.layer_sync && frame.temporal_layer > current_temporal_) {
      current_temporal_ = std::min<int>(frame.temporal_layer, preferred_.temporal);
    }
  }
  return frame.temporal_layer <= current_temporal_;
}

void LayerSelector::SetPreferred(Layers layers) {
  preferred_.spatial = std::clamp(layers.spatial, 0, HighestSpatial());
  preferred_.temporal = std::clamp(layers.temporal, 0, config_.temporal_layers - 1);
}

void LayerSelector::SetActive(int stream, bool active) {
  if (stream >= 0 && stream < config_.streams) active_[static_cast<size_t>(stream)] = active;
}

void LayerSelector::Reset() {
  current_stream_ = -1;
  current_temporal_ = 0;
}

int LayerSelector::TargetStream() const {
  for (int i = StreamWished(); i >= 0; --i) {
    if (active_[static_cast<size_t>(i)]) return i;
  }
  for (int i = StreamWished() + 1; i < config_.streams; ++i) {
    if (active_[static_cast<size_t>(i)]) return i;
  }
  return -1;
}

std::optional<Layers> LayerSelector::target() const {
  int stream = TargetStream();
  if (stream < 0) return std::nullopt;
  return Layers{config_.spatial_layers > 1 ? preferred_.spatial : stream, preferred_.temporal};
}

std::optional<Layers> LayerSelector::current() const {
  if (current_stream_ < 0) return std::nullopt;
  return Layers{config_.spatial_layers > 1 ? config_.spatial_layers - 1 : current_stream_, current_temporal_};
}

std::optional<int> LayerSelector::wants_key_frame() const {
  int stream = TargetStream();
  if (stream < 0 || stream == current_stream_ || !codec::TellsKeyFrames(config_.codec)) return std::nullopt;
  return stream;
}

}  // namespace sluice
