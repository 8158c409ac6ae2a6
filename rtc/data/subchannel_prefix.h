// How a message's sub-channels travel from router to router: in front of the payload, over SCTP between two pipe
// transports. Everything is in network order.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +---------------------------------------------------------------+
// |                     token, high: A5F09CB3                     |
// +-----------------------------------------------------------+-+-+
// |                     token, low: D6E1F28C                  |R|I|   R: required is there, I: ignored is there
// +-------------------------------+---------------------------+-+-+
// |             count             |   any of: count numbers of    |
// +-------------------------------+                               |
// |     16 bits each, then required if R, then ignored if I       |
// +---------------------------------------------------------------+
// |                           payload                             |
//
// A message for everybody goes without, unless its payload would look like a prefix itself: then it gets an empty one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/data/subchannels.h"

namespace sluice {

// Bytes: token, count, and each number that can be told.
constexpr uint32_t kMaxSubchannelPrefix = 8 + 2 + 2 * (MessageSubchannels::kMaxAnyOf + 2);

struct PrefixedMessage {
  MessageSubchannels subchannels;
  std::span<const uint8_t> payload;  // within what was parsed
};

// What came over a pipe. Nothing when it begins with the token but ends before its numbers do.
std::optional<PrefixedMessage> ParseSubchannelPrefix(std::span<const uint8_t> message);

// Bytes that the message needs in front of it, often 0.
size_t SubchannelPrefixSize(const MessageSubchannels& subchannels, std::span<const uint8_t> payload);
// Fills `to`, which has the size that SubchannelPrefixSize() told, not 0. At most kMaxAnyOf numbers in any_of.
void WriteSubchannelPrefix(const MessageSubchannels& subchannels, std::span<uint8_t> to);

}  // namespace sluice
