// Acts on what the controller sends without waiting for an answer: packets and messages of direct transports. The event
// indexes a table, the handler id is looked up, the handler decodes the body. Nobody could be told of an error:
// whatever is unknown, misplaced or unreadable is logged and ignored, and changes nothing.
//
// Notifications share the turn under way, so that many packets are forwarded together; requests begin one of their own.
// WorkerClose is not among them: the worker itself looks for it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "fbs/notification_generated.h"
#include "worker/core.h"

namespace sluice {

// One notification under way.
struct Note {
  Core& core;
  const fbs::notification::Notification& notification;
  const std::string handler_id;
  Turn& turn;
};

using NoteHandler = absl::Status (*)(Note& note);

// Null for events that a controller does not send.
NoteHandler FindNoteHandler(fbs::notification::Event event);

void HandleNotification(Core& core, const fbs::notification::Notification& notification, bool body_good);

}  // namespace sluice
