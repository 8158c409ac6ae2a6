// What shall happen, in order of time; what was put in first goes first at the same time. Running an event moves the
// clock to its time. Everything in a simulation that waits, waits here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "rtc/base/units.h"
#include "test/sim/virtual_clock.h"

namespace sluice::sim {

class EventQueue {
 public:
  using Action = std::function<void()>;
  // For Cancel. Never reused.
  using EventId = std::pair<Timestamp, uint64_t>;

  explicit EventQueue(VirtualClock& clock) : clock_(clock) {}

  Timestamp now() const { return clock_.now(); }
  // A time that has passed is now. Infinite never comes and is allowed.
  EventId At(Timestamp time, Action action);
  EventId After(TimeDelta delay, Action action) { return At(now() + delay, std::move(action)); }
  // Calls `action` every `period` for as long as the queue lives; the first time after one period.
  void Every(TimeDelta period, const Action& action);
  // Events that ran or never were are ignored.
  void Cancel(const EventId& event) { events_.erase(event); }

  // When the next event is due; infinite: none.
  Timestamp next() const { return events_.empty() ? Timestamp::Infinite() : events_.begin()->first.first; }

  // Runs everything up to and including `end`; then it is `end`.
  void RunUntil(Timestamp end);
  void RunFor(TimeDelta time) { RunUntil(now() + time); }

 private:
  VirtualClock& clock_;
  std::map<EventId, Action> events_;
  uint64_t next_id_ = 0;
};

}  // namespace sluice::sim
