// How a router makes observers.
#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/field_error.h"
#include "controller/random.h"
#include "controller/router.h"

namespace sluice::controller {

template <class Observer>
ResponseCallback Router::ObserverCreated(std::string observer_id, Callback<std::shared_ptr<Observer>> done) {
  auto self = std::static_pointer_cast<Router>(shared_from_this());
  return [self, observer_id = std::move(observer_id),
          done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
    absl::Status status = response.status();
    if (status.ok() && self->closed()) status = absl::CancelledError("the router was closed meanwhile");
    if (!status.ok()) {
      // It may be there all the same, and nobody would ever close it.
      fbs::router::CloseRtpObserverRequestT close;
      close.rtp_observer_id = observer_id;
      if (absl::IsDeadlineExceeded(status)) self->Call(Method::RouterCloseRtpObserver, Body(std::move(close)), nullptr);
      if (done) done(status);
      return;
    }
    auto observer = std::make_shared<Observer>(self->connection_, observer_id, self, self->id());
    self->rtp_observers_[observer_id] = observer;
    if (done) done(std::move(observer));
  };
}

void Router::CreateAudioLevelObserver(AudioLevelObserverOptions options,
                                      Callback<std::shared_ptr<AudioLevelObserver>> done) {
  if (options.max_entries == 0) return Refuse(std::move(done), FieldError("maxEntries", "must be more than 0"));
  if (options.threshold < -127 || options.threshold > 0) {
    return Refuse(std::move(done), FieldError("threshold", "must be from -127 to 0"));
  }
  fbs::router::CreateAudioLevelObserverRequestT request;
  request.rtp_observer_id = RandomUuid();
  request.options = std::make_unique<fbs::observer::AudioLevelOptionsT>();
  request.options->max_entries = options.max_entries;
  request.options->threshold = options.threshold;
  request.options->interval = options.interval;
  auto created = ObserverCreated<AudioLevelObserver>(request.rtp_observer_id, std::move(done));
  Call(Method::RouterCreateAudioLevelObserver, Body(std::move(request)), std::move(created));
}

void Router::CreateActiveSpeakerObserver(ActiveSpeakerObserverOptions options,
                                         Callback<std::shared_ptr<ActiveSpeakerObserver>> done) {
  fbs::router::CreateActiveSpeakerObserverRequestT request;
  request.rtp_observer_id = RandomUuid();
  request.options = std::make_unique<fbs::observer::ActiveSpeakerOptionsT>();
  request.options->interval = options.interval;
  auto created = ObserverCreated<ActiveSpeakerObserver>(request.rtp_observer_id, std::move(done));
  Call(Method::RouterCreateActiveSpeakerObserver, Body(std::move(request)), std::move(created));
}

}  // namespace sluice::controller
