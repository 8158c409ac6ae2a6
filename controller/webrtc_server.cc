#include "controller/webrtc_server.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/worker.h"

namespace sluice::controller {
namespace {

std::vector<WebRtcServerDump::Socket> Sockets(const flatbuffers::Vector<flatbuffers::Offset<fbs::net::IpPort>>* list) {
  std::vector<WebRtcServerDump::Socket> result;
  if (list == nullptr) return result;
  for (const auto* socket : *list) result.push_back({Text(socket->ip()), socket->port()});
  return result;
}

}  // namespace

WebRtcServer::WebRtcServer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker)
    : Object(std::move(connection), std::move(id)), worker_(std::move(worker)) {}

WebRtcServer::~WebRtcServer() = default;

void WebRtcServer::Dump(Callback<WebRtcServerDump> done) {
  Call(Method::WebRtcServerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<WebRtcServerDump> {
         const auto* body = response.body_as_WebRtcServerDump();
         if (body == nullptr) return UnreadableAnswer();
         WebRtcServerDump dump{.id = Text(body->id()),
                               .udp_sockets = Sockets(body->udp_sockets()),
                               .tcp_servers = Sockets(body->tcp_servers()),
                               .transport_ids = Texts(body->web_rtc_transport_ids())};
         for (size_t i = 0; body->local_ice_username_fragments() && i < body->local_ice_username_fragments()->size();
              ++i) {
           const auto* entry = body->local_ice_username_fragments()->Get(i);
           dump.username_fragment_to_transport[Text(entry->local_ice_username_fragment())] =
               Text(entry->web_rtc_transport_id());
         }
         return dump;
       }));
}

void WebRtcServer::Close() {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::worker::CloseWebRtcServerRequestT request;
  request.web_rtc_server_id = id();
  Call(Method::WorkerWebRtcServerClose, "", Body(std::move(request)), nullptr);
  MarkClosed();
  on = {};
  if (auto worker = worker_.lock()) worker->webrtc_servers_.erase(id());
  std::vector<std::shared_ptr<Object>> transports;
  for (const auto& [id, weak] : std::exchange(transports_, {})) {
    if (auto transport = weak.lock()) transports.push_back(std::move(transport));
  }
  CloseEach(std::move(transports), CloseReason::kListenServerClosed);
}

void WebRtcServer::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  // Its transports are closed by their routers.
  transports_.clear();
  if (MarkClosed()) EmitLast(on, reason);
}

void WebRtcServer::OnNotification(const fbs::notification::Notification&) {}

void WebRtcServer::Adopt(const std::shared_ptr<Transport>& transport) { transports_[transport->id()] = transport; }

void WebRtcServer::Remove(const std::string& transport_id) { transports_.erase(transport_id); }

}  // namespace sluice::controller
