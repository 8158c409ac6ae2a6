// A participant in a room: its two transports, what it sends and what it receives, kept in step with its page. Asks the
// worker through the controller library and answers the page's requests through its link when the worker has answered.
//
// The room owns the one lasting pointer to it; answers of the worker that come after it left find it gone, and what
// they bring is closed. It does not know the other participants: the room tells it of them, and it tells the room what
// it sends itself.
//
// Bounds: one transport in each direction, one producer of each source, one consumer of each producer of the room.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conference/link.h"
#include "conference/messages.h"
#include "controller/consumer.h"
#include "controller/producer.h"
#include "controller/router.h"

namespace sluice::conference {

class Peer;

// What the room hears of its participants. Not called while the room calls the peer.
class PeerObserver {
 public:
  virtual ~PeerObserver() = default;
  virtual void OnReadyToReceive(Peer& peer) = 0;  // its receiving transport is there
  virtual void OnProducerAdded(Peer& peer, Source source) = 0;
  virtual void OnProducerChanged(Peer& peer, Source source) = 0;  // muted or on again
  virtual void OnProducerRemoved(Peer& peer, Source source, const std::string& producer_id) = 0;
};

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  // `link` and `observer` outlive the peer's stay in the room.
  Peer(Link& link, PeerObserver& observer, JoinRequest join);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  const std::string& rejoin_key() const { return rejoin_key_; }
  Link& link() { return link_; }

  // Between joining and the room's being open nothing can be asked.
  bool entered() const { return router_ != nullptr; }
  void Enter(std::shared_ptr<controller::Router> router, std::shared_ptr<controller::WebRtcServer> webrtc_server);

  void Handle(uint32_t id, const CreateTransportRequest& request);
  void Handle(uint32_t id, const ConnectTransportRequest& request);
  void Handle(uint32_t id, const RestartIceRequest& request);
  void Handle(uint32_t id, const ProduceRequest& request);
  void Handle(uint32_t id, const ProducerRequest& request);
  void Handle(uint32_t id, const ConsumerRequest& request);
  void Handle(uint32_t id, const SetLayersRequest& request);
  void Handle(uint32_t id, const SetPriorityRequest& request);

  // What it sends. Null while it does not send this.
  const controller::Producer* producer(Source source) const;
  std::optional<Source> FindProducer(const std::string& id) const;
  // {"producerId", "kind", "source", "paused"}
  static nlohmann::json Describe(Source source, const controller::Producer& producer);
  // {"peerId", "name", "producers"}
  nlohmann::json Describe() const;

  // Sends it what `sender` sends, if its receiving transport is there and it can receive that.
  void Receive(const Peer& sender, Source source);
  // The producer is gone, or its sender.
  void StopReceiving(const std::string& producer_id);

  // Closes the transports and with them all media. The peer does nothing afterwards.
  void Leave();

 private:
  struct TransportState {
    bool asked = false;
    bool connected = false;  // asked to
    std::shared_ptr<controller::WebRtcTransport> transport;
  };
  struct SourceState {
    bool taken = false;
    std::vector<LayerSize> layers;  // as its page told them
    std::shared_ptr<controller::Producer> producer;
  };
  struct Receiving {
    std::shared_ptr<controller::Consumer> consumer;  // null while the worker is asked
  };

  TransportState& transport(Direction direction) { return transports_[static_cast<size_t>(direction)]; }
  TransportState* FindTransport(const std::string& id);
  SourceState& source(Source source) { return sources_[static_cast<size_t>(source)]; }
  // Null, after saying so to the page, if there is none.
  std::shared_ptr<controller::Consumer> FindConsumer(uint32_t request_id, const std::string& id);

  void OnTransport(uint32_t id, Direction direction,
                   absl::StatusOr<std::shared_ptr<controller::WebRtcTransport>> created);
  void OnProducer(uint32_t id, Source source, absl::StatusOr<std::shared_ptr<controller::Producer>> created);
  // `about`: what its page is to know of it besides what the consumer itself tells.
  void OnConsumer(const std::string& producer_id, nlohmann::json about,
                  absl::StatusOr<std::shared_ptr<controller::Consumer>> created);
  void WatchConsumer(controller::Consumer& consumer);
  void WatchProducer(controller::Producer& producer);
  void CloseProducer(Source source);

  void Fail(uint32_t id, ErrorCode code, std::string field, std::string message);
  void Fail(uint32_t id, const absl::Status& status, std::string_view parent = "");
  // Calls `then(peer, result)` if the peer is still in the room when the worker answers.
  template <class Then>
  auto IfStillHere(Then then);
  // An answer without data, or the error.
  controller::DoneCallback AnswerWhenDone(uint32_t id);

  Link& link_;
  PeerObserver& observer_;
  const std::string id_;
  const std::string rejoin_key_;
  const std::string name_;
  std::optional<controller::RtpCapabilities> capabilities_;  // nullopt: all that the router offers
  std::shared_ptr<controller::Router> router_;
  std::shared_ptr<controller::WebRtcServer> webrtc_server_;
  std::array<TransportState, 2> transports_;
  std::array<SourceState, kSources> sources_;
  std::map<std::string, Receiving> receiving_;  // by producer id
};

template <class Then>
auto Peer::IfStillHere(Then then) {
  return [peer = weak_from_this(), then = std::move(then)](auto result) mutable {
    if (std::shared_ptr<Peer> here = peer.lock()) {
      then(*here, std::move(result));
    } else if constexpr (requires { (*result)->Close(); }) {
      if (result.ok()) (*result)->Close();
    }
  };
}

}  // namespace sluice::conference
