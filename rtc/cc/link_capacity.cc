#include "rtc/cc/link_capacity.h"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

constexpr double kWeight = 0.3;
constexpr double kLeastDeviation = 0.045;
constexpr double kMostDeviation = 0.15;
constexpr double kDeviations = 2;
constexpr double kAnotherLine = 0.6;  // so far off, it is not the same line

}  // namespace

void LinkCapacity::OnFull(DataRate rate) {
  const double kbps = static_cast<double>(rate.bps()) / 1000;
  if (!mean_kbps_ || kbps < *mean_kbps_ * kAnotherLine || kbps * kAnotherLine > *mean_kbps_) {
    mean_kbps_ = kbps;
    deviation_ = kLeastDeviation;
    return;
  }
  const double error = std::abs(kbps - *mean_kbps_) / *mean_kbps_;
  deviation_ = std::clamp(deviation_ + kWeight * (error - deviation_), kLeastDeviation, kMostDeviation);
  *mean_kbps_ += kWeight * (kbps - *mean_kbps_);
}

std::optional<DataRate> LinkCapacity::mean() const {
  if (!mean_kbps_) return std::nullopt;
  return DataRate::BitsPerSec(static_cast<int64_t>(*mean_kbps_ * 1000));
}

int64_t LinkCapacity::Upper() const { return static_cast<int64_t>(*mean_kbps_ * (1 + kDeviations * deviation_)); }

}  // namespace sluice
