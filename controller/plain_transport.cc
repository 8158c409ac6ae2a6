#include "controller/plain_transport.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

PlainTransport::PlainTransport(Base base, Data data) : Transport(std::move(base)), data_(std::move(data)) {}

PlainTransport::~PlainTransport() = default;

void PlainTransport::Connect(PlainTransportRemote remote, DoneCallback done) {
  fbs::plain::ConnectRequestT request;
  request.ip = remote.ip;
  request.port = remote.port;
  request.rtcp_port = remote.rtcp_port;
  if (remote.srtp_parameters) {
    auto parameters = ToFbs(*remote.srtp_parameters);
    if (!parameters.ok()) return Refuse(std::move(done), parameters.status());
    request.srtp_parameters = *std::move(parameters);
  }
  auto self = std::static_pointer_cast<PlainTransport>(shared_from_this());
  Call(Method::PlainTransportConnect, Body(std::move(request)),
       [self, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         const auto* body = response.ok() ? (*response)->body_as_PlainTransportConnect() : nullptr;
         if (body != nullptr) {
           if (body->tuple()) self->data_.tuple = FromFbs(body->tuple());
           if (body->rtcp_tuple()) self->data_.rtcp_tuple = FromFbs(body->rtcp_tuple());
           if (body->srtp_parameters()) self->data_.srtp_parameters = FromFbs(body->srtp_parameters());
         }
         if (done) done(response.status());
       });
}

void PlainTransport::GetStats(Callback<PlainTransportStats> done) {
  Call(Method::TransportGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<PlainTransportStats> {
         const auto* body = response.body_as_PlainTransportGetStats();
         if (body == nullptr) return UnreadableAnswer();
         PlainTransportStats stats;
         FromFbs(body->base(), stats);
         stats.rtcp_mux = body->rtcp_mux();
         stats.comedia = body->comedia();
         stats.tuple = FromFbs(body->tuple());
         stats.rtcp_tuple = OptionalFromFbs(body->rtcp_tuple());
         return stats;
       }));
}

void PlainTransport::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::PlainTransportTuple:
      if (const auto* body = notification.body_as_PlainTransportTuple()) {
        data_.tuple = FromFbs(body->tuple());
        const TransportTuple tuple = data_.tuple;
        Emit(on.tuple, tuple);
      }
      return;
    case Event::PlainTransportRtcpTuple:
      if (const auto* body = notification.body_as_PlainTransportRtcpTuple()) {
        const TransportTuple tuple = FromFbs(body->tuple());
        data_.rtcp_tuple = tuple;
        Emit(on.rtcp_tuple, tuple);
      }
      return;
    default:
      return Transport::OnNotification(notification);
  }
}

}  // namespace sluice::controller
