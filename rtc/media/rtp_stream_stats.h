// Statistics of one RTP stream, incoming (a producer's) or outgoing (a consumer's), as getStats() shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice {

struct RtpStreamStats {
  MediaKind kind = MediaKind::kAudio;
  std::string mime_type;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  std::string rid;

  uint64_t packets = 0;
  uint64_t bytes = 0;
  DataRate bitrate;
  int64_t packets_lost = 0;
  uint8_t fraction_lost = 0;  // of 256, last interval
  uint32_t jitter = 0;        // timestamp units
  uint64_t packets_discarded = 0;
  uint64_t packets_retransmitted = 0;
  uint64_t packets_repaired = 0;
  uint64_t nack_count = 0;         // messages
  uint64_t nack_packet_count = 0;  // packets asked for
  uint64_t pli_count = 0;
  uint64_t fir_count = 0;
  std::optional<TimeDelta> round_trip_time;
  std::optional<uint64_t> rtx_packets_discarded;
  uint8_t score = 0;

  // Incoming only: bit rate by layer, named "spatial.temporal".
  struct LayerRate {
    int spatial = 0;
    int temporal = 0;
    DataRate rate;
  };
  std::vector<LayerRate> rate_by_layer;
};

// The constant side of a stream, for dumps.
struct RtpStreamParameters {
  uint32_t encoding_idx = 0;
  Ssrc ssrc;  // of an incoming stream: 0 until its first packet, when only MID or RID were signalled
  PayloadType payload_type;
  std::string mime_type;
  uint32_t clock_rate = 0;
  std::string rid;
  std::string cname;
  std::optional<Ssrc> rtx_ssrc;
  std::optional<PayloadType> rtx_payload_type;
  bool use_nack = false;
  bool use_pli = false;
  bool use_fir = false;
  bool use_transport_cc = false;  // feedback of transport-wide numbers
  bool use_ccfb = false;          // RFC 8888
  bool use_in_band_fec = false;
  bool use_dtx = false;
  int spatial_layers = 1;
  int temporal_layers = 1;
};

}  // namespace sluice
