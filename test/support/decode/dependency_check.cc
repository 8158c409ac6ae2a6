#include "test/support/decode/dependency_check.h"

#include <fmt/format.h>

namespace sluice::testing_support {

std::vector<std::string> DependencyCheck::Take(const rtp::PacketView& packet) {
  std::vector<std::string> wrong;
  const auto value = packet.Extension(extension_id_);
  if (!value) return {"no dependency descriptor"};
  const auto info = reader_.Read(*value);
  if (!info) return {"a dependency descriptor that cannot be read"};
  if (info->first_packet == open_) wrong.emplace_back(open_ ? "a frame without its last packet" : "or its first");
  if (info->first_packet) {
    Begin(*info, wrong);
  } else if (!frame_ || static_cast<uint16_t>(*frame_) != info->frame_number) {
    wrong.emplace_back("the frame number changes within a frame");
  }
  open_ = !info->last_packet;
  if (!open_ && frame_) delivered_.insert(*frame_);
  if (packet.marker() && open_) wrong.emplace_back("the marker is not on the last packet of a frame");
  return wrong;
}

void DependencyCheck::Begin(const codec::DependencyInfo& info, std::vector<std::string>& wrong) {
  const int64_t before = frame_.value_or(info.frame_number - 1);
  const int64_t now = before + static_cast<int16_t>(info.frame_number - static_cast<uint16_t>(before));
  if (now <= before) wrong.push_back(fmt::format("frame number {} after {}", info.frame_number, before & 0xFFFF));
  frame_ = now;
  const bool key = info.has_structure && info.frame_difference_count == 0;
  if (key && info.spatial_layer == 0) delivered_.clear();  // of independent layers each has its own key frame
  for (int i = 0; i < info.frame_difference_count; ++i) {
    const int64_t needed = now - info.frame_differences[static_cast<size_t>(i)];
    if (delivered_.contains(needed)) continue;
    wrong.push_back(fmt::format("frame {} layer {}.{} needs frame {}, which is not there", now, info.spatial_layer,
                                info.temporal_layer, needed));
  }
  constexpr int64_t kReach = 4096;  // the largest difference
  delivered_.erase(delivered_.begin(), delivered_.lower_bound(now - kReach));
}

}  // namespace sluice::testing_support
