#include "conference/peer.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "controller/json.h"
#include "controller/random.h"

namespace sluice::conference {

using controller::Producer;
using controller::WebRtcTransport;
using nlohmann::json;

Peer::Peer(Link& link, PeerObserver& observer, JoinRequest join)
    : link_(link),
      observer_(observer),
      id_(controller::RandomUuid()),
      rejoin_key_(controller::RandomUuid()),
      name_(std::move(join.name)),
      capabilities_(std::move(join.rtp_capabilities)) {}

Peer::~Peer() = default;

void Peer::Enter(std::shared_ptr<controller::Router> router, std::shared_ptr<controller::WebRtcServer> webrtc_server) {
  router_ = std::move(router);
  webrtc_server_ = std::move(webrtc_server);
}

void Peer::Leave() {
  for (auto& [producer_id, receiving] : receiving_) {
    if (receiving.consumer) receiving.consumer->on = {};
  }
  receiving_.clear();
  for (SourceState& state : sources_) {
    if (state.producer) state.producer->on = {};
  }
  for (TransportState& state : transports_) {
    if (state.transport) state.transport->Close();
  }
}

// ---- transports ----

Peer::TransportState* Peer::FindTransport(const std::string& id) {
  for (TransportState& state : transports_) {
    if (state.transport && state.transport->id() == id) return &state;
  }
  return nullptr;
}

void Peer::Handle(uint32_t id, const CreateTransportRequest& request) {
  TransportState& state = transport(request.direction);
  if (state.asked) {
    Fail(id, ErrorCode::kWrongState, "direction", "there is a transport in this direction already");
    return;
  }
  state.asked = true;
  if (request.rtp_capabilities) capabilities_ = request.rtp_capabilities;
  controller::WebRtcTransportOptions options{.webrtc_server = webrtc_server_, .prefer_udp = true};
  router_->CreateWebRtcTransport(std::move(options),
                                 IfStillHere([id, direction = request.direction](Peer& peer, auto created) {
                                   peer.OnTransport(id, direction, std::move(created));
                                 }));
}

void Peer::OnTransport(uint32_t id, Direction direction, absl::StatusOr<std::shared_ptr<WebRtcTransport>> created) {
  TransportState& state = transport(direction);
  if (!created.ok()) {
    state.asked = false;
    Fail(id, created.status());
    return;
  }
  state.transport = *std::move(created);
  link_.Send(Answer(id, {{"transportId", state.transport->id()},
                         {"iceParameters", ToJson(state.transport->ice_parameters())},
                         {"iceCandidates", ToJson(state.transport->ice_candidates())},
                         {"dtlsParameters", ToJson(state.transport->dtls_parameters())}}));
  if (direction == Direction::kRecv) observer_.OnReadyToReceive(*this);
}

void Peer::Handle(uint32_t id, const ConnectTransportRequest& request) {
  TransportState* state = FindTransport(request.transport_id);
  if (state == nullptr) {
    Fail(id, ErrorCode::kNotFound, "transportId", "there is no such transport");
  } else if (state->connected) {
    Fail(id, ErrorCode::kWrongState, "transportId", "this transport is connected already");
  } else {
    state->connected = true;
    state->transport->Connect(request.dtls_parameters, IfStillHere([id, state](Peer& peer, absl::Status status) {
                                state->connected = status.ok();
                                status.ok() ? peer.link_.Send(Answer(id)) : peer.Fail(id, status, "dtlsParameters");
                              }));
  }
}

void Peer::Handle(uint32_t id, const RestartIceRequest& request) {
  TransportState* state = FindTransport(request.transport_id);
  if (state == nullptr) {
    Fail(id, ErrorCode::kNotFound, "transportId", "there is no such transport");
    return;
  }
  state->transport->RestartIce(IfStillHere([id](Peer& peer, absl::StatusOr<controller::IceParameters> parameters) {
    parameters.ok() ? peer.link_.Send(Answer(id, {{"iceParameters", ToJson(*parameters)}}))
                    : peer.Fail(id, parameters.status());
  }));
}

// ---- sending ----

const Producer* Peer::producer(Source source) const { return sources_[static_cast<size_t>(source)].producer.get(); }

std::optional<Source> Peer::FindProducer(const std::string& id) const {
  for (size_t i = 0; i < kSources; ++i) {
    if (sources_[i].producer && sources_[i].producer->id() == id) return static_cast<Source>(i);
  }
  return std::nullopt;
}

json Peer::Describe(Source source, const Producer& producer) {
  return {{"producerId", producer.id()},
          {"kind", ToString(producer.kind())},
          {"source", ToString(source)},
          {"paused", producer.paused()}};
}

json Peer::Describe() const {
  json producers = json::array();
  for (size_t i = 0; i < kSources; ++i) {
    if (sources_[i].producer) producers.push_back(Describe(static_cast<Source>(i), *sources_[i].producer));
  }
  return {{"peerId", id_}, {"name", name_}, {"producers", std::move(producers)}};
}

void Peer::Handle(uint32_t id, const ProduceRequest& request) {
  const std::shared_ptr<WebRtcTransport>& sending = transport(Direction::kSend).transport;
  if (sending == nullptr || sending->id() != request.transport_id) {
    if (FindTransport(request.transport_id) != nullptr) {
      Fail(id, ErrorCode::kWrongState, "transportId", "this is the transport for receiving");
    } else {
      Fail(id, ErrorCode::kNotFound, "transportId", "there is no such transport");
    }
    return;
  }
  if (source(request.source).taken) {
    Fail(id, ErrorCode::kWrongState, "source", "this is sent already: close its producer first");
    return;
  }
  source(request.source) = {.taken = true, .layers = request.layers};
  sending->Produce({.kind = request.kind, .rtp_parameters = request.rtp_parameters, .paused = request.paused},
                   IfStillHere([id, source = request.source](Peer& peer, auto created) {
                     peer.OnProducer(id, source, std::move(created));
                   }));
}

void Peer::OnProducer(uint32_t id, Source source, absl::StatusOr<std::shared_ptr<Producer>> created) {
  SourceState& state = this->source(source);
  if (!created.ok()) {
    state = {};
    Fail(id, created.status(), "rtpParameters");
    return;
  }
  state.producer = *std::move(created);
  link_.Send(Answer(id, {{"producerId", state.producer->id()}}));
  if (state.producer->kind() == controller::MediaKind::kVideo) WatchProducer(*state.producer);
  observer_.OnProducerAdded(*this, source);
}

void Peer::WatchProducer(Producer& producer) {
  // The handler is taken away before the peer goes (Leave, CloseProducer).
  producer.on.wanted_layers = [this, id = producer.id()](const std::optional<controller::ConsumerLayers>& layers) {
    link_.Send(Event("layersWanted", {{"producerId", id}, {"layers", ToJson(layers)}}));
  };
  // Where the worker cannot tell, the page sends all that it has.
  producer.WatchWantedLayers(nullptr);
}

void Peer::Handle(uint32_t id, const ProducerRequest& request) {
  const std::optional<Source> found = FindProducer(request.producer_id);
  if (!found) {
    Fail(id, ErrorCode::kNotFound, "producerId", "there is no such producer");
    return;
  }
  if (request.action == ProducerRequest::Action::kClose) {
    link_.Send(Answer(id));
    CloseProducer(*found);
    return;
  }
  const std::shared_ptr<Producer>& producer = source(*found).producer;
  auto done = IfStillHere(
      [id, source = *found, producer = producer.get(), before = producer->paused()](Peer& peer, absl::Status status) {
        if (!status.ok()) {
          peer.Fail(id, status);
          return;
        }
        peer.link_.Send(Answer(id));
        const Producer* now = peer.producer(source);
        if (now == producer && now->paused() != before) peer.observer_.OnProducerChanged(peer, source);
      });
  request.action == ProducerRequest::Action::kPause ? producer->Pause(std::move(done))
                                                    : producer->Resume(std::move(done));
}

void Peer::CloseProducer(Source source) {
  const std::shared_ptr<Producer> producer = std::exchange(this->source(source), {}).producer;
  producer->Close();
  observer_.OnProducerRemoved(*this, source, producer->id());
}

// ---- answers ----

controller::DoneCallback Peer::AnswerWhenDone(uint32_t id) {
  return IfStillHere(
      [id](Peer& peer, absl::Status status) { status.ok() ? peer.link_.Send(Answer(id)) : peer.Fail(id, status); });
}

void Peer::Fail(uint32_t id, ErrorCode code, std::string field, std::string message) {
  link_.Send(ErrorAnswer(id, {code, std::move(field), std::move(message)}));
}

void Peer::Fail(uint32_t id, const absl::Status& status, std::string_view parent) {
  const Error error = ErrorFrom(status, parent);
  if (error.code == ErrorCode::kInternal) spdlog::error("a request of {} failed: {}", name_, error.message);
  link_.Send(ErrorAnswer(id, error));
}

}  // namespace sluice::conference
