// Holds a sender to a configured bit rate by REMB (draft-alvestrand-rmcat-remb): the configured maximum is repeated
// every kInterval, for a REMB can be lost, and at once when it changes. It estimates nothing.
#pragma once

#include <optional>

#include "rtc/base/units.h"

namespace sluice {

class RembLimiter {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(1);
  // Said once when a maximum is taken back: more than any sender of ours needs.
  static constexpr DataRate kUnlimited = DataRate::KilobitsPerSec(100'000);

  // Zero: no maximum.
  void SetMaximum(DataRate maximum);
  Timestamp deadline() const { return deadline_; }
  // The value to send now, if one is due. Infinite deadline() means never.
  std::optional<DataRate> Due(Timestamp now);

 private:
  DataRate maximum_ = DataRate::Zero();
  Timestamp deadline_ = Timestamp::Infinite();
};

}  // namespace sluice
