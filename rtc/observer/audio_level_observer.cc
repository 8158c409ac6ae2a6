#include "rtc/observer/audio_level_observer.h"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr TimeDelta kUsualPacket = TimeDelta::Millis(20);
constexpr int64_t kShare = 8;
constexpr int64_t kLeast = 3;

// dBov, rounded.
int8_t MeanOf(std::span<const AudioLevelSample> samples) {
  int64_t sum = 0;
  for (const AudioLevelSample& sample : samples) sum += sample.level;
  const auto count = static_cast<int64_t>(samples.size());
  return static_cast<int8_t>(-(sum + count / 2) / count);
}

}  // namespace

AudioLevelObserver::AudioLevelObserver(std::string id, const Config& config) : id_(std::move(id)), config_(config) {
  config_.interval = std::clamp(config.interval, kMinInterval, kMaxInterval);
  min_samples_ = static_cast<size_t>(std::max(kLeast, config_.interval.us() / kUsualPacket.us() / kShare));
}

void AudioLevelObserver::Update(Timestamp, std::span<const Heard> heard, MediaEvents& events) {
  AudioVolumes loud{.observer_id = id_, .volumes = {}};
  for (const Heard& one : heard) {
    if (one.samples.size() < min_samples_) continue;
    const int8_t volume = MeanOf(one.samples);
    if (volume < config_.threshold) continue;
    loud.volumes.push_back({.producer_id = one.producer_id, .volume = volume});
  }
  if (loud.volumes.empty()) {
    if (!std::exchange(silent_, true)) events.push_back(AudioSilence{.observer_id = id_});
    return;
  }
  silent_ = false;
  std::ranges::sort(loud.volumes, [](const AudioVolumes::Volume& a, const AudioVolumes::Volume& b) {
    return a.volume != b.volume ? a.volume > b.volume : a.producer_id < b.producer_id;
  });
  if (loud.volumes.size() > config_.max_entries) loud.volumes.resize(config_.max_entries);
  events.push_back(std::move(loud));
}

}  // namespace sluice
