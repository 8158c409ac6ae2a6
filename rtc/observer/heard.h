// What an observer heard of one producer since it looked last. Producers that are not among what an observer is given
// (removed, paused, closed) have left it.
#pragma once

#include <span>
#include <string>

#include "rtc/media/audio_level_tap.h"

namespace sluice {

struct Heard {
  std::string producer_id;
  std::span<const AudioLevelSample> samples;  // in order of arrival
};

}  // namespace sluice
