// One synthetic RTP stream, as its sender makes it and its receiver expects it.
#pragma once

#include <cstddef>
#include <optional>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice::sim {

inline constexpr PayloadType kOpus{111};
inline constexpr PayloadType kVp8{96};
inline constexpr PayloadType kRtx{97};
inline constexpr uint8_t kTransportSeqId = 5;  // header extension

struct StreamConfig {
  MediaKind kind = MediaKind::kAudio;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  TimeDelta frame_interval = TimeDelta::Millis(20);
  uint16_t packets_per_frame = 1;
  size_t payload_size = 100;

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

}  // namespace sluice::sim
