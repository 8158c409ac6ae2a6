// The dependency descriptor header extension (AV1 RTP Payload Format, appendix A): what a forwarder must know of a
// frame to choose layers without looking into the payload, so that it works for any codec and for encrypted payloads.
//
//    |S|E| template (6) |      S, E: first, last packet of the frame
//    | frame number (16)|      counts the frames of a stream, over all layers
//    |T|A|D|F|C| ...           only in a longer one: T structure, A active targets, D, F, C custom values follow
//
// A stream's key frames carry a structure: decode targets (what a receiver may choose: a spatial and temporal layer and
// all they need), chains (frames which, when all of them came, tell that a decode target is intact), and templates that
// the frames after it refer to by number. So reading needs the newest structure: a DependencyReader keeps it.
//
// Reads nothing outside the span. A descriptor that is cut short, refers to a template that is not there, or has more
// chains or frame differences than the bounds below gives nullopt; the reader is unchanged by it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/ids.h"

namespace sluice::codec {

// What a frame is to one decode target.
enum class DecodeTargetIndication : uint8_t {
  kNotPresent = 0,   // not part of it
  kDiscardable = 1,  // part of it, no other frame of it needs this one
  kSwitch = 2,       // from here on all of the target can be decoded, if this frame can be
  kRequired = 3,
};

inline constexpr size_t kMaxDecodeTargets = 32;
inline constexpr size_t kMaxChains = 8;            // the format allows 32; three spatial layers need three
inline constexpr size_t kMaxFrameDifferences = 8;  // AV1 has seven references
inline constexpr size_t kMaxDescriptorSize = 255;

// What a key frame says of the frames after it.
struct DependencyStructure {
  struct Target {
    uint8_t spatial_layer = 0;   // the highest of the frames in it
    uint8_t temporal_layer = 0;  // likewise
    uint8_t chain = 0;           // which protects it; meaningless where there are no chains
    bool operator==(const Target&) const = default;
  };
  struct Template {
    uint8_t spatial_layer = 0;
    uint8_t temporal_layer = 0;
    uint64_t targets = 0;  // as DependencyInfo::targets
    std::array<uint16_t, kMaxFrameDifferences> frame_differences{};
    uint8_t frame_difference_count = 0;
    std::array<uint8_t, kMaxChains> chain_differences{};
    bool operator==(const Template&) const = default;
  };
  struct Resolution {
    uint16_t width = 0;
    uint16_t height = 0;
    bool operator==(const Resolution&) const = default;
  };

  uint8_t first_template = 0;  // number of templates[0]; counts modulo 64
  uint8_t target_count = 0;    // 1..kMaxDecodeTargets
  uint8_t chain_count = 0;     // 0..kMaxChains
  std::array<Target, kMaxDecodeTargets> targets{};
  std::vector<Template> templates;      // at most 64
  std::vector<Resolution> resolutions;  // by spatial layer; empty when not told

  int spatial_layers() const;   // 1 + the highest of any template
  int temporal_layers() const;  // likewise
  bool operator==(const DependencyStructure&) const = default;
};

// One packet's descriptor.
struct DependencyInfo {
  uint16_t frame_number = 0;
  bool first_packet = false;
  bool last_packet = false;
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  bool has_structure = false;  // it carries a structure of its own: a key frame's
  uint8_t structure = 0;       // of which structure it is: counts up with each other one, modulo 256
  uint8_t target_count = 0;
  uint8_t chain_count = 0;
  uint64_t targets = 0;             // two bits for each decode target, the first's the lowest
  uint32_t active_targets = 0;      // a bit for each, the first's the lowest: those that the sender sends at present
  bool has_active_targets = false;  // it says so itself
  // The bit of the descriptor at which that mask begins, or would have to be put in: behind the flags and the structure.
  uint16_t active_targets_bit = 0;
  uint8_t frame_difference_count = 0;
  std::array<uint16_t, kMaxFrameDifferences> frame_differences{};  // frame_number minus that of each frame it needs
  std::array<uint8_t, kMaxChains> chain_differences{};  // frame_number minus that of the chain's frame before; 0: none

  DecodeTargetIndication indication(size_t target) const {
    return static_cast<DecodeTargetIndication>(targets >> (2 * target) & 3);
  }
  bool operator==(const DependencyInfo&) const = default;
};

class DependencyReader {
 public:
  // To be called in the order of arrival, for every packet of one stream that has a descriptor. `seq` is the packet's
  // number: structures and masks hold from the packet that brought them on, in the order of these numbers, so that a
  // packet that comes late is not read by a structure that is newer than itself, and does not bring back an old one.
  std::optional<DependencyInfo> Read(std::span<const uint8_t> descriptor, ExtSeqNum seq);
  // For one after the other without a loss.
  std::optional<DependencyInfo> Read(std::span<const uint8_t> descriptor) { return Read(descriptor, newest_ + 1); }
  // The newest; null before the first.
  const DependencyStructure* structure() const { return structure_ ? &*structure_ : nullptr; }

 private:
  void Learn(std::optional<DependencyStructure> own, bool other, const DependencyInfo& info, ExtSeqNum seq);

  std::optional<DependencyStructure> structure_;
  ExtSeqNum structure_since_;
  uint8_t structure_number_ = 0;
  uint32_t active_targets_ = 0;
  ExtSeqNum active_since_;
  ExtSeqNum newest_;
};

// The same descriptor with another frame number and, when `active_targets` is given, with that mask (put in where there
// was none: the descriptor grows, everything else moves). `info` is what Read() made of `descriptor`. Returns the size
// written, or 0 when `out` is too small, or the descriptor would be over kMaxDescriptorSize.
size_t RewriteDescriptor(std::span<const uint8_t> descriptor, const DependencyInfo& info, uint16_t frame_number,
                         std::optional<uint32_t> active_targets, std::span<uint8_t> out);

}  // namespace sluice::codec
