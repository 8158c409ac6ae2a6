// What the line carried when it was full: mean and deviation of the acknowledged bit rates at the times of overuse. Near it
// a rate shall grow carefully, far from it quickly.
#pragma once

#include <optional>

#include "rtc/base/units.h"

namespace sluice {

class LinkCapacity {
 public:
  // The line was full and carried so much.
  void OnFull(DataRate rate);
  // It carries more than was known, or the knowledge is old.
  void Reset() { mean_kbps_.reset(); }

  std::optional<DataRate> mean() const;
  bool IsExceededBy(DataRate rate) const { return mean_kbps_ && rate > DataRate::KilobitsPerSec(Upper()); }

 private:
  int64_t Upper() const;

  std::optional<double> mean_kbps_;
  double deviation_ = 0.05;  // relative
};

}  // namespace sluice
