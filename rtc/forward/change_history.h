// What was in force when? The last kSize changes of a value, each with the place in the stream from which on it holds, so
// that what comes late is judged as it would have been in time.
#pragma once

#include <array>
#include <cstddef>

namespace sluice {

// `IsBefore(a, b)`: the place a is before b.
template <typename Place, typename Value, bool (*IsBefore)(Place, Place)>
class ChangeHistory {
 public:
  static constexpr size_t kSize = 8;

  // From `place` on, which is not before that of an earlier change; of two changes at one place the later one counts.
  void Add(Place place, Value value) {
    if (count_ > 0 && entries_[newest_].place == place) return entries_[newest_].value = value, void();
    newest_ = (newest_ + 1) % kSize;
    entries_[newest_] = {.place = place, .value = value};
    if (count_ < kSize) ++count_;
  }
  // The value at `place`; before all that is remembered, the oldest. Requires that something was added.
  Value At(Place place) const {
    size_t age = 0;
    while (age + 1 < count_ && IsBefore(place, Entry(age).place)) ++age;
    return Entry(age).value;
  }
  // The newest. Requires that something was added.
  const Value& Last() const { return entries_[newest_].value; }
  void Clear() { count_ = 0; }

 private:
  struct Change {
    Place place{};
    Value value{};
  };
  const Change& Entry(size_t age) const { return entries_[(newest_ + kSize - age) % kSize]; }

  std::array<Change, kSize> entries_;
  size_t newest_ = 0;
  size_t count_ = 0;
};

}  // namespace sluice
