// A Transport carries the packets of one peer. WebRTC, plain, pipe and direct transports are this one class, composed of
// a path policy (ICE, a tuple that is given or learnt, or none), a protection (DTLS-SRTP, SRTP with given keys, or none)
// and what all share: demultiplexing, producers, consumers, RTCP, feedback. A direct transport's peer is the controller:
// what it sends goes to turn.outbox.direct.
//
// It opens no socket and reads no clock: datagrams, times and the batch for outgoing datagrams come with each call.
// Events go to turn.outbox. Packets for other transports are only announced (turn.ready); FanOut() forwards them.
//
// Lifetime: owned by a Router. Producers and consumers are owned by the transport but linked by the router, which must
// create and remove them. Errors of requests are absl::Status with the field named; peer bytes never produce one.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/base/roster.h"
#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"
#include "rtc/net/path.h"
#include "rtc/rtcp/bye.h"
#include "rtc/rtcp/extended_report.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/sender_report.h"
#include "rtc/sctp/sctp_association.h"
#include "rtc/sctp/sctp_stack.h"
#include "rtc/transport/congestion_control.h"
#include "rtc/transport/data_endpoints.h"
#include "rtc/transport/drop_reason.h"
#include "rtc/transport/layer_limiter.h"
#include "rtc/transport/path_policy.h"
#include "rtc/transport/probation.h"
#include "rtc/transport/protection.h"
#include "rtc/transport/rtcp_reporter.h"
#include "rtc/transport/rtp_demuxer.h"
#include "rtc/transport/ssrc_book.h"
#include "rtc/transport/transport_config.h"
#include "rtc/transport/transport_stats.h"
#include "rtc/transport/turn.h"

namespace sluice {

class Transport {
 public:
  // What a transport uses of its surroundings. All outlive it.
  struct Env {
    DtlsContext& dtls;
    PacketPool& pool;
    Rng& rng;
    TimeDelta wall_offset;      // Unix time minus the monotonic clock
    SctpStack* sctp = nullptr;  // null: no transport has SCTP
  };

  static std::unique_ptr<Transport> CreateWebRtc(WebRtcTransportConfig config, const Env& env, Timestamp now);
  static std::unique_ptr<Transport> CreatePlain(PlainTransportConfig config, const Env& env, Timestamp now);
  static std::unique_ptr<Transport> CreateDirect(DirectTransportConfig config, const Env& env, Timestamp now);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  const std::string& id() const { return id_; }
  bool is_webrtc() const { return path_.ice() != nullptr; }

