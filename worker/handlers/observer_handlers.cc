#include <algorithm>
#include <utility>

#include "worker/handlers/handlers.h"

namespace sluice::handlers {
namespace {

void Insert(Call& call, RouterObject& router, std::unique_ptr<RtpObserver> observer) {
  auto object = std::make_unique<ObserverObject>();
  object->router = &router;
  object->observer = std::move(observer);
  call.core.objects.Add(object->id(), object.get());
  call.core.media.Touch(*object->observer);
  router.observers.push_back(std::move(object));
}

// A producer of the observer's own router.
absl::StatusOr<Producer*> FindProducer(const ObserverObject& observer, const flatbuffers::String* id) {
  if (!id) return Missing("producerId");
  Producer* producer = observer.router->router->FindProducer(id->str());
  if (!producer) return NotFound("Producer", id->str());
  return producer;
}

}  // namespace

Result RouterCreateAudioLevelObserver(Call& call, RouterObject& router,
                                      const fbs::router::CreateAudioLevelObserverRequest& body) {
  auto id = NewId(call.core, body.rtp_observer_id(), "rtpObserverId");
  if (!id.ok()) return id.status();
  const auto* options = body.options();
  if (!options) return Missing("options");
  if (options->max_entries() == 0) return absl::InvalidArgumentError("options.maxEntries must be at least 1");
  if (options->threshold() > 0 || options->threshold() < -127) {
    return absl::InvalidArgumentError("options.threshold must be from -127 to 0");
  }
  Insert(call, router,
         RtpObserver::AudioLevel(*std::move(id),
                                 {.max_entries = options->max_entries(),
                                  .threshold = options->threshold(),
                                  .interval = TimeDelta::Millis(options->interval())},
                                 call.turn.now));
  return Answer();
}

Result RouterCreateActiveSpeakerObserver(Call& call, RouterObject& router,
                                         const fbs::router::CreateActiveSpeakerObserverRequest& body) {
  auto id = NewId(call.core, body.rtp_observer_id(), "rtpObserverId");
  if (!id.ok()) return id.status();
  if (!body.options()) return Missing("options");
  const auto interval = TimeDelta::Millis(body.options()->interval());
  Insert(call, router, RtpObserver::ActiveSpeaker(*std::move(id), interval, call.turn.now));
  return Answer();
}

void CloseObserver(Core& core, ObserverObject& observer) {
  core.media.Forget(*observer.observer);
  core.objects.Remove(observer.id());
  std::erase_if(observer.router->observers, [&observer](const auto& o) { return o.get() == &observer; });
}

Result RouterCloseRtpObserver(Call& call, RouterObject& router, const fbs::router::CloseRtpObserverRequest& body) {
  const std::string id = body.rtp_observer_id() ? body.rtp_observer_id()->str() : "";
  auto* observer = call.core.objects.Find<ObserverObject>(id);
  if (!observer || observer->router != &router) return NotFound("RtpObserver", id);
  CloseObserver(call.core, *observer);
  return Answer();
}

Result RtpObserverPause(Call& call, ObserverObject& observer) {
  observer.observer->Pause();
  call.core.media.Touch(*observer.observer);
  return Answer();
}

Result RtpObserverResume(Call& call, ObserverObject& observer) {
  observer.observer->Resume(call.turn.now);
  call.core.media.Touch(*observer.observer);
  return Answer();
}

Result RtpObserverAddProducer(Call&, ObserverObject& observer, const fbs::observer::AddProducerRequest& body) {
  const auto producer = FindProducer(observer, body.producer_id());
  if (!producer.ok()) return producer.status();
  if (auto status = observer.observer->AddProducer(**producer); !status.ok()) return status;
  return Answer();
}

Result RtpObserverRemoveProducer(Call&, ObserverObject& observer, const fbs::observer::RemoveProducerRequest& body) {
  const auto producer = FindProducer(observer, body.producer_id());
  if (!producer.ok()) return producer.status();
  observer.observer->RemoveProducer(**producer);
  return Answer();
}

}  // namespace sluice::handlers
