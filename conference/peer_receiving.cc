// What a peer receives of the others: the consumers of peer.h.
#include <spdlog/spdlog.h>

#include <utility>

#include "conference/peer.h"
#include "controller/json.h"

namespace sluice::conference {

using controller::Consumer;
using controller::Producer;
using controller::WebRtcTransport;

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
  receiving->Consume(
      {.producer_id = producer->id(), .rtp_capabilities = capabilities, .paused = true},
      IfStillHere([producer_id = producer->id(), sender_id = sender.id(), source](Peer& peer, auto created) {
        peer.OnConsumer(producer_id, sender_id, source, std::move(created));
      }));
}

void Peer::OnConsumer(const std::string& producer_id, const std::string& sender_id, Source source,
                      absl::StatusOr<std::shared_ptr<Consumer>> created) {
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
  link_.Send(Event("newConsumer", {{"consumerId", consumer->id()},
                                   {"producerId", producer_id},
                                   {"peerId", sender_id},
                                   {"kind", ToString(consumer->kind())},
                                   {"source", ToString(source)},
                                   {"paused", consumer->producer_paused()},
                                   {"type", ToString(consumer->type())},
                                   {"rtpParameters", ToJson(consumer->rtp_parameters())}}));
}

void Peer::WatchConsumer(Consumer& consumer) {
  auto tell = [this, id = consumer.id()](const char* event) { link_.Send(Event(event, {{"consumerId", id}})); };
  // The handlers are taken away before the peer goes (Leave, StopReceiving).
  consumer.on.producer_paused = [tell] { tell("consumerPaused"); };
  consumer.on.producer_resumed = [tell] { tell("consumerResumed"); };
}

std::shared_ptr<Consumer> Peer::FindConsumer(const std::string& id) const {
  for (const auto& [producer_id, receiving] : receiving_) {
    if (receiving.consumer && receiving.consumer->id() == id) return receiving.consumer;
  }
  return nullptr;
}

void Peer::Handle(uint32_t id, const ConsumerRequest& request) {
  const std::shared_ptr<Consumer> consumer = FindConsumer(request.consumer_id);
  if (consumer == nullptr) {
    Fail(id, ErrorCode::kNotFound, "consumerId", "there is no such consumer");
  } else if (request.action == ConsumerRequest::Action::kPause) {
    consumer->Pause(AnswerWhenDone(id));
  } else {
    consumer->Resume(AnswerWhenDone(id));
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
