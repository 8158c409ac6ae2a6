#include "rtc/media/audio_level_tap.h"

#include "rtc/media/producer.h"

namespace sluice {

AudioLevelTap::AudioLevelTap(Producer& producer) : producer_(&producer) { producer.audio_level_taps().push_back(this); }

AudioLevelTap::~AudioLevelTap() {
  if (producer_) std::erase(producer_->audio_level_taps(), this);
}

}  // namespace sluice
