#include "worker/notifications.h"

#include <array>

#include "worker/handlers/handlers.h"

namespace sluice {
namespace {

namespace h = handlers;
using fbs::notification::Event;

// BoundNote<&F>::Run is the table's entry for handler F.
template <auto F>
struct BoundNote;

template <class T, class Body, absl::Status (*F)(Note&, T&, const Body&)>
struct BoundNote<F> {
  static absl::Status Run(Note& note) {
    T* to = note.core.objects.Find<T>(note.handler_id);
    if (!to) return h::NotFound(h::kName<T>, note.handler_id);
    const Body* body = note.notification.body_as<Body>();
    if (!body) return h::Missing("body");
    return F(note, *to, *body);
  }
};

constexpr size_t kEvents = static_cast<size_t>(Event::MAX) + 1;

constexpr std::array<NoteHandler, kEvents> MakeTable() {
  std::array<NoteHandler, kEvents> table{};
  auto set = [&table](Event event, NoteHandler handler) { table[static_cast<size_t>(event)] = handler; };
  set(Event::TransportSendRtcp, BoundNote<&h::TransportSendRtcp>::Run);
  set(Event::ProducerSend, BoundNote<&h::ProducerSend>::Run);
  set(Event::DataProducerSend, BoundNote<&h::DataProducerSend>::Run);
  return table;
}

constexpr std::array<NoteHandler, kEvents> kTable = MakeTable();

absl::Status Run(Core& core, const fbs::notification::Notification& notification, bool body_good) {
  const NoteHandler handler = FindNoteHandler(notification.event());
  if (!handler) return absl::UnimplementedError("no controller sends that");
  if (!body_good) return absl::InvalidArgumentError("its body cannot be read");
  Note note{.core = core,
            .notification = notification,
            .handler_id = notification.handler_id() ? notification.handler_id()->str() : std::string(),
            .turn = core.media.Begin()};
  return handler(note);
}

}  // namespace

NoteHandler FindNoteHandler(Event event) {
  const auto index = static_cast<size_t>(event);
  return index < kTable.size() ? kTable[index] : nullptr;
}

void HandleNotification(Core& core, const fbs::notification::Notification& notification, bool body_good) {
  const absl::Status status = Run(core, notification, body_good);
  if (status.ok()) return;
  core.log.Warn("control pipe: ignored the notification {} [event:{}]: {}",
                fbs::notification::EnumNameEvent(notification.event()), static_cast<int>(notification.event()),
                std::string(status.message()));
}

}  // namespace sluice
