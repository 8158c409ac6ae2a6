// The round trip time from an echoed time stamp (RFC 3550 6.4.1, RFC 3611 4.5): now - last report - delay since, all
// three the middle 32 bits of NTP time, units of 2^-16 s.
#pragma once

#include <cstdint>
#include <optional>

#include "rtc/base/units.h"

namespace sluice {

// nullopt when there was no report (0), or when the result is negative or over 30 s: the peer's arithmetic is wrong.
// Never less than 1 ms otherwise.
std::optional<TimeDelta> RoundTripTime(uint32_t now_compact, uint32_t last_report, uint32_t delay_since);

// A non-negative time in units of 2^-16 s, as in DLSR and DLRR; saturates.
uint32_t ToCompactDelay(TimeDelta delay);

}  // namespace sluice
