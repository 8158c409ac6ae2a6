// What the worker knows of an object, for whoever looks for a fault. Plain values; what only one kind has is in its own
// header (WebRtcTransportDump, DataProducerDump ...).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/ortc.h"
#include "controller/rtp_parameters.h"
#include "controller/sctp_parameters.h"

namespace sluice::controller {

// What transports of every kind have.
struct TransportDump {
  std::string id;
  bool direct = false;
  std::vector<std::string> producer_ids;
  std::vector<std::string> consumer_ids;
  std::vector<std::string> data_producer_ids;
  std::vector<std::string> data_consumer_ids;
  // How incoming packets and messages find their producer.
  std::map<uint32_t, std::string> ssrc_to_producer;
  std::map<std::string, std::string> mid_to_producer;
  std::map<std::string, std::string> rid_to_producer;
  std::map<uint16_t, std::string> stream_id_to_data_producer;
  // How feedback finds its consumer.
  std::map<uint32_t, std::string> ssrc_to_consumer;
  std::map<uint32_t, std::string> rtx_ssrc_to_consumer;
  // Ids under which producers use the header extensions that the transport itself reads.
  struct HeaderExtensionIds {
    std::optional<uint8_t> mid;
    std::optional<uint8_t> rid;
    std::optional<uint8_t> rrid;
    std::optional<uint8_t> abs_send_time;
    std::optional<uint8_t> transport_wide_cc;
  } header_extension_ids;
  uint32_t max_send_message_size = 0;  // bytes
  uint32_t max_receive_message_size = 0;
  std::optional<SctpParameters> sctp_parameters;
  std::optional<SctpState> sctp_state;
  std::optional<SctpNegotiatedCapabilities> sctp_negotiated;
  std::vector<std::string> trace_events;
};

struct RtxStreamDump {
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  std::string mime_type;
  uint32_t clock_rate = 0;  // Hz
  std::string rrid;
  std::string cname;
};

struct RtpStreamDump {
  uint32_t encoding_index = 0;
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
  std::string mime_type;
  uint32_t clock_rate = 0;  // Hz
  std::string rid;
  std::string cname;
  std::optional<uint32_t> rtx_ssrc;
  std::optional<uint8_t> rtx_payload_type;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool in_band_fec = false;
  bool dtx = false;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
  uint8_t score = 0;
  std::optional<RtxStreamDump> rtx;
};

struct ProducerDump {
  std::string id;
  MediaKind kind = MediaKind::kAudio;
  RtpType type = RtpType::kSimple;
  RtpParameters rtp_parameters;
  RtpMapping rtp_mapping;
  bool paused = false;
  std::vector<RtpStreamDump> streams;  // that were seen
  std::vector<std::string> trace_events;
};

struct ConsumerDump {
  std::string id;
  RtpType type = RtpType::kSimple;
  std::string producer_id;
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters;
  std::vector<RtpEncodingParameters> consumable_rtp_encodings;
  std::vector<uint8_t> supported_payload_types;
  bool paused = false;
  bool producer_paused = false;
  uint8_t priority = 1;
  std::vector<RtpStreamDump> streams;
  // Simulcast and SVC; -1: none.
  std::optional<int16_t> preferred_spatial_layer;
  std::optional<int16_t> target_spatial_layer;
  std::optional<int16_t> current_spatial_layer;
  std::optional<int16_t> preferred_temporal_layer;
  std::optional<int16_t> target_temporal_layer;
  std::optional<int16_t> current_temporal_layer;
  std::vector<std::string> trace_events;
};

}  // namespace sluice::controller
