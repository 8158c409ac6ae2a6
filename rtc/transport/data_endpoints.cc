#include "rtc/transport/data_endpoints.h"

#include <string>
#include <utility>

namespace sluice {
namespace {

template <class Map>
absl::Status MustBeFree(const Map& by_stream, const std::optional<SctpStreamParameters>& stream) {
  if (!stream || !by_stream.contains(stream->stream_id)) return absl::OkStatus();
  return absl::AlreadyExistsError("sctpStreamParameters.streamId: " + std::to_string(stream->stream_id) +
                                  " is taken on this transport");
}

// Appends what was made, and its stream.
template <class T>
T* Keep(std::unique_ptr<T> made, std::vector<std::unique_ptr<T>>& all, std::map<uint16_t, T*>& by_stream) {
  if (const auto& stream = made->config().stream) by_stream[stream->stream_id] = made.get();
  return all.emplace_back(std::move(made)).get();
}

template <class T>
void Forget(T& gone, std::vector<std::unique_ptr<T>>& all, std::map<uint16_t, T*>& by_stream) {
  if (const auto& stream = gone.config().stream) by_stream.erase(stream->stream_id);
  std::erase_if(all, [&](const auto& owned) { return owned.get() == &gone; });
}

template <class Map>
auto* FindIn(const Map& by_stream, uint16_t stream_id) {
  const auto it = by_stream.find(stream_id);
  return it == by_stream.end() ? nullptr : it->second;
}

}  // namespace

absl::StatusOr<DataProducer*> DataEndpoints::Add(DataProducerConfig config, Transport& transport) {
  if (auto status = MustBeFree(producer_by_stream_, config.stream); !status.ok()) return status;
  auto made = DataProducer::Create(std::move(config), transport);
  if (!made.ok()) return made.status();
  return Keep(*std::move(made), producers_, producer_by_stream_);
}

absl::StatusOr<DataConsumer*> DataEndpoints::Add(DataConsumerConfig config, DataProducer& producer,
                                                 Transport& transport) {
  if (auto status = MustBeFree(consumer_by_stream_, config.stream); !status.ok()) return status;
  auto made = DataConsumer::Create(std::move(config), producer, transport);
  if (!made.ok()) return made.status();
  return Keep(*std::move(made), consumers_, consumer_by_stream_);
}

void DataEndpoints::Remove(DataProducer& producer) { Forget(producer, producers_, producer_by_stream_); }
void DataEndpoints::Remove(DataConsumer& consumer) { Forget(consumer, consumers_, consumer_by_stream_); }

DataProducer* DataEndpoints::FindProducer(uint16_t stream_id) const { return FindIn(producer_by_stream_, stream_id); }
DataConsumer* DataEndpoints::FindConsumer(uint16_t stream_id) const { return FindIn(consumer_by_stream_, stream_id); }

}  // namespace sluice
