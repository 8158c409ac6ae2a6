// A room: media of its producers can be consumed over any of its transports. Made by Worker::CreateRouter. All its work
// is done on its worker's one core.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/direct_transport.h"
#include "controller/object.h"
#include "controller/ortc.h"
#include "controller/pipe_to_router.h"
#include "controller/pipe_transport.h"
#include "controller/plain_transport.h"
#include "controller/rtp_observer.h"
#include "controller/rtp_parameters.h"
#include "controller/status.h"
#include "controller/webrtc_transport.h"

namespace sluice::fbs::transport {
struct Dump;
}

namespace sluice::controller {

class PipePair;  // two pipe transports that are connected
class Worker;

struct RouterOptions {
  std::vector<RtpCodecCapability> media_codecs;  // without RTX; RouterRtpCapabilities() says what becomes of them
  // Consumers of clients that know them get dependency descriptors: browsers decode no AV1 of several spatial layers
  // without. Off by default, as with the published controller.
  bool dependency_descriptors = false;
};

struct RouterEvents {
  Handler<CloseReason> closed;  // not after Close()
};

struct RouterDump {
  std::string id;
  std::vector<std::string> transport_ids;
  std::vector<std::string> rtp_observer_ids;
  // From the id of the one to the id or ids of the other.
  std::map<std::string, std::vector<std::string>> producer_consumers;
  std::map<std::string, std::string> consumer_producer;
  std::map<std::string, std::vector<std::string>> producer_observers;
  std::map<std::string, std::vector<std::string>> data_producer_data_consumers;
  std::map<std::string, std::string> data_consumer_data_producer;
};

class Router final : public Object {
 public:
  Router(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Worker> worker,
         RtpCapabilities capabilities);  // by Worker
  ~Router() override;

  const RtpCapabilities& rtp_capabilities() const { return capabilities_; }  // for clients
  bool CanConsume(const std::string& producer_id, const RtpCapabilities& capabilities) const;
  // null: none is open.
  std::shared_ptr<Producer> FindProducer(const std::string& producer_id) const;
  std::shared_ptr<DataProducer> FindDataProducer(const std::string& data_producer_id) const;
  // For producers and consumers that are made from now on.
  absl::Status UpdateMediaCodecs(const std::vector<RtpCodecCapability>& media_codecs);

  void CreateWebRtcTransport(WebRtcTransportOptions options, Callback<std::shared_ptr<WebRtcTransport>> done);
  void CreatePlainTransport(PlainTransportOptions options, Callback<std::shared_ptr<PlainTransport>> done);
  void CreatePipeTransport(PipeTransportOptions options, Callback<std::shared_ptr<PipeTransport>> done);
  void CreateDirectTransport(DirectTransportOptions options, Callback<std::shared_ptr<DirectTransport>> done);
  void CreateAudioLevelObserver(AudioLevelObserverOptions options, Callback<std::shared_ptr<AudioLevelObserver>> done);
  void CreateActiveSpeakerObserver(ActiveSpeakerObserverOptions options,
                                   Callback<std::shared_ptr<ActiveSpeakerObserver>> done);
  // Makes a producer or data producer of this router one of another router, too: see pipe_to_router.h.
  void PipeToRouter(PipeToRouterOptions options, Callback<PipedProducer> done);
  void Dump(Callback<RouterDump> done);

  const std::map<std::string, std::shared_ptr<Transport>>& transports() const { return transports_; }
  const std::map<std::string, std::shared_ptr<RtpObserver>>& rtp_observers() const { return rtp_observers_; }

  void Close() override;

  RouterEvents on;

 private:
  friend class PipePair;
  friend class RtpObserver;
  friend class Transport;
  friend class Worker;
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;
  void CloseChildren(CloseReason reason);
  Transport::Base BaseOf(const std::string& transport_id, const fbs::transport::Dump* dump);
  template <class T, class Make>
  ResponseCallback Created(std::string transport_id, Callback<std::shared_ptr<T>> done, Make make);
  template <class Observer>
  ResponseCallback ObserverCreated(std::string observer_id, Callback<std::shared_ptr<Observer>> done);
  void Remove(const std::string& transport_id);

  std::weak_ptr<Worker> worker_;
  RtpCapabilities capabilities_;
  std::map<std::string, std::shared_ptr<Transport>> transports_;
  std::map<std::string, std::shared_ptr<RtpObserver>> rtp_observers_;
  std::map<std::string, std::weak_ptr<Producer>> producers_;
  std::map<std::string, std::weak_ptr<DataProducer>> data_producers_;
  std::map<std::string, std::shared_ptr<PipePair>> pipe_pairs_;  // by the other router's id
};

}  // namespace sluice::controller
