#include "conference/web_server.h"

#include <fmt/format.h>
#include <libwebsockets.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>

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
constexpr size_t kHeaderSpace = 4096;
constexpr unsigned kDescriptorsBesides = 64;  // for listening, HTTP and whatever libwebsockets needs itself

constexpr std::array<std::pair<const char*, const char*>, 6> kSecurityHeaders{{
    {"content-security-policy:",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
     "media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {"permissions-policy:", "camera=(self), microphone=(self), display-capture=(self), geolocation=()"},
    {"cross-origin-opener-policy:", "same-origin"},
    {"cross-origin-resource-policy:", "same-origin"},
}};

std::string Header(lws* socket, lws_token_indexes token) {
  std::string value(static_cast<size_t>(std::max(0, lws_hdr_total_length(socket, token))) + 1, '\0');
  const int length = lws_hdr_copy(socket, value.data(), static_cast<int>(value.size()), token);
  value.resize(static_cast<size_t>(std::max(0, length)));
  return value;
}

// Builds one response's headers in libwebsockets' manner.
class Headers {
 public:
  explicit Headers(lws* socket) : socket_(socket) {}
  void Begin(unsigned status, std::string_view type, size_t length) {
    Ok(lws_add_http_common_headers(socket_, status, std::string(type).c_str(), length, &at_, end()));
    for (const auto& [name, value] : kSecurityHeaders) Add(name, value);
  }
  void Add(const char* name, std::string_view value) {
    Ok(lws_add_http_header_by_name(socket_, reinterpret_cast<const unsigned char*>(name),
                                   reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()),
                                   &at_, end()));
  }
  bool Send() {
    Ok(lws_finalize_write_http_header(socket_, begin(), &at_, end()));
    return ok_;
  }

 private:
  void Ok(int failed) { ok_ = ok_ && failed == 0; }
  unsigned char* begin() { return buffer_.data() + LWS_PRE; }
  unsigned char* end() { return buffer_.data() + buffer_.size(); }

  lws* socket_;
  std::array<unsigned char, LWS_PRE + kHeaderSpace> buffer_;
  unsigned char* at_ = buffer_.data() + LWS_PRE;
  bool ok_ = true;
};

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

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Create(uv_loop_t* loop, WebServerOptions options, WebFiles files,
                                                             Conference& conference, std::function<Health()> health) {
  std::unique_ptr<WebServer> server(
      new WebServer(loop, std::move(options), std::move(files), conference, std::move(health)));
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  server->StartTicking();
  return server;
}

WebServer::WebServer(uv_loop_t* loop, WebServerOptions options, WebFiles files, Conference& conference,
                     std::function<Health()> health)
    : loop_(loop),
      options_(std::move(options)),
      files_(std::move(files)),
      conference_(conference),
      health_(std::move(health)) {}

WebServer::~WebServer() = default;

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
  info.pcontext = &context_;
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
  vhost_ = lws_create_vhost(context_, &info);
  if (vhost_ == nullptr) {
    lws_context_destroy(context_);
    return absl::UnavailableError(
        fmt::format("cannot listen on {} port {}{}: is another program there, or the {}?", options_.address,
                    options_.port, tls ? " with this certificate" : "",
                    tls ? "certificate not one with its key in PEM form" : "address not one of this machine"));
  }
  port_ = static_cast<uint16_t>(lws_get_vhost_listen_port(vhost_));
  return absl::OkStatus();
}

// ---- time ----

void WebServer::StartTicking() {
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
  Headers headers(socket);
  headers.Begin(status, type, text.size());
  headers.Add("cache-control:", "no-store");
  if (!headers.Send()) return -1;
  if (lws_hdr_total_length(socket, WSI_TOKEN_HEAD_URI) > 0) return 0;
  std::string body(LWS_PRE, '\0');
  body.append(text);
  unsigned char* bytes = reinterpret_cast<unsigned char*>(body.data()) + LWS_PRE;
  return lws_write(socket, bytes, text.size(), LWS_WRITE_HTTP_FINAL) < 0 ? -1 : 0;
}

int WebServer::SendFile(lws* socket, Exchange& exchange, const WebFiles::File& file) {
  const bool unchanged = Header(socket, WSI_TOKEN_HTTP_IF_NONE_MATCH) == file.etag;
  Headers headers(socket);
  headers.Begin(unchanged ? HTTP_STATUS_NOT_MODIFIED : HTTP_STATUS_OK, file.type, unchanged ? 0 : file.bytes.size());
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
  if (Header(socket, WSI_TOKEN_GET_URI) != "/ws") return refuse(HTTP_STATUS_NOT_FOUND, "The WebSocket is at /ws.\n");
  const std::string origin = Header(socket, WSI_TOKEN_ORIGIN);
  if (!IsOriginAllowed(origin, Header(socket, WSI_TOKEN_HOST), options_.origins)) {
    spdlog::warn("a page of {} was refused; --origin would allow it", origin);
    return refuse(HTTP_STATUS_FORBIDDEN, "Pages of this origin are not allowed here.\n");
  }
  if (closing_ || connections_.size() >= options_.limits.connections) {
    return refuse(HTTP_STATUS_SERVICE_UNAVAILABLE, "The server is full.\n");
  }
  return 0;
}

}  // namespace sluice::conference
