// What the worker knows of an object, for whoever looks for a fault. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/rtp_parameters.h"

namespace sluice::controller {

struct TransportDump {
  std::vector<std::string> producer_ids;
  std::vector<std::string> consumer_ids;
  // How incoming packets find their producer.
  std::map<uint32_t, std::string> ssrc_to_producer;
  std::map<std::string, std::string> mid_to_producer;
  std::map<std::string, std::string> rid_to_producer;
  std::map<uint32_t, std::string> ssrc_to_consumer;
  std::map<uint32_t, std::string> rtx_ssrc_to_consumer;
  std::vector<std::string> trace_events;
};

struct RtpStreamDump {
  uint32_t ssrc = 0;
  std::optional<uint32_t> rtx_ssrc;
  std::string rid;
  std::string cname;
  std::string mime_type;
  uint8_t payload_type = 0;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  uint8_t score = 0;
};

struct ProducerDump {
  bool paused = false;
  std::vector<RtpStreamDump> streams;  // that were seen
  std::vector<std::string> trace_events;
};

struct ConsumerDump {
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
