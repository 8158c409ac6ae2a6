// A Producer is one media source of a peer: 1..N incoming RTP streams (simulcast encodings), each with its statistics,
// loss recovery and packet store. It takes parsed, unprotected packets and makes of them what consumers forward; it
// asks its peer for retransmissions and key frames by way of the RTCP blocks that the transport fetches.
//
// It does not send anything itself, does not know consumers (it only keeps their links for whoever fans out), and never
// changes a packet.
//
// Streams are found by SSRC when it was signalled, else by RID or MID: the transport's demultiplexer binds them.
// Bounds: at most kMaxEncodings streams; the stores are bounded by PacketRing.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/roster.h"
#include "rtc/base/units.h"
#include "rtc/media/media_event.h"
#include "rtc/media/producer_stream.h"
#include "rtc/media/rtp_parameters.h"
#include "rtc/media/wanted_layers.h"
#include "rtc/rtp/packet_view.h"

namespace sluice {

class AudioLevelTap;
class Consumer;
class Transport;

struct ProducerConfig {
  std::string id;
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters;
  RtpMapping rtp_mapping;  // one encoding for each of rtp_parameters, in the same order
  bool paused = false;
  TimeDelta key_frame_request_delay = TimeDelta::Zero();  // the least time between two requests; zero: the default
};

class Producer {
 public:
  static constexpr size_t kMaxEncodings = 8;

  // A consumer of this producer and the transport it sends over. Kept in order of creation by the router, which takes
  // a link out before either end goes away.
  struct Link {
    Consumer* consumer = nullptr;
    Transport* transport = nullptr;
  };
  // A packet that this turn brought: its stream, its number in that stream's store, and when it was captured.
  struct Fresh {
    uint8_t stream = 0;
    ExtSeqNum seq;
    std::optional<Timestamp> captured;
  };

  // InvalidArgument, naming the field, when the parameters contradict themselves. `transport` is only handed back.
  static absl::StatusOr<std::unique_ptr<Producer>> Create(ProducerConfig config, Transport& transport,
                                                          CaptureClock& capture_clock, PacketPool& pool);
  ~Producer();

  const std::string& id() const { return config_.id; }
  const ProducerConfig& config() const { return config_; }
  MediaKind kind() const { return config_.kind; }
  RtpType type() const { return type_; }
  bool paused() const { return paused_; }
  Transport& transport() const { return transport_; }
  std::span<ProducerStream> streams() { return streams_; }
  std::span<const ProducerStream> streams() const { return streams_; }
  using Links = Roster<Consumer, Link>;
  Links& links() { return links_; }
  const Links& links() const { return links_; }
  // Who listens to its audio levels; kept by the taps themselves.
  std::vector<AudioLevelTap*>& audio_level_taps() { return audio_level_taps_; }

  // Takes a packet of stream `stream`, or of its RTX stream. True when it is the first of this turn to be forwarded.
  bool OnRtp(size_t stream, bool is_rtx, const rtp::PacketView& packet, Timestamp arrival, MediaEvents& events);

  // Packets since the last ClearFresh(); none while paused. At most what a turn brings.
  std::span<const Fresh> fresh() const { return fresh_; }
  void ClearFresh() { fresh_.clear(); }

  void OnTimer(Timestamp now);
  Timestamp NextDeadline() const;

  void Pause();
  void Resume() { paused_ = false; }

  void SetTraceKinds(std::vector<TraceKind> kinds) { trace_kinds_ = std::move(kinds); }
  const std::vector<TraceKind>& trace_kinds() const { return trace_kinds_; }
  // A NACK or key frame request that was sent, and a sender report that came.
  void Trace(TraceKind kind, Ssrc ssrc, Timestamp now, MediaEvents& events) const;
  void TraceReport(const rtcp::SenderReport& report, Timestamp now, MediaEvents& events) const;

  // To be called about once a second. Recomputes the scores; true, and an event, when one changed.
  bool UpdateScores(Timestamp now, MediaEvents& events);
  std::vector<ProducerScoreChanged::Stream> Scores() const;

  // From now on an event tells when the highest layers that its consumers want have changed.
  void WatchWantedLayers();
  // To be called when they may have, and about once a second.
  void UpdateWantedLayers(Timestamp now, MediaEvents& events);

 private:
  Producer(ProducerConfig config, Transport& transport);
  absl::Status AddStreams(CaptureClock& capture_clock, PacketPool& pool);
  bool Traces(TraceKind kind) const;
  void TracePacket(const rtp::PacketView& packet, const ProducerStream& source, bool is_rtx, const StoredPacket& stored,
                   Timestamp now, MediaEvents& events) const;
  void WatchOrientation(const StoredPacket& packet, MediaEvents& events);
  void NoteAudioLevel(const StoredPacket& packet);
  bool ScoresChanged() const;

  const ProducerConfig config_;
  RtpType type_ = RtpType::kSimple;
  Transport& transport_;
  bool paused_;
  ProducerFormat format_;
  std::vector<ProducerStream> streams_;
  Links links_;
  std::vector<AudioLevelTap*> audio_level_taps_;
  std::vector<Fresh> fresh_;
  std::vector<TraceKind> trace_kinds_;
  std::vector<ProducerScoreChanged::Stream> last_scores_;
  std::optional<uint8_t> orientation_;
  std::optional<WantedLayers> wanted_layers_;  // while they are watched
};

}  // namespace sluice
