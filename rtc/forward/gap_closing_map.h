// Maps increasing numbers of one source to increasing numbers of ours: numbers that are dropped on purpose leave no
// gap, numbers that merely did not come (lost) do, and a number that comes late still gets the place that was kept for
// it. The common core of SequenceMapper and Vp8Rewriter.
//
// No two inputs of one source ever map to the same output. Remembers the last kMaxRuns runs of drops; a late number
// from before them is refused. No allocation, O(kMaxRuns) at worst, O(1) in order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sluice {

class GapClosingMap {
 public:
  static constexpr size_t kMaxRuns = 64;  // about two seconds of a stream of which every second frame is dropped
  // A number further than this above the highest is no loss but a source that began anew: it is given the next place.
  static constexpr int64_t kMaxJump = 10'000;

  // The first number mapped will become `first`.
  explicit GapClosingMap(int64_t first) : next_out_(first), highest_taken_(first - 1) {}

  // The place of `in`, or nullopt when it was dropped, is from before the present source's start, or too old to know.
  std::optional<int64_t> Map(int64_t in);
  // `in` will never be sent: the numbers after it close up. When it comes too late for that, because a place was kept
  // for it and passed, that place is returned: it stays empty for ever.
  std::optional<int64_t> Drop(int64_t in);
  // The next number given to Map() or Drop() is the first of another source and gets the next free place. Places that were
  // kept behind the last that was taken are free again: nobody knows of them.
  void SwitchSource() {
    started_ = false;
    next_out_ = highest_taken_ + 1;
  }

  // The number after the highest that was given out.
  int64_t next_out() const { return next_out_; }
  bool started() const { return started_; }

 private:
  // From `start` on, out = in - shift; the `dropped` numbers right before `start` have no place.
  struct Run {
    int64_t start = 0;
    int64_t shift = 0;
    int64_t dropped = 0;
  };

  std::optional<int64_t> PlaceOf(int64_t in) const;
  int64_t Take(int64_t out) {
    if (out > highest_taken_) highest_taken_ = out;
    return out;
  }
  void Start(int64_t in);
  Run& newest() { return runs_[newest_]; }
  void PushRun(Run run);

  std::array<Run, kMaxRuns> runs_;
  size_t newest_ = 0;
  size_t count_ = 0;
  int64_t highest_in_ = 0;
  int64_t next_out_;
  int64_t highest_taken_;  // returned by Map() or Drop()
  bool started_ = false;
};

}  // namespace sluice
