#include "rtc/cc/acked_bitrate.h"

#include <algorithm>

namespace sluice {

void AckedBitrate::OnArrival(Timestamp arrival, DataSize size) {
  // Of a clock that may be before zero: shifted, for the index.
  const int64_t slice = arrival.us() / kSlice.us() + (int64_t{1} << 40);
  if (newest_ >= 0 && (slice > newest_ + 100 * kSlices || slice < newest_ - 100 * kSlices)) Reset();
  if (first_ < 0) first_ = newest_ = slice;
  if (slice <= newest_ - kSlices) return;
  for (int64_t next = std::max(newest_ + 1, slice - kSlices + 1); next <= slice; ++next) bytes_[IndexOf(next)] = 0;
  newest_ = std::max(newest_, slice);
  bytes_[IndexOf(slice)] += size.bytes();
}

std::optional<DataRate> AckedBitrate::Over(TimeDelta window) const {
  if (first_ < 0) return std::nullopt;
  const int64_t asked = std::min(window.us() / kSlice.us(), kSlices);
  const int64_t slices = std::min(asked, newest_ - first_ + 1);
  if (slices * 2 < asked) return std::nullopt;
  int64_t bytes = 0;
  for (int64_t slice = newest_ - slices + 1; slice <= newest_; ++slice) bytes += bytes_[IndexOf(slice)];
  return DataSize::Bytes(bytes) / (kSlice * slices);
}

}  // namespace sluice
