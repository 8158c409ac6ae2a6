// Sockets (UDP, TCP) that many WebRTC transports of one worker share, so that a firewall needs one port open. Made by
// Worker::CreateWebRtcServer. Closing it closes the transports that use it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/object.h"
#include "controller/status.h"
#include "controller/webrtc_transport.h"

namespace sluice::controller {

class Worker;

struct WebRtcServerOptions {
  std::vector<ListenInfo> listen_infos;
};

struct WebRtcServerEvents {
  Handler<CloseReason> closed;  // not after Close()
};

// What the worker has bound: the ports that it chose where none was given.
struct WebRtcServerDump {
  std::string id;
  struct Socket {
    std::string ip;
    uint16_t port = 0;
  };
  std::vector<Socket> udp_sockets;
  std::vector<Socket> tcp_servers;
  std::vector<std::string> transport_ids;
  std::map<std::string, std::string> username_fragment_to_transport;  // whom a connectivity check is for
};

class WebRtcServer final : public Object {
 public:
  WebRtcServer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker);  // by Worker
  ~WebRtcServer() override;

  void Dump(Callback<WebRtcServerDump> done);
  void Close() override;

  WebRtcServerEvents on;

 private:
  friend class Router;
  friend class Worker;
  friend class WebRtcTransport;
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;
  void Adopt(const std::shared_ptr<Transport>& transport);
  void Remove(const std::string& transport_id);

  std::weak_ptr<Worker> worker_;
  std::map<std::string, std::weak_ptr<Transport>> transports_;
};

}  // namespace sluice::controller
