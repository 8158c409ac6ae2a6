// What was decided of the last kSize frames, by RTP timestamp, so that packets that come late get the same answer as the
// rest of their frame. A fixed ring; looked into only for packets that are not of the newest frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sluice {

template <typename T>
class FrameMemory {
 public:
  static constexpr size_t kSize = 32;

  // Null when the frame is not known (any more).
  T* Find(uint32_t timestamp) {
    for (size_t age = 0; age < count_; ++age) {
      Entry& entry = entries_[(next_ + kSize - 1 - age) % kSize];
      if (entry.timestamp == timestamp) return &entry.value;
    }
    return nullptr;
  }
  T& Add(uint32_t timestamp) {
    Entry& entry = entries_[next_];
    entry = {.timestamp = timestamp};
    next_ = (next_ + 1) % kSize;
    if (count_ < kSize) ++count_;
    return entry.value;
  }
  void Clear() { count_ = 0; }
  // The newest that was added, if any.
  std::optional<uint32_t> newest() const {
    if (count_ == 0) return std::nullopt;
    return entries_[(next_ + kSize - 1) % kSize].timestamp;
  }

 private:
  struct Entry {
    uint32_t timestamp = 0;
    T value{};
  };
  std::array<Entry, kSize> entries_;
  size_t next_ = 0;
  size_t count_ = 0;
};

// Whether `timestamp` is newer than `than`, on the circle of 2^32.
constexpr bool IsNewerTimestamp(uint32_t timestamp, uint32_t than) {
  return static_cast<int32_t>(timestamp - than) > 0;
}

constexpr bool IsOlderTimestamp(uint32_t timestamp, uint32_t than) { return IsNewerTimestamp(than, timestamp); }

}  // namespace sluice
