#include "rtc/data/data_producer.h"

#include <utility>

#include "rtc/data/subchannel_prefix.h"

namespace sluice {

DataProducer::DataProducer(DataProducerConfig config, Transport& transport)
    : config_(std::move(config)), transport_(transport), paused_(config_.paused) {}

absl::StatusOr<std::unique_ptr<DataProducer>> DataProducer::Create(DataProducerConfig config, Transport& transport) {
  if (config.id.empty()) return absl::InvalidArgumentError("dataProducerId: is empty");
  if (auto status = ValidateStream(config.type, config.stream); !status.ok()) return status;
  return std::unique_ptr<DataProducer>(new DataProducer(std::move(config), transport));
}

std::optional<DataProducer::Received> DataProducer::Receive(std::span<const uint8_t> message) {
  Received out{.payload = message};
  if (config_.pipe) {
    auto parsed = ParseSubchannelPrefix(message);
    if (!parsed) {
      ++stats_.dropped;
      return std::nullopt;
    }
    out.payload = parsed->payload;
    out.subchannels = std::move(parsed->subchannels);
  }
  if (!Count(out.payload.size())) return std::nullopt;
  return out;
}

bool DataProducer::Receive(const DataMessage& message) { return Count(message.payload.size()); }

bool DataProducer::Count(size_t size) {
  if (size > config_.max_message_size) {
    ++stats_.dropped;
    return false;
  }
  ++stats_.messages;
  stats_.bytes += size;
  return true;
}

}  // namespace sluice
