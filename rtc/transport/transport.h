// A Transport carries the packets of one peer. WebRTC, plain and (later) pipe and direct transports are this one class,
// composed of a path policy (ICE, or a tuple that is given or learnt), a protection (DTLS-SRTP, SRTP with given keys,
// or none) and what both share: demultiplexing, producers, consumers, RTCP, feedback.
//
// It opens no socket and reads no clock: datagrams, times and the batch for outgoing datagrams come with each call.
// Events go to turn.outbox. Packets for other transports are only announced (turn.ready); FanOut() forwards them.
//
// Lifetime: owned by a Router. Producers and consumers are owned by the transport but linked by the router, which must
// create and remove them. Errors of requests are absl::Status with the field named; peer bytes never produce one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/media/consumer.h"
#include "rtc/media/producer.h"
#include "rtc/net/path.h"
#include "rtc/transport/path_policy.h"
#include "rtc/transport/protection.h"
#include "rtc/transport/rtcp_session.h"
#include "rtc/transport/rtp_demuxer.h"
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
    TimeDelta wall_offset;  // Unix time minus the monotonic clock
  };

  static std::unique_ptr<Transport> CreateWebRtc(WebRtcTransportConfig config, const Env& env, Timestamp now);
  static std::unique_ptr<Transport> CreatePlain(PlainTransportConfig config, const Env& env, Timestamp now);
  ~Transport();

  const std::string& id() const { return id_; }
  bool is_webrtc() const;

  // --- datagrams and time ---
  // `bytes` is decrypted in place. `arrival` is when the kernel got it, on the same clock as turn.now.
  void HandleDatagram(const Path& path, std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  // The local end of a connection-oriented path went away.
  void HandlePathClosed(const Path& path, Turn& turn);
  Timestamp NextDeadline() const;
  void OnTimer(Turn& turn);
  // Sends what is owed at the end (RTCP BYE, DTLS close_notify) and reports every path as removed.
  void Close(Turn& turn);

  // --- requests ---
  // WebRTC: the peer's DTLS role and fingerprints. Returns our role. FailedPrecondition when called twice.
  absl::StatusOr<DtlsRole> Connect(const WebRtcConnectParameters& remote, Turn& turn);
  // Plain: the peer's address (unless comedia) and SRTP keys (when SRTP is on).
  absl::Status Connect(const PlainConnectParameters& remote, Turn& turn);
  // WebRTC only: new credentials; the old ones work until the first check with the new.
  absl::StatusOr<IceCredentials> RestartIce();
  void SetMaxIncomingBitrate(DataRate rate) { settings_.max_incoming = rate; }  // 0: no limit
  void SetMaxOutgoingBitrate(DataRate rate) { settings_.max_outgoing = rate; }
  void SetMinOutgoingBitrate(DataRate rate) { settings_.min_outgoing = rate; }
  const BitrateSettings& bitrate_settings() const { return settings_; }

  // --- media, called by the router ---
  // AlreadyExists when an SSRC, MID or RID of it is taken on this transport.
  absl::StatusOr<Producer*> AddProducer(ProducerConfig config);
  void RemoveProducer(Producer& producer);
  absl::StatusOr<Consumer*> AddConsumer(ConsumerConfig config, Producer& producer, Timestamp now);
  void RemoveConsumer(Consumer& consumer, Turn& turn);
  std::span<const std::unique_ptr<Producer>> producers() const { return producers_; }
  std::span<const std::unique_ptr<Consumer>> consumers() const { return consumers_; }

  // Forwards the fresh packets of the consumer's producer to it: select, number, write, protect, into the batch.
  void Forward(Consumer& consumer, std::span<const Producer::Fresh> fresh, Turn& turn);
  // Asks the peer for a key frame of one stream of a producer of this transport, unless one was asked for just now.
  void RequestKeyFrame(Producer& producer, size_t stream, Turn& turn);
  // Media can leave: a path is selected and keys are there.
  bool IsConnected() const;

  // --- inspection ---
  const PathPolicy& path_policy() const { return path_; }
  const Protection& protection() const { return protection_; }
  const RtpDemuxer& demuxer() const { return demuxer_; }
  TransportStats Stats(Timestamp now) const;
  const DropCounts& drops() const { return drops_; }

 private:
  Transport(std::string id, PathPolicy path, Protection protection, const Env& env, Timestamp now);

  void HandleStun(const Path& path, std::span<const uint8_t> bytes, Turn& turn);
  void HandleDtls(const Path& path, std::span<const uint8_t> bytes, Turn& turn);
  void HandleRtp(std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  void HandleRtcp(std::span<uint8_t> bytes, Timestamp arrival, Turn& turn);
  void AfterProtection(Turn& turn);
  void AfterPath(Turn& turn);
  void BecameConnected(Turn& turn);
  void Resend(Consumer& consumer, Ssrc ssrc, std::span<const SeqNum> lost, Turn& turn);
  void SendRtcp(std::span<const uint8_t> compound, Turn& turn);

  const std::string id_;
  Env env_;
  PathPolicy path_;
  Protection protection_;
  RtpDemuxer demuxer_;
  RtcpSession rtcp_;
  BitrateSettings settings_;
  TransportCounters counters_;
  DropCounts drops_;
  std::vector<std::unique_ptr<Producer>> producers_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
};

}  // namespace sluice
