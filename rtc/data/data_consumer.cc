#include "rtc/data/data_consumer.h"

#include <algorithm>
#include <utility>

#include "rtc/data/subchannel_prefix.h"

namespace sluice {

DataConsumer::DataConsumer(DataConsumerConfig config, DataProducer& producer, Transport& transport)
    : config_(std::move(config)),
      producer_(producer),
      transport_(transport),
      paused_(config_.paused),
      subchannels_(config_.subchannels),
      buffered_amount_low_threshold_(config_.buffered_amount_low_threshold) {}

absl::StatusOr<std::unique_ptr<DataConsumer>> DataConsumer::Create(DataConsumerConfig config, DataProducer& producer,
                                                                   Transport& transport) {
  if (config.id.empty()) return absl::InvalidArgumentError("dataConsumerId: is empty");
  if (auto status = ValidateStream(config.type, config.stream); !status.ok()) return status;
  return std::unique_ptr<DataConsumer>(new DataConsumer(std::move(config), producer, transport));
}

bool DataConsumer::Wants(const MessageSubchannels& subchannels) const {
  return !paused_ && IsFor(subchannels, subchannels_, config_.pipe ? SubchannelRule::kPipe : SubchannelRule::kEnd);
}

std::span<const uint8_t> DataConsumer::Encode(const DataMessage& message, std::vector<uint8_t>& scratch) const {
  const size_t prefix = config_.pipe ? SubchannelPrefixSize(message.subchannels, message.payload) : 0;
  if (prefix == 0) return message.payload;
  scratch.resize(prefix + message.payload.size());
  WriteSubchannelPrefix(message.subchannels, std::span(scratch).first(prefix));
  std::ranges::copy(message.payload, scratch.begin() + static_cast<ptrdiff_t>(prefix));
  return scratch;
}

void DataConsumer::CountSent(size_t payload_size) {
  ++stats_.messages;
  stats_.bytes += payload_size;
}

}  // namespace sluice
