// Both filters of layered streams behind one face, and streams that know what each of their frames needs.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "rtc/forward/descriptor_filter.h"
#include "rtc/forward/vp9_filter.h"
#include "test/support/layered_stream.h"

namespace sluice::testing_support {

// What a filter sees of a layer frame, which here is one packet, and which frames it needs.
struct FilteredFrame {
  int64_t number = 0;
  uint32_t timestamp = 0;
  codec::FrameInfo described;  // by a dependency descriptor
  codec::FrameInfo as_vp9;
  bool marker = false;  // the last of its picture
  std::vector<int64_t> needs;
};

// The same frame as it comes in two packets.
inline std::array<FilteredFrame, 2> InTwoPackets(const FilteredFrame& frame) {
  std::array<FilteredFrame, 2> packets = {frame, frame};
  packets[0].marker = packets[0].as_vp9.end_of_frame = packets[0].described.dependency->last_packet = false;
  packets[1].as_vp9.start_of_frame = packets[1].as_vp9.key_frame = false;
  packets[1].described.dependency->first_packet = packets[1].described.dependency->has_structure = false;
  return packets;
}

inline LayeredPacket AsVp9(const FilteredFrame& frame) {
  return {.timestamp = frame.timestamp, .marker = frame.marker, .frame = frame.as_vp9};
}
inline LayeredPacket Described(const FilteredFrame& frame, const codec::DependencyStructure& structure) {
  return {.timestamp = frame.timestamp, .marker = frame.marker, .frame = frame.described, .structure = &structure};
}

class FilteredStream {
 public:
  explicit FilteredStream(const std::string& mode) : mode_(mode), stream_(mode) {}

  // `top`: the spatial layers above it are not made.
  std::vector<FilteredFrame> NextPicture(bool key = false, int top = 99) {
    std::vector<FilteredFrame> picture;
    const auto made = stream_.NextPicture(key);
    for (const auto& frame : made) {
      ++number_;
      if (frame.spatial <= top) picture.push_back(See(frame, frame.spatial == top || frame.last_of_picture));
    }
    timestamp_ += 3000;
    return picture;
  }
  const codec::DependencyStructure& structure() const { return *reader_.structure(); }

 private:
  FilteredFrame See(const LayeredFrame& made, bool highest) {
    FilteredFrame frame{.number = number_, .timestamp = timestamp_};
    frame.described.dependency = reader_.Read(stream_.Descriptor(made), ExtSeqNum(number_));
    frame.as_vp9 = {.key_frame = made.key_picture && made.spatial == 0,
                    .start_of_frame = true,
                    .end_of_frame = true,
                    .layer_sync = made.temporal > 0};
    frame.marker = made.last_of_picture || highest;
    frame.as_vp9.picture_id = static_cast<uint16_t>(made.picture & 0x7FFF);
    frame.as_vp9.picture_id_bits = 15;
    frame.as_vp9.spatial_layer = made.spatial;
    frame.as_vp9.temporal_layer = made.temporal;
    const bool builds_on_lower = mode_[0] == 'L' && (made.key_picture || !mode_.ends_with("KEY"));
    frame.as_vp9.not_for_upper = highest || !builds_on_lower;
    frame.as_vp9.inter_layer = builds_on_lower && made.spatial > 0;
    frame.as_vp9.inter_picture = !made.key_picture;
    for (size_t i = 0; i < made.what.frame_difference_count; ++i) {
      frame.needs.push_back(number_ - made.what.frame_differences[i]);
    }
    return frame;
  }

  std::string mode_;
  LayeredStream stream_;
  codec::DependencyReader reader_;
  int64_t number_ = 0;
  uint32_t timestamp_ = 0xFFFF0000;
};

// A filter of either kind behind one face, with the record of what it let pass.
class FilteringReceiver {
 public:
  FilteringReceiver(bool by_descriptor, const FilteredStream& stream)
      : by_descriptor_(by_descriptor), stream_(stream) {}

  // False when something that the frame needs was left out, though it came.
  bool Take(const FilteredFrame& frame, Layers wish) {
    const FilteredPacket filtered = Ask(frame, wish);
    passed_[frame.number] = filtered.forward;
    active_targets_ = filtered.active_targets;
    if (!filtered.forward) return true;
    last_ = {frame.as_vp9.spatial_layer, frame.as_vp9.temporal_layer};
    ends_picture_ = filtered.ends_picture;
    picture_ends_ += ends_picture_;
    for (int64_t need : frame.needs) {
      const auto it = passed_.find(need);
      if (need < first_ || (it != passed_.end() && !it->second)) return false;
    }
    return true;
  }

  void NextPicture() { last_ = {-1, -1}, picture_ends_ = 0; }
  // Of the packets of this picture, how many end it.
  int picture_ends() const { return picture_ends_; }
  Layers last() const { return last_; }
  bool ends_picture() const { return ends_picture_; }
  bool passed(int64_t number) const { return passed_.at(number); }
  std::optional<uint32_t> active_targets() const { return active_targets_; }
  bool wants_key_frame(Layers wish) const {
    return by_descriptor_ ? descriptor_.wants_key_frame(wish) : vp9_.wants_key_frame(wish);
  }
  Layers current() const { return by_descriptor_ ? descriptor_.current() : vp9_.current(); }

 private:
  FilteredPacket Ask(const FilteredFrame& frame, Layers wish) {
    if (!started_) {
      if (!frame.as_vp9.key_frame) return {};
      started_ = true;
      first_ = frame.number;
      if (by_descriptor_) return descriptor_.Start(Described(frame, stream_.structure()), wish);
      return vp9_.Start(AsVp9(frame), wish);
    }
    if (by_descriptor_) return descriptor_.Filter(Described(frame, stream_.structure()), wish);
    return vp9_.Filter(AsVp9(frame), wish);
  }

  bool by_descriptor_;
  const FilteredStream& stream_;
  bool started_ = false;
  int64_t first_ = 0;
  DescriptorFilter descriptor_;
  Vp9Filter vp9_;
  std::map<int64_t, bool> passed_;
  Layers last_;
  bool ends_picture_ = false;
  int picture_ends_ = 0;
  std::optional<uint32_t> active_targets_;
};

}  // namespace sluice::testing_support
