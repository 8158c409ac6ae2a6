// How a router makes transports.
#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/random.h"
#include "controller/router.h"
#include "controller/webrtc_server.h"
#include "controller/wire.h"

namespace sluice::controller {

Transport::Base Router::BaseOf(const std::string& transport_id, const fbs::transport::Dump* dump) {
  return {.connection = connection_,
          .id = transport_id,
          .router = std::static_pointer_cast<Router>(shared_from_this()),
          .router_id = id(),
          .sctp = SctpFromFbs(dump)};
}

// `make(const Response&)` gives a StatusOr<std::shared_ptr<T>>, once all went well.
template <class T, class Make>
ResponseCallback Router::Created(std::string transport_id, Callback<std::shared_ptr<T>> done, Make make) {
  auto self = std::static_pointer_cast<Router>(shared_from_this());
  return [self, transport_id = std::move(transport_id), done = std::move(done),
          make = std::move(make)](absl::StatusOr<const Response*> response) mutable {
    absl::Status status = response.status();
    if (status.ok() && self->closed()) status = absl::CancelledError("the router was closed meanwhile");
    absl::StatusOr<std::shared_ptr<T>> transport = std::shared_ptr<T>();
    if (status.ok()) {
      transport = make(**response);
    } else {
      transport = status;
    }
    if (transport.ok()) {
      self->transports_[transport_id] = *transport;
    } else if (absl::IsDeadlineExceeded(transport.status())) {
      // It may be there all the same, and nobody would ever close it.
      fbs::router::CloseTransportRequestT close;
      close.transport_id = transport_id;
      self->Call(Method::RouterCloseTransport, Body(std::move(close)), nullptr);
    }
    if (done) done(std::move(transport));
  };
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
  o.base = TransportOptionsToFbs(options.sctp, /*is_data_channel=*/true);
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
  auto make = [this, server, transport_id](const Response& r) -> absl::StatusOr<std::shared_ptr<WebRtcTransport>> {
    const auto* body = r.body_as_WebRtcTransportDump();
    if (body == nullptr) return UnreadableAnswer();
    if (server != nullptr && server->closed()) return server->ClosedError();
    auto transport = std::make_shared<WebRtcTransport>(BaseOf(transport_id, body->base()), FromFbs(*body), server);
    if (server != nullptr) server->Adopt(transport);
    return transport;
  };
  Call(method, Body(std::move(request)), Created(transport_id, std::move(done), std::move(make)));
}

void Router::CreatePlainTransport(PlainTransportOptions options, Callback<std::shared_ptr<PlainTransport>> done) {
  fbs::router::CreatePlainTransportRequestT request;
  request.transport_id = RandomUuid();
  request.options = std::make_unique<fbs::plain::OptionsT>();
  fbs::plain::OptionsT& o = *request.options;
  o.base = TransportOptionsToFbs(options.sctp, /*is_data_channel=*/false);
  o.listen_info = ToFbs(options.listen_info);
  if (options.rtcp_listen_info) o.rtcp_listen_info = ToFbs(*options.rtcp_listen_info);
  o.rtcp_mux = options.rtcp_mux && !options.rtcp_listen_info;
  o.comedia = options.comedia;
  o.enable_srtp = options.enable_srtp;
  absl::StatusOr<fbs::srtp::CryptoSuite> suite = CryptoSuiteToFbs(options.srtp_crypto_suite);
  if (!suite.ok()) return Refuse(std::move(done), suite.status());
  o.srtp_crypto_suite = *suite;
  const std::string transport_id = request.transport_id;
  auto make = [this, transport_id](const Response& r) -> absl::StatusOr<std::shared_ptr<PlainTransport>> {
    const auto* body = r.body_as_PlainTransportDump();
    if (body == nullptr) return UnreadableAnswer();
    return std::make_shared<PlainTransport>(BaseOf(transport_id, body->base()), FromFbs(*body));
  };
  Call(Method::RouterCreatePlainTransport, Body(std::move(request)),
       Created(transport_id, std::move(done), std::move(make)));
}

void Router::CreatePipeTransport(PipeTransportOptions options, Callback<std::shared_ptr<PipeTransport>> done) {
  fbs::router::CreatePipeTransportRequestT request;
  request.transport_id = RandomUuid();
  request.options = std::make_unique<fbs::pipe::OptionsT>();
  request.options->base = TransportOptionsToFbs(options.sctp, /*is_data_channel=*/false);
  request.options->listen_info = ToFbs(options.listen_info);
  request.options->enable_rtx = options.enable_rtx;
  request.options->enable_srtp = options.enable_srtp;
  const std::string transport_id = request.transport_id;
  auto make = [this, transport_id](const Response& r) -> absl::StatusOr<std::shared_ptr<PipeTransport>> {
    const auto* body = r.body_as_PipeTransportDump();
    if (body == nullptr) return UnreadableAnswer();
    return std::make_shared<PipeTransport>(BaseOf(transport_id, body->base()), FromFbs(*body));
  };
  Call(Method::RouterCreatePipeTransport, Body(std::move(request)),
       Created(transport_id, std::move(done), std::move(make)));
}

void Router::CreateDirectTransport(DirectTransportOptions options, Callback<std::shared_ptr<DirectTransport>> done) {
  fbs::router::CreateDirectTransportRequestT request;
  request.transport_id = RandomUuid();
  request.options = std::make_unique<fbs::direct::OptionsT>();
  request.options->base = std::make_unique<fbs::transport::OptionsT>();
  request.options->base->direct = true;
  request.options->base->max_send_message_size = options.max_send_message_size;
  request.options->base->max_receive_message_size = options.max_receive_message_size;
  const std::string transport_id = request.transport_id;
  auto make = [this, transport_id](const Response& r) -> absl::StatusOr<std::shared_ptr<DirectTransport>> {
    const auto* body = r.body_as_DirectTransportDump();
    if (body == nullptr) return UnreadableAnswer();
    return std::make_shared<DirectTransport>(BaseOf(transport_id, body->base()));
  };
  Call(Method::RouterCreateDirectTransport, Body(std::move(request)),
       Created(transport_id, std::move(done), std::move(make)));
}

}  // namespace sluice::controller
