// Groups the datagrams of a batch into runs that one segmented send (UDP GSO) can carry: neighbours in the batch with
// the same path and size, of which only the last may be shorter. Pure: no system call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "rtc/net/send_batch.h"

namespace sluice {

struct SegmentRun {
  size_t first = 0;           // index of an entry
  size_t count = 1;           // entries
  uint32_t bytes = 0;         // all of them, back to back in the batch from the first entry's offset
  uint16_t segment_size = 0;  // of all but, maybe, the last
  bool operator==(const SegmentRun&) const = default;
};

// The kernel takes no more segments and no more bytes in one send.
inline constexpr size_t kMaxSegments = 64;
inline constexpr size_t kMaxRunBytes = 65'000;  // 64 KiB less IP and UDP headers

// Appends the runs of `entries`, in order, to `runs`. `may_segment` says whether a path's datagrams may be joined.
void GroupSegmentRuns(std::span<const SendBatch::Entry> entries, absl::FunctionRef<bool(const Path&)> may_segment,
                      std::vector<SegmentRun>& runs);

}  // namespace sluice
