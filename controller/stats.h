// Statistics as plain values. Counters count from the object's beginning; bit rates are of the last
// seconds; time stamps are the worker's monotonic milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "controller/rtp_parameters.h"
#include "controller/sctp_parameters.h"

namespace sluice::controller {

struct RtpStreamStats {
  enum class Direction : uint8_t { kInbound, kOutbound };  // seen from the worker
  Direction direction = Direction::kInbound;
  uint64_t timestamp = 0;
  uint32_t ssrc = 0;
  std::optional<uint32_t> rtx_ssrc;
  std::string rid;
  MediaKind kind = MediaKind::kAudio;
  std::string mime_type;
  uint64_t packet_count = 0;
  uint64_t byte_count = 0;
  uint64_t bitrate = 0;       // bit/s
  int32_t packets_lost = 0;   // negative when more arrived than were sent (duplicates)
  uint8_t fraction_lost = 0;  // of 256
  uint32_t jitter = 0;        // in units of the codec's clock
  uint64_t packets_discarded = 0;
  uint64_t rtx_packets_discarded = 0;
  uint64_t packets_retransmitted = 0;
  uint64_t packets_repaired = 0;
  uint64_t nack_count = 0;
  uint64_t nack_packet_count = 0;
  uint64_t pli_count = 0;
  uint64_t fir_count = 0;
  float round_trip_time = 0;  // ms, 0 while not known
  uint8_t score = 0;
  std::map<std::string, uint64_t> bitrate_by_layer;  // inbound: "spatial.temporal" -> bit/s
};

struct TransportStats {
  std::string transport_id;
  std::optional<SctpState> sctp_state;  // nullopt: it has no SCTP
  uint64_t timestamp = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t recv_bitrate = 0;  // bit/s, as all below
  uint64_t send_bitrate = 0;
  uint64_t rtp_recv_bitrate = 0;
  uint64_t rtp_send_bitrate = 0;
  uint64_t rtx_recv_bitrate = 0;
  uint64_t rtx_send_bitrate = 0;
  uint64_t probation_send_bitrate = 0;
  uint64_t rtp_bytes_received = 0;
  uint64_t rtp_bytes_sent = 0;
  uint64_t rtx_bytes_received = 0;
  uint64_t rtx_bytes_sent = 0;
  uint64_t probation_bytes_sent = 0;
  std::optional<uint64_t> available_outgoing_bitrate;
  std::optional<uint64_t> available_incoming_bitrate;
  std::optional<uint64_t> max_incoming_bitrate;
  std::optional<uint64_t> max_outgoing_bitrate;
  std::optional<uint64_t> min_outgoing_bitrate;
  std::optional<double> rtp_packet_loss_received;  // 0-1
  std::optional<double> rtp_packet_loss_sent;
};

struct DataProducerStats {
  uint64_t timestamp = 0;
  std::string label;
  std::string protocol;
  uint64_t messages_received = 0;
  uint64_t bytes_received = 0;
  uint32_t buffered_amount = 0;  // bytes
};

struct DataConsumerStats {
  uint64_t timestamp = 0;
  std::string label;
  std::string protocol;
  uint64_t messages_sent = 0;
  uint64_t bytes_sent = 0;
  uint32_t buffered_amount = 0;  // bytes that wait to be sent
};

}  // namespace sluice::controller