  // --- datagrams and time ---
  // `bytes` is decrypted in place. `arrival` is when the kernel got it, on the same clock as turn.now.
  void HandleDatagram(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  // Direct transports: an RTP packet for one of its producers, and RTCP about what it sends and gets.
  void HandleDirectRtp(const Producer& producer, std::span<const uint8_t> bytes, Turn& turn);
  void HandleDirectRtcp(std::span<const uint8_t> compound, Turn& turn);
  // The local end of a connection-oriented path went away.
  void HandlePathClosed(const Path& path, Turn& turn);
  Timestamp NextDeadline() const;
  void OnTimer(Turn& turn);
  // Sends what is owed at the end (DTLS close_notify) and reports every path as removed. Nothing may be called after.
  void Close(Turn& turn);

  // --- requests ---
  // WebRTC: the peer's DTLS role and fingerprints, once. Returns our role.
  absl::StatusOr<DtlsRole> Connect(const WebRtcConnectParameters& remote, Turn& turn);
  // Plain: the peer's address (unless comedia) and SRTP key (when SRTP is on), once.
  absl::Status Connect(const PlainConnectParameters& remote, Turn& turn);
  // WebRTC: new credentials; the old ones work until the first check with the new.
  absl::StatusOr<IceCredentials> RestartIce();
  void SetMaxIncomingBitrate(DataRate rate);  // zero: no limit
  void SetMaxOutgoingBitrate(DataRate rate);
  void SetMinOutgoingBitrate(DataRate rate);
  const BitrateSettings& bitrates() const { return bitrates_; }
  void SetTraces(bool bandwidth, bool probation) { traces_bandwidth_ = bandwidth, traces_probation_ = probation; }

  // --- media, called by the router ---
  // InvalidArgument or AlreadyExists, naming the field; then nothing has changed.
  absl::StatusOr<Producer*> AddProducer(ProducerConfig config);
  void RemoveProducer(Producer& producer);
  absl::StatusOr<Consumer*> AddConsumer(ConsumerConfig config, Producer& producer, Timestamp now);
  void RemoveConsumer(Consumer& consumer, Turn& turn);
  // What its consumers may get is to be divided anew, when its time comes (turn.moved): somebody wants something else, or
  // (`goes_on`) what was paused comes again.
  void DivideSoon(bool goes_on, Turn& turn);
  std::span<const std::unique_ptr<Producer>> producers() const { return producers_; }
  using Consumers = Roster<Consumer, std::unique_ptr<Consumer>>;
  const Consumers& consumers() const { return consumers_; }

  // Forwards the fresh packets of its producer to a consumer: select, number, write and protect, into the batch.
  void Forward(Consumer& consumer, std::span<const Producer::Fresh> fresh, Turn& turn);
  // Asks the peer for a key frame of one stream of a producer of this transport, unless one was asked for just now.
  void RequestKeyFrame(Producer& producer, size_t stream, KeyFrameRequester::Kind kind, Turn& turn);
  // Media can leave: it is known where to, and keys are there.
  bool IsConnected() const { return path_.is_direct() || (path_.rtp() && protection_.ready()); }

  // --- data, called by the router ---
  // As the above.
  absl::StatusOr<DataProducer*> AddDataProducer(DataProducerConfig config);
  void RemoveDataProducer(DataProducer& producer) { data_.Remove(producer); }
  absl::StatusOr<DataConsumer*> AddDataConsumer(DataConsumerConfig config, DataProducer& producer);
  void RemoveDataConsumer(DataConsumer& consumer, Turn& turn);
  const DataEndpoints& data() const { return data_; }

  // A message of the controller, into a direct data producer of this transport. InvalidArgument when it is too long.
  absl::Status ProduceData(DataProducer& producer, const DataMessage& message, Turn& turn);
  // A message of a data producer, out by a data consumer of this transport that may want it.
  void Forward(DataConsumer& consumer, const DataMessage& message, Turn& turn);
  // A message of the controller, out by a data consumer over SCTP. Nothing leaves while it is paused.
  absl::Status Send(DataConsumer& consumer, uint32_t ppid, std::span<const uint8_t> payload, Turn& turn);
  // Bytes that wait in the data consumer's stream; 0 without SCTP.
  uint32_t BufferedAmount(const DataConsumer& consumer) const;
  void SetBufferedAmountLowThreshold(DataConsumer& consumer, uint32_t bytes, Turn& turn);

  // --- SCTP ---
  // As SctpAssociation, which sends what it can at once; kClosed and nothing where there is no SCTP.
  SctpSendResult SendData(uint16_t stream_id, uint32_t ppid, std::span<const uint8_t> payload,
                          const SctpReliability& reliability, Turn& turn);
  void ResetDataStream(uint16_t stream_id, Turn& turn);
  // Null where SCTP was not asked for.
  SctpAssociation* sctp() { return sctp_.get(); }
  const SctpAssociation* sctp() const { return sctp_.get(); }

  // --- inspection ---
  const PathPolicy& path_policy() const { return path_; }
  const Protection& protection() const { return protection_; }
  // Plain with SRTP: our suite and key, for the peer.
  const std::optional<SrtpKeying>& local_srtp() const { return local_srtp_; }
  const RtpDemuxer& demuxer() const { return demuxer_; }
  const absl::flat_hash_map<Ssrc, Consumer*>& consumer_by_ssrc() const { return consumer_by_ssrc_; }
  TransportStats Stats(Timestamp now) const;
  const DropCounts& drops() const { return drops_; }
  const LayerLimiter& limiter() const { return limiter_; }
  // Null where no consumer was promised feedback.
  const CongestionControl* congestion() const { return congestion_.get(); }

 private:
  Transport(std::string id, PathPolicy path, Protection protection, const Env& env, Timestamp now);

  void ForgetUnusedClock(const std::string& cname);

  // transport_receive.cc
  void HandleStun(const Path& path, std::span<const uint8_t> bytes, Turn& turn);
  void HandleDtls(std::span<const uint8_t> bytes, Turn& turn);
  void HandleRtp(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  void TakeRtp(const rtp::PacketView& packet, const std::optional<RtpDemuxer::Target>& target, size_t wire_size,
               Timestamp arrival, Turn& turn);
  std::optional<rtp::AbsSendTime> SendTimeOf(const rtp::PacketView& packet) const;
  void HandleRtcp(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  void ReadRtcp(std::span<const uint8_t> compound, Timestamp arrival, Turn& turn);
  void OnReportBlocks(std::span<const rtcp::ReportBlock> blocks, Turn& turn);
  void OnNack(const rtcp::Nack& nack, Turn& turn);
  void OnKeyFrameRequest(Ssrc media, bool fir, Turn& turn);
  void OnExtendedReport(const rtcp::ExtendedReport& report, Timestamp arrival, Turn& turn);
  void OnSenderReport(const rtcp::SenderReport& report, Timestamp arrival, Turn& turn);
  void OnBye(const rtcp::Bye& bye);
  void OnRemb(const rtcp::Remb& remb, Turn& turn);
  void LearnPath(const Path& path, Turn& turn);
  void CountSrtpError(SrtpError error);

  // transport_data.cc
  void EnableSctp(const std::optional<SctpConfig>& config);
  void StartSctp(Turn& turn);
  bool LooksLikeRawSctp(const Path& path, std::span<const uint8_t> bytes) const;
  void HandleRawSctp(const Path& path, std::span<const uint8_t> bytes, Turn& turn);
  void HandleSctp(std::span<const uint8_t> packet, Turn& turn);
  void AfterSctp(Turn& turn);
  void SendSctpPackets(Turn& turn);
  void EndSctp(Turn& turn);

  // transport_state.cc
  void StartDtls(Turn& turn);
  void AfterIce(Turn& turn);
  void AfterDtls(DtlsState before, Turn& turn);
  void BecameConnected(Turn& turn);

  // transport_send.cc
  bool ForwardOne(Consumer& consumer, const Producer::Fresh& one, Turn& turn);
  void CatchUp(Consumer& consumer, const Producer::Fresh& first, std::span<const Producer::Fresh> later, Turn& turn);
  void WriteChosen(Consumer& consumer, const Consumer::Chosen& chosen, bool leave_out, Turn& turn);
  size_t WriteAgain(Consumer& consumer, OutgoingStream& stream, SeqNum seq, OutgoingStream::Reason reason, Turn& turn);
  enum class Numbered : bool { kNo, kYes };  // whether it took the next transport-wide number
  // False: it could not be protected, and nothing left.
  bool CommitRtp(const Consumer& consumer, size_t size, Numbered numbered, Traffic& counted, Turn& turn);
  void SendDirect(const std::string& id, bool rtcp, std::span<const uint8_t> bytes, Turn& turn);
  void SendRtcp(std::span<const uint8_t> compound, Turn& turn);
  void SendRequests(Producer& producer, Turn& turn);
  void SendKeyFrameRequest(const Producer& producer, ProducerStream& stream, Turn& turn);
  void SendReports(Turn& turn);
  void SendBye(const Consumer& consumer, Turn& turn);
  SendStamp NextStamp(Timestamp now) const;
  CaptureClock& CaptureClockOf(const std::string& cname) {
    return capture_clocks_.try_emplace(cname, env_.wall_offset).first->second;
  }
  rtcp::NtpTime Ntp(Timestamp now) const { return rtcp::NtpTime::From(now, env_.wall_offset); }

  // transport_pace.cc
  // What is sent is limited by what the peer tells of each packet; else by its reports (limiter_).
  bool IsControlled() const { return congestion_ && congestion_->active(); }
  bool IsPaced(const Consumer& consumer) const;
  void AddToCongestionControl(Consumer& consumer, Timestamp now);
  DataRate RateBesidesLayers(Timestamp now) const;
  // Lets leave what may.
  void Release(Turn& turn);
  void SeeToCuts(Turn& turn);
  bool SendPadding(Turn& turn);
  bool RepeatForProbe(Turn& turn);
  void Leave(const CongestionControl::Leaving& leaving, Turn& turn);
  void NoteSent(std::span<const uint8_t> packet, Numbered numbered, Timestamp now);
  void AfterCongestionUpdate(Turn& turn);
  void TraceCongestion(bool divided, Turn& turn);

  // transport_messages.cc
  absl::Status CanCarry(DataType type) const;
  void OnSctpStreamEvent(SctpEvent& event, Turn& turn);
  void OnMessage(const SctpMessageReceived& message, Turn& turn);
  SctpSendResult Deliver(DataConsumer& consumer, const DataMessage& message, Turn& turn);

  const std::string id_;
  const Env env_;
  PathPolicy path_;
  Protection protection_;
  std::optional<DtlsRole> dtls_role_;  // ours, once connected
  bool plain_connected_ = false;
  std::optional<SrtpKeying> local_srtp_;
  std::unique_ptr<SctpAssociation> sctp_;
  RtpDemuxer demuxer_;
  RtcpReporter reporter_;
  LayerLimiter limiter_;
  std::unique_ptr<CongestionControl> congestion_;
  bool traces_bandwidth_ = false;
  bool traces_probation_ = false;
  uint32_t traced_probes_ = 0;
  std::optional<Probation> probation_;  // once it was needed
  uint32_t repeated_for_probes_ = 0;
  mutable Timestamp told_deadline_ = Timestamp::Never();  // by NextDeadline()
  BitrateSettings bitrates_;
  TransportCounters counters_;
  DropCounts drops_;
  SsrcBook outgoing_ssrcs_;
  SeqNum transport_seq_;
  uint8_t fir_number_ = 0;
  IceEvents ice_events_;
  std::map<std::string, CaptureClock> capture_clocks_;  // by CNAME, of the producers
  std::vector<std::unique_ptr<Producer>> producers_;
  Consumers consumers_;
  absl::flat_hash_map<Ssrc, Consumer*> consumer_by_ssrc_;  // media and RTX SSRCs
  DataEndpoints data_;
};

}  // namespace sluice
