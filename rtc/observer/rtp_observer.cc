#include "rtc/observer/rtp_observer.h"

#include <algorithm>
#include <utility>

#include "rtc/media/producer.h"

namespace sluice {

RtpObserver::RtpObserver(std::string id, Engine engine, Timestamp now)
    : id_(std::move(id)), engine_(std::move(engine)) {
  next_ = now + interval();
}

std::unique_ptr<RtpObserver> RtpObserver::AudioLevel(std::string id, const AudioLevelObserver::Config& config,
                                                     Timestamp now) {
  AudioLevelObserver engine(id, config);
  return std::unique_ptr<RtpObserver>(new RtpObserver(std::move(id), std::move(engine), now));
}

std::unique_ptr<RtpObserver> RtpObserver::ActiveSpeaker(std::string id, TimeDelta interval, Timestamp now) {
  ActiveSpeakerObserver engine(id, interval, now);
  return std::unique_ptr<RtpObserver>(new RtpObserver(std::move(id), std::move(engine), now));
}

TimeDelta RtpObserver::interval() const {
  return std::visit([](const auto& engine) { return engine.interval(); }, engine_);
}

absl::Status RtpObserver::AddProducer(Producer& producer) {
  if (producer.kind() != MediaKind::kAudio) return absl::InvalidArgumentError("producerId: only audio can be observed");
  if (!Observes(producer)) taps_.push_back(std::make_unique<AudioLevelTap>(producer));
  return absl::OkStatus();
}

void RtpObserver::RemoveProducer(const Producer& producer) {
  std::erase_if(taps_, [&](const auto& tap) { return tap->producer() == &producer; });
}

bool RtpObserver::Observes(const Producer& producer) const {
  return std::ranges::any_of(taps_, [&](const auto& tap) { return tap->producer() == &producer; });
}

void RtpObserver::Resume(Timestamp now) {
  if (!std::exchange(paused_, false)) return;
  next_ = now + interval();
  for (const auto& tap : taps_) tap->Clear();
  if (auto* levels = std::get_if<AudioLevelObserver>(&engine_)) levels->Reset();
  if (auto* speaker = std::get_if<ActiveSpeakerObserver>(&engine_)) speaker->Reset(now);
}

void RtpObserver::OnTimer(Timestamp now, MediaEvents& events) {
  if (now < NextDeadline()) return;
  // In step with the interval, unless the loop fell behind by more than one.
  next_ += interval();
  if (next_ <= now) next_ = now + interval();
  std::erase_if(taps_, [](const auto& tap) { return tap->producer() == nullptr; });
  std::vector<Heard> heard;
  for (const auto& tap : taps_) {
    if (tap->producer()->paused()) continue;
    heard.push_back({.producer_id = tap->producer()->id(), .samples = tap->samples()});
  }
  std::visit([&](auto& engine) { engine.Update(now, heard, events); }, engine_);
  for (const auto& tap : taps_) tap->Clear();
}

}  // namespace sluice
