#include "rtc/router/router.h"

#include <algorithm>

#include "rtc/router/by_id.h"

namespace sluice {

Router::~Router() = default;

absl::StatusOr<Transport*> Router::AddTransport(std::unique_ptr<Transport> transport) {
  auto [it, added] = transport_by_id_.emplace(transport->id(), transport.get());
  if (!added) return IdTaken("transportId", transport->id());
  const Transport& key = *transport;
  return transports_.Add(key, std::move(transport)).get();
}

std::vector<std::string> Router::CloseTransport(Transport& transport, Turn& turn) {
  std::vector<std::string> gone;
  while (!transport.producers().empty()) {
    const auto ids = CloseProducer(*transport.producers().front(), turn);
    gone.insert(gone.end(), ids.begin(), ids.end());
  }
  while (!transport.consumers().empty()) {
    Consumer& consumer = *transport.consumers().back();
    gone.push_back(consumer.id());
    CloseConsumer(consumer, turn);
  }
  while (!transport.data().producers().empty()) {
    const auto ids = CloseDataProducer(*transport.data().producers().front(), turn);
    gone.insert(gone.end(), ids.begin(), ids.end());
  }
  while (!transport.data().consumers().empty()) {
    DataConsumer& consumer = *transport.data().consumers().back();
    gone.push_back(consumer.id());
    CloseDataConsumer(consumer, turn);
  }
  gone.push_back(transport.id());
  transport.Close(turn);
  transport_by_id_.erase(transport.id());
  transports_.Remove(transport);
  return gone;
}

absl::StatusOr<Producer*> Router::Produce(Transport& transport, ProducerConfig config) {
  if (producer_by_id_.contains(config.id)) return IdTaken("producerId", config.id);
  auto producer = transport.AddProducer(std::move(config));
  if (producer.ok()) producer_by_id_.emplace((*producer)->id(), *producer);
  return producer;
}

std::vector<std::string> Router::CloseProducer(Producer& producer, Turn& turn) {
  std::vector<std::string> gone;
  while (!producer.links().empty()) {
    Consumer& consumer = *producer.links().front().consumer;
    gone.push_back(consumer.id());
    turn.outbox.media.push_back(ConsumerProducerClosed{.consumer_id = consumer.id()});
    CloseConsumer(consumer, turn);
  }
  gone.push_back(producer.id());
  producer_by_id_.erase(producer.id());
  std::erase(turn.ready, &producer);
  std::erase_if(turn.key_frames, [&](const Turn::KeyFrameWish& wish) { return wish.producer == &producer; });
  producer.transport().RemoveProducer(producer);
  return gone;
}

void Router::PauseProducer(Producer& producer, Turn& turn) {
  if (producer.paused()) return;
  producer.Pause();
  for (const Producer::Link& link : producer.links()) {
    turn.outbox.media.push_back(ConsumerProducerPaused{.consumer_id = link.consumer->id()});
    link.consumer->ProducerPaused(turn.outbox.media);
    link.transport->DivideSoon(/*goes_on=*/false, turn);
  }
}

void Router::ResumeProducer(Producer& producer, Turn& turn) {
  if (!producer.paused()) return;
  producer.Resume();
  for (const Producer::Link& link : producer.links()) {
    turn.outbox.media.push_back(ConsumerProducerResumed{.consumer_id = link.consumer->id()});
    link.transport->DivideSoon(/*goes_on=*/true, turn);
    RequestKeyFrame(*link.consumer, turn);
  }
}

absl::StatusOr<Consumer*> Router::Consume(Transport& transport, ConsumerConfig config, Turn& turn) {
  if (consumer_by_id_.contains(config.id)) return IdTaken("consumerId", config.id);
  Producer* producer = FindProducer(config.producer_id);
  if (!producer) return absl::NotFoundError("producerId: there is no producer '" + config.producer_id + "'");
  auto consumer = transport.AddConsumer(std::move(config), *producer, turn.now);
  if (!consumer.ok()) return consumer.status();
  consumer_by_id_.emplace((*consumer)->id(), *consumer);
  producer->links().Add(**consumer, {.consumer = *consumer, .transport = &transport});
  producer->UpdateWantedLayers(turn.now, turn.outbox.media);
  if (transport.IsConnected()) RequestKeyFrame(**consumer, turn);
  return *consumer;
}

void Router::CloseConsumer(Consumer& consumer, Turn& turn) {
  Transport& transport = consumer.transport();
  consumer.producer().links().Remove(consumer);
  consumer.producer().UpdateWantedLayers(turn.now, turn.outbox.media);
  consumer_by_id_.erase(consumer.id());
  transport.RemoveConsumer(consumer, turn);
}

void Router::PauseConsumer(Consumer& consumer, Turn& turn) {
  consumer.Pause(turn.outbox.media);
  WishChanged(consumer, /*goes_on=*/false, turn);
}

void Router::ResumeConsumer(Consumer& consumer, Turn& turn) {
  if (!consumer.paused()) return;
  consumer.Resume();
  WishChanged(consumer, /*goes_on=*/true, turn);
  RequestKeyFrame(consumer, turn);
}

void Router::SetPreferredLayers(Consumer& consumer, ConsumerLayers layers, Turn& turn) {
  consumer.SetPreferredLayers(layers);
  WishChanged(consumer, /*goes_on=*/false, turn);
}

void Router::SetPriority(Consumer& consumer, uint8_t priority, Turn& turn) {
  consumer.SetPriority(priority);
  consumer.transport().DivideSoon(/*goes_on=*/false, turn);
}

void Router::WishChanged(Consumer& consumer, bool goes_on, Turn& turn) {
  consumer.producer().UpdateWantedLayers(turn.now, turn.outbox.media);
  consumer.transport().DivideSoon(goes_on, turn);
}

void Router::RequestKeyFrame(Consumer& consumer, Turn& turn) { WishKeyFrames(consumer, turn); }

Transport* Router::FindTransport(const std::string& id) const { return FindById(transport_by_id_, id); }
Producer* Router::FindProducer(const std::string& id) const { return FindById(producer_by_id_, id); }
Consumer* Router::FindConsumer(const std::string& id) const { return FindById(consumer_by_id_, id); }

std::vector<const Transport*> Router::Transports() const {
  std::vector<const Transport*> all;
  for (const auto& transport : transports_) all.push_back(transport.get());
  return all;
}

}  // namespace sluice
