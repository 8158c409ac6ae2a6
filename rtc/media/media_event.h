// What producers, consumers and observers have to tell the controller. Appended to a list that the caller passes; the caller sends
// them at the end of the turn. Ids are copied: the object may be gone by then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rtc/base/units.h"
#include "rtc/media/rtp_parameters.h"
#include "rtc/rtcp/ntp_time.h"

namespace sluice {

struct ProducerScoreChanged {
  struct Stream {
    uint32_t encoding_idx = 0;
    Ssrc ssrc;
    std::string rid;
    uint8_t score = 0;  // 0 (nothing arrives) to 10
    bool operator==(const Stream&) const = default;
  };
  std::string producer_id;
  std::vector<Stream> streams;
};

struct VideoOrientationChanged {
  std::string producer_id;
  bool camera = false;
  bool flip = false;
  uint16_t rotation = 0;  // degrees, clockwise: 0, 90, 180, 270
};

// What is highest of all that its consumers want; only told where it was asked for (Producer::WatchWantedLayers).
struct WantedLayersChanged {
  std::string producer_id;
  std::optional<ConsumerLayers> layers;  // none: nobody wants anything
};

struct ConsumerScore {
  uint8_t score = 10;           // of the outgoing stream, by the receiver's reports
  uint8_t producer_score = 10;  // of the producer's stream that is being forwarded
  std::vector<uint8_t> producer_scores;
  bool operator==(const ConsumerScore&) const = default;
};

struct ConsumerScoreChanged {
  std::string consumer_id;
  ConsumerScore score;
};

struct ConsumerLayersChanged {
  std::string consumer_id;
  std::optional<ConsumerLayers> layers;  // none: nothing is forwarded
};

struct ConsumerProducerPaused {
  std::string consumer_id;
};
struct ConsumerProducerResumed {
  std::string consumer_id;
};
struct ConsumerProducerClosed {
  std::string consumer_id;  // the consumer is gone as well
};

// Trace events are asked for by the controller, per object and kind.
enum class TraceKind : uint8_t { kRtp, kKeyFrame, kNack, kPli, kFir, kSr };

// What a trace shows of one packet (kRtp, kKeyFrame).
struct TracedPacket {
  Ssrc ssrc;
  PayloadType payload_type;
  SeqNum seq;
  uint32_t timestamp = 0;
  bool marker = false;
  bool key_frame = false;
  bool is_rtx = false;        // incoming: it came by RTX and is shown as what it repairs; outgoing: as it leaves
  uint32_t size = 0;          // bytes, header included
  uint32_t payload_size = 0;  // bytes
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  std::string mid;
  std::string rid;
  std::string repaired_rid;
  std::optional<uint16_t> transport_seq;
};

// And of a sender report (kSr).
struct TracedReport {
  rtcp::NtpTime ntp;
  uint32_t rtp_timestamp = 0;
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;
};

struct MediaTrace {
  std::string object_id;
  bool is_producer = false;
  TraceKind kind = TraceKind::kRtp;
  bool incoming = false;
  Timestamp at;
  Ssrc ssrc;  // of the stream
  std::variant<std::monostate, TracedPacket, TracedReport> info;
};

// Who is loud, the loudest first.
struct AudioVolumes {
  struct Volume {
    std::string producer_id;
    int8_t volume = -127;  // dBov, -127 (silence) to 0
    bool operator==(const Volume&) const = default;
  };
  std::string observer_id;
  std::vector<Volume> volumes;
};
// Nobody is loud any more.
struct AudioSilence {
  std::string observer_id;
};
struct DominantSpeakerChanged {
  std::string observer_id;
  std::string producer_id;
};

using MediaEvent =
    std::variant<ProducerScoreChanged, VideoOrientationChanged, WantedLayersChanged, ConsumerScoreChanged,
                 ConsumerLayersChanged, ConsumerProducerPaused, ConsumerProducerResumed, ConsumerProducerClosed,
                 MediaTrace, AudioVolumes, AudioSilence, DominantSpeakerChanged>;
using MediaEvents = std::vector<MediaEvent>;

}  // namespace sluice
