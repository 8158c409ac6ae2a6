// A DataProducer is one source of messages: a stream of a peer's SCTP association, or the controller (direct). It takes
// whole messages, counts them, and takes off what a pipe put in front; whoever called it passes them on to its links.
//
// It buffers nothing. Paused, it goes on counting; its messages then go nowhere.
//
// Lifetime: owned by a transport, linked by the router.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/roster.h"
#include "rtc/data/data_parameters.h"

namespace sluice {

class DataConsumer;
class Transport;

struct DataProducerConfig {
  std::string id;
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream;  // with kSctp, and only then
  std::string label;
  std::string protocol;
  bool paused = false;
  bool pipe = false;  // on a pipe transport: sub-channels come in front of the payload
  uint32_t max_message_size = kDefaultMaxMessageSize;
};

class DataProducer {
 public:
  // A consumer of this producer and the transport it sends over. Kept in order of creation by the router, which takes
  // a link out before either end goes away.
  struct Link {
    DataConsumer* consumer = nullptr;
    Transport* transport = nullptr;
  };
  using Links = Roster<DataConsumer, Link>;
  struct Stats {
    uint64_t messages = 0;
    uint64_t bytes = 0;    // of payloads
    uint64_t dropped = 0;  // too long, or unreadable sub-channels in front
  };
  // A message without what a pipe put in front.
  struct Received {
    std::span<const uint8_t> payload;
    MessageSubchannels subchannels;
  };

  // InvalidArgument, naming the field. `transport` is only handed back.
  static absl::StatusOr<std::unique_ptr<DataProducer>> Create(DataProducerConfig config, Transport& transport);

  const std::string& id() const { return config_.id; }
  const DataProducerConfig& config() const { return config_; }
  DataType type() const { return config_.type; }
  Transport& transport() const { return transport_; }
  Links& links() { return links_; }
  const Links& links() const { return links_; }

  bool paused() const { return paused_; }
  void Pause() { paused_ = true; }
  void Resume() { paused_ = false; }

  // Takes a message as it came over SCTP. Nothing when it is dropped.
  std::optional<Received> Receive(std::span<const uint8_t> message);
  // Takes a message of the controller. False when it is dropped.
  bool Receive(const DataMessage& message);
  const Stats& stats() const { return stats_; }

 private:
  DataProducer(DataProducerConfig config, Transport& transport);
  bool Count(size_t size);

  const DataProducerConfig config_;
  Transport& transport_;
  bool paused_;
  Links links_;
  Stats stats_;
};

}  // namespace sluice
