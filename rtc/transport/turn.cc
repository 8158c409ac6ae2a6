#include "rtc/transport/turn.h"

#include "rtc/media/consumer.h"

namespace sluice {

void WishKeyFrames(const Consumer& consumer, Turn& turn, const OutgoingStream* only) {
  if (!consumer.forwards()) return;
  for (size_t stream : consumer.StreamsWanted(only)) {
    turn.key_frames.push_back({.producer = &consumer.producer(), .stream = stream});
  }
}

}  // namespace sluice
