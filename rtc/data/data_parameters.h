// What data producers and data consumers share: how their messages travel, and a message on its way between them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "rtc/data/subchannels.h"
#include "rtc/sctp/sctp_association.h"

namespace sluice {

// Over SCTP, or to and from the controller.
enum class DataType : uint8_t { kSctp, kDirect };

struct SctpStreamParameters {
  uint16_t stream_id = 0;
  SctpReliability reliability;
};

// Stream parameters with kSctp and only then; at most one limit (RFC 8831 section 6.4), and that only on unordered
// streams, as the control protocol has it. InvalidArgument names the field.
absl::Status ValidateStream(DataType type, const std::optional<SctpStreamParameters>& stream);

// Views: valid during the call they are passed to.
struct DataMessage {
  uint32_t ppid = 0;  // RFC 8831 section 8
  std::span<const uint8_t> payload;
  const MessageSubchannels& subchannels;
};

constexpr uint32_t kDefaultMaxMessageSize = 262'144;  // bytes

}  // namespace sluice
