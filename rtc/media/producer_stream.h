// One incoming RTP stream of a producer (one simulcast encoding): its statistics, NACKs, RTX recovery, key frame
// requests, capture time, and the store that consumers forward and repeat from.
//
// Numbers in the store only ever rise, also when the sender begins anew or comes back under another SSRC: then they go
// on at least 65536 higher and generation() changes, and whoever forwards treats it as another source.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/units.h"
#include "rtc/cc/layer_allocation.h"
#include "rtc/codec/media_codec.h"
#include "rtc/media/key_frame_requester.h"
#include "rtc/media/rtp_parameters.h"
#include "rtc/media/rtp_stream_stats.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/rtp/header_extension.h"
#include "rtc/rtp/header_extension_values.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/stream/capture_clock.h"
#include "rtc/stream/nack_generator.h"
#include "rtc/stream/packet_ring.h"
#include "rtc/stream/receive_stream.h"
#include "rtc/stream/rtx_payload_types.h"

namespace sluice {

// What all streams of a producer share: how its payload types and extension ids read.
struct ProducerFormat {
  struct Payload {
    bool known = false;
    PayloadType mapped;
    codec::MediaCodec codec = codec::MediaCodec::kOther;
  };
  std::array<Payload, 128> payloads;  // by payload type, RTX not among them
  RtxPayloadTypes rtx;
  rtp::ExtensionMap extensions;
};

class ProducerStream {
 public:
  // `capture_clock` is shared by all streams of one CNAME and outlives this. Where the sender dates its packets
  // (abs-capture-time) before its first report, they feed it.
  ProducerStream(RtpStreamParameters params, MediaKind kind, TimeDelta key_frame_request_delay,
                 CaptureClock& capture_clock, PacketPool& pool);

  struct Received {
    const StoredPacket* stored = nullptr;  // null: nothing to forward
    std::optional<Timestamp> captured;     // on our clock, once a sender report or 5 s came
  };
  // A packet of this stream or of its RTX stream. What is to be asked for is kept for TakeNacks() and
  // wants_key_frame().
  Received OnRtp(const ProducerFormat& format, const rtp::PacketView& packet, Timestamp arrival);
  Received OnRtx(const ProducerFormat& format, const rtp::PacketView& packet, Timestamp arrival);
  // Packets that came before, and whose descriptors could be read only after the one just taken: to be forwarded now, in
  // this order. The span is good until the next packet.
  std::span<const ExtSeqNum> read_late() const { return read_late_; }
  void OnSenderReport(const rtcp::SenderReport& report, Timestamp arrival);

  void OnTimer(Timestamp now);
  Timestamp NextDeadline() const;

  // Numbers to ask for, ascending; empty when there are none. The span is good until the next call.
  std::span<const SeqNum> TakeNacks();
  // A consumer (or the loss of too much) wants a key frame.
  void WishKeyFrame(KeyFrameRequester::Kind kind, Timestamp now) { key_frame_due_ |= key_frames_.Wish(kind, now); }
  // What to send now, once; nothing for a sender that takes neither.
  enum class KeyFrameRequest : uint8_t { kNone, kPli, kFir };
  KeyFrameRequest TakeKeyFrameRequest();
  // While a producer is paused nothing is asked for.
  void Pause();

  const RtpStreamParameters& params() const { return params_; }
  std::optional<Ssrc> ssrc() const { return receive_ ? std::optional(receive_->ssrc()) : std::nullopt; }
  uint32_t generation() const { return generation_; }
  const PacketRing& ring() const { return ring_; }
  // The newest of its dependency descriptors; null where there are none.
  const codec::DependencyStructure* structure() const { return dependencies_.structure(); }
  ReceiveStream* receive() { return receive_ ? &*receive_ : nullptr; }
  const ReceiveStream* receive() const { return receive_ ? &*receive_ : nullptr; }
  uint8_t score() const { return receive_ ? receive_->score() : 0; }
  uint64_t key_frames() const { return key_frame_count_; }

  // Of the layers up to these, each packet counted as `per_packet` larger. Zero while none of the highest spatial one
  // comes.
  LayerRate RateOfLayers(int spatial, int temporal, DataSize per_packet, Timestamp now) const;
  RtpStreamStats Stats(Timestamp now) const;

 private:
  static constexpr size_t kMaxLayers = 16;  // whose rates are told apart
  static constexpr TimeDelta kUsual = TimeDelta::Seconds(5);
  struct LayerCounter {
    uint8_t spatial = 0;
    uint8_t temporal = 0;
    RateCounter now;
    RateCounter usual{kUsual};

    void Add(size_t size, Timestamp arrival) {
      now.Add(size, arrival);
      usual.Add(size, arrival);
    }
  };
  void CountLayer(const codec::FrameInfo& frame, size_t size, Timestamp arrival);
  void EnsureReceive(Ssrc ssrc);
  void BeginAnew();
  void ReadDescriptorsAfter(ExtSeqNum seq);
  std::span<const uint8_t> Redate(std::span<const uint8_t> abs_capture_time, uint32_t rtp_timestamp, Timestamp arrival,
                                  std::span<uint8_t, rtp::AbsCaptureTime::kMaxSize> out);
  Received Store(const ProducerFormat& format, const ProducerFormat::Payload& payload, const rtp::PacketView& packet,
                 const ReceiveStream::Result& result, Timestamp arrival);

  RtpStreamParameters params_;
  MediaKind kind_;
  CaptureClock& capture_clock_;
  RtpClock rtp_clock_;
  std::optional<ReceiveStream> receive_;  // from the first packet on
  int64_t seq_offset_ = 0;                // keeps numbers rising over changes of SSRC
  uint32_t generation_ = 0;
  codec::DependencyReader dependencies_;
  std::vector<ExtSeqNum> read_late_;
  PacketRing ring_;
  NackGenerator nack_;
  KeyFrameRequester key_frames_;
  std::vector<SeqNum> ask_;
  std::vector<SeqNum> taken_;
  bool key_frame_due_ = false;
  uint64_t nack_count_ = 0;
  uint64_t nack_packet_count_ = 0;
  uint64_t pli_count_ = 0;
  uint64_t fir_count_ = 0;
  uint64_t discarded_ = 0;
  uint64_t rtx_discarded_ = 0;
  uint64_t key_frame_count_ = 0;
  std::vector<LayerCounter> layer_rates_;  // at most kMaxLayers
};

}  // namespace sluice
