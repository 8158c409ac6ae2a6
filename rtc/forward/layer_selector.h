// Chooses what one consumer gets of a producer: which stream of a simulcast (spatial layer = stream index, lowest
// first) and up to which temporal layer. A producer with one stream is a simulcast of one.
//
// The wish is what the consumer prefers; the target is the best active stream not above the wish (or, when all active
// ones are above it, the lowest active one). The current layer moves to the target at a key frame of the target, and
// immediately only when codecs cannot tell key frames. Temporal layers go down at the next frame, and up at a key
// frame or where the codec marks a switching point (VP8 Y, VP9 U); for codecs without marks, at a frame of the base
// layer. Decides nothing by bandwidth: whoever does lowers the wish.
//
// Where the spatial layers are inside one stream the wish is kept and told, and the whole stream is sent.
//
// Pure bookkeeping without a clock; at most kMaxStreams streams.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "rtc/codec/frame_info.h"

namespace sluice {

struct Layers {
  int spatial = 0;
  int temporal = 0;
  bool operator==(const Layers&) const = default;
};

class LayerSelector {
 public:
  static constexpr int kMaxStreams = 8;

  struct Config {
    int streams = 1;          // 1..kMaxStreams
    int spatial_layers = 1;   // inside each stream (SVC): all of them are forwarded
    int temporal_layers = 1;  // of each stream; 1: none were signalled, and what a sender makes none the less all pass
    codec::MediaCodec codec = codec::MediaCodec::kOther;
  };
  explicit LayerSelector(const Config& config);

  enum class Decision : uint8_t {
    kIgnore,   // a packet of a stream that is not the current one: as if it had never come
    kDrop,     // of the current stream, but not wanted: close the gap (SequenceMapper::Drop, Vp8Rewriter::Drop)
    kForward,  // send
    kSwitch,   // send, and it is the first of another source: SwitchSource() on every mapper first
  };
  // `timestamp` is the packet's own; a frame's packets share it, so that no frame is cut by a change of temporal
  // layers.
  Decision Select(int stream, uint32_t timestamp, const codec::FrameInfo& frame);

  // Clamped into what exists.
  void SetPreferred(Layers layers);
  // A stream whose packets come, or no longer come. All are inactive at first; a packet makes its stream active.
  void SetActive(int stream, bool active);
  // Forget what is current, for a resume after a pause: the next packet sent is a kSwitch at a key frame.
  void Reset();

  Layers preferred() const { return preferred_; }
  // nullopt when no stream is active.
  std::optional<Layers> target() const;
  // What is being sent; nullopt before the first packet.
  std::optional<Layers> current() const;
  // The stream of which a key frame is needed to get on, if one is.
  std::optional<int> wants_key_frame() const;

 private:
  int TargetStream() const;  // -1: none
  int StreamWished() const { return std::min(preferred_.spatial, config_.streams - 1); }
  int HighestSpatial() const { return std::max(config_.streams, config_.spatial_layers) - 1; }
  bool KeepsTemporal(uint32_t timestamp, const codec::FrameInfo& frame);

  Config config_;
  Layers preferred_;
  std::array<bool, kMaxStreams> active_{};
  int current_stream_ = -1;
  int current_temporal_ = 0;
  uint32_t frame_timestamp_ = 0;  // of the newest frame of the current stream
};

}  // namespace sluice
