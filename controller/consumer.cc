#include "controller/consumer.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/trace.h"
#include "controller/transport.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

Consumer::Consumer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
                   std::string transport_id, Data data)
    : Object(std::move(connection), std::move(id)),
      transport_(std::move(transport)),
      transport_id_(std::move(transport_id)),
      data_(std::move(data)) {}

Consumer::~Consumer() = default;

void Consumer::Pause(DoneCallback done) {
  auto self = std::static_pointer_cast<Consumer>(shared_from_this());
  Call(Method::ConsumerPause, NoBody(), Done(std::move(done), [self] { self->SetPaused(true); }));
}

void Consumer::Resume(DoneCallback done) {
  auto self = std::static_pointer_cast<Consumer>(shared_from_this());
  Call(Method::ConsumerResume, NoBody(), Done(std::move(done), [self] { self->SetPaused(false); }));
}

void Consumer::SetPreferredLayers(ConsumerLayers layers, DoneCallback done) {
  fbs::consumer::SetPreferredLayersRequestT request;
  request.preferred_layers = std::make_unique<fbs::consumer::LayersT>();
  request.preferred_layers->spatial_layer = layers.spatial;
  request.preferred_layers->temporal_layer = layers.temporal;
  auto self = std::static_pointer_cast<Consumer>(shared_from_this());
  // The worker says what became of layers that there are not.
  Call(Method::ConsumerSetPreferredLayers, Body(std::move(request)),
       [self, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         if (response.ok()) {
           const auto* body = (*response)->body_as_ConsumerSetPreferredLayers();
           self->data_.preferred_layers = body == nullptr ? std::nullopt : FromFbs(body->preferred_layers());
         }
         if (done) done(response.status());
       });
}

void Consumer::SetPriority(uint8_t priority, DoneCallback done) {
  if (priority == 0) {
    return Refuse(std::move(done), absl::InvalidArgumentError("priority: must be from 1 to 255"));
  }
  fbs::consumer::SetPriorityRequestT request;
  request.priority = priority;
  auto self = std::static_pointer_cast<Consumer>(shared_from_this());
  Call(Method::ConsumerSetPriority, Body(std::move(request)),
       Done(std::move(done), [self, priority] { self->priority_ = priority; }));
}

void Consumer::RequestKeyFrame(DoneCallback done) {
  Call(Method::ConsumerRequestKeyFrame, NoBody(), Done(std::move(done)));
}

void Consumer::EnableTraceEvents(std::vector<std::string> types, DoneCallback done) {
  fbs::consumer::EnableTraceEventRequestT request;
  request.events = TraceTypesFromNames<fbs::consumer::TraceEventType>(types);
  Call(Method::ConsumerEnableTraceEvent, Body(std::move(request)), Done(std::move(done)));
}

void Consumer::GetStats(Callback<std::vector<RtpStreamStats>> done) {
  Call(Method::ConsumerGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<std::vector<RtpStreamStats>> {
         const auto* body = response.body_as_ConsumerGetStats();
         if (body == nullptr) return UnreadableAnswer();
         return FromFbs(body->stats());
       }));
}

void Consumer::SetPaused(bool paused) {
  if (std::exchange(data_.paused, paused) == paused || data_.producer_paused) return;
  if (when_paused_) when_paused_(paused);
}

void Consumer::SetProducerPaused(bool paused) {
  if (std::exchange(data_.producer_paused, paused) == paused) return;
  if (when_paused_ && !data_.paused) when_paused_(paused);
  Emit(paused ? on.producer_paused : on.producer_resumed);
}

void Consumer::Close() { CloseFor(CloseReason::kClosed); }

void Consumer::CloseFor(CloseReason reason) {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::transport::CloseConsumerRequestT request;
  request.consumer_id = id();
  Call(Method::TransportCloseConsumer, transport_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  if (auto transport = transport_.lock()) transport->Remove(*this);
  RunWhenClosed();
  EmitLast(on, reason);
}

void Consumer::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  RunWhenClosed();
  EmitLast(on, reason);
}

void Consumer::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::ConsumerProducerClose:
      if (auto transport = transport_.lock()) transport->Remove(*this);
      return OnParentClosed(CloseReason::kProducerClosed);
    case Event::ConsumerProducerPause:
      return SetProducerPaused(true);
    case Event::ConsumerProducerResume:
      return SetProducerPaused(false);
    case Event::ConsumerScore:
      if (const auto* body = notification.body_as_ConsumerScore()) {
        data_.score = FromFbs(body->score());
        const ConsumerScore score = data_.score;
        Emit(on.score, score);
      }
      return;
    case Event::ConsumerLayersChange: {
      const auto* body = notification.body_as_ConsumerLayersChange();
      current_layers_ = body == nullptr ? std::nullopt : FromFbs(body->layers());
      return Emit(on.layers_changed, current_layers_);
    }
    case Event::ConsumerTrace:
      if (const auto* body = notification.body_as_ConsumerTrace()) Emit(on.trace, ReadTrace(*body));
      return;
    case Event::ConsumerRtp:
      if (const auto* body = notification.body_as_ConsumerRtp()) Emit(on.rtp, Bytes(body->data()));
      return;
    default:
      return;  // of a later protocol
  }
}

}  // namespace sluice::controller
