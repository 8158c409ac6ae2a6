// Congestion control of what one transport sends to a peer that tells when packets came (transport-wide feedback, or
// RFC 8888): the estimate (BandwidthController), who waits for whom (Pacer), the division among layers (LayerDivider),
// and what is sent besides for a probe. Audio, RTCP and SCTP never wait and are charged; video waits for its turn as
// references into its producer's store, and is numbered when it leaves.
//
// It writes nothing: the transport asks for what may leave, and tells what left. A peer that promised feedback and tells
// nothing for kPatience is left alone (active() is false) until it does.
//
// Bounds: those of Pacer and SentPacketHistory; nothing is allocated per packet once they have grown. Rates are of the
// line (rtc/cc/network_messages.h). Lifetime: of the transport, whose consumers are removed before they end.
#pragma once

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtc/cc/bandwidth_controller.h"
#include "rtc/cc/circuit_breaker.h"
#include "rtc/cc/pacer.h"
#include "rtc/cc/sent_packet_history.h"
#include "rtc/cc/stream_numbers.h"
#include "rtc/media/consumer.h"
#include "rtc/transport/layer_division.h"
#include "rtc/transport/transport_config.h"

namespace sluice {

class CongestionControl {
 public:
  static constexpr TimeDelta kPatience = TimeDelta::Seconds(2);
  // At first, before anything is known, as much may leave as the first probe asks for.
  static constexpr TimeDelta kStart = TimeDelta::Millis(500);
  // Layers are divided anew so often, and when the estimate falls or reaches what the next step needs.
  static constexpr TimeDelta kDivision = TimeDelta::Seconds(1);
  static constexpr TimeDelta kLeastDivision = TimeDelta::Millis(100);
  // What data takes from video at most.
  static constexpr double kMostData = 0.5;
  static constexpr TimeDelta kDataBurst = TimeDelta::Millis(500);
  // So many, as often as may be, after somebody came: what comes of a stream is known a while after its first packet.
  static constexpr int kHurry = 20;
  // What a packet is larger on the line than its RTP: UDP, IP, and the tag of SRTP.
  static constexpr DataSize kPerPacket = kPacketOverhead + DataSize::Bytes(16);

  CongestionControl(const BitrateSettings& bitrates, Timestamp now);
  void SetBitrates(const BitrateSettings& bitrates);

  bool active() const { return active_; }
  void AddConsumer(Consumer& consumer);
  void RemoveConsumer(const Consumer& consumer);

  // --- what comes ---
  void OnFeedback(const rtcp::TransportFeedback& feedback, Timestamp now);
  void OnFeedback(const rtcp::CongestionFeedback& feedback, Timestamp now);
  void OnRemb(DataRate bitrate, Timestamp now);
  void OnRtt(TimeDelta rtt) { controller_.OnRtt(rtt); }
  // Receiver reports about what is sent.
  void OnReport(const CircuitBreaker::Report& report, Timestamp now) { breaker_.OnReport(report, now); }
  // `sending`: at present. A reason: from now on no video is sent for a while.
  std::optional<CircuitBreaker::Reason> CheckBreaker(bool sending, Timestamp now);

  // --- what left ---
  struct Written {
    Ssrc ssrc;
    SeqNum seq;
    size_t size = 0;  // of the protected packet
  };
  void OnSent(const Written& packet, SeqNum transport_seq, Timestamp now);
  // Audio without numbers, repetitions under a number that was told of before, and RTCP.
  void OnSentUnnumbered(size_t size, Timestamp now);
  // SCTP. It sees to the line by itself; a flood of it is charged with kMostData of the rate, so that video goes on.
  void OnSentData(size_t size, Timestamp now);

  // --- layers ---
  bool DivisionDue(Timestamp now) const;
  // `others`: what is sent besides layers, of the line.
  void Divide(LayerDivider::Consumers consumers, DataRate others, Turn& turn);
  // As soon as may be: somebody left, or wants something else.
  void DivideSoon() { last_division_ = Timestamp::Never(); }
  // And kHurry times: somebody came, or goes on.
  void DivideOften();

  // --- who waits ---
  // False: so much waits that it is lost.
  bool Enqueue(const Consumer& consumer, const Consumer::Chosen& chosen, const StoredPacket& packet, Timestamp now);
  bool MayRepeat() const { return pacer_.MayRepeat(); }
  bool EnqueueAgain(const Consumer& consumer, const OutgoingStream& stream, SeqNum seq, Timestamp now);
  // After Enqueue(), until null: whose packets that waited will all be left out, as there are too many.
  Consumer* TakeCut(Timestamp now);
  struct Leaving {
    Consumer* consumer = nullptr;
    bool again = false;       // else `chosen` is to be written
    bool left_out = false;    // it is not to be sent
    Consumer::Chosen chosen;  // again: `seq` is what is asked for, `source` the consumer's stream
  };
  // What may leave now, until nullopt. To be told of by OnSent().
  std::optional<Leaving> Next(Timestamp now);
  // Nothing waits, and something should leave for a probe.
  bool WantsPadding(Timestamp now) { return probe_ && pacer_.IdleWithBudget(now); }
  // Enough left for it, or there is nothing to send for it.
  void EndProbe(Timestamp now);

  Timestamp deadline() const;
  void OnTimer(Timestamp now);

  BandwidthController::Snapshot snapshot() const { return controller_.snapshot(); }
  uint32_t probes() const { return controller_.probes(); }
  DataRate target() const { return controller_.target(); }
  // At the last division, of the line.
  DataRate wanted() const { return wanted_; }
  DataRate allocated() const { return allocated_; }
  uint32_t circuit_breaks() const { return breaker_.times_tripped(); }
  TimeDelta queue_time() const { return pacer_.QueueTime(); }
  const Pacer& pacer() const { return pacer_; }

 private:
  struct Flows {
    Pacer::FlowId video = 0;
    Pacer::FlowId again = 0;
  };
  struct Flow {
    Consumer* consumer = nullptr;
    bool again = false;
  };

  Pacer::FlowId AddFlow(Consumer& consumer, bool again);
  void Told(const FeedbackReport& report, Timestamp now);
  void AfterUpdate(Timestamp now);
  void GiveUpWhatWaits(Timestamp now);
  DataRate PacingRate(Timestamp now) const;

  BandwidthController controller_;
  SentPacketHistory history_;
  StreamNumbers numbers_;  // of peers that tell by RFC 8888
  Pacer pacer_;
  CircuitBreaker breaker_;
  LayerDivider divider_;
  std::vector<Flow> flows_;  // by id
  absl::flat_hash_map<const Consumer*, Flows> flows_of_;
  bool active_ = true;
  bool told_ = false;        // there was feedback
  bool broken_ = false;      // at the last division
  bool by_streams_ = false;  // somebody tells by RFC 8888
  int hurry_ = 0;            // quick divisions left
  DataRate next_;            // what the target would have to be for the next step up
  DataRate wanted_;
  DataRate allocated_;
  DataRate divided_;  // the lasting target at the last division
  Timestamp last_division_ = Timestamp::Never();
  Timestamp first_sent_ = Timestamp::Never();
  Timestamp last_sent_ = Timestamp::Never();
  std::optional<BandwidthController::Probe> probe_;
  DataSize probe_left_;
  int probe_packets_left_ = 0;
  DataSize data_credit_;  // that may be charged, as of data_credited_
  Timestamp data_credited_;
};

}  // namespace sluice
