// Something for each of the last kMaxStreams streams that were used, by SSRC. A further stream takes the place of the one
// that was not used for longest, whose state is Reset().
//
// Looked up one after the other: a transport has few streams. Bound: kMaxStreams; memory is had for a stream when it is new
// and there is room, not when it takes another's place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/ids.h"

namespace sluice {

template <typename State, size_t kMaxStreams>
class StreamTable {
 public:
  struct Entry {
    Ssrc ssrc;
    uint64_t last_use = 0;  // by uses_
    State state;
  };

  // This use counts; a stream that is not known begins.
  State& Use(Ssrc ssrc) {
    Entry& entry = EntryOf(ssrc);
    entry.last_use = ++uses_;
    return entry.state;
  }
  // null: it is not known.
  const State* Find(Ssrc ssrc) const {
    const auto known = std::ranges::find(entries_, ssrc, &Entry::ssrc);
    return known == entries_.end() ? nullptr : &known->state;
  }
  std::span<Entry> entries() { return entries_; }

 private:
  Entry& EntryOf(Ssrc ssrc) {
    const auto known = std::ranges::find(entries_, ssrc, &Entry::ssrc);
    if (known != entries_.end()) return *known;
    if (entries_.size() < kMaxStreams) return entries_.emplace_back(Entry{.ssrc = ssrc});
    Entry& silent = *std::ranges::min_element(entries_, {}, &Entry::last_use);
    silent.ssrc = ssrc;
    silent.state.Reset();
    return silent;
  }

  std::vector<Entry> entries_;
  uint64_t uses_ = 0;
};

}  // namespace sluice
