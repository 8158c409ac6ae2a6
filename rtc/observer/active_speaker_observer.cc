#include "rtc/observer/active_speaker_observer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {
namespace {

constexpr TimeDelta kFrame = TimeDelta::Millis(20);
constexpr int kMaxHeld = 3;  // frames
// More was not there to hear: the process stood still.
constexpr TimeDelta kMaxBehind = ActiveSpeakerObserver::kMaxInterval + TimeDelta::Seconds(1);

// What the logarithm of the ratio of scores must be above.
constexpr double kImmediateRatio = 3;
constexpr double kMediumRatio = 2;
constexpr double kLongRatio = 0.3;
constexpr int kMinActiveMediums = 4;

}  // namespace

ActiveSpeakerObserver::ActiveSpeakerObserver(std::string id, TimeDelta interval, Timestamp now)
    : id_(std::move(id)), interval_(std::clamp(interval, kMinInterval, kMaxInterval)), frame_end_(now + kFrame) {}

void ActiveSpeakerObserver::Reset(Timestamp now) {
  frame_end_ = now + kFrame;
  participants_.clear();
  dominant_.clear();
  told_.clear();
}

void ActiveSpeakerObserver::Update(Timestamp now, std::span<const Heard> heard, MediaEvents& events) {
  ++updates_;
  for (const Heard& one : heard) {
    Participant& participant = participants_[one.producer_id];
    participant.seen = updates_;
    participant.next_sample = 0;
  }
  absl::erase_if(participants_, [this](const auto& entry) { return entry.second.seen != updates_; });
  if (!participants_.contains(dominant_)) dominant_.clear();
  if (dominant_.empty()) told_.clear();

  std::vector<Participant*> participants;  // as in `heard`; the map no longer moves
  for (const Heard& one : heard) participants.push_back(&participants_.find(one.producer_id)->second);
  frame_end_ = std::max(frame_end_, now - kMaxBehind);
  for (; frame_end_ <= now; frame_end_ += kFrame) AddFrame(heard, participants, frame_end_);
  for (size_t i = 0; i < heard.size(); ++i) {
    participants[i]->carried = LoudestBefore(Timestamp::Infinite(), heard[i].samples, *participants[i]);
  }

  if (dominant_.empty() || dominant_ == told_) return;
  told_ = dominant_;
  events.push_back(DominantSpeakerChanged{.observer_id = id_, .producer_id = dominant_});
}

// What came before `end` and was not taken yet.
std::optional<uint8_t> ActiveSpeakerObserver::LoudestBefore(Timestamp end, std::span<const AudioLevelSample> samples,
                                                            Participant& p) {
  std::optional<uint8_t> level = std::exchange(p.carried, std::nullopt);
  for (; p.next_sample < samples.size() && samples[p.next_sample].arrival < end; ++p.next_sample) {
    const uint8_t one = samples[p.next_sample].level;
    level = std::min(level.value_or(one), one);
  }
  return level;
}

void ActiveSpeakerObserver::AddFrame(std::span<const Heard> heard, std::span<Participant* const> participants,
                                     Timestamp end) {
  for (size_t i = 0; i < heard.size(); ++i) {
    Participant& p = *participants[i];
    std::optional<uint8_t> level = LoudestBefore(end, heard[i].samples, p);
    if (level) {
      p.last_level = level;
      p.held = 0;
    } else if (p.held < kMaxHeld) {
      level = p.last_level;
      ++p.held;
    }
    p.activity.AddFrame(level);
  }
  if (++frames_ % SpeechActivity::kFramesPerMedium == 0) Decide(heard, participants);
}

void ActiveSpeakerObserver::Decide(std::span<const Heard> heard, std::span<Participant* const> participants) {
  const auto current = participants_.find(dominant_);
  const SpeechActivity::Scores before =
      current == participants_.end() ? SpeechActivity::Scores() : current->second.activity.scores();
  double highest = kMediumRatio;
  std::optional<size_t> winner;
  for (size_t i = 0; i < participants.size(); ++i) {
    const SpeechActivity& activity = participants[i]->activity;
    if (heard[i].producer_id == dominant_ || activity.active_mediums() < kMinActiveMediums) continue;
    const SpeechActivity::Scores scores = activity.scores();
    const double medium = std::log(scores.medium / before.medium);
    if (std::log(scores.immediate / before.immediate) <= kImmediateRatio || medium <= highest ||
        std::log(scores.longer / before.longer) <= kLongRatio) {
      continue;
    }
    highest = medium;
    winner = i;
  }
  if (winner) dominant_ = heard[*winner].producer_id;
}

}  // namespace sluice
