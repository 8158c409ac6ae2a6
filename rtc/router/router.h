// A Router owns transports and knows who consumes whom: a producer's packets reach its consumers on any transport of
// the same router. It keeps the links in order and tells consumers of their producer's pauses and end.
//
// Ids are the controller's; the router refuses one that it already has. Removing an object removes what hangs on it;
// the ids of everything that went are returned, so that a registry can forget them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
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
  void PauseConsumer(Consumer& consumer);
  void ResumeConsumer(Consumer& consumer, Turn& turn);
  // Asks upstream for a key frame of what the consumer forwards, as if its peer had sent a PLI.
  void RequestKeyFrame(Consumer& consumer, Turn& turn);

  Transport* FindTransport(const std::string& id) const;
  Producer* FindProducer(const std::string& id) const;
  Consumer* FindConsumer(const std::string& id) const;
  // In order of creation.
  std::vector<const Transport*> Transports() const;

 private:
  const std::string id_;
  std::vector<std::unique_ptr<Transport>> transports_;
  absl::flat_hash_map<std::string, Transport*> transport_by_id_;
  absl::flat_hash_map<std::string, Producer*> producer_by_id_;
  absl::flat_hash_map<std::string, Consumer*> consumer_by_id_;
};

}  // namespace sluice
