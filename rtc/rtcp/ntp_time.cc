#include "rtc/rtcp/ntp_time.h"

#include <algorithm>
#include <limits>

namespace sluice::rtcp {
namespace {

constexpr int64_t kUnixEpochInNtpSeconds = 2'208'988'800;  // 1900 to 1970
constexpr int64_t kMicrosPerSecond = 1'000'000;

// Microseconds to 32.32 seconds, rounded to nearest so that a way there and back gives the same microsecond.
constexpr uint64_t ToFixed(int64_t us) {
  int64_t seconds = us / kMicrosPerSecond;
  int64_t micros = us % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  const uint64_t fraction = ((static_cast<uint64_t>(micros) << 32) + kMicrosPerSecond / 2) / kMicrosPerSecond;
  return (static_cast<uint64_t>(seconds) << 32) + fraction;
}

constexpr int64_t FromFixed(int64_t fixed) {
  const int64_t seconds = fixed >> 32;
  const auto fraction = static_cast<uint64_t>(fixed & 0xFFFFFFFF);
  return seconds * kMicrosPerSecond + static_cast<int64_t>((fraction * kMicrosPerSecond + (1u << 31)) >> 32);
}

}  // namespace

NtpTime NtpTime::From(Timestamp time, TimeDelta wall_offset) {
  return NtpTime(ToFixed(time.us() + wall_offset.us()) + (uint64_t{kUnixEpochInNtpSeconds} << 32));
}

Timestamp NtpTime::ToTimestamp(TimeDelta wall_offset) const {
  // 1970 lies before the middle of the NTP era: subtracting wraps right until 2106.
  const uint64_t since_1970 = value_ - (uint64_t{kUnixEpochInNtpSeconds} << 32);
  const auto seconds = static_cast<int64_t>(since_1970 >> 32);
  const int64_t micros = FromFixed(static_cast<int64_t>(since_1970 & 0xFFFFFFFF));
  return Timestamp::Micros(seconds * kMicrosPerSecond + micros) - wall_offset;
}

TimeDelta NtpTime::operator-(NtpTime o) const {
  return TimeDelta::Micros(FromFixed(static_cast<int64_t>(value_ - o.value_)));
}

NtpTime NtpTime::operator+(TimeDelta d) const { return NtpTime(value_ + ToFixed(d.us())); }

uint32_t ToCompactDelta(TimeDelta delta) {
  constexpr int64_t kMax = std::numeric_limits<uint32_t>::max();
  if (delta >= TimeDelta::Seconds(65536)) return static_cast<uint32_t>(kMax);
  return static_cast<uint32_t>(std::clamp<int64_t>(delta.us() * 65536 / kMicrosPerSecond, 0, kMax));
}

TimeDelta FromCompactDelta(uint32_t delta) { return TimeDelta::Micros(int64_t{delta} * kMicrosPerSecond / 65536); }

TimeDelta RoundTripTime(NtpTime now, uint32_t last_report, uint32_t delay_since_last_report) {
  const auto compact = static_cast<int32_t>(now.Compact() - last_report - delay_since_last_report);
  if (compact <= 0) return kMinRoundTripTime;
  return std::max(kMinRoundTripTime, FromCompactDelta(static_cast<uint32_t>(compact)));
}

}  // namespace sluice::rtcp
