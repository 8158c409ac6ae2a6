#include "rtc/stream/stream_score.h"

#include <algorithm>
#include <cmath>

namespace sluice {

void StreamScore::AddPeriod(int64_t expected, int64_t lost, int64_t repaired) {
  if (!active_ || expected <= 0) return;
  lost = std::clamp<int64_t>(lost, 0, expected);
  repaired = std::clamp<int64_t>(repaired, 0, lost);
  double damage = (static_cast<double>(lost) - 0.75 * static_cast<double>(repaired)) / static_cast<double>(expected);
  auto score = static_cast<uint8_t>(std::lround(kBest * std::pow(1 - damage, 4)));

  if (count_ == kPeriods) {
    std::copy(history_.begin() + 1, history_.end(), history_.begin());
    --count_;
  }
  history_[count_++] = score;
  size_t sum = 0;
  for (size_t i = 0; i < count_; ++i) sum += history_[i] * (i + 1);
  const size_t weights = count_ * (count_ + 1) / 2;
  value_ = static_cast<uint8_t>(std::max<size_t>(1, (sum + weights / 2) / weights));
}

void StreamScore::SetActive(bool active) {
  if (active == active_) return;
  active_ = active;
  count_ = 0;
  value_ = active ? kBest : 0;
}

}  // namespace sluice
