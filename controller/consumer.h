// A producer's media on its way to one client, over one transport. Made by Transport::Consume; ends with Close(), with
// its transport, or with its producer. Lifetime and errors: status.h, worker.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controller/dumps.h"
#include "controller/object.h"
#include "controller/rtp_parameters.h"
#include "controller/stats.h"
#include "controller/status.h"
#include "controller/trace_event.h"

namespace sluice::controller {

class Transport;

struct ConsumerLayers {
  uint8_t spatial = 0;
  std::optional<uint8_t> temporal;
  bool operator==(const ConsumerLayers&) const = default;
};

struct ConsumerOptions {
  std::string producer_id;
  RtpCapabilities rtp_capabilities;  // of the client that receives
  bool paused = false;               // make video paused and resume when the client is ready: saves the first key frame
  std::string mid;                   // "": the transport counts from 0
  std::optional<ConsumerLayers> preferred_layers;
  bool ignore_dtx = false;
  std::optional<bool> enable_rtx;  // default: video yes, audio no
  bool pipe = false;               // every stream of the producer as it is
};

struct ConsumerScore {
  uint8_t score = 0;           // of what is sent to this client, 0-10
  uint8_t producer_score = 0;  // of the stream it is made from
  std::vector<uint8_t> producer_scores;
};

struct ConsumerEvents {
  Handler<const ConsumerScore&> score;
  Handler<std::optional<ConsumerLayers>> layers_changed;  // nullopt: nothing is sent
  Handler<> producer_paused;
  Handler<> producer_resumed;
  Handler<const TraceEvent&> trace;
  Handler<std::span<const uint8_t>> rtp;  // on direct transports: a packet, good during the call
  Handler<CloseReason> closed;            // not after Close()
};

class Consumer : public Object {
 public:
  struct Data {
    std::string producer_id;
    MediaKind kind = MediaKind::kAudio;
    RtpType type = RtpType::kSimple;
    RtpParameters rtp_parameters;
    bool paused = false;
    bool producer_paused = false;
    ConsumerScore score;
    std::optional<ConsumerLayers> preferred_layers;
  };
  Consumer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
           std::string transport_id, Data data);  // by Transport
  ~Consumer() override;

  const std::string& producer_id() const { return data_.producer_id; }
  MediaKind kind() const { return data_.kind; }
  RtpType type() const { return data_.type; }
  const RtpParameters& rtp_parameters() const { return data_.rtp_parameters; }  // for the client
  bool paused() const { return data_.paused; }                                  // by Pause()
  bool producer_paused() const { return data_.producer_paused; }
  const ConsumerScore& score() const { return data_.score; }
  uint8_t priority() const { return priority_; }
  const std::optional<ConsumerLayers>& preferred_layers() const { return data_.preferred_layers; }
  const std::optional<ConsumerLayers>& current_layers() const { return current_layers_; }

  void Pause(DoneCallback done);
  void Resume(DoneCallback done);
  void SetPreferredLayers(ConsumerLayers layers, DoneCallback done);
  void SetPriority(uint8_t priority, DoneCallback done);  // 1 (default, least) - 255, when bandwidth is short
  void RequestKeyFrame(DoneCallback done);
  void EnableTraceEvents(std::vector<std::string> types, DoneCallback done);  // "rtp", "keyframe", "nack", "pli", "fir"
  void GetStats(Callback<std::vector<RtpStreamStats>> done);  // the outgoing stream, then the producer's
  void Dump(Callback<ConsumerDump> done);
  void Close() override;

  ConsumerEvents on;

 private:
  friend class PipePair;
  friend class Transport;
  void CloseFor(CloseReason reason);
  void SetPaused(bool paused);
  void SetProducerPaused(bool paused);
  void OnNotification(const fbs::notification::Notification& notification) override;
  void OnParentClosed(CloseReason reason) override;

  std::weak_ptr<Transport> transport_;
  std::string transport_id_;
  Data data_;
  uint8_t priority_ = 1;
  std::optional<ConsumerLayers> current_layers_;
  absl::AnyInvocable<void(bool)> when_paused_;  // for the library itself: media stops, or flows again
};

}  // namespace sluice::controller
