#include "controller/rtp_observer.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/router.h"

namespace sluice::controller {

using fbs::notification::Event;

RtpObserver::RtpObserver(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Router> router,
                         std::string router_id)
    : Object(std::move(connection), std::move(id)), router_(std::move(router)), router_id_(std::move(router_id)) {}

RtpObserver::~RtpObserver() = default;
AudioLevelObserver::~AudioLevelObserver() = default;
ActiveSpeakerObserver::~ActiveSpeakerObserver() = default;

std::shared_ptr<Producer> RtpObserver::FindProducer(const std::string& producer_id) const {
  const std::shared_ptr<Router> router = router_.lock();
  return router == nullptr ? nullptr : router->FindProducer(producer_id);
}

void RtpObserver::Pause(DoneCallback done) {
  auto self = std::static_pointer_cast<RtpObserver>(shared_from_this());
  Call(Method::RtpObserverPause, NoBody(), Done(std::move(done), [self] { self->paused_ = true; }));
}

void RtpObserver::Resume(DoneCallback done) {
  auto self = std::static_pointer_cast<RtpObserver>(shared_from_this());
  Call(Method::RtpObserverResume, NoBody(), Done(std::move(done), [self] { self->paused_ = false; }));
}

namespace {

absl::Status NoSuchProducer() { return absl::NotFoundError("producerId: the router has no such producer"); }

}  // namespace

void RtpObserver::AddProducer(const std::string& producer_id, DoneCallback done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  if (FindProducer(producer_id) == nullptr) return Refuse(std::move(done), NoSuchProducer());
  fbs::observer::AddProducerRequestT request;
  request.producer_id = producer_id;
  Call(Method::RtpObserverAddProducer, Body(std::move(request)), Done(std::move(done)));
}

void RtpObserver::RemoveProducer(const std::string& producer_id, DoneCallback done) {
  if (closed()) return Refuse(std::move(done), ClosedError());
  if (FindProducer(producer_id) == nullptr) return Refuse(std::move(done), NoSuchProducer());
  fbs::observer::RemoveProducerRequestT request;
  request.producer_id = producer_id;
  Call(Method::RtpObserverRemoveProducer, Body(std::move(request)), Done(std::move(done)));
}

void RtpObserver::Close() {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::router::CloseRtpObserverRequestT request;
  request.rtp_observer_id = id();
  Call(Method::RouterCloseRtpObserver, router_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  if (auto router = router_.lock()) router->rtp_observers_.erase(id());
  DropHandlers();
}

void RtpObserver::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (MarkClosed()) EmitClosed(reason);
}

void AudioLevelObserver::OnNotification(const fbs::notification::Notification& notification) {
  if (notification.event() == Event::AudioLevelObserverSilence) return Emit(on.silence);
  const auto* body = notification.body_as_AudioLevelObserverVolumes();
  if (body == nullptr || body->volumes() == nullptr) return;
  std::vector<AudioLevel> levels;
  for (const fbs::observer::Volume* volume : *body->volumes()) {
    // It may have been closed meanwhile.
    if (auto producer = FindProducer(Text(volume->producer_id()))) levels.push_back({producer, volume->volume()});
  }
  if (!levels.empty()) Emit(on.volumes, levels);
}

void ActiveSpeakerObserver::OnNotification(const fbs::notification::Notification& notification) {
  const auto* body = notification.body_as_ActiveSpeakerObserverDominantSpeaker();
  if (body == nullptr) return;
  if (const auto producer = FindProducer(Text(body->producer_id()))) Emit(on.dominant_speaker, producer);
}

}  // namespace sluice::controller
