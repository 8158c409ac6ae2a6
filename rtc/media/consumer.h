// A Consumer gives one peer one producer's media: it selects which packets go out (layers, key frames, pauses), and
// writes them with SSRC, sequence numbers and timestamps of its own, so that what was left out shows no gap. It answers
// NACKs from the producer's store, and keeps the statistics of its outgoing streams.
//
// It writes into the span that the caller passes and sends nothing: protection and the batch are the transport's.
// Numbers are given when a packet is written, never before; with AES-GCM a number is never written with two contents
// (see OutgoingStream).
//
// A consumer has one outgoing stream; a pipe consumer has one per stream of the producer.
// Lifetime: owned by a transport; its producer outlives it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/cc/layer_allocation.h"
#include "rtc/forward/layer_selector.h"
#include "rtc/media/media_event.h"
#include "rtc/media/outgoing_stream.h"
#include "rtc/media/producer.h"
#include "rtc/media/rtp_parameters.h"

namespace sluice {

struct ConsumerConfig {
  std::string id;
  std::string producer_id;
  MediaKind kind = MediaKind::kAudio;
  RtpType type = RtpType::kSimple;
  RtpParameters rtp_parameters;  // SSRCs, payload types and extension ids that go out
  // What the router knows the producer's streams by, in the producer's order; their SSRCs are the mapped ones.
  std::vector<RtpEncodingParameters> consumable_encodings;
  bool paused = false;
  std::optional<ConsumerLayers> preferred_layers;
  bool ignore_dtx = false;  // Opus: packets without sound (codec::FrameInfo::dtx) do not go out
};

class Consumer {
 public:
  // InvalidArgument, naming the field, when the parameters contradict themselves or the producer. `transport` is only
  // handed back. `first` has the numbers to begin with, one for each outgoing stream (encoding).
  static absl::StatusOr<std::unique_ptr<Consumer>> Create(ConsumerConfig config, Producer& producer,
                                                          Transport& transport, std::span<const FirstNumbers> first);

  const std::string& id() const { return config_.id; }
  const ConsumerConfig& config() const { return config_; }
  MediaKind kind() const { return config_.kind; }
  RtpType type() const { return config_.type; }
  Producer& producer() const { return producer_; }
  Transport& transport() const { return transport_; }
  bool paused() const { return paused_; }
  bool producer_paused() const { return producer_.paused(); }
  // Neither it nor its producer is paused.
  bool active() const { return !paused_ && !producer_.paused(); }
  // Something may go out.
  bool forwards() const { return active() && !starved_; }
  // Payload types that it forwards, mapped ones, without RTX.
  std::vector<PayloadType> SupportedPayloadTypes() const;

  // What was decided of a fresh packet of the producer: to be written, at once or later, in the order of the decisions.
  struct Chosen {
    uint8_t source = 0;  // stream of the producer
    ExtSeqNum seq;       // in its store
    std::optional<Timestamp> captured;
    LayerSelector::Selection selection;

    // Sending of this source begins with this packet.
    bool switched() const { return selection.decision == LayerSelector::Decision::kSwitch; }
    // Something goes out for it.
    bool sends() const { return switched() || selection.decision == LayerSelector::Decision::kForward; }
  };
  // nullopt: it is as if it had never come. An event is appended when the layers that are being forwarded changed.
  std::optional<Chosen> Choose(const Producer::Fresh& fresh, const StoredPacket& packet, MediaEvents& events);
  // Writes it, and returns its size; 0: nothing is to be sent. `leave_out`: it was chosen, but is not to be sent after
  // all; the numbers behind it close up.
  size_t Write(const Chosen& chosen, bool leave_out, const SendStamp& stamp, Timestamp now, std::span<uint8_t> out,
               MediaEvents& events);
  // For want of bandwidth it goes on at the next key frame: what was chosen last will not be written after all, and what
  // left before is not repeated any more.
  void AwaitKeyFrame(MediaEvents& events);
  // Writes what left as `seq` of `stream`, one of its own, once more; see OutgoingStream::WriteAgain().
  OutgoingStream::Again WriteAgain(OutgoingStream& stream, SeqNum seq, OutgoingStream::Reason reason,
                                   const SendStamp& stamp, Timestamp now, std::span<uint8_t> out, MediaEvents& events);
  // The outgoing stream with this media or RTX SSRC, or null.
  OutgoingStream* FindStream(Ssrc ssrc);
  // Outgoing streams, one, or for a pipe one for each of the producer's.
  size_t stream_count() const { return lanes_.size(); }
  OutgoingStream& stream(size_t index) { return lanes_[index].stream; }
  const OutgoingStream& stream(size_t index) const { return lanes_[index].stream; }

