// One outgoing RTP stream of a consumer: gives a source's packets numbers, timestamps and descriptor values that are
// continuous for the receiver, writes them, writes them again when asked, and counts.
//
// Everything is decided when a packet is written and kept in the RetransmissionPlan; without RTX a repetition is the
// identical bytes (an SRTP index must not carry two contents), with RTX (RFC 4588) it is a packet of the RTX stream.
// Does not choose what is sent and does not send.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rtc/base/ids.h"
#include "rtc/base/rng.h"
#include "rtc/base/units.h"
#include "rtc/forward/codec_rewriter.h"
#include "rtc/forward/layer_selector.h"
#include "rtc/forward/sequence_mapper.h"
#include "rtc/forward/timestamp_mapper.h"
#include "rtc/forward/wrapping_counter.h"
#include "rtc/media/producer.h"
#include "rtc/media/rtp_stream_stats.h"
#include "rtc/rtp/header_extension.h"
#include "rtc/stream/packet_ring.h"
#include "rtc/stream/retransmission_plan.h"
#include "rtc/stream/rtx_payload_types.h"
#include "rtc/stream/send_stream.h"

namespace sluice {

// What a transport puts into every packet at the moment it leaves.
struct SendStamp {
  uint32_t abs_send_time = 0;  // 24 bits, 6.18 s
  SeqNum transport_seq;
};

// As the values of header extensions.
struct SendStampBytes {
  explicit SendStampBytes(const SendStamp& stamp);
  std::array<uint8_t, 3> abs_send_time;
  std::array<uint8_t, 2> transport_seq;
};

// The next free number of a media SSRC and of its RTX SSRC: where an SSRC that was used before goes on.
struct FirstNumbers {
  ExtSeqNum media;
  ExtSeqNum rtx;
};

class OutgoingStream {
 public:
  struct Config {
    RtpStreamParameters params;
    MediaKind kind = MediaKind::kAudio;
    std::string mid;
    rtp::ExtensionMap extensions;
    std::array<uint8_t, 128> rtx_payload_types{};  // by media payload type; 0: none
    codec::MediaCodec codec = codec::MediaCodec::kOther;
    FirstNumbers first;
  };
  static constexpr TimeDelta kKeyFrameRequestInterval = TimeDelta::Millis(500);

  explicit OutgoingStream(Config config);

  // The next packet comes from another source (or the same after a pause or a new beginning).
  void SwitchSource();
  // A packet of the producer's stream `source`, and what was decided of it.
  struct Item {
    uint8_t source = 0;
    const StoredPacket& packet;
    std::optional<Timestamp> captured;
    LayerSelector::Selection selection;
  };
  // It is left out on purpose. When a place was kept for it, since it came late, what fills that is written: a packet of
  // padding, so that the receiver does not wait. Else 0.
  size_t Drop(const Item& item, const SendStamp& stamp, Timestamp now, std::span<uint8_t> out);
  // Writes it. 0: not to be sent (too late, or does not fit).
  size_t Write(const Item& item, const SendStamp& stamp, Timestamp now, std::span<uint8_t> out);
  // What left so far is of no use to its receiver, who goes on at the next key frame: nothing of it is repeated any more.
  void Abandon() { repeated_from_ = sequence_.next(); }
  // A NACK asks for `seq`. False: it is not known (any more), is of no use, or was answered less than a round trip ago.
  bool TakeAgain(SeqNum seq, Timestamp now);
  struct Again {
    size_t size = 0;  // 0: not known (any more)
    bool by_rtx = false;
    const StoredPacket* packet = nullptr;  // what it was made from; null for padding
  };
  // Writes what left as `seq` once more, since it was asked for or to fill a probe. `sources` are the producer's streams.
  enum class Reason : bool { kAsked, kProbe };
  Again WriteAgain(SeqNum seq, Reason reason, std::span<const ProducerStream> sources, const SendStamp& stamp,
                   std::span<uint8_t> out);

  // Of the packets that Write() made.
  bool needs_transport_seq() const { return config_.extensions.Has(rtp::HeaderExtension::kTransportWideCc); }
  // Its receiver tells of each packet when it came: by those numbers, or by its own (RFC 8888).
  bool has_feedback() const {
    return (needs_transport_seq() && config_.params.use_transport_cc) || config_.params.use_ccfb;
  }
  bool has_rtx() const { return config_.params.rtx_ssrc.has_value(); }
  const rtp::ExtensionMap& extensions() const { return config_.extensions; }
  // What left `back` packets before the newest; nullopt: nothing did.
  std::optional<SeqNum> Recent(uint32_t back) const;
  FirstNumbers next_numbers() const { return {.media = sequence_.next(), .rtx = rtx_next_}; }

  const RtpStreamParameters& params() const { return config_.params; }
  SendStream& send() { return send_; }
  const SendStream& send() const { return send_; }

  uint8_t score() const { return send_.score(); }
  // A receiver that asks for key frames without end is heard twice a second.
  bool MayAskForKeyFrame(Timestamp now) {
    if (!last_key_frame_request_.IsNever() && now - last_key_frame_request_ < kKeyFrameRequestInterval) return false;
    last_key_frame_request_ = now;
    return true;
  }
  void CountNack(size_t packets) { ++nack_count_, send_.OnNacked(packets); }
  void CountPli() { ++pli_count_; }
  void CountFir() { ++fir_count_; }
  RtpStreamStats Stats(Timestamp now) const;

 private:
  struct Wire {
    PayloadType payload_type;
    SeqNum seq;
    Ssrc ssrc;
    std::optional<SeqNum> original;  // set: an RTX packet
  };
  struct LeftOut {
    ExtSeqNum seq;
    uint32_t timestamp = 0;
    uint8_t spatial_layer = 0;
  };
  bool IsAbandoned(SeqNum seq) const;
  void CloseGapInFrame(const StoredPacket& packet);
  size_t WritePacket(const Wire& wire, const PlannedPacket& plan, const StoredPacket& packet, const SendStamp& stamp,
                     std::span<uint8_t> out) const;
  size_t WritePadding(const Wire& wire, const PlannedPacket& plan, const SendStamp& stamp,
                      std::span<uint8_t> out) const;

  Config config_;
  SequenceMapper sequence_;
  std::optional<ExtSeqNum> repeated_from_;  // none before it
  TimestampMapper timestamp_;
  CodecRewriter codec_;
  WrappingCounter frame_numbers_;  // of dependency descriptors
  std::optional<LeftOut> last_left_out_;
  RetransmissionPlan plan_;
  SendStream send_;
  ExtSeqNum rtx_next_;
  Timestamp last_key_frame_request_;
  uint64_t nack_count_ = 0;
  uint64_t repaired_ = 0;  // packets that were sent again at least once
  uint64_t pli_count_ = 0;
  uint64_t fir_count_ = 0;
};

}  // namespace sluice
