// A source of media inside a router: what one client sends over one transport. Made by Transport::Produce; ends with
// Close(), or with its transport. Lifetime and errors: status.h, worker.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controller/consumer.h"
#include "controller/dumps.h"
#include "controller/object.h"
#include "controller/rtp_parameters.h"
#include "controller/stats.h"
#include "controller/status.h"
#include "controller/trace_event.h"

namespace sluice::controller {

class Transport;

struct ProducerOptions {
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters;
  bool paused = false;
  uint32_t key_frame_request_delay = 0;  // ms; 0: key frames are asked for at once
  std::string id;                        // "": a random one
  // Consumers get a number with each packet by which they can tell losses on the way to them from the producer's own.
  bool enable_packet_id_extension = false;
};

struct ProducerScore {
  uint32_t encoding_index = 0;
  uint32_t ssrc = 0;
  std::string rid;
  uint8_t score = 0;  // 0 (nothing arrives) - 10 (perfect)
};

struct VideoOrientation {
  bool camera = false;
  bool flip = false;
  uint16_t rotation = 0;  // degrees clockwise
};

struct ProducerEvents {
  Handler<const std::vector<ProducerScore>&> score;
  Handler<VideoOrientation> video_orientation;
  Handler<const TraceEvent&> trace;
  // After WatchWantedLayers(): what is highest of all that consumers want; none: nobody wants anything. More is told at
  // once, less only when it was so for 5 s.
  Handler<std::optional<ConsumerLayers>> wanted_layers;
  Handler<CloseReason> closed;  // not after Close()
};

class Producer : public Object {
 public:
  struct Data {
    MediaKind kind = MediaKind::kAudio;
    RtpType type = RtpType::kSimple;
    RtpParameters rtp_parameters;
    RtpParameters consumable_rtp_parameters;
    bool paused = false;
  };
  Producer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
           std::string transport_id, Data data);  // by Transport
  ~Producer() override;

  MediaKind kind() const { return data_.kind; }
  RtpType type() const { return data_.type; }
  const RtpParameters& rtp_parameters() const { return data_.rtp_parameters; }
  // What consumers are made from: the router's payload types, mapped SSRCs.
  const RtpParameters& consumable_rtp_parameters() const { return data_.consumable_rtp_parameters; }
  bool paused() const { return data_.paused; }
  const std::vector<ProducerScore>& score() const { return score_; }

  void Pause(DoneCallback done);
  void Resume(DoneCallback done);
  void EnableTraceEvents(std::vector<std::string> types, DoneCallback done);  // "rtp", "keyframe", "nack", "pli", ...
  // on.wanted_layers tells from now on. At first everything is taken to be wanted.
  void WatchWantedLayers(DoneCallback done);
  void GetStats(Callback<std::vector<RtpStreamStats>> done);
  void Dump(Callback<ProducerDump> done);
  // An RTP packet into a producer on a direct transport; others take none. Errors: Object::Notify.
  absl::Status Send(std::span<const uint8_t> rtp_packet);
  void Close() override;

  ProducerEvents on;

 private:
  friend class PipePair;
  friend class Transport;
  void CloseFor(CloseReason reason);
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;

  std::weak_ptr<Transport> transport_;
  std::string transport_id_;
  Data data_;
  std::vector<ProducerScore> score_;
};

}  // namespace sluice::controller
