#include "worker/event_log.h"

#include <array>
#include <string_view>
#include <variant>

namespace sluice {
namespace {

std::string_view Name(IceState state) {
  constexpr std::array<std::string_view, 4> kNames = {"new", "connected", "completed", "disconnected"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view Name(DtlsState state) {
  constexpr std::array<std::string_view, 5> kNames = {"new", "connecting", "connected", "failed", "closed"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view Name(CircuitBreaker::Reason reason) {
  constexpr std::array<std::string_view, 3> kNames = {"no reports come", "nothing arrives", "the line is overloaded"};
  return kNames[static_cast<size_t>(reason)];
}

// One overload for each event that has a line.
struct Lines {
  Log& log;
  const Objects& objects;

  void operator()(const IceStateChanged& e) const {
    log.Debug("ice", "ICE state changed [transportId:{}, state:{}]", e.transport_id, Name(e.state));
  }
  void operator()(const SelectedPathChanged& e) const {
    log.Debug("ice", "ICE selected tuple changed [transportId:{}, local:{}, remote:{}, protocol:{}]", e.transport_id,
              e.path.local.ToString(), e.path.remote.ToString(), e.path.protocol == Protocol::kUdp ? "udp" : "tcp");
  }
  void operator()(const DtlsStateChanged& e) const {
    log.Debug("dtls", "DTLS state changed [transportId:{}, state:{}]", e.transport_id, Name(e.state));
  }
  void operator()(const PlainPathChanged& e) const {
    log.Debug(e.rtcp ? "rtcp" : "rtp", "learnt the peer's address [transportId:{}, remote:{}]", e.transport_id,
              e.path.remote.ToString());
  }
  void operator()(const TransportSctpStateChanged& e) const {
    log.Debug("sctp", "SCTP state changed [transportId:{}, state:{}]", e.transport_id, static_cast<int>(e.state));
  }
  void operator()(const ProducerScoreChanged& e) const {
    for (const auto& stream : e.streams) {
      log.Debug("score", "producer score [producerId:{}, ssrc:{}, rid:{}, score:{}]", e.producer_id,
                stream.ssrc.value(), stream.rid, stream.score);
    }
  }
  void operator()(const ConsumerScoreChanged& e) const {
    log.Debug("score", "consumer score [consumerId:{}, score:{}, producerScore:{}]", e.consumer_id, e.score.score,
              e.score.producer_score);
  }
  void operator()(const ConsumerLayersChanged& e) const {
    const auto* consumer = objects.Find<Consumer>(e.consumer_id);
    const std::string_view tag = consumer && consumer->type() == RtpType::kSvc ? "svc" : "simulcast";
    if (!e.layers) return log.Debug(tag, "layers changed to none [consumerId:{}]", e.consumer_id);
    log.Debug(tag, "layers changed [consumerId:{}, spatial:{}, temporal:{}]", e.consumer_id, e.layers->spatial,
              e.layers->temporal);
  }
  void operator()(const DataConsumerSendBufferFull& e) const {
    log.Debug("message", "no room for a message, which is lost [dataConsumerId:{}]", e.data_consumer_id);
  }
  void operator()(const DataConsumerMessage& e) const {
    log.Debug("message", "message to the controller [dataConsumerId:{}, ppid:{}, bytes:{}]", e.data_consumer_id, e.ppid,
              e.payload.size());
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

void LogEvents(Log& log, const Objects& objects, const Outbox& outbox) {
  for (const TransportEvent& event : outbox.transport) {
    if (const auto* broken = std::get_if<CircuitBroken>(&event)) {
      log.Warn("no more video is sent for a while: {} (RFC 8083) [transportId:{}]", Name(broken->reason),
               broken->transport_id);
    }
  }
  if (!log.debugs()) return;
  const Lines lines{log, objects};
  for (const TransportEvent& event : outbox.transport) std::visit(lines, event);
  for (const MediaEvent& event : outbox.media) std::visit(lines, event);
  for (const DataEvent& event : outbox.data) std::visit(lines, event);
}

void LogFarewell(Log& log, const std::string& id, const Transport& transport, Timestamp now) {
  if (!log.debugs()) return;
  const TransportStats stats = transport.Stats(now);
  const DropCounts& drops = transport.drops();
  log.Debug("rtp",
            "RTP of a transport that closes [transportId:{}, bytesReceived:{}, bytesSent:{}, bad:{}, unknown:{}]", id,
            stats.rtp_received.bytes, stats.rtp_sent.bytes, drops.of(DropReason::kBadRtp),
            drops.of(DropReason::kUnknownSsrc));
  log.Debug("rtx", "RTX of a transport that closes [transportId:{}, bytesReceived:{}, bytesSent:{}]", id,
            stats.rtx_received.bytes, stats.rtx_sent.bytes);
  log.Debug("srtp", "SRTP of a transport that closes [transportId:{}, replayed:{}, unauthenticated:{}, noKeys:{}]", id,
            drops.of(DropReason::kReplayed), drops.of(DropReason::kUnauthenticated), drops.of(DropReason::kNoKeys));
  log.Debug("rtcp", "RTCP of a transport that closes [transportId:{}, bad:{}]", id, drops.of(DropReason::kBadRtcp));
}

}  // namespace sluice
