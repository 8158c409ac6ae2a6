// One synthetic RTP stream, as its sender makes it and its receiver expects it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice::sim {

inline constexpr PayloadType kOpus{111};
inline constexpr PayloadType kVp8{96};
inline constexpr PayloadType kRtx{97};
// Header extensions.
inline constexpr uint8_t kMidId = 1;
inline constexpr uint8_t kRidId = 2;
inline constexpr uint8_t kRepairedRidId = 3;
inline constexpr uint8_t kTransportSeqId = 5;
inline constexpr uint8_t kAudioLevelId = 6;

struct StreamConfig {
  MediaKind kind = MediaKind::kAudio;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  TimeDelta frame_interval = TimeDelta::Millis(20);
  uint16_t packets_per_frame = 1;
  uint16_t key_frame_times = 1;  // a key frame is so many times as large
  size_t payload_size = 100;
  double sway = 0;  // frames get larger and smaller over seconds, by about that share of their size
  // Simulcast: named by MID and RID in every packet, with SSRCs that nobody signals.
  uint8_t layer = 0;
  std::string mid;
  std::string rid;

  PayloadType payload_type() const { return kind == MediaKind::kAudio ? kOpus : kVp8; }
  uint32_t clock_rate() const { return kind == MediaKind::kAudio ? 48000 : 90000; }
};

// 50 packets a second of 100 bytes, repaired under its own SSRC.
inline StreamConfig Audio(Ssrc ssrc) { return {.kind = MediaKind::kAudio, .ssrc = ssrc}; }

// 25 frames a second of 4 packets of 1000 bytes: 800 kbit/s; repaired by RTX under the next SSRC.
inline StreamConfig Video(Ssrc ssrc) {
  return {.kind = MediaKind::kVideo,
          .ssrc = ssrc,
          .rtx_ssrc = Ssrc(ssrc.value() + 1),
          .frame_interval = TimeDelta::Millis(40),
          .packets_per_frame = 4,
          .payload_size = 1000};
}

// Three layers of video, the lowest first: 1, 2 and 4 packets for each frame.
inline std::vector<StreamConfig> Simulcast(Ssrc first, const std::string& mid) {
  std::vector<StreamConfig> layers;
  for (uint8_t layer = 0; layer < 3; ++layer) {
    StreamConfig config = Video(Ssrc(first.value() + 2u * layer));
    config.packets_per_frame = static_cast<uint16_t>(1 << layer);
    config.layer = layer;
    config.mid = mid;
    config.rid = std::string(1, static_cast<char>('a' + layer));
    layers.push_back(config);
  }
  return layers;
}

struct SimulcastShape {
  std::vector<DataRate> rates;  // of payload without key frames, at most three, the lowest first
  uint16_t key_frame_times = 1;
  TimeDelta frame_interval = TimeDelta::Millis(40);
  double sway = 0;
};

inline std::vector<StreamConfig> SimulcastOf(Ssrc first, const std::string& mid, const SimulcastShape& shape) {
  const int64_t kMaxPayload = shape.sway > 0 ? 700 : 1100;
  std::vector<StreamConfig> layers = Simulcast(first, mid);
  layers.resize(shape.rates.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].frame_interval = shape.frame_interval;
    layers[i].key_frame_times = shape.key_frame_times;
    layers[i].sway = shape.sway;
    const int64_t frame = (shape.rates[i] * shape.frame_interval).bytes();
    const int64_t packets = (frame + kMaxPayload - 1) / kMaxPayload;
    layers[i].packets_per_frame = static_cast<uint16_t>(packets);
    layers[i].payload_size = static_cast<size_t>(frame / packets);
  }
  return layers;
}

}  // namespace sluice::sim
