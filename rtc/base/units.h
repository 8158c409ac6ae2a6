// Dimensional types of the media core. Arithmetic keeps the dimension: a size over a rate is a time. All are plain
// 64-bit integers inside, in the unit that the accessor of full precision names (us, bps, bytes). Overflow is the
// caller's affair; values that a peer sends are bounded where they are parsed.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace sluice {

// A span of time; may be negative.
class TimeDelta {
 public:
  constexpr TimeDelta() = default;
  static constexpr TimeDelta Micros(int64_t us) { return TimeDelta(us); }
  static constexpr TimeDelta Millis(int64_t ms) { return TimeDelta(ms * 1000); }
  static constexpr TimeDelta Seconds(int64_t s) { return TimeDelta(s * 1'000'000); }
  static constexpr TimeDelta Zero() { return TimeDelta(0); }
  static constexpr TimeDelta Infinite() { return TimeDelta(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr double seconds() const { return static_cast<double>(us_) * 1e-6; }
  constexpr bool IsInfinite() const { return *this == Infinite(); }

  constexpr auto operator<=>(const TimeDelta&) const = default;
  constexpr TimeDelta operator+(TimeDelta o) const { return TimeDelta(us_ + o.us_); }
  constexpr TimeDelta operator-(TimeDelta o) const { return TimeDelta(us_ - o.us_); }
  constexpr TimeDelta operator-() const { return TimeDelta(-us_); }
  constexpr TimeDelta operator*(int64_t f) const { return TimeDelta(us_ * f); }
  constexpr TimeDelta operator*(double f) const {
    return TimeDelta(static_cast<int64_t>(static_cast<double>(us_) * f));
  }
  constexpr TimeDelta operator/(int64_t d) const { return TimeDelta(us_ / d); }
  constexpr double operator/(TimeDelta o) const { return static_cast<double>(us_) / static_cast<double>(o.us_); }
  constexpr TimeDelta& operator+=(TimeDelta o) { return us_ += o.us_, *this; }
  constexpr TimeDelta& operator-=(TimeDelta o) { return us_ -= o.us_, *this; }

 private:
  explicit constexpr TimeDelta(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

// A point on the monotonic clock of the caller (in production CLOCK_MONOTONIC, in tests a virtual one).
// Never is before every other.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp Micros(int64_t us) { return Timestamp(us); }
  static constexpr Timestamp Millis(int64_t ms) { return Timestamp(ms * 1000); }
  static constexpr Timestamp Seconds(int64_t s) { return Timestamp(s * 1'000'000); }
  static constexpr Timestamp Never() { return Timestamp(std::numeric_limits<int64_t>::min()); }
  static constexpr Timestamp Infinite() { return Timestamp(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr bool IsNever() const { return *this == Never(); }
  constexpr bool IsInfinite() const { return *this == Infinite(); }

  constexpr auto operator<=>(const Timestamp&) const = default;
  constexpr Timestamp operator+(TimeDelta d) const { return Timestamp(us_ + d.us()); }
  constexpr Timestamp operator-(TimeDelta d) const { return Timestamp(us_ - d.us()); }
  constexpr TimeDelta operator-(Timestamp o) const { return TimeDelta::Micros(us_ - o.us_); }
  constexpr Timestamp& operator+=(TimeDelta d) { return us_ += d.us(), *this; }

 private:
  explicit constexpr Timestamp(int64_t us) : us_(us) {}
  int64_t us_ = std::numeric_limits<int64_t>::min();
};

class DataSize {
 public:
  constexpr DataSize() = default;
  static constexpr DataSize Bytes(int64_t b) { return DataSize(b); }
  static constexpr DataSize Zero() { return DataSize(0); }

  constexpr int64_t bytes() const { return bytes_; }
  constexpr int64_t bits() const { return bytes_ * 8; }

  constexpr auto operator<=>(const DataSize&) const = default;
  constexpr DataSize operator+(DataSize o) const { return DataSize(bytes_ + o.bytes_); }
  constexpr DataSize operator-(DataSize o) const { return DataSize(bytes_ - o.bytes_); }
  constexpr DataSize& operator+=(DataSize o) { return bytes_ += o.bytes_, *this; }
  constexpr DataSize& operator-=(DataSize o) { return bytes_ -= o.bytes_, *this; }

 private:
  explicit constexpr DataSize(int64_t b) : bytes_(b) {}
  int64_t bytes_ = 0;
};

class DataRate {
 public:
  constexpr DataRate() = default;
  static constexpr DataRate BitsPerSec(int64_t bps) { return DataRate(bps); }
  static constexpr DataRate KilobitsPerSec(int64_t kbps) { return DataRate(kbps * 1000); }
  static constexpr DataRate Zero() { return DataRate(0); }
  static constexpr DataRate Infinite() { return DataRate(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t bps() const { return bps_; }
  constexpr int64_t kbps() const { return bps_ / 1000; }

  constexpr auto operator<=>(const DataRate&) const = default;
  constexpr DataRate operator+(DataRate o) const { return DataRate(bps_ + o.bps_); }
  constexpr DataRate operator-(DataRate o) const { return DataRate(bps_ - o.bps_); }
  constexpr DataRate operator*(double f) const { return DataRate(static_cast<int64_t>(static_cast<double>(bps_) * f)); }
  constexpr double operator/(DataRate o) const { return static_cast<double>(bps_) / static_cast<double>(o.bps_); }

 private:
  explicit constexpr DataRate(int64_t bps) : bps_(bps) {}
  int64_t bps_ = 0;
};

constexpr TimeDelta operator/(DataSize size, DataRate rate) {
  return TimeDelta::Micros(size.bits() * 1'000'000 / rate.bps());
}
constexpr DataSize operator*(DataRate rate, TimeDelta time) {
  return DataSize::Bytes(static_cast<int64_t>(static_cast<double>(rate.bps()) * time.seconds() / 8));
}
constexpr DataRate operator/(DataSize size, TimeDelta time) {
  return DataRate::BitsPerSec(size.bits() * 1'000'000 / time.us());
}

}  // namespace sluice
