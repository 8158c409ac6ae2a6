#include <algorithm>

#include "worker/handlers/handlers.h"

namespace sluice::handlers {

absl::StatusOr<std::vector<Listening>> ListenAll(Core& core, const std::vector<wire::ListenRequest>& requests) {
  std::vector<Listening> opened;
  for (const wire::ListenRequest& request : requests) {
    const auto socket = core.media.network().Listen(request.options);
    if (!socket.ok()) {
      for (const Listening& l : opened) core.media.network().Close(l.socket);
      return socket.status();
    }
    opened.push_back({.socket = *socket,
                      .protocol = request.options.protocol,
                      .local = core.media.network().LocalAddress(*socket),
                      .announced = request.announced,
                      .expose_internal = request.expose_internal});
  }
  return opened;
}

Result WorkerCreateWebRtcServer(Call&, Core& core, const fbs::worker::CreateWebRtcServerRequest& body) {
  auto id = NewId(core, body.web_rtc_server_id(), "webRtcServerId");
  if (!id.ok()) return id.status();
  auto requests = wire::DecodeListenInfos(body.listen_infos(), core.settings);
  if (!requests.ok()) return requests.status();
  auto listening = ListenAll(core, *requests);
  if (!listening.ok()) return listening.status();
  auto server = std::make_unique<WebRtcServerObject>();
  server->id = *id;
  server->listening = *std::move(listening);
  core.objects.Add(*id, server.get());
  core.servers.push_back(std::move(server));
  core.log.Debug("info", "WebRtcServer created [webRtcServerId:{}]", *id);
  return Answer();
}

Result WorkerCloseWebRtcServer(Call& call, Core& core, const fbs::worker::CloseWebRtcServerRequest& body) {
  const std::string id = body.web_rtc_server_id() ? body.web_rtc_server_id()->str() : "";
  WebRtcServerObject* server = core.objects.Find<WebRtcServerObject>(id);
  if (!server) return NotFound("WebRtcServer", id);
  while (!server->transports.empty()) CloseTransport(call, *server->transports.back());
  for (const Listening& l : server->listening) core.media.network().Close(l.socket);
  core.objects.Remove(id);
  std::erase_if(core.servers, [server](const auto& s) { return s.get() == server; });
  return Answer();
}

Result WebRtcServerDump(Call& call, WebRtcServerObject& server) {
  fbs::webrtc::ServerDumpResponseT out;
  out.id = server.id;
  for (const Listening& l : server.listening) {
    fbs::net::IpPortT entry;
    entry.ip = l.local.IpString();
    entry.port = l.local.port();
    auto& list = l.protocol == Protocol::kUdp ? out.udp_sockets : out.tcp_servers;
    list.push_back(std::make_unique<fbs::net::IpPortT>(entry));
  }
  for (const TransportObject* transport : server.transports) {
    out.web_rtc_transport_ids.push_back(transport->id);
    for (const std::string& ufrag : transport->ufrags) {
      fbs::webrtc::ServerUsernameFragmentT entry;
      entry.local_ice_username_fragment = ufrag;
      entry.web_rtc_transport_id = transport->id;
      out.local_ice_username_fragments.push_back(std::make_unique<fbs::webrtc::ServerUsernameFragmentT>(entry));
    }
  }
  return Answer{fbs::response::Body::WebRtcServerDump, fbs::webrtc::CreateServerDumpResponse(call.b, &out).Union()};
}

}  // namespace sluice::handlers
