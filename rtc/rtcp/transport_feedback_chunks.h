// The status chunks of transport-wide feedback: which packets came, in 16-bit words of runs or vectors. See
// transport_feedback.h for the picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/container/inlined_vector.h"
#include "rtc/base/bytes.h"

namespace sluice::rtcp {

// The value is also the number of bytes of the packet's delta.
enum class PacketStatus : uint8_t { kLost = 0, kSmallDelta = 1, kLargeDelta = 2 };
using PacketStatuses = absl::InlinedVector<PacketStatus, 512>;

// Reads chunks until exactly `count` statuses are known. False at the end of `in` or for the reserved status.
bool ReadStatusChunks(ByteReader& in, size_t count, PacketStatuses& statuses);

size_t StatusChunksSize(std::span<const PacketStatus> statuses);
void WriteStatusChunks(std::span<const PacketStatus> statuses, ByteWriter& out);

}  // namespace sluice::rtcp
