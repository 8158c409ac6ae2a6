// Tells the controller what a turn brought: every event of the outbox becomes one notification, in order. State is
// never dropped, and messages of peers not before 64 MiB wait; traces, the news of a full send buffer and the packets of
// direct transports are, when the pipe is full. The channel counts them.
#pragma once

#include <string>

#include "channel/channel.h"
#include "rtc/transport/outbox.h"
#include "worker/objects.h"

namespace sluice {

class Notifier {
 public:
  // Both outlive it.
  Notifier(Channel& channel, const Objects& objects) : channel_(channel), objects_(objects) {}

  void Running();
  void Tell(const Outbox& outbox);

 private:
  struct Sender;
  Channel& channel_;
  const Objects& objects_;
};

}  // namespace sluice
