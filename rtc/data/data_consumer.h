// A DataConsumer is one sink of a data producer's messages: a stream of a peer's SCTP association, or the controller
// (direct). It decides which messages it wants, and what of them goes out; sending is the transport's affair.
//
// It buffers nothing: what waits, waits in the stream's queue of the association, which has the limits.
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
#include "rtc/data/data_parameters.h"
#include "rtc/data/data_producer.h"

namespace sluice {

struct DataConsumerConfig {
  std::string id;
  std::string data_producer_id;
  DataType type = DataType::kSctp;
  std::optional<SctpStreamParameters> stream;  // with kSctp, and only then
  std::string label;
  std::string protocol;
  bool paused = false;
  SubchannelSet subchannels;
  bool pipe = false;                                   // on a pipe transport: sub-channels go in front of the payload
  uint32_t max_message_size = kDefaultMaxMessageSize;  // bytes; direct ones: SCTP has its own
  uint32_t buffered_amount_low_threshold = 0;          // bytes
};

class DataConsumer {
 public:
  struct Stats {
    uint64_t messages = 0;
    uint64_t bytes = 0;    // of payloads
    uint64_t dropped = 0;  // too long, or no room to queue them
  };

  // InvalidArgument, naming the field. `transport` is only handed back.
  static absl::StatusOr<std::unique_ptr<DataConsumer>> Create(DataConsumerConfig config, DataProducer& producer,
                                                              Transport& transport);

  const std::string& id() const { return config_.id; }
  const DataConsumerConfig& config() const { return config_; }
  DataType type() const { return config_.type; }
  DataProducer& producer() const { return producer_; }
  Transport& transport() const { return transport_; }

  bool paused() const { return paused_; }
  bool producer_paused() const { return producer_.paused(); }
  void Pause() { paused_ = true; }
  void Resume() { paused_ = false; }

  SubchannelSet& subchannels() { return subchannels_; }
  const SubchannelSet& subchannels() const { return subchannels_; }

  uint32_t buffered_amount_low_threshold() const { return buffered_amount_low_threshold_; }
  void SetBufferedAmountLowThreshold(uint32_t bytes) { buffered_amount_low_threshold_ = bytes; }

  // Neither paused nor of other sub-channels.
  bool Wants(const MessageSubchannels& subchannels) const;
  // The bytes to send: the payload itself, or `scratch`, filled with it behind its sub-channels.
  std::span<const uint8_t> Encode(const DataMessage& message, std::vector<uint8_t>& scratch) const;
  void CountSent(size_t payload_size);
  void CountDropped() { ++stats_.dropped; }
  const Stats& stats() const { return stats_; }

 private:
  DataConsumer(DataConsumerConfig config, DataProducer& producer, Transport& transport);

  const DataConsumerConfig config_;
  DataProducer& producer_;
  Transport& transport_;
  bool paused_;
  SubchannelSet subchannels_;
  uint32_t buffered_amount_low_threshold_;
  Stats stats_;
};

}  // namespace sluice
