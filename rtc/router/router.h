// A Router owns transports and knows who consumes whom: a producer's packets reach its consumers on any transport of
// the same router, and a data producer's messages its data consumers. It keeps the links in order and tells consumers
// of their producer's pauses and end. What a consumer wants it tells the producer, so that no others are sent, and the
// consumer's transport, which divides what it may send anew.
//
// Ids are the controller's; the router refuses one that it already has. Removing an object removes what hangs on it;
// the ids of everything that went are returned, so that a registry can forget them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "rtc/base/roster.h"
#include "rtc/transport/transport.h"

namespace sluice {

class Router {
 public:
  explicit Router(std::string id) : id_(std::move(id)) {}
  ~Router();

  const std::string& id() const { return id_; }

  // AlreadyExists when the id is taken.
  absl::StatusOr<Transport*> AddTransport(std::unique_ptr<Transport> transport);
  std::vector<std::string> CloseTransport(Transport& transport, Turn& turn);

  absl::StatusOr<Producer*> Produce(Transport& transport, ProducerConfig config);
  // Its consumers go with it; each is announced by ConsumerProducerClosed.
  std::vector<std::string> CloseProducer(Producer& producer, Turn& turn);
  void PauseProducer(Producer& producer, Turn& turn);
  void ResumeProducer(Producer& producer, Turn& turn);

  // NotFound when config.producer_id is not a producer of this router.
  absl::StatusOr<Consumer*> Consume(Transport& transport, ConsumerConfig config, Turn& turn);
  void CloseConsumer(Consumer& consumer, Turn& turn);
  void PauseConsumer(Consumer& consumer, Turn& turn);
  void ResumeConsumer(Consumer& consumer, Turn& turn);
  // Clamped, as Consumer::SetPreferredLayers().
  void SetPreferredLayers(Consumer& consumer, ConsumerLayers layers, Turn& turn);
  void SetPriority(Consumer& consumer, uint8_t priority, Turn& turn);
  // Asks upstream for a key frame of what the consumer forwards, as if its peer had sent a PLI.
  void RequestKeyFrame(Consumer& consumer, Turn& turn);

  absl::StatusOr<DataProducer*> ProduceData(Transport& transport, DataProducerConfig config);
  // Its data consumers go with it; each is announced by DataConsumerProducerClosed.
  std::vector<std::string> CloseDataProducer(DataProducer& producer, Turn& turn);
  void PauseDataProducer(DataProducer& producer, Turn& turn);
  void ResumeDataProducer(DataProducer& producer, Turn& turn);

  // NotFound when config.data_producer_id is not a data producer of this router.
  absl::StatusOr<DataConsumer*> ConsumeData(Transport& transport, DataConsumerConfig config);
  void CloseDataConsumer(DataConsumer& consumer, Turn& turn);

  Transport* FindTransport(const std::string& id) const;
  Producer* FindProducer(const std::string& id) const;
  Consumer* FindConsumer(const std::string& id) const;
  DataProducer* FindDataProducer(const std::string& id) const;
  DataConsumer* FindDataConsumer(const std::string& id) const;
  // In order of creation.
  std::vector<const Transport*> Transports() const;

 private:
  static void WishChanged(Consumer& consumer, bool goes_on, Turn& turn);

  const std::string id_;
  Roster<Transport, std::unique_ptr<Transport>> transports_;
  absl::flat_hash_map<std::string, Transport*> transport_by_id_;
  absl::flat_hash_map<std::string, Producer*> producer_by_id_;
  absl::flat_hash_map<std::string, Consumer*> consumer_by_id_;
  absl::flat_hash_map<std::string, DataProducer*> data_producer_by_id_;
  absl::flat_hash_map<std::string, DataConsumer*> data_consumer_by_id_;
};

}  // namespace sluice
