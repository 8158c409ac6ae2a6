// The data producers and data consumers of one transport, and which SCTP stream belongs to whom. Incoming and outgoing
// streams are numbered apart: stream 3 may have a data producer and a data consumer that know nothing of each other.
//
// Bounds: over SCTP one data producer and one data consumer for each stream, so 65535 of each; direct ones are as many
// as the controller makes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/data/data_consumer.h"
#include "rtc/data/data_producer.h"

namespace sluice {

class DataEndpoints {
 public:
  // InvalidArgument or AlreadyExists (the stream is taken), naming the field; then nothing has changed.
  absl::StatusOr<DataProducer*> Add(DataProducerConfig config, Transport& transport);
  absl::StatusOr<DataConsumer*> Add(DataConsumerConfig config, DataProducer& producer, Transport& transport);
  void Remove(DataProducer& producer);
  void Remove(DataConsumer& consumer);

  // By stream; null when it has none.
  DataProducer* FindProducer(uint16_t stream_id) const;
  DataConsumer* FindConsumer(uint16_t stream_id) const;

  // In order of creation.
  std::span<const std::unique_ptr<DataProducer>> producers() const { return producers_; }
  std::span<const std::unique_ptr<DataConsumer>> consumers() const { return consumers_; }
  // In order of the streams.
  const std::map<uint16_t, DataProducer*>& producer_by_stream() const { return producer_by_stream_; }

 private:
  std::vector<std::unique_ptr<DataProducer>> producers_;
  std::vector<std::unique_ptr<DataConsumer>> consumers_;
  std::map<uint16_t, DataProducer*> producer_by_stream_;
  std::map<uint16_t, DataConsumer*> consumer_by_stream_;
};

}  // namespace sluice
