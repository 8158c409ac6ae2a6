#include "test/sim/event_queue.h"

#include <algorithm>

namespace sluice::sim {

EventQueue::EventId EventQueue::At(Timestamp time, Action action) {
  const EventId id(std::max(time, now()), next_id_++);
  events_.emplace(id, std::move(action));
  return id;
}

void EventQueue::Every(TimeDelta period, const Action& action) {
  After(period, [this, period, action] {
    action();
    Every(period, action);
  });
}

void EventQueue::RunUntil(Timestamp end) {
  while (!events_.empty() && events_.begin()->first.first <= end) {
    auto event = events_.extract(events_.begin());
    clock_.AdvanceTo(event.key().first);
    event.mapped()();
  }
  clock_.AdvanceTo(end);
}

}  // namespace sluice::sim
