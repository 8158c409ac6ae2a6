// One libuv timer for each object that has deadlines. Arm() sets it to the next one; when that has come, on_due is called
// for the object, which arms it again. libuv counts in whole milliseconds, rounded up here.
//
// Objects are owned elsewhere: Forget() before one is destroyed. libuv frees the timers in its own time.
#pragma once

#include <uv.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "rtc/base/units.h"

namespace sluice {

template <class T>
class DeadlineTimers {
 public:
  using OnDue = absl::AnyInvocable<void(T& object)>;

  // `loop` outlives it.
  DeadlineTimers(uv_loop_t* loop, OnDue on_due) : loop_(loop), on_due_(std::move(on_due)) {}
  ~DeadlineTimers() {
    for (auto& [object, timer] : timers_) Free(timer);
  }
  DeadlineTimers(const DeadlineTimers&) = delete;
  DeadlineTimers& operator=(const DeadlineTimers&) = delete;

  // Infinite stops it. A deadline that is past means at once.
  void Arm(T& object, Timestamp deadline, Timestamp now) {
    Timer*& timer = timers_[&object];
    if (!timer) timer = New(object);
    if (timer->deadline == deadline) return;
    timer->deadline = deadline;
    if (deadline.IsInfinite()) {
      uv_timer_stop(&timer->handle);
      return;
    }
    const int64_t us = deadline <= now ? 0 : (deadline - now).us();
    uv_timer_start(
        &timer->handle,
        [](uv_timer_t* handle) {
          auto* due = reinterpret_cast<Timer*>(handle);
          due->deadline = Timestamp::Infinite();
          due->owner->on_due_(*due->object);
        },
        static_cast<uint64_t>(std::max<int64_t>(1, (us + 999) / 1000)), 0);
  }

  void Forget(T& object) {
    const auto it = timers_.find(&object);
    if (it == timers_.end()) return;
    Free(it->second);
    timers_.erase(it);
  }

 private:
  struct Timer {
    uv_timer_t handle;  // first: libuv hands it back as the Timer
    DeadlineTimers* owner;
    T* object;
    Timestamp deadline = Timestamp::Infinite();  // that it is set to
  };

  Timer* New(T& object) {
    auto* timer = new Timer{.handle = {}, .owner = this, .object = &object};
    uv_timer_init(loop_, &timer->handle);
    return timer;
  }
  static void Free(Timer* timer) {
    uv_close(reinterpret_cast<uv_handle_t*>(&timer->handle),
             [](uv_handle_t* handle) { delete reinterpret_cast<Timer*>(handle); });
  }

  uv_loop_t* loop_;
  OnDue on_due_;
  absl::flat_hash_map<T*, Timer*> timers_;
};

}  // namespace sluice
