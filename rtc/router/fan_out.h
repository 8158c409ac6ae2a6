// Forwards what a turn brought: producer by producer and, of each, consumer by consumer, so that all packets for one
// destination follow each other in the send batch (one segmented send) and each consumer's state is touched once.
#pragma once

#include "rtc/transport/turn.h"

namespace sluice {

// Empties turn.ready and turn.key_frames. To be called before anything that could remove an object.
void FanOut(Turn& turn);

}  // namespace sluice
