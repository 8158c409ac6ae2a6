// The parameters that a controller would negotiate for a synthetic stream.
#pragma once

#include <string>
#include <vector>

#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"
#include "test/sim/stream_config.h"

namespace sluice::sim {

// One stream, or the layers of a simulcast.
ProducerConfig ProducerConfigOf(const std::string& id, const std::vector<StreamConfig>& layers,
                                const std::string& cname);
// `config` has the SSRCs that go out to the consumer.
ConsumerConfig ConsumerConfigOf(const std::string& id, const StreamConfig& config, const Producer& producer);

}  // namespace sluice::sim
