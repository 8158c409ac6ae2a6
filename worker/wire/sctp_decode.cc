#include <string>

#include "worker/wire/transport_wire.h"

namespace sluice::wire {
namespace {

constexpr uint32_t kMaxBytes = 1 << 30;  // what none of the sizes may exceed
constexpr uint32_t kMinWindow = 1500;    // bytes (RFC 9260 section 3.3.2)

absl::Status OutOfRange(const std::string& field, uint32_t least) {
  return absl::InvalidArgumentError(field + ": it is in bytes, " + std::to_string(least) + " to " +
                                    std::to_string(kMaxBytes));
}

}  // namespace

absl::StatusOr<std::optional<SctpConfig>> DecodeSctp(const fbs::transport::OptionsT& options) {
  if (!options.enable_sctp) return std::optional<SctpConfig>();
  struct Field {
    const char* name;
    uint32_t value;
    uint32_t least;
  };
  for (const Field& field :
       {Field{"maxSendMessageSize", options.max_send_message_size, 1},
        Field{"maxReceiveMessageSize", options.max_receive_message_size, 1},
        Field{"sctpSendBufferSize", options.sctp_send_buffer_size, 1},
        Field{"sctpPerStreamSendQueueLimit", options.sctp_per_stream_send_queue_limit, 0},
        Field{"sctpMaxReceiverWindowBufferSize", options.sctp_max_receiver_window_buffer_size, kMinWindow}}) {
    if (field.value < field.least || field.value > kMaxBytes) return OutOfRange(field.name, field.least);
  }
  return std::optional(
      SctpConfig{.max_send_message_size = options.max_send_message_size,
                 .max_receive_message_size = options.max_receive_message_size,
                 .send_buffer_size = options.sctp_send_buffer_size,
                 .per_stream_send_queue_limit = options.sctp_per_stream_send_queue_limit,
                 .max_receiver_window_buffer_size = options.sctp_max_receiver_window_buffer_size,
                 .buffered_amount_low_threshold = options.sctp_default_stream_buffered_amount_low_threshold});
}

}  // namespace sluice::wire
