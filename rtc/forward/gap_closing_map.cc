#include "rtc/forward/gap_closing_map.h"

namespace sluice {

std::optional<int64_t> GapClosingMap::Map(int64_t in) {
  if (!started_ || in - highest_in_ > kMaxJump) Start(in);
  if (in > highest_in_) {
    highest_in_ = in;
    next_out_ = in - newest().shift + 1;
    return Take(in - newest().shift);
  }
  const auto place = PlaceOf(in);
  return place ? std::optional(Take(*place)) : std::nullopt;
}

std::optional<int64_t> GapClosingMap::PlaceOf(int64_t in) const {
  for (size_t age = 0; age < count_; ++age) {
    const Run& run = runs_[(newest_ + kMaxRuns - age) % kMaxRuns];
    if (in >= run.start) return in - run.shift;
    if (in >= run.start - run.dropped) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<int64_t> GapClosingMap::Drop(int64_t in) {
  if (!started_ || in - highest_in_ > kMaxJump) Start(in);
  if (in <= highest_in_) return Map(in);
  highest_in_ = in;
  next_out_ = in - newest().shift;
  Run run{in + 1, newest().shift + 1, 1};
  if (newest().start == in) {  // right behind the run before: one longer run
    run.dropped += newest().dropped;
    newest() = run;
  } else {
    PushRun(run);
  }
  return std::nullopt;
}

void GapClosingMap::Start(int64_t in) {
  count_ = 0;
  PushRun({in, in - next_out_, 0});
  highest_in_ = in - 1;
  started_ = true;
}

void GapClosingMap::PushRun(Run run) {
  newest_ = (newest_ + 1) % kMaxRuns;
  if (count_ < kMaxRuns) ++count_;
  runs_[newest_] = run;
}

}  // namespace sluice
