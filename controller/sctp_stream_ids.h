// The SCTP streams of one transport that its data consumers send on: each has one of its own, and a freed one is taken
// again as late as possible, for the other side may not have heard of its end yet. Not for users of the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice::controller {

class SctpStreamIds {
 public:
  static constexpr size_t kStreams = 65535;  // as many as SCTP has

  // What both sides agreed on; before that there is no limit but kStreams.
  void SetLimit(uint16_t streams) { limit_ = streams; }

  std::optional<uint16_t> Allocate() {
    if (taken_.empty()) taken_.resize(kStreams);  // few transports have data
    if (limit_ && next_ >= *limit_) next_ = 0;
    for (size_t i = 0; i < kStreams; ++i) {
      const size_t id = (next_ + i) % kStreams;
      if (taken_[id]) continue;
      taken_[id] = true;
      next_ = id + 1;
      return static_cast<uint16_t>(id);
    }
    return std::nullopt;
  }
  void Free(uint16_t id) {
    if (id < taken_.size()) taken_[id] = false;
  }

 private:
  std::vector<bool> taken_;
  size_t next_ = 0;
  std::optional<uint16_t> limit_;
};

}  // namespace sluice::controller
