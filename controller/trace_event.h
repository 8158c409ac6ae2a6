// What EnableTraceEvents() asks a transport, a producer or a consumer to tell, for whoever looks for a fault. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace sluice::controller {

// Of "rtp" and "keyframe": one packet. Sizes in bytes.
struct RtpPacketTrace {
  uint8_t payload_type = 0;
  uint16_t sequence_number = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  uint32_t ssrc = 0;
  bool is_key_frame = false;
  uint64_t size = 0;  // the whole packet
  uint64_t payload_size = 0;
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  std::string mid;
  std::string rid;
  std::string rrid;  // repaired RID, of RTX packets
  std::optional<uint16_t> wide_sequence_number;
  bool is_rtx = false;
};

// Of "pli" and "fir": whose key frame is asked for.
struct KeyFrameRequestTrace {
  uint32_t ssrc = 0;
};

// Of "sr" (RFC 3550 section 6.4.1).
struct SenderReportTrace {
  uint32_t ssrc = 0;
  uint32_t ntp_seconds = 0;
  uint32_t ntp_fraction = 0;  // of 2^32
  uint32_t rtp_timestamp = 0;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;
};

// Of "bwe": the estimate for a transport's outgoing media. bit/s.
struct BandwidthTrace {
  enum class Type : uint8_t { kTransportCc, kRemb };
  Type type = Type::kTransportCc;
  uint64_t desired_bitrate = 0;
  uint64_t effective_desired_bitrate = 0;
  uint64_t min_bitrate = 0;
  uint64_t max_bitrate = 0;
  uint64_t start_bitrate = 0;
  uint64_t max_padding_bitrate = 0;
  uint64_t available_bitrate = 0;
};

// "nack" and "probation" have none.
using TraceInfo = std::variant<std::monostate, RtpPacketTrace, KeyFrameRequestTrace, SenderReportTrace, BandwidthTrace>;

struct TraceEvent {
  std::string type;        // "rtp", "keyframe", "nack", "pli", "fir", "sr", "bwe", "probation"
  uint64_t timestamp = 0;  // ms of the worker's monotonic clock
  bool incoming = false;
  TraceInfo info;
};

}  // namespace sluice::controller
