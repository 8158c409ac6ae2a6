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
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/media/media_event.h"
#include "rtc/media/producer_stream.h"
#include "rtc/media/rtp_parameters.h"
#include "rtc/media/rtp_stream_stats.h"
#include "rtc/rtp/packet_view.h"

namespace sluice {

class Consumer;
class Transport;

struct ProducerConfig {
  std::string id;
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters;
  RtpMapping rtp_mapping;
  bool paused = false;
  TimeDelta key_frame_request_delay = TimeDelta::Zero();  // the least time between two requests, at least 1 s if set
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
  // A packet that this turn brought, in the order of arrival: which stream, and its number in that stream's store.
  struct Fresh {
    uint8_t stream = 0;
    ExtSeqNum seq;
  };

  // InvalidArgument (naming the field) when the parameters contradict themselves.
  static absl::StatusOr<std::unique_ptr<Producer>> Create(ProducerConfig config, Transport& transport, PacketPool& pool);

  const std::string& id() const { return config_.id; }
  const ProducerConfig& config() const { return config_; }
  MediaKind kind() const { return config_.kind; }
  RtpType type() const { return type_; }
  bool paused() const { return paused_; }
  Transport& transport() const { return transport_; }
  std::span<ProducerStream> streams() { return streams_; }
  std::span<const ProducerStream> streams() const { return streams_; }
  std::vector<Link>& links() { return links_; }

  // Takes a packet of stream `stream` (or of its RTX stream). True when something is to be forwarded: fresh() grew.
  bool OnRtp(size_t stream, bool is_rtx, const rtp::PacketView& packet, Timestamp arrival, MediaEvents& events);
  void OnSenderReport(size_t stream, const rtcp::SenderReport& report, Timestamp arrival, MediaEvents& events);

  // Packets since the last ClearFresh(); empty while paused.
  std::span<const Fresh> fresh() const { return fresh_; }
  void ClearFresh() { fresh_.clear(); }

  // What the stream wants of its peer now: a NACK list (appended), a key frame. RTT is the transport's estimate.
  Timestamp NextDeadline() const;

  void Pause();
  // A key frame is wanted of every stream afterwards.
  void Resume(Timestamp now);
  void SetTraceKinds(std::vector<TraceKind> kinds) { trace_kinds_ = std::move(kinds); }
  const std::vector<TraceKind>& trace_kinds() const { return trace_kinds_; }
  bool Traces(TraceKind kind) const;

  // Recomputes the scores; appends an event when one changed.
  void UpdateScores(Timestamp now, MediaEvents& events);
  std::vector<ProducerScoreChanged::Stream> Scores() const;

 private:
  Producer(ProducerConfig config, Transport& transport);

  ProducerConfig config_;
  RtpType type_ = RtpType::kSimple;
  Transport& transport_;
  bool paused_ = false;
  std::vector<ProducerStream> streams_;
  std::vector<Link> links_;
  std::vector<Fresh> fresh_;
  std::vector<TraceKind> trace_kinds_;
  std::vector<uint8_t> last_scores_;
  std::optional<uint8_t> last_orientation_;
};

}  // namespace sluice
