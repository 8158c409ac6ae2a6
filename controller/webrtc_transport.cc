#include "controller/webrtc_transport.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/webrtc_server.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

WebRtcTransport::WebRtcTransport(Base base, Data data, std::weak_ptr<WebRtcServer> server)
    : Transport(std::move(base)), data_(std::move(data)), server_(std::move(server)) {}

WebRtcTransport::~WebRtcTransport() = default;

void WebRtcTransport::Connect(DtlsParameters remote, DoneCallback done) {
  auto parameters = ToFbs(remote);
  if (!parameters.ok()) return Refuse(std::move(done), parameters.status());
  fbs::webrtc::ConnectRequestT request;
  request.dtls_parameters = *std::move(parameters);
  auto self = std::static_pointer_cast<WebRtcTransport>(shared_from_this());
  Call(Method::WebRtcTransportConnect, Body(std::move(request)),
       [self, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         if (response.ok()) {
           const auto* body = (*response)->body_as_WebRtcTransportConnect();
           if (body != nullptr) self->data_.dtls_parameters.role = FromFbs(body->dtls_local_role());
         }
         if (done) done(response.status());
       });
}

void WebRtcTransport::RestartIce(Callback<IceParameters> done) {
  auto self = std::static_pointer_cast<WebRtcTransport>(shared_from_this());
  Call(Method::TransportRestartIce, NoBody(),
       Decoded(std::move(done), [self](const Response& response) -> absl::StatusOr<IceParameters> {
         const auto* body = response.body_as_TransportRestartIce();
         if (body == nullptr) return UnreadableAnswer();
         self->data_.ice_parameters = {Text(body->username_fragment()), Text(body->password()), body->ice_lite()};
         return self->data_.ice_parameters;
       }));
}

void WebRtcTransport::GetStats(Callback<WebRtcTransportStats> done) {
  Call(Method::TransportGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<WebRtcTransportStats> {
         const auto* body = response.body_as_WebRtcTransportGetStats();
         if (body == nullptr) return UnreadableAnswer();
         WebRtcTransportStats stats;
         FromFbs(body->base(), stats);
         if (body->ice_role() == fbs::webrtc::IceRole::Controlling) stats.ice_role = IceRole::kControlling;
         stats.ice_state = FromFbs(body->ice_state());
         stats.ice_selected_tuple = OptionalFromFbs(body->ice_selected_tuple());
         stats.dtls_state = FromFbs(body->dtls_state());
         return stats;
       }));
}

void WebRtcTransport::OnClosed() {
  data_.ice_state = IceState::kDisconnected;
  data_.ice_selected_tuple.reset();
  data_.dtls_state = DtlsState::kClosed;
  if (auto server = server_.lock()) server->Remove(id());
}

void WebRtcTransport::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::WebRtcTransportIceStateChange:
      if (const auto* body = notification.body_as_WebRtcTransportIceStateChange()) {
        data_.ice_state = FromFbs(body->ice_state());
        Emit(on.ice_state, data_.ice_state);
      }
      return;
    case Event::WebRtcTransportIceSelectedTupleChange:
      if (const auto* body = notification.body_as_WebRtcTransportIceSelectedTupleChange()) {
        const TransportTuple tuple = FromFbs(body->tuple());
        data_.ice_selected_tuple = tuple;
        Emit(on.ice_selected_tuple, tuple);
      }
      return;
    case Event::WebRtcTransportDtlsStateChange:
      if (const auto* body = notification.body_as_WebRtcTransportDtlsStateChange()) {
        data_.dtls_state = FromFbs(body->dtls_state());
        if (data_.dtls_state == DtlsState::kConnected) data_.dtls_remote_cert = Text(body->remote_cert());
        Emit(on.dtls_state, data_.dtls_state);
      }
      return;
    default:
      return Transport::OnNotification(notification);
  }
}

}  // namespace sluice::controller
