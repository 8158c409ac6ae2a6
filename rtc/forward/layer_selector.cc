#include "rtc/forward/layer_selector.h"

#include <algorithm>

#include "rtc/base/check.h"
#include "rtc/forward/frame_memory.h"

namespace sluice {
namespace {

LayeredPacket Layered(const LayerSelector::Packet& packet) {
  return {.timestamp = packet.timestamp, .marker = packet.marker, .frame = packet.frame, .structure = packet.structure};
}

}  // namespace

LayerSelector::LayerSelector(const Config& config)
    : config_(config), preferred_{HighestSpatial(), config.temporal_layers - 1} {
  SLUICE_CHECK(config.streams >= 1 && config.streams <= kMaxStreams && config.spatial_layers >= 1 &&
               config.temporal_layers >= 1);
  sources_.resize(static_cast<size_t>(config.streams));
  const bool has_layers = config.temporal_layers > 1 || config.spatial_layers > 1;
  if (has_layers && !config.everything)
    inside_ = std::make_unique<Inside>(Inside{.filter = TemporalFilter(config.codec)});
}

LayerSelector::Selection LayerSelector::Select(const Packet& packet) {
  if (packet.stream < 0 || packet.stream >= config_.streams) return {};
  const bool may_start = MayStartWith(packet);
  Note(packet);
  if (packet.stream == current_stream_) {
    if (CannotBeJudgedYet(packet)) return {};
    const FilteredPacket filtered = FilterInside(packet);
    return {.decision = filtered.forward ? Decision::kForward : Decision::kDrop,
            .ends_picture = filtered.ends_picture,
            .active_targets = filtered.active_targets};
  }
  if (packet.stream != TargetStream() || !may_start) return {};
  current_stream_ = packet.stream;
  const FilteredPacket filtered = StartInside(packet);
  return {
      .decision = Decision::kSwitch, .ends_picture = filtered.ends_picture, .active_targets = filtered.active_targets};
}

// A decoder starts with the first packet of a key frame. Some codecs mark it. H.264 and H.265 do not: it is the first of
// the frame's packets with a parameter set or an intra picture, and that it is the first is certain only when the packet
// before it is known.
bool LayerSelector::MayStartWith(const Packet& packet) const {
  if (!codec::TellsKeyFrames(config_.codec)) return true;
  if (!packet.frame.key_frame) return false;
  if (packet.frame.dependency) return packet.frame.start_of_frame && packet.structure;
  if (config_.codec != codec::MediaCodec::kH264 && config_.codec != codec::MediaCodec::kH265) return true;
  const Source& source = sources_[static_cast<size_t>(packet.stream)];
  const bool same_picture = source.seen && source.newest_timestamp == packet.timestamp;
  if (same_picture && source.picture_has_key && packet.seq > source.newest_seq) return false;  // it began before
  if (!source.seen || packet.frame.parameter_set) return true;
  return source.newest_seq + 1 == packet.seq && (!same_picture || source.picture_begins);
}

void LayerSelector::Note(const Packet& packet) {
  Source& source = sources_[static_cast<size_t>(packet.stream)];
  const bool is_newer = !source.seen || packet.seq > source.newest_seq;
  if (is_newer && (!source.seen || packet.timestamp != source.newest_timestamp)) {
    for (Source& other : sources_) {
      if (&other == &source || !other.active || ++other.silent_pictures < kSilentPictures) continue;
      if (packet.arrival - other.newest_arrival >= kSilence) other.active = false;
    }
  }
  source.active = true;
  if (!is_newer) return;
  const bool follows = source.seen && source.newest_seq + 1 == packet.seq;
  const bool is_new_picture = !source.seen || packet.timestamp != source.newest_timestamp;
  source.picture_begins = follows && (is_new_picture || source.picture_begins);
  source.picture_has_key = packet.frame.key_frame || (!is_new_picture && source.picture_has_key);
  source.seen = true;
  source.silent_pictures = 0;
  source.newest_seq = packet.seq;
  source.newest_timestamp = packet.timestamp;
  source.newest_arrival = packet.arrival;
}

FilteredPacket LayerSelector::StartInside(const Packet& packet) {
  if (!inside_) return {.forward = true};
  auto& filter = inside_->filter;
  inside_->picture_timestamp = packet.timestamp;
  const Layers wish = inside_->picture_wish = WishInside();
  const LayeredPacket layered = Layered(packet);
  if (packet.frame.dependency && packet.structure) return filter.emplace<DescriptorFilter>().Start(layered, wish);
  if (config_.codec == codec::MediaCodec::kVp9) return filter.emplace<Vp9Filter>().Start(layered, wish);
  return filter.emplace<TemporalFilter>(config_.codec).Start(layered, wish);
}

FilteredPacket LayerSelector::FilterInside(const Packet& packet) {
  if (!inside_) return {.forward = true};
  const Layers wish = WishForPictureOf(packet);
  return std::visit([&](auto& filter) { return filter.Filter(Layered(packet), wish); }, inside_->filter);
}

// In a stream with descriptors it has none that can be read: the structure was lost, and may still come.
bool LayerSelector::CannotBeJudgedYet(const Packet& packet) const {
  if (packet.frame.dependency && packet.structure) return false;
  return inside_ && std::holds_alternative<DescriptorFilter>(inside_->filter);
}

void LayerSelector::SetPreferred(Layers layers) {
  preferred_.spatial = std::clamp(layers.spatial, 0, HighestSpatial());
  preferred_.temporal = std::clamp(layers.temporal, 0, config_.temporal_layers - 1);
}

void LayerSelector::SetActive(int stream, bool active) {
  if (stream >= 0 && stream < config_.streams) sources_[static_cast<size_t>(stream)].active = active;
}

void LayerSelector::Reset() { current_stream_ = -1; }

Layers LayerSelector::WishInside() const {
  const Layers wish = Wish();
  return {.spatial = is_svc() ? wish.spatial : 0, .temporal = wish.temporal};
}

Layers LayerSelector::WishForPictureOf(const Packet& packet) {
  if (IsNewerTimestamp(packet.timestamp, inside_->picture_timestamp)) {
    inside_->picture_timestamp = packet.timestamp;
    inside_->picture_wish = WishInside();
  }
  return inside_->picture_wish;
}

int LayerSelector::TargetStream() const {
  for (int i = StreamWished(); i >= 0; --i) {
    if (sources_[static_cast<size_t>(i)].active) return i;
  }
  for (int i = StreamWished() + 1; i < config_.streams; ++i) {
    if (sources_[static_cast<size_t>(i)].active) return i;
  }
  return -1;
}

std::optional<int> LayerSelector::target_stream() const {
  const int stream = TargetStream();
  return stream < 0 ? std::nullopt : std::optional(stream);
}

std::optional<int> LayerSelector::current_stream() const {
  return current_stream_ < 0 ? std::nullopt : std::optional(current_stream_);
}

std::optional<Layers> LayerSelector::target() const {
  const int stream = TargetStream();
  if (stream < 0) return std::nullopt;
  return Layers{is_svc() ? Wish().spatial : stream, Wish().temporal};
}

std::optional<Layers> LayerSelector::current() const {
  if (current_stream_ < 0) return std::nullopt;
  Layers layers{HighestSpatial(), config_.temporal_layers - 1};
  if (inside_) layers = std::visit([](const auto& filter) { return filter.current(); }, inside_->filter);
  if (config_.streams > 1) layers.spatial = current_stream_;
  return layers;
}

std::optional<int> LayerSelector::wants_key_frame() const {
  const int stream = TargetStream();
  if (stream < 0 || !codec::TellsKeyFrames(config_.codec)) return std::nullopt;
  if (stream != current_stream_) return stream;
  if (!inside_) return std::nullopt;
  const Layers wish = WishInside();
  const bool wants = std::visit([&](const auto& filter) { return filter.wants_key_frame(wish); }, inside_->filter);
  return wants ? std::optional(stream) : std::nullopt;
}

}  // namespace sluice
