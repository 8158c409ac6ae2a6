// Watches audio producers of a router: AudioLevelObserver how loud they are, ActiveSpeakerObserver who has the floor. Made
// by Router; ends with Close(), or with its router. A producer that closes is no longer watched. Lifetime and errors:
// object.h, status.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controller/object.h"
#include "controller/producer.h"
#include "controller/status.h"

namespace sluice::controller {

class Router;

enum class RtpObserverType : uint8_t { kAudioLevel, kActiveSpeaker };

class RtpObserver : public Object {
 public:
  RtpObserver(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Router> router,
              std::string router_id);
  ~RtpObserver() override;

  virtual RtpObserverType type() const = 0;
  bool paused() const { return paused_; }

  void Pause(DoneCallback done);
  void Resume(DoneCallback done);
  void AddProducer(const std::string& producer_id, DoneCallback done);
  void RemoveProducer(const std::string& producer_id, DoneCallback done);
  void Close() override;

 protected:
  void OnParentClosed(CloseReason reason) override;
  std::shared_ptr<Producer> FindProducer(const std::string& producer_id) const;  // null: it is closed
  virtual void DropHandlers() = 0;
  virtual void EmitClosed(CloseReason reason) = 0;

 private:
  friend class Router;
  std::weak_ptr<Router> router_;
  std::string router_id_;
  bool paused_ = false;
};

// ---- how loud ----

struct AudioLevelObserverOptions {
  uint16_t max_entries = 1;  // of one report; at least 1
  int8_t threshold = -80;    // dBov, -127 to 0: what is quieter is silence
  uint16_t interval = 1000;  // ms between reports, 250 to 5000
};

struct AudioLevel {
  std::shared_ptr<Producer> producer;
  int8_t volume = -127;  // dBov, -127 to 0, averaged over the interval
};

struct AudioLevelObserverEvents {
  Handler<const std::vector<AudioLevel>&> volumes;  // loudest first
  Handler<> silence;                                // after volumes: nobody is above the threshold
  Handler<CloseReason> closed;                      // not after Close()
};

class AudioLevelObserver final : public RtpObserver {
 public:
  using RtpObserver::RtpObserver;  // by Router
  ~AudioLevelObserver() override;
  RtpObserverType type() const override { return RtpObserverType::kAudioLevel; }

  AudioLevelObserverEvents on;

 private:
  friend class Router;
  void OnNotification(const fbs::notification::Notification& notification) override;
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }
};

// ---- who speaks ----

struct ActiveSpeakerObserverOptions {
  uint16_t interval = 300;  // ms between decisions
};

struct ActiveSpeakerObserverEvents {
  Handler<const std::shared_ptr<Producer>&> dominant_speaker;
  Handler<CloseReason> closed;  // not after Close()
};

class ActiveSpeakerObserver final : public RtpObserver {
 public:
  using RtpObserver::RtpObserver;  // by Router
  ~ActiveSpeakerObserver() override;
  RtpObserverType type() const override { return RtpObserverType::kActiveSpeaker; }

  ActiveSpeakerObserverEvents on;

 private:
  friend class Router;
  void OnNotification(const fbs::notification::Notification& notification) override;
  void DropHandlers() override { on = {}; }
  void EmitClosed(CloseReason reason) override { EmitLast(on, reason); }
};

}  // namespace sluice::controller
