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

// What congestion control takes the line to a peer to be like, and makes of it. Bit rates are of the line, headers of UDP
// and IP included, in bit/s; times in ms.
struct CongestionStats {
  // What bounds the target; kNothing: its maximum.
  enum class Limit : uint8_t { kNothing, kDelay, kLoss, kRemb };
  uint64_t timestamp = 0;
  bool active = false;  // else the peer gave no feedback after all, and nothing is limited by this
  uint64_t target_bitrate = 0;
  uint64_t delay_based_bitrate = 0;  // what each of the two alone would say
  uint64_t loss_based_bitrate = 0;
  std::optional<uint64_t> acked_bitrate;  // what arrived lately
  std::optional<uint64_t> link_capacity;  // once the line was seen full
  float queue_delay = 0;                  // of the line
  float pacer_queue_time = 0;             // what waits here will take
  std::optional<float> round_trip_time;
  double loss = 0;  // 0-1
  Limit limit = Limit::kNothing;
  bool competing = false;          // others hold a queue on the line
  uint64_t wanted_bitrate = 0;     // by all consumers, at the last division among them
  uint64_t allocated_bitrate = 0;  // of it
  uint32_t probes = 0;             // sent so far
  uint32_t circuit_breaks = 0;     // so often all video was stopped for a while (RFC 8083)

  bool operator==(const CongestionStats&) const = default;
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
