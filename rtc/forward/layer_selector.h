// Chooses what one consumer gets of a producer: which stream of a simulcast (spatial layer = stream index, lowest
// first), and which layers inside it. A producer with one stream is a simulcast of one.
//
// The wish is the lower of what the consumer prefers and the limit that bandwidth sets; the target is the best active
// stream not above the wish (or, when all active ones are above it, the lowest active one). The current stream moves to
// the target at a key frame of the target, and immediately only when codecs cannot tell key frames. Inside the stream a
// filter follows the wish: by dependency descriptors where there are any, else by the VP9 payload descriptor, else by
// temporal layers. Where no layers were signalled everything passes.
//
// A stream counts as active from its first packet on. It ends when the producer says so (SetActive), or at once when
// others of the producer go on without it: kSilentPictures of theirs and kSilence since its last packet.
//
// Pure bookkeeping without a clock; at most kMaxStreams streams.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/codec/frame_info.h"
#include "rtc/forward/descriptor_filter.h"
#include "rtc/forward/layers.h"
#include "rtc/forward/temporal_filter.h"
#include "rtc/forward/vp9_filter.h"

namespace sluice {

class LayerSelector {
 public:
  static constexpr int kMaxStreams = 8;
  static constexpr int kSilentPictures = 10;
  static constexpr TimeDelta kSilence = TimeDelta::Millis(500);

  struct Config {
    int streams = 1;          // 1..kMaxStreams
    int spatial_layers = 1;   // inside each stream (SVC)
    int temporal_layers = 1;  // of each stream
    codec::MediaCodec codec = codec::MediaCodec::kOther;
    bool everything = false;  // all layers of the stream pass, whatever is signalled (pipes)
  };
  explicit LayerSelector(const Config& config);

  enum class Decision : uint8_t {
    kIgnore,   // as if it had never come: of a stream that is not the current one, or a descriptor cannot be read yet
    kDrop,     // of the current stream, but not wanted: close the gap
    kForward,  // send
    kSwitch,   // send, and it is the first of another source: SwitchSource() on every mapper first
  };
  struct Packet {
    int stream = 0;
    ExtSeqNum seq;
    uint32_t timestamp = 0;  // a frame's (VP9 and descriptors: a picture's) packets share it
    Timestamp arrival;
    bool marker = false;  // the sender's: the last of the picture
    const codec::FrameInfo& frame;
    const codec::DependencyStructure* structure = nullptr;  // the stream's newest, if it has any
  };
  struct Selection {
    Decision decision = Decision::kIgnore;
    bool ends_picture = false;                    // as FilteredPacket's
    std::optional<uint32_t> active_targets = {};  // likewise
  };
  Selection Select(const Packet& packet);

  // Clamped into what exists.
  void SetPreferred(Layers layers);
  // Not above this; nullopt: no limit.
  void SetLimit(std::optional<Layers> limit) { limit_ = limit; }
  // Whether a stream's packets come. All are inactive at first.
  void SetActive(int stream, bool active);
  // Forget what is current, for a resume after a pause: the next packet sent is a kSwitch at a key frame.
  void Reset();

  Layers preferred() const { return preferred_; }
  // nullopt when no stream is active.
  std::optional<Layers> target() const;
  // What is being sent; nullopt before the first packet.
  std::optional<Layers> current() const;
  // The stream being sent, or that will be.
  std::optional<int> current_stream() const;
  std::optional<int> target_stream() const;
  // The stream of which a key frame is needed to get on, if one is.
  std::optional<int> wants_key_frame() const;

 private:
  struct Source {
    bool active = false;
    bool seen = false;
    bool picture_begins = false;   // all packets of the newest picture up to the newest are known
    bool picture_has_key = false;  // one of them begins a key frame
    ExtSeqNum newest_seq;
    uint32_t newest_timestamp = 0;
    Timestamp newest_arrival;
    int silent_pictures = 0;
  };
  // What was chosen inside the current stream: by what the codec tells / what descriptors tell.
  struct Inside {
    std::variant<TemporalFilter, Vp9Filter, DescriptorFilter> filter;
    // Of the newest picture: a picture is not cut by a wish that comes in the middle of it.
    uint32_t picture_timestamp = 0;
    Layers picture_wish;
  };

  bool is_svc() const { return config_.spatial_layers > 1; }
  Layers Wish() const { return limit_ ? std::min(preferred_, *limit_) : preferred_; }
  int StreamWished() const { return std::min(Wish().spatial, config_.streams - 1); }
  Layers WishInside() const;
  Layers WishForPictureOf(const Packet& packet);
  int TargetStream() const;  // -1: none
  int HighestSpatial() const { return std::max(config_.streams, config_.spatial_layers) - 1; }
  bool MayStartWith(const Packet& packet) const;
  bool CannotBeJudgedYet(const Packet& packet) const;
  void Note(const Packet& packet);
  FilteredPacket StartInside(const Packet& packet);
  FilteredPacket FilterInside(const Packet& packet);

  Config config_;
  Layers preferred_;
  std::optional<Layers> limit_;
  std::vector<Source> sources_;
  int current_stream_ = -1;
  std::unique_ptr<Inside> inside_;  // null where everything passes
};

}  // namespace sluice
