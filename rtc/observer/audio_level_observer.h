// Who is loud: once per interval the producers whose mean level is at the threshold or above, the loudest first, at
// most max_entries; and once, when after that an interval has nobody, that there is silence.
//
// The mean is over the levels that came. A producer of which too few came (an eighth of what packets of 20 ms would be,
// three at least) is not counted: a click between the silences that DTX leaves out is no volume.
//
// Memory only; the caller has the clock and calls once per interval.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "rtc/base/units.h"
#include "rtc/media/media_event.h"
#include "rtc/observer/heard.h"

namespace sluice {

class AudioLevelObserver {
 public:
  struct Config {
    size_t max_entries = 1;
    int threshold = -80;                         // dBov, -127 to 0
    TimeDelta interval = TimeDelta::Seconds(1);  // clamped to the two below
  };
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(250);
  static constexpr TimeDelta kMaxInterval = TimeDelta::Millis(5000);

  AudioLevelObserver(std::string id, const Config& config);

  TimeDelta interval() const { return config_.interval; }
  // The interval is over.
  void Update(Timestamp now, std::span<const Heard> heard, MediaEvents& events);
  // Forgets that anybody was loud.
  void Reset() { silent_ = true; }

 private:
  const std::string id_;
  Config config_;
  size_t min_samples_;
  bool silent_ = true;
};

}  // namespace sluice
