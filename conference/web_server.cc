#include "conference/web_server.h"

#include <fmt/format.h>
#include <libwebsockets.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

#include "conference/http_headers.h"
#include "conference/origin.h"

namespace sluice::conference {

struct WebServer::Exchange {
  Connection* connection;      // of a WebSocket
  const WebFiles::File* file;  // of a request, while it is being sent
  size_t sent;
};

namespace {

constexpr uint64_t kTickMs = 1000;
constexpr int kSocketTimeoutSeconds = 15;  // of every step of HTTP
constexpr size_t kReceiveBuffer = 16 * 1024;
constexpr size_t kChunk = 16 * 1024;
constexpr unsigned kDescriptorsBesides = 64;  // for listening, HTTP and whatever libwebsockets needs itself

int Completed(lws* socket) { return lws_http_transaction_completed(socket) != 0 ? -1 : 0; }

void LogLine(int level, const char* line) {
  std::string_view text(line);
  while (text.ends_with('\n')) text.remove_suffix(1);
  spdlog::log((level & LLL_ERR) != 0 ? spdlog::level::warn : spdlog::level::debug, "libwebsockets: {}", text);
}

}  // namespace

// The way from libwebsockets' one C callback to the methods.
struct WebServerCallback {
  static int Call(lws* socket, lws_callback_reasons reason, void* user, void* in, size_t length) {
    auto* server = static_cast<WebServer*>(lws_context_user(lws_get_context(socket)));
    auto* exchange = static_cast<WebServer::Exchange*>(user);
    const std::string_view bytes(static_cast<const char*>(in), in == nullptr ? 0 : length);
    switch (reason) {
      case LWS_CALLBACK_HTTP:
        return server->OnRequest(socket, *exchange, bytes);
      case LWS_CALLBACK_HTTP_WRITEABLE:
        return exchange->file == nullptr ? 0 : server->WriteBody(socket, *exchange);
      case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return bytes == "websocket" || static_cast<const char*>(in) == std::string_view("websocket")
                   ? server->OnUpgrade(socket)
                   : -1;
      case LWS_CALLBACK_ESTABLISHED:
        exchange->connection = new Connection(socket, server->conference_, server->options_.limits, server->Now());
        server->connections_.insert(exchange->connection);
        return 0;
      case LWS_CALLBACK_RECEIVE:
        exchange->connection->OnReceive(bytes, server->Now());
        return 0;
      case LWS_CALLBACK_RECEIVE_PONG:
        exchange->connection->OnPong();
        return 0;
      case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return exchange->connection->close_sent() ? -1 : 0;  // the answer to ours ends it; its own gets one
      case LWS_CALLBACK_SERVER_WRITEABLE:
        return exchange->connection->OnWritable() ? 0 : -1;
      case LWS_CALLBACK_CLOSED:
        server->connections_.erase(exchange->connection);
        delete std::exchange(exchange->connection, nullptr);
        return 0;
      case LWS_CALLBACK_ADD_HEADERS:
      case LWS_CALLBACK_PROTOCOL_INIT:
      case LWS_CALLBACK_PROTOCOL_DESTROY:
        return 0;
      default:
        return lws_callback_http_dummy(socket, reason, user, in, length);
    }
  }
};

WebServer::WebServer(uv_loop_t* loop, WebServerOptions options, WebFiles files, Conference& conference,
                     std::function<Health()> health)
    : loop_(loop),
      options_(std::move(options)),
      files_(std::move(files)),
      conference_(conference),
      health_(std::move(health)) {}

// On a loop that is not its own, libwebsockets frees its memory when it is asked a second time.
WebServer::~WebServer() {
  if (context_ != nullptr) lws_context_destroy(context_);
}

absl::Status WebServer::Listen() {
  static const lws_protocols kProtocols[] = {
      {"sluice", WebServerCallback::Call, sizeof(Exchange), kReceiveBuffer, 0, nullptr, 0},
      {nullptr, nullptr, 0, 0, 0, nullptr, 0},
  };
  lws_set_log_level(LLL_ERR | LLL_WARN, LogLine);
  void* loops[] = {loop_};
  lws_context_creation_info info{};
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  info.foreign_loops = loops;
  info.user = this;
  info.fd_limit_per_thread = static_cast<unsigned>(options_.limits.connections) + kDescriptorsBesides;
  const bool tls = !options_.certificate_file.empty();
  if (tls) info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
  context_ = lws_create_context(&info);
  if (context_ == nullptr) return absl::InternalError("libwebsockets cannot be started");

  info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
  info.vhost_name = "sluice";
  info.iface = options_.address.c_str();
  info.port = options_.port;
  info.protocols = kProtocols;
  info.server_string = "sluice";
  info.timeout_secs = kSocketTimeoutSeconds;
  if (tls) {
    info.ssl_cert_filepath = options_.certificate_file.c_str();
    info.ssl_private_key_filepath = options_.key_file.c_str();
    info.alpn = "http/1.1";
  }
  lws_vhost* vhost = lws_create_vhost(context_, &info);
  if (vhost == nullptr) {
    return absl::UnavailableError(
        fmt::format("cannot listen on {} port {}{}: is another program there, or the {}?", options_.address,
                    options_.port, tls ? " with this certificate" : "",
                    tls ? "certificate not one with its key in PEM form" : "address not one of this machine"));
  }
  port_ = static_cast<uint16_t>(lws_get_vhost_listen_port(vhost));
  StartTicking();
  return absl::OkStatus();
}

// ---- time ----

void WebServer::StartTicking() {
  listening_ = true;
  uv_timer_init(loop_, &tick_);
  tick_.data = this;
  uv_timer_start(
      &tick_, [](uv_timer_t* timer) { static_cast<WebServer*>(timer->data)->Tick(); }, kTickMs, kTickMs);
}

void WebServer::Tick() {
  const std::vector<Connection*> connections(connections_.begin(), connections_.end());
  for (Connection* connection : connections) {
    if (connection->Tick(Now())) continue;
    connections_.erase(connection);
    lws_set_timeout(connection->socket(), PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
  }
}

void WebServer::Close() {
  if (closing_) return;
  closing_ = true;
  if (!listening_) {
    if (context_ != nullptr) lws_context_destroy(context_);
    return;
  }
  for (Connection* connection : connections_) connection->Close(CloseCode::kGoingAway, "the server shuts down");
  // The sockets get one tick's time to say so.
  uv_timer_start(
      &tick_,
      [](uv_timer_t* timer) {
        auto* server = static_cast<WebServer*>(timer->data);
        uv_close(reinterpret_cast<uv_handle_t*>(timer), nullptr);
        lws_context_destroy(server->context_);
      },
      connections_.empty() ? 0 : kTickMs / 4, 0);
}

// ---- requests ----

int WebServer::OnRequest(lws* socket, Exchange& exchange, std::string_view path) {
  const auto answer = [&](unsigned status, std::string_view type, std::string_view text) {
    return SendText(socket, status, type, text) < 0 ? -1 : Completed(socket);
  };
  if (lws_hdr_total_length(socket, WSI_TOKEN_GET_URI) == 0 && lws_hdr_total_length(socket, WSI_TOKEN_HEAD_URI) == 0) {
    return answer(HTTP_STATUS_METHOD_NOT_ALLOWED, "text/plain", "Only GET and HEAD are answered here.\n");
  }
  if (path == "/healthz") {
    const Health health = health_();
    return answer(health.ok ? HTTP_STATUS_OK : HTTP_STATUS_SERVICE_UNAVAILABLE, "application/json",
                  health.details.dump() + "\n");
  }
  const WebFiles::File* file = files_.Find(path);
  if (file == nullptr) return answer(HTTP_STATUS_NOT_FOUND, "text/plain", "There is nothing here.\n");
  return SendFile(socket, exchange, *file);
}

// The caller completes the exchange: libwebsockets does that itself for an upgrade.
int WebServer::SendText(lws* socket, unsigned status, std::string_view type, std::string_view text) {
  ResponseHeaders headers(socket, status, type, text.size());
  headers.Add("cache-control:", "no-store");
  if (!headers.Send()) return -1;
  if (lws_hdr_total_length(socket, WSI_TOKEN_HEAD_URI) > 0) return 0;
  std::string body(LWS_PRE, '\0');
  body.append(text);
  unsigned char* bytes = reinterpret_cast<unsigned char*>(body.data()) + LWS_PRE;
  return lws_write(socket, bytes, text.size(), LWS_WRITE_HTTP_FINAL) < 0 ? -1 : 0;
}

int WebServer::SendFile(lws* socket, Exchange& exchange, const WebFiles::File& file) {
  const bool unchanged = RequestHeader(socket, WSI_TOKEN_HTTP_IF_NONE_MATCH) == file.etag;
  ResponseHeaders headers(socket, unchanged ? HTTP_STATUS_NOT_MODIFIED : HTTP_STATUS_OK, file.type,
                          unchanged ? 0 : file.bytes.size());
  headers.Add("etag:", file.etag);
  headers.Add("cache-control:", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!headers.Send()) return -1;
  if (unchanged || file.bytes.empty() || lws_hdr_total_length(socket, WSI_TOKEN_HEAD_URI) > 0) return Completed(socket);
  exchange.file = &file;
  exchange.sent = 0;
  lws_callback_on_writable(socket);
  return 0;
}

int WebServer::WriteBody(lws* socket, Exchange& exchange) {
  const std::string_view rest = std::string_view(exchange.file->bytes).substr(exchange.sent);
  const size_t size = std::min(rest.size(), kChunk);
  std::array<unsigned char, LWS_PRE + kChunk> buffer;
  std::ranges::copy(rest.substr(0, size), buffer.begin() + LWS_PRE);
  const bool last = size == rest.size();
  if (lws_write(socket, buffer.data() + LWS_PRE, size, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) return -1;
  exchange.sent += size;
  if (last) {
    exchange.file = nullptr;
    return Completed(socket);
  }
  lws_callback_on_writable(socket);
  return 0;
}

// 0: go on. 1: it is answered. -1: hang up.
int WebServer::OnUpgrade(lws* socket) {
  const auto refuse = [&](unsigned status, std::string_view text) {
    return SendText(socket, status, "text/plain", text) < 0 ? -1 : 1;
  };
  if (RequestHeader(socket, WSI_TOKEN_GET_URI) != "/ws")
    return refuse(HTTP_STATUS_NOT_FOUND, "The WebSocket is at /ws.\n");
  const std::string origin = RequestHeader(socket, WSI_TOKEN_ORIGIN);
  if (!IsOriginAllowed(origin, RequestHeader(socket, WSI_TOKEN_HOST), options_.origins)) {
    spdlog::warn("a page of {} was refused; --origin would allow it", origin);
    return refuse(HTTP_STATUS_FORBIDDEN, "Pages of this origin are not allowed here.\n");
  }
  if (closing_ || connections_.size() >= options_.limits.connections) {
    return refuse(HTTP_STATUS_SERVICE_UNAVAILABLE, "The server is full.\n");
  }
  return 0;
}

}  // namespace sluice::conference
