// Judges the dependency descriptors of the packets that one receiver gets, in their order. Frame numbers rise; a frame
// begins with S, ends with E, and is whole before the next one; the marker is on an E; every frame that one refers to
// was there since the last key frame. Read with the product's own reader, which has tests of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rtc/codec/dependency_descriptor.h"
#include "rtc/rtp/packet_view.h"

namespace sluice::testing_support {

class DependencyCheck {
 public:
  explicit DependencyCheck(uint8_t extension_id) : extension_id_(extension_id) {}

  // What is wrong with the next packet.
  std::vector<std::string> Take(const rtp::PacketView& packet);
  bool in_frame() const { return open_; }
  // The frame that has begun does not go on.
  void AbandonFrame() { open_ = false; }
  // Something is missing, as is known.
  void Restart() { *this = DependencyCheck(extension_id_); }

 private:
  void Begin(const codec::DependencyInfo& info, std::vector<std::string>& wrong);

  uint8_t extension_id_;
  codec::DependencyReader reader_;
  std::optional<int64_t> frame_;  // the last that began, unwrapped
  bool open_ = false;
  std::set<int64_t> delivered_;
};

}  // namespace sluice::testing_support
