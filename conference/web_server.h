// The network side of the conference: HTTP for the page and its files, GET /healthz, and the WebSockets at /ws, with or
// without TLS. libwebsockets on the caller's libuv loop; everything happens on the loop's thread.
//
// After Close(), also after a Listen() that failed, the loop must run out before the server goes.
#pragma once

#include <absl/status/status.h>
#include <uv.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conference/connection.h"
#include "conference/web_files.h"

struct lws;
struct lws_context;

namespace sluice::conference {

struct WebServerOptions {
  std::string address = "127.0.0.1";  // to listen on: an IPv4 or IPv6 address
  uint16_t port = 0;                  // 0: any
  std::string certificate_file;       // PEM; "": plain HTTP
  std::string key_file;
  std::vector<std::string> origins;  // of pages elsewhere that may connect
  Limits limits;
};

struct Health {
  bool ok = false;
  nlohmann::json details;
};

class WebServer {
 public:
  // `conference` outlives the server.
  WebServer(uv_loop_t* loop, WebServerOptions options, WebFiles files, Conference& conference,
            std::function<Health()> health);
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  // Once. kUnavailable if the address cannot be listened on, or the certificate cannot be used.
  absl::Status Listen();
  uint16_t port() const { return port_; }

  // No more connections; those that there are hear that the server goes away.
  void Close();

 private:
  struct Exchange;  // libwebsockets' memory of one request or WebSocket
  friend struct WebServerCallback;

  void StartTicking();
  Session::Time Now() const { return Session::Time(uv_now(loop_)); }

  int OnRequest(lws* socket, Exchange& exchange, std::string_view path);
  int OnUpgrade(lws* socket);
  int WriteBody(lws* socket, Exchange& exchange);
  int SendFile(lws* socket, Exchange& exchange, const WebFiles::File& file);
  int SendText(lws* socket, unsigned status, std::string_view type, std::string_view text);
  void Tick();

  uv_loop_t* loop_;
  const WebServerOptions options_;
  const WebFiles files_;
  Conference& conference_;
  std::function<Health()> health_;
  lws_context* context_ = nullptr;
  uint16_t port_ = 0;
  uv_timer_t tick_{};
  bool listening_ = false;
  bool closing_ = false;
  std::set<Connection*> connections_;  // at most Limits::connections; deleted when their socket closes
};

}  // namespace sluice::conference
