// Who consumes whose messages.
#include <algorithm>
#include <utility>

#include "rtc/router/by_id.h"
#include "rtc/router/router.h"

namespace sluice {
absl::StatusOr<DataProducer*> Router::ProduceData(Transport& transport, DataProducerConfig config) {
  if (data_producer_by_id_.contains(config.id)) return IdTaken("dataProducerId", config.id);
  auto producer = transport.AddDataProducer(std::move(config));
  if (producer.ok()) data_producer_by_id_.emplace((*producer)->id(), *producer);
  return producer;
}

std::vector<std::string> Router::CloseDataProducer(DataProducer& producer, Turn& turn) {
  std::vector<std::string> gone;
  while (!producer.links().empty()) {
    DataConsumer& consumer = *producer.links().front().consumer;
    gone.push_back(consumer.id());
    turn.outbox.data.push_back(DataConsumerProducerClosed{.data_consumer_id = consumer.id()});
    CloseDataConsumer(consumer, turn);
  }
  gone.push_back(producer.id());
  data_producer_by_id_.erase(producer.id());
  producer.transport().RemoveDataProducer(producer);
  return gone;
}

void Router::PauseDataProducer(DataProducer& producer, Turn& turn) {
  if (producer.paused()) return;
  producer.Pause();
  for (const DataProducer::Link& link : producer.links()) {
    turn.outbox.data.push_back(DataConsumerProducerPaused{.data_consumer_id = link.consumer->id()});
  }
}

void Router::ResumeDataProducer(DataProducer& producer, Turn& turn) {
  if (!producer.paused()) return;
  producer.Resume();
  for (const DataProducer::Link& link : producer.links()) {
    turn.outbox.data.push_back(DataConsumerProducerResumed{.data_consumer_id = link.consumer->id()});
  }
}

absl::StatusOr<DataConsumer*> Router::ConsumeData(Transport& transport, DataConsumerConfig config) {
  if (data_consumer_by_id_.contains(config.id)) return IdTaken("dataConsumerId", config.id);
  DataProducer* producer = FindDataProducer(config.data_producer_id);
  if (!producer) {
    return absl::NotFoundError("dataProducerId: there is no data producer '" + config.data_producer_id + "'");
  }
  auto consumer = transport.AddDataConsumer(std::move(config), *producer);
  if (!consumer.ok()) return consumer.status();
  data_consumer_by_id_.emplace((*consumer)->id(), *consumer);
  producer->links().Add(**consumer, {.consumer = *consumer, .transport = &transport});
  return *consumer;
}

void Router::CloseDataConsumer(DataConsumer& consumer, Turn& turn) {
  consumer.producer().links().Remove(consumer);
  data_consumer_by_id_.erase(consumer.id());
  consumer.transport().RemoveDataConsumer(consumer, turn);
}

DataProducer* Router::FindDataProducer(const std::string& id) const { return FindById(data_producer_by_id_, id); }
DataConsumer* Router::FindDataConsumer(const std::string& id) const { return FindById(data_consumer_by_id_, id); }

}  // namespace sluice
