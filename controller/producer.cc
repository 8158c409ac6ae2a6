#include "controller/producer.h"

#include <algorithm>

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/trace.h"
#include "controller/transport.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

Producer::Producer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
                   std::string transport_id, Data data)
    : Object(std::move(connection), std::move(id)),
      transport_(std::move(transport)),
      transport_id_(std::move(transport_id)),
      data_(std::move(data)) {}

Producer::~Producer() = default;

void Producer::Pause(DoneCallback done) {
  auto self = std::static_pointer_cast<Producer>(shared_from_this());
  Call(Method::ProducerPause, NoBody(), Done(std::move(done), [self] { self->data_.paused = true; }));
}

void Producer::Resume(DoneCallback done) {
  auto self = std::static_pointer_cast<Producer>(shared_from_this());
  Call(Method::ProducerResume, NoBody(), Done(std::move(done), [self] { self->data_.paused = false; }));
}

void Producer::EnableTraceEvents(std::vector<std::string> types, DoneCallback done) {
  fbs::producer::EnableTraceEventRequestT request;
  request.events = TraceTypesFromNames<fbs::producer::TraceEventType>(types);
  Call(Method::ProducerEnableTraceEvent, Body(std::move(request)), Done(std::move(done)));
}

void Producer::WatchWantedLayers(DoneCallback done) {
  Call(Method::ProducerWatchWantedLayers, NoBody(), Done(std::move(done)));
}

void Producer::GetStats(Callback<std::vector<RtpStreamStats>> done) {
  Call(Method::ProducerGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<std::vector<RtpStreamStats>> {
         const auto* body = response.body_as_ProducerGetStats();
         if (body == nullptr) return UnreadableAnswer();
         return FromFbs(body->stats());
       }));
}

absl::Status Producer::Send(std::span<const uint8_t> rtp_packet) {
  fbs::producer::SendNotificationT body;
  body.data.assign(rtp_packet.begin(), rtp_packet.end());
  return Notify(Event::ProducerSend, NotificationBody(std::move(body)));
}

void Producer::Close() { CloseFor(CloseReason::kClosed); }

void Producer::CloseFor(CloseReason reason) {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::transport::CloseProducerRequestT request;
  request.producer_id = id();
  Call(Method::TransportCloseProducer, transport_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  if (auto transport = transport_.lock()) transport->Remove(*this);
  RunWhenClosed();
  EmitLast(on, reason);
}

void Producer::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  RunWhenClosed();
  EmitLast(on, reason);
}

void Producer::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::ProducerScore: {
      const auto* body = notification.body_as_ProducerScore();
      if (body == nullptr || body->scores() == nullptr) return;
      score_.clear();
      for (const auto* score : *body->scores()) {
        score_.push_back({score->encoding_idx(), score->ssrc(), Text(score->rid()), score->score()});
      }
      const std::vector<ProducerScore> score = score_;
      return Emit(on.score, score);
    }
    case Event::ProducerVideoOrientationChange:
      if (const auto* body = notification.body_as_ProducerVideoOrientationChange()) {
        Emit(on.video_orientation, VideoOrientation{body->camera(), body->flip(), body->rotation()});
      }
      return;
    case Event::ProducerWantedLayersChange:
      if (const auto* body = notification.body_as_ProducerWantedLayersChange()) {
        std::optional<ConsumerLayers> layers;
        if (body->anything()) layers = ConsumerLayers{body->spatial_layer(), body->temporal_layer()};
        Emit(on.wanted_layers, layers);
      }
      return;
    case Event::ProducerTrace:
      if (const auto* body = notification.body_as_ProducerTrace()) Emit(on.trace, ReadTrace(*body));
      return;
    default:
      return;  // of a later protocol
  }
}

}  // namespace sluice::controller
