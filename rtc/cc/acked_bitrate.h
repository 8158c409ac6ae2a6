// What arrived, by the receiver's clock: bytes in slices of kSlice over the last kWindow. Asked over a short time it tells
// what a full line carries; over a long one what the sources send.
//
// Bound: kSlices slices. Packets older than the window, of a receiver that reorders that far, are passed over.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace sluice {

class AckedBitrate {
 public:
  static constexpr TimeDelta kSlice = TimeDelta::Millis(10);
  static constexpr int64_t kSlices = 128;
  static constexpr TimeDelta kLong = TimeDelta::Millis(1000);
  static constexpr TimeDelta kShort = TimeDelta::Millis(250);
  static constexpr TimeDelta kBrief = TimeDelta::Millis(100);  // of a line that has just changed

  void OnArrival(Timestamp arrival, DataSize size);
  void Reset() { *this = AckedBitrate(); }

  // Over the last `window` up to the newest arrival. nullopt until half of it has passed since the first.
  std::optional<DataRate> Over(TimeDelta window) const;

 private:
  static size_t IndexOf(int64_t slice) { return static_cast<size_t>(slice) % kSlices; }

  std::array<int64_t, kSlices> bytes_{};
  int64_t first_ = -1;  // slices
  int64_t newest_ = -1;
};

}  // namespace sluice
