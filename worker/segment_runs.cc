#include "worker/segment_runs.h"

namespace sluice {

void GroupSegmentRuns(std::span<const SendBatch::Entry> entries, absl::FunctionRef<bool(const Path&)> may_segment,
                      std::vector<SegmentRun>& runs) {
  bool open = false;  // the last run can take another entry
  for (size_t i = 0; i < entries.size(); ++i) {
    const SendBatch::Entry& entry = entries[i];
    if (open) {
      SegmentRun& run = runs.back();
      const SendBatch::Entry& first = entries[run.first];
      const bool fits = run.count < kMaxSegments && run.bytes + entry.size <= kMaxRunBytes &&
                        entry.size <= run.segment_size && entry.offset == first.offset + run.bytes &&
                        entry.path == first.path;
      if (fits) {
        ++run.count;
        run.bytes += entry.size;
        open = entry.size == run.segment_size;
        continue;
      }
    }
    runs.push_back({.first = i, .count = 1, .bytes = entry.size, .segment_size = static_cast<uint16_t>(entry.size)});
    // Asked once per run, not per datagram. Alone, an entry is never segmented.
    const bool has_follower = i + 1 < entries.size() && entries[i + 1].path == entry.path;
    open = has_follower && may_segment(entry.path);
  }
}

}  // namespace sluice
