// A room: media of its producers can be consumed over any of its transports. Made by Worker::CreateRouter. All its work
// is done on its worker's one core.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/object.h"
#include "controller/ortc.h"
#include "controller/plain_transport.h"
#include "controller/rtp_parameters.h"
#include "controller/status.h"
#include "controller/webrtc_transport.h"

namespace sluice::fbs::transport {
struct Dump;
}

namespace sluice::controller {

class Worker;

struct RouterOptions {
  std::vector<RtpCodecCapability> media_codecs;  // without RTX; RouterRtpCapabilities() says what becomes of them
};

struct RouterEvents {
  Handler<CloseReason> closed;  // not after Close()
};

struct RouterDump {
  std::vector<std::string> transport_ids;
  std::map<std::string, std::vector<std::string>> producer_consumers;  // producer id -> consumer ids
};

class Router final : public Object {
 public:
  Router(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker,
         RtpCapabilities capabilities);  // by Worker
  ~Router() override;

  const RtpCapabilities& rtp_capabilities() const { return capabilities_; }  // for clients
  bool CanConsume(const std::string& producer_id, const RtpCapabilities& capabilities) const;
  std::shared_ptr<Producer> FindProducer(const std::string& producer_id) const;  // null: none is open

  void CreateWebRtcTransport(WebRtcTransportOptions options, Callback<std::shared_ptr<WebRtcTransport>> done);
  void CreatePlainTransport(PlainTransportOptions options, Callback<std::shared_ptr<PlainTransport>> done);
  void Dump(Callback<RouterDump> done);

  const std::map<std::string, std::shared_ptr<Transport>>& transports() const { return transports_; }

  void Close() override;

  RouterEvents on;

 private:
  friend class Transport;
  friend class Worker;
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;
  void CloseChildren(CloseReason reason);
  Transport::Base BaseOf(const std::string& transport_id, const fbs::transport::Dump* dump);
  template <class T, class Make>
  ResponseCallback Created(std::string transport_id, Callback<std::shared_ptr<T>> done, Make make);
  void Remove(const std::string& transport_id);

  std::weak_ptr<Worker> worker_;
  RtpCapabilities capabilities_;
  std::map<std::string, std::shared_ptr<Transport>> transports_;
  std::map<std::string, std::weak_ptr<Producer>> producers_;
};

}  // namespace sluice::controller
