// One turn of the loop, as everything below worker/ sees it: the one time it runs at, where outgoing datagrams are
// written, what is to be told to the controller, and what is still to be forwarded before the turn ends.
//
// Whoever runs the loop keeps one Turn (its lists keep their memory), sets `now`, calls down any number of times, then
// calls FanOut() (rtc/router/fan_out.h) and batch.Flush(), and empties `outbox`.
#pragma once

#include <vector>

#include "rtc/base/units.h"
#include "rtc/media/producer.h"
#include "rtc/net/send_batch.h"
#include "rtc/transport/outbox.h"

namespace sluice {

class OutgoingStream;
class Transport;

struct Turn {
  struct KeyFrameWish {
    Producer* producer = nullptr;
    size_t stream = 0;
    KeyFrameRequester::Kind kind = KeyFrameRequester::Kind::kNew;
  };

  static std::vector<KeyFrameWish> RoomForWishes() {
    std::vector<KeyFrameWish> wishes;
    wishes.reserve(64);
    return wishes;
  }

  Timestamp now;
  SendBatch& batch;
  Outbox outbox;
  std::vector<Producer*> ready;  // have fresh packets; each once
  // Asked for by consumers. Many do at once when a line falls far, which is no time to look for memory.
  std::vector<KeyFrameWish> key_frames = RoomForWishes();
  std::vector<Transport*> moved;  // whose deadline may have changed by the doings of another; emptied as outbox

  void NoteMoved(Transport* transport) {
    if (moved.empty() || moved.back() != transport) moved.push_back(transport);
  }
};

// Asks for key frames of every stream that `consumer` forwards, or would; of none while it is not active. `only`: of
// what goes into that one of its streams.
void WishKeyFrames(const Consumer& consumer, Turn& turn, const OutgoingStream* only = nullptr);

}  // namespace sluice
