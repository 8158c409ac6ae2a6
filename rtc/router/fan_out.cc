#include "rtc/router/fan_out.h"

#include "rtc/transport/transport.h"

namespace sluice {

void FanOut(Turn& turn) {
  for (Producer* producer : turn.ready) {
    for (const Producer::Link& link : producer->links())
      link.transport->Forward(*link.consumer, producer->fresh(), turn);
    producer->ClearFresh();
  }
  turn.ready.clear();
  for (const Turn::KeyFrameWish& wish : turn.key_frames) {
    wish.producer->transport().RequestKeyFrame(*wish.producer, wish.stream, wish.kind, turn);
  }
  turn.key_frames.clear();
}

}  // namespace sluice
