// SCTP on a transport, and the streams in it that carry data producers and data consumers. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "controller/status.h"

namespace sluice::controller {

// Of a transport that is to be made. All sizes in bytes.
struct SctpOptions {
  bool enable = false;
  uint32_t max_send_message_size = 262'144;
  uint32_t max_receive_message_size = 262'144;
  uint32_t send_buffer_size = 2'000'000;
  uint32_t per_stream_send_queue_limit = 2'000'000;
  uint32_t max_receiver_window_buffer_size = 5'242'880;
  uint32_t default_buffered_amount_low_threshold = 1024;  // of data consumers
};

// Of a transport that has SCTP: what its client is told. It may use up to 65535 streams each way.
struct SctpParameters {
  uint16_t port = 0;
  uint32_t max_send_message_size = 0;
  uint32_t max_receive_message_size = 0;
  uint32_t send_buffer_size = 0;
  uint32_t per_stream_send_queue_limit = 0;
  uint32_t max_receiver_window_buffer_size = 0;
  bool is_data_channel = false;  // WebRTC's use of SCTP: over DTLS
  bool operator==(const SctpParameters&) const = default;
};

enum class SctpState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };
std::string_view ToString(SctpState state);  // "new", "connecting", "connected", "failed", "closed"

// Streams that both sides agreed on in INIT and INIT-ACK.
struct SctpNegotiatedCapabilities {
  uint16_t max_outbound_streams = 0;
  uint16_t max_inbound_streams = 0;
  bool operator==(const SctpNegotiatedCapabilities&) const = default;
};

// One stream. Reliable and ordered, or unordered with at most one of the two limits.
struct SctpStreamParameters {
  uint16_t stream_id = 0;
  std::optional<bool> ordered;                   // default: true without a limit, false with one
  std::optional<uint16_t> max_packet_life_time;  // ms
  std::optional<uint16_t> max_retransmits;
  bool operator==(const SctpStreamParameters&) const = default;
};

// Fills `ordered` in; kInvalidArgument for a combination that there is not.
absl::StatusOr<SctpStreamParameters> NormalizeSctpStreamParameters(SctpStreamParameters parameters);

}  // namespace sluice::controller
