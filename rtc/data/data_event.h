// What data producers and data consumers have to tell the controller. Ids are copied: the object may be gone by then.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sluice {

struct DataConsumerProducerPaused {
  std::string data_consumer_id;
};
struct DataConsumerProducerResumed {
  std::string data_consumer_id;
};
struct DataConsumerProducerClosed {
  std::string data_consumer_id;  // the data consumer is gone as well
};
// A message found no room in the stream's queue, and is lost.
struct DataConsumerSendBufferFull {
  std::string data_consumer_id;
};
struct DataConsumerBufferedAmountLow {
  std::string data_consumer_id;
  uint32_t buffered_amount = 0;  // bytes
};
// Of a direct data consumer.
struct DataConsumerMessage {
  std::string data_consumer_id;
  uint32_t ppid = 0;
  std::vector<uint8_t> payload;
};

using DataEvent = std::variant<DataConsumerProducerPaused, DataConsumerProducerResumed, DataConsumerProducerClosed,
                               DataConsumerSendBufferFull, DataConsumerBufferedAmountLow, DataConsumerMessage>;
using DataEvents = std::vector<DataEvent>;

}  // namespace sluice
