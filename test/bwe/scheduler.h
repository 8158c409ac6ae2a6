// Virtual time of one run: actions in order of time, at the same time in the order they were put in. A heap without
// look-up, for nothing is ever cancelled: millions of events a second.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "rtc/base/units.h"

namespace sluice::bwe {

class Scheduler {
 public:
  using Action = std::function<void()>;

  // Some time after zero: code that confuses "zero" with "never" shall be found out.
  static constexpr Timestamp kStart = Timestamp::Seconds(1000);

  Timestamp now() const { return now_; }
  TimeDelta elapsed() const { return now_ - kStart; }

  // A time that has passed is now.
  void At(Timestamp time, Action action) {
    heap_.push_back({std::max(time, now_), next_id_++, std::move(action)});
    std::ranges::push_heap(heap_, Later());
  }
  void After(TimeDelta delay, Action action) { At(now_ + delay, std::move(action)); }

  // Calls it every `period`, the first time now.
  void Every(TimeDelta period, const Action& action) {
    action();
    After(period, [this, period, action] { Every(period, action); });
  }

  void RunUntil(Timestamp end) {
    while (!heap_.empty() && heap_.front().time <= end) {
      std::ranges::pop_heap(heap_, Later());
      Event event = std::move(heap_.back());
      heap_.pop_back();
      now_ = event.time;
      event.action();
    }
    now_ = end;
  }

 private:
  struct Event {
    Timestamp time;
    uint64_t id;
    Action action;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.time != b.time ? a.time > b.time : a.id > b.id; }
  };

  Timestamp now_ = kStart;
  std::vector<Event> heap_;
  uint64_t next_id_ = 0;
};

}  // namespace sluice::bwe
