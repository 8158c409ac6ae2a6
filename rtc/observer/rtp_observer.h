// An observer of some producers of a router, of either kind: listens to their audio levels and runs its engine once per
// interval. It says nothing about producers that are paused; those that are closed leave by themselves.
//
// The levels come from packets with the header extension of RFC 6464; a producer without it is never heard.
// Lifetime: owned by whoever owns the router; producers may go before or after. Bound: one tap for each producer added.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "rtc/base/units.h"
#include "rtc/media/audio_level_tap.h"
#include "rtc/media/media_event.h"
#include "rtc/observer/active_speaker_observer.h"
#include "rtc/observer/audio_level_observer.h"

namespace sluice {

class RtpObserver {
 public:
  static std::unique_ptr<RtpObserver> AudioLevel(std::string id, const AudioLevelObserver::Config& config,
                                                 Timestamp now);
  static std::unique_ptr<RtpObserver> ActiveSpeaker(std::string id, TimeDelta interval, Timestamp now);
  RtpObserver(const RtpObserver&) = delete;
  RtpObserver& operator=(const RtpObserver&) = delete;

  const std::string& id() const { return id_; }
  TimeDelta interval() const;

  // InvalidArgument for a producer that is not of audio. One that is there already stays as it is.
  absl::Status AddProducer(Producer& producer);
  // One that is not there is ignored.
  void RemoveProducer(const Producer& producer);
  bool Observes(const Producer& producer) const;

  // While paused nothing is heard or told; afterwards it begins anew.
  void Pause() { paused_ = true; }
  void Resume(Timestamp now);
  bool paused() const { return paused_; }

  // Infinite while paused.
  Timestamp NextDeadline() const { return paused_ ? Timestamp::Infinite() : next_; }
  void OnTimer(Timestamp now, MediaEvents& events);

 private:
  using Engine = std::variant<AudioLevelObserver, ActiveSpeakerObserver>;
  RtpObserver(std::string id, Engine engine, Timestamp now);

  const std::string id_;
  Engine engine_;
  bool paused_ = false;
  Timestamp next_;
  std::vector<std::unique_ptr<AudioLevelTap>> taps_;  // in the order added
};

}  // namespace sluice
