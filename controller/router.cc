#include "controller/router.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/random.h"
#include "controller/webrtc_server.h"
#include "controller/wire.h"
#include "controller/worker.h"

namespace sluice::controller {

Router::Router(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker,
               RtpCapabilities capabilities)
    : Object(std::move(connection), std::move(id)),
      worker_(std::move(worker)),
      capabilities_(std::move(capabilities)) {}

Router::~Router() = default;

std::shared_ptr<Producer> Router::FindProducer(const std::string& producer_id) const {
  auto it = producers_.find(producer_id);
  return it == producers_.end() ? nullptr : it->second.lock();
}

bool Router::CanConsume(const std::string& producer_id, const RtpCapabilities& capabilities) const {
  const std::shared_ptr<Producer> producer = FindProducer(producer_id);
  return producer != nullptr && controller::CanConsume(producer->consumable_rtp_parameters(), capabilities);
}

void Router::CreateWebRtcTransport(WebRtcTransportOptions options, Callback<std::shared_ptr<WebRtcTransport>> done) {
  const std::shared_ptr<WebRtcServer> server = options.webrtc_server;
  if (server == nullptr && options.listen_infos.empty()) {
    return Refuse(std::move(done), absl::InvalidArgumentError("listenInfos: is empty, and there is no webRtcServer"));
  }
  if (server != nullptr && server->closed()) return Refuse(std::move(done), server->ClosedError());
  fbs::router::CreateWebRtcTransportRequestT request;
  request.transport_id = RandomUuid();
  request.options = std::make_unique<fbs::webrtc::OptionsT>();
  fbs::webrtc::OptionsT& o = *request.options;
  o.base = std::make_unique<fbs::transport::OptionsT>();
  o.base->initial_available_outgoing_bitrate = options.initial_available_outgoing_bitrate;
  if (server != nullptr) {
    fbs::webrtc::ListenServerT listen;
    listen.web_rtc_server_id = server->id();
    o.listen.Set(std::move(listen));
  } else {
    fbs::webrtc::ListenIndividualT listen;
    for (const ListenInfo& info : options.listen_infos) listen.listen_infos.push_back(ToFbs(info));
    o.listen.Set(std::move(listen));
  }
  o.enable_udp = options.enable_udp;
  o.enable_tcp = options.enable_tcp;
  o.prefer_udp = options.prefer_udp;
  o.prefer_tcp = options.prefer_tcp;
  o.ice_consent_timeout = options.ice_consent_timeout;
  const Method method =
      server != nullptr ? Method::RouterCreateWebRtcTransportWithServer : Method::RouterCreateWebRtcTransport;
  const std::string transport_id = request.transport_id;
  auto self = std::static_pointer_cast<Router>(shared_from_this());
  Call(method, Body(std::move(request)),
       [self, server, transport_id, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         absl::Status status = self->CheckCreated(transport_id, response.status());
         const auto* body = status.ok() ? (*response)->body_as_WebRtcTransportDump() : nullptr;
         if (status.ok() && body == nullptr) status = UnreadableAnswer();
         if (status.ok() && server != nullptr && server->closed()) status = server->ClosedError();
         if (!status.ok()) {
           if (done) done(status);
           return;
         }
         auto transport = std::make_shared<WebRtcTransport>(self->connection_, transport_id, self, self->id(),
                                                            FromFbs(*body), server);
         self->transports_[transport_id] = transport;
         if (server != nullptr) server->Adopt(transport);
         if (done) done(std::move(transport));
       });
}

void Router::CreatePlainTransport(PlainTransportOptions options, Callback<std::shared_ptr<PlainTransport>> done) {
  fbs::router::CreatePlainTransportRequestT request;
  request.transport_id = RandomUuid();
  request.options = std::make_unique<fbs::plain::OptionsT>();
  fbs::plain::OptionsT& o = *request.options;
  o.base = std::make_unique<fbs::transport::OptionsT>();
  o.listen_info = ToFbs(options.listen_info);
  if (options.rtcp_listen_info) o.rtcp_listen_info = ToFbs(*options.rtcp_listen_info);
  o.rtcp_mux = options.rtcp_mux && !options.rtcp_listen_info;
  o.comedia = options.comedia;
  o.enable_srtp = options.enable_srtp;
  absl::StatusOr<fbs::srtp::CryptoSuite> suite = CryptoSuiteToFbs(options.srtp_crypto_suite);
  if (!suite.ok()) return Refuse(std::move(done), suite.status());
  o.srtp_crypto_suite = *suite;
  const std::string transport_id = request.transport_id;
  auto self = std::static_pointer_cast<Router>(shared_from_this());
  Call(Method::RouterCreatePlainTransport, Body(std::move(request)),
       [self, transport_id, done = std::move(done)](absl::StatusOr<const Response*> response) mutable {
         absl::Status status = self->CheckCreated(transport_id, response.status());
         const auto* body = status.ok() ? (*response)->body_as_PlainTransportDump() : nullptr;
         if (status.ok() && body == nullptr) status = UnreadableAnswer();
         if (!status.ok()) {
           if (done) done(status);
           return;
         }
         auto transport =
             std::make_shared<PlainTransport>(self->connection_, transport_id, self, self->id(), FromFbs(*body));
         self->transports_[transport_id] = transport;
         if (done) done(std::move(transport));
       });
}

absl::Status Router::CheckCreated(const std::string& transport_id, const absl::Status& status) {
  if (status.ok() && closed()) return absl::CancelledError("the router was closed meanwhile");
  if (absl::IsDeadlineExceeded(status)) {
    // It may be there all the same, and nobody would ever close it.
    fbs::router::CloseTransportRequestT close;
    close.transport_id = transport_id;
    Call(Method::RouterCloseTransport, Body(std::move(close)), nullptr);
  }
  return status;
}

void Router::Dump(Callback<RouterDump> done) {
  Call(Method::RouterDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<RouterDump> {
         const auto* body = response.body_as_RouterDump();
         if (body == nullptr) return UnreadableAnswer();
         RouterDump dump{.transport_ids = Texts(body->transport_ids())};
         if (body->map_producer_id_consumer_ids()) {
           for (const auto* entry : *body->map_producer_id_consumer_ids()) {
             dump.producer_consumers[Text(entry->key())] = Texts(entry->values());
           }
         }
         return dump;
       }));
}

void Router::Close() {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::worker::CloseRouterRequestT request;
  request.router_id = id();
  Call(Method::WorkerCloseRouter, "", Body(std::move(request)), nullptr);
  MarkClosed();
  on = {};
  if (auto worker = worker_.lock()) worker->routers_.erase(id());
  CloseChildren(CloseReason::kParentClosed);
}

void Router::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  CloseChildren(reason);
  EmitLast(on, reason);
}

void Router::CloseChildren(CloseReason reason) {
  for (const auto& [id, transport] : std::exchange(transports_, {})) transport->OnParentClosed(reason);
  producers_.clear();
}

void Router::Remove(const std::string& transport_id) { transports_.erase(transport_id); }

void Router::OnNotification(const fbs::notification::Notification&) {}

}  // namespace sluice::controller
