#include "rtc/media/wanted_layers.h"

#include <algorithm>

#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"

namespace sluice {
namespace {

std::optional<ConsumerLayers> HighestOf(std::optional<ConsumerLayers> one, std::optional<ConsumerLayers> other) {
  if (!one || !other) return one ? one : other;
  return ConsumerLayers{.spatial = std::max(one->spatial, other->spatial),
                        .temporal = std::max(one->temporal, other->temporal)};
}

}  // namespace

bool WantedLayers::Update(std::optional<ConsumerLayers> wanted, Timestamp now) {
  const auto before = told_;
  told_ = HighestOf(told_, wanted);
  if (told_ == wanted) {
    less_since_.reset();
  } else if (!less_since_) {
    less_since_ = now;
  } else if (now - *less_since_ >= kStopDelay) {
    told_ = wanted;
    less_since_.reset();
  }
  return told_ != before;
}

ConsumerLayers HighestLayersOf(const Producer& producer) {
  const auto streams = producer.streams();
  ConsumerLayers highest{.spatial = static_cast<int>(streams.size()) - 1};
  for (const ProducerStream& stream : streams) {
    highest = *HighestOf(highest, ConsumerLayers{.spatial = stream.params().spatial_layers - 1,
                                                 .temporal = stream.params().temporal_layers - 1});
  }
  return highest;
}

std::optional<ConsumerLayers> LayersWantedOf(const Producer& producer) {
  std::optional<ConsumerLayers> wanted;
  for (const Producer::Link& link : producer.links()) {
    if (link.consumer->paused()) continue;
    wanted = HighestOf(wanted, link.consumer->preferred_layers().value_or(HighestLayersOf(producer)));
  }
  return wanted;
}

}  // namespace sluice
