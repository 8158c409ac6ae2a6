#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/check.h"
#include "rtc/data/subchannel_prefix.h"

// What parses is written again and read back as the same; what is read as payload lies inside the message.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span message(data, size);
  const auto first = sluice::ParseSubchannelPrefix(message);
  if (!first) return 0;
  SLUICE_CHECK(first->payload.size() <= size);
  SLUICE_CHECK(std::ranges::equal(first->payload, message.last(first->payload.size())));
  std::vector<uint8_t> again(sluice::SubchannelPrefixSize(first->subchannels, first->payload));
  if (!again.empty()) sluice::WriteSubchannelPrefix(first->subchannels, again);
  again.insert(again.end(), first->payload.begin(), first->payload.end());
  const auto second = sluice::ParseSubchannelPrefix(again);
  SLUICE_CHECK(second && second->subchannels == first->subchannels);
  SLUICE_CHECK(std::ranges::equal(second->payload, first->payload));
  return 0;
}
