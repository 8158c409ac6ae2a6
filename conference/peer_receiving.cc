// What a peer receives of the others: the consumers of peer.h.
#include <spdlog/spdlog.h>

#include <utility>

#include "conference/peer.h"
#include "controller/json.h"

namespace sluice::conference {

using controller::Consumer;
using controller::Producer;
using controller::WebRtcTransport;
using nlohmann::json;

namespace {

json ToJson(const std::vector<LayerSize>& layers) {
  json list = json::array();
  for (const auto& [width, height] : layers) list.push_back({{"width", width}, {"height", height}});
  return list;
}

}  // namespace

void Peer::Receive(const Peer& sender, Source source) {
  const Producer* producer = sender.producer(source);
  const std::shared_ptr<WebRtcTransport>& receiving = transport(Direction::kRecv).transport;
  if (producer == nullptr || receiving == nullptr || receiving_.contains(producer->id())) return;
  const controller::RtpCapabilities& capabilities = capabilities_ ? *capabilities_ : router_->rtp_capabilities();
  if (!router_->CanConsume(producer->id(), capabilities)) {
    spdlog::info("{} cannot receive what {} sends: no codec in common", name_, sender.name());
    return;
  }
  receiving_[producer->id()] = {};
  json about{{"producerId", producer->id()}, {"peerId", sender.id()}, {"source", ToString(source)}};
  if (producer->kind() == controller::MediaKind::kVideo) {
    about["layers"] = ToJson(sender.sources_[static_cast<size_t>(source)].layers);
  }
  receiving->Consume(
      {.producer_id = producer->id(), .rtp_capabilities = capabilities, .paused = true},
      IfStillHere([producer_id = producer->id(), about = std::move(about)](Peer& peer, auto created) mutable {
        peer.OnConsumer(producer_id, std::move(about), std::move(created));
      }));
}

void Peer::OnConsumer(const std::string& producer_id, json about, absl::StatusOr<std::shared_ptr<Consumer>> created) {
  auto expected = receiving_.find(producer_id);
  if (!created.ok()) {
    // A producer that went meanwhile is no fault.
    if (expected == receiving_.end()) return;
    spdlog::warn("{} does not receive producer {}: {}", name_, producer_id, ErrorFrom(created.status()).message);
    receiving_.erase(expected);
    return;
  }
  const std::shared_ptr<Consumer>& consumer = *created;
  if (expected == receiving_.end()) {
    consumer->Close();
    return;
  }
  expected->second.consumer = consumer;
  WatchConsumer(*consumer);
  about.update({{"consumerId", consumer->id()},
                {"kind", ToString(consumer->kind())},
                {"paused", consumer->producer_paused()},
                {"type", ToString(consumer->type())},
                {"rtpParameters", controller::ToJson(consumer->rtp_parameters())}});
  link_.Send(Event("newConsumer", std::move(about)));
}

void Peer::WatchConsumer(Consumer& consumer) {
  auto tell = [this, id = consumer.id()](const char* event) { link_.Send(Event(event, {{"consumerId", id}})); };
  // The handlers are taken away before the peer goes (Leave, StopReceiving).
  consumer.on.producer_paused = [tell] { tell("consumerPaused"); };
  consumer.on.producer_resumed = [tell] { tell("consumerResumed"); };
  consumer.on.layers_changed = [this, id = consumer.id()](const std::optional<controller::ConsumerLayers>& layers) {
    link_.Send(Event("layersChanged", {{"consumerId", id}, {"layers", ToJson(layers)}}));
  };
}

std::shared_ptr<Consumer> Peer::FindConsumer(uint32_t request_id, const std::string& id) {
  for (const auto& [producer_id, receiving] : receiving_) {
    if (receiving.consumer && receiving.consumer->id() == id) return receiving.consumer;
  }
  Fail(request_id, ErrorCode::kNotFound, "consumerId", "there is no such consumer");
  return nullptr;
}

void Peer::Handle(uint32_t id, const ConsumerRequest& request) {
  const std::shared_ptr<Consumer> consumer = FindConsumer(id, request.consumer_id);
  if (consumer == nullptr) return;
  request.action == ConsumerRequest::Action::kPause ? consumer->Pause(AnswerWhenDone(id))
                                                    : consumer->Resume(AnswerWhenDone(id));
}

void Peer::Handle(uint32_t id, const SetLayersRequest& request) {
  if (const std::shared_ptr<Consumer> consumer = FindConsumer(id, request.consumer_id)) {
    consumer->SetPreferredLayers({request.spatial_layer, request.temporal_layer}, AnswerWhenDone(id));
  }
}

void Peer::Handle(uint32_t id, const SetPriorityRequest& request) {
  if (const std::shared_ptr<Consumer> consumer = FindConsumer(id, request.consumer_id)) {
    consumer->SetPriority(request.priority, AnswerWhenDone(id));
  }
}

void Peer::StopReceiving(const std::string& producer_id) {
  auto found = receiving_.find(producer_id);
  if (found == receiving_.end()) return;
  if (const std::shared_ptr<Consumer> consumer = found->second.consumer) {
    consumer->on = {};
    link_.Send(Event("consumerClosed", {{"consumerId", consumer->id()}}));
  }
  receiving_.erase(found);
}

}  // namespace sluice::conference
