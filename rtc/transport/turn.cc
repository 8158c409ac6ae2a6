#include "rtc/transport/turn.h"

#include <bit>

#include "rtc/media/consumer.h"

namespace sluice {

void WishKeyFrames(const Consumer& consumer, Turn& turn, const OutgoingStream* only) {
  if (!consumer.forwards()) return;
  for (uint32_t streams = consumer.StreamsWanted(only); streams != 0; streams &= streams - 1) {
    turn.key_frames.push_back(
        {.producer = &consumer.producer(), .stream = static_cast<size_t>(std::countr_zero(streams))});
  }
}

}  // namespace sluice