  // Streams of the producer that a key frame is needed of, a bit for each, the first's the lowest: to get on, or (for a
  // request of the peer, of `only` one of the streams that it gets) at all.
  uint32_t BlockedOnKeyFramesOf() const;
  uint32_t StreamsWanted(const OutgoingStream* only = nullptr) const;

  // Of a pause an event tells that no layers are being forwarded any more.
  void Pause(MediaEvents& events);
  void Resume() { paused_ = false; }
  void ProducerPaused(MediaEvents& events) { Reset(events); }
  // Clamped into what exists; what is effective is returned by preferred_layers(). Nothing for one stream without
  // layers.
  void SetPreferredLayers(ConsumerLayers layers);
  // No layers above this are sent, for want of bandwidth; nullopt: no limit.
  void SetLimit(std::optional<ConsumerLayers> limit);
  const std::optional<ConsumerLayers>& limit() const { return limit_; }
  // There is no bandwidth even for the lowest layer: nothing goes out. An event tells that no layers are being forwarded.
  void SetStarved(bool starved, MediaEvents& events);
  bool starved() const { return starved_; }
  // For whoever sets the limit: when something was taken from it last.
  void NoteFall(Timestamp now) { fallen_ = now; }
  Timestamp fallen() const { return fallen_; }
  std::optional<ConsumerLayers> preferred_layers() const;
  std::optional<ConsumerLayers> target_layers() const;
  std::optional<ConsumerLayers> current_layers() const;
  // How many layers there are to choose from: one of each where there is no choice.
  struct LayerCount {
    int spatial = 1;
    int temporal = 1;
  };
  LayerCount layer_count() const;
  // What comes of what is sent when these layers are chosen, each packet counted as `per_packet` larger; zero at present:
  // nothing of the highest of them.
  LayerRate RateOfLayers(ConsumerLayers layers, DataSize per_packet, Timestamp now) const;
  void SetPriority(uint8_t priority) { priority_ = priority; }
  uint8_t priority() const { return priority_; }

  void SetTraceKinds(std::vector<TraceKind> kinds) { trace_kinds_ = std::move(kinds); }
  const std::vector<TraceKind>& trace_kinds() const { return trace_kinds_; }
  // A NACK or key frame request of the peer.
  void Trace(TraceKind kind, Ssrc ssrc, Timestamp now, MediaEvents& events) const;

  // To be called about once a second, and when the producer's score changed: an event when the score changed.
  void UpdateScore(MediaEvents& events);
  ConsumerScore Score() const;

 private:
  // An outgoing stream and the choice of what goes into it.
  struct Lane {
    LayerSelector selector;
    OutgoingStream stream;
    uint32_t generation = 0;  // of the source being forwarded
  };

  Consumer(ConsumerConfig config, Producer& producer, Transport& transport);
  absl::Status AddLanes(std::span<const FirstNumbers> first);
  bool HasLayers() const { return type() == RtpType::kSimulcast || type() == RtpType::kSvc; }
  void Reset(MediaEvents& events);
  bool Traces(TraceKind kind) const;
  // `written`: the packet as it leaves, before protection.
  void TracePacket(const codec::FrameInfo& frame, bool is_rtx, std::span<const uint8_t> written, Timestamp now,
                   MediaEvents& events) const;
  void ForgetSilentStreams();
  void ReportLayers(MediaEvents& events);
  void FillScore(ConsumerScore& score) const;

  const ConsumerConfig config_;
  Producer& producer_;
  Transport& transport_;
  bool paused_;
  bool starved_ = false;
  uint8_t priority_ = 1;
  std::vector<Lane> lanes_;
  std::array<bool, 128> supported_{};  // by mapped payload type
  std::vector<TraceKind> trace_kinds_;
  std::optional<ConsumerLayers> limit_;
  Timestamp fallen_ = Timestamp::Never();
  std::optional<ConsumerLayers> reported_layers_;
  ConsumerScore reported_score_;
  ConsumerScore newest_score_;  // kept for its memory
};

}  // namespace sluice
