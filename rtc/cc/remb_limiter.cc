#include "rtc/cc/remb_limiter.h"

namespace sluice {

void RembLimiter::SetMaximum(DataRate maximum) {
  if (maximum == maximum_) return;
  maximum_ = maximum;
  deadline_ = Timestamp::Never();  // at once
}

std::optional<DataRate> RembLimiter::Due(Timestamp now) {
  if (now < deadline_) return std::nullopt;
  bool limited = maximum_ > DataRate::Zero();
  deadline_ = limited ? now + kInterval : Timestamp::Infinite();
  return limited ? maximum_ : kUnlimited;
}

}  // namespace sluice
