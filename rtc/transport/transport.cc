#include "rtc/transport/transport.h"

#include <openssl/rand.h>

#include <algorithm>

#include "rtc/base/check.h"
#include "rtc/srtp/srtp_suite.h"

namespace sluice {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

absl::Status Invalid(const std::string& what) { return absl::InvalidArgumentError(what); }

SrtpKeying RandomKeying(SrtpSuite suite) {
  SrtpKeying keying{.suite = suite, .key = std::string(SrtpSuiteInfoOf(suite).keying_size(), '\0')};
  SLUICE_CHECK(RAND_bytes(reinterpret_cast<uint8_t*>(keying.key.data()), static_cast<int>(keying.key.size())) == 1);
  return keying;
}

double MeanLoss(std::span<const std::unique_ptr<Producer>> producers) {
  double sum = 0;
  int streams = 0;
  for (const auto& producer : producers) {
    for (const ProducerStream& stream : producer->streams()) {
      if (!stream.receive()) continue;
      sum += stream.receive()->stats().fraction_lost / 256.0;
      ++streams;
    }
  }
  return streams == 0 ? 0 : sum / streams;
}

double MeanLoss(const Transport::Consumers& consumers) {
  double sum = 0;
  int streams = 0;
  for (const auto& consumer : consumers) {
    for (size_t i = 0; i < consumer->stream_count(); ++i, ++streams) {
      sum += consumer->stream(i).send().stats().fraction_lost / 256.0;
    }
  }
  return streams == 0 ? 0 : sum / streams;
}

}  // namespace

Transport::Transport(std::string id, PathPolicy path, Protection protection, const Env& env, Timestamp now)
    : id_(std::move(id)),
      env_(env),
      path_(std::move(path)),
      protection_(std::move(protection)),
      reporter_(Ssrc(env.rng.U32()), now, env.rng) {}

std::unique_ptr<Transport> Transport::CreateWebRtc(WebRtcTransportConfig config, const Env& env, Timestamp now) {
  std::unique_ptr<Transport> transport(
      new Transport(std::move(config.id), PathPolicy(IceLiteAgent(std::move(config.ice), config.consent_timeout)),
                    Protection::DtlsSrtp(env.dtls), env, now));
  if (config.initial_outgoing) transport->bitrates_.initial_outgoing = *config.initial_outgoing;
  transport->EnableSctp(config.sctp);
  return transport;
}

std::unique_ptr<Transport> Transport::CreatePlain(PlainTransportConfig config, const Env& env, Timestamp now) {
  std::unique_ptr<Transport> transport(
      new Transport(std::move(config.id), PathPolicy(TuplePolicy(config.rtp, config.rtcp, config.comedia)),
                    config.srtp_suite ? Protection::Srtp() : Protection::Clear(), env, now));
  if (config.srtp_suite) transport->local_srtp_ = RandomKeying(*config.srtp_suite);
  transport->EnableSctp(config.sctp);
  return transport;
}

std::unique_ptr<Transport> Transport::CreateDirect(DirectTransportConfig config, const Env& env, Timestamp now) {
  return std::unique_ptr<Transport>(
      new Transport(std::move(config.id), PathPolicy(DirectPolicy()), Protection::Clear(), env, now));
}

absl::StatusOr<DtlsRole> Transport::Connect(const WebRtcConnectParameters& remote, Turn& turn) {
  DtlsSession* dtls = protection_.dtls();
  if (!dtls) return absl::FailedPreconditionError("this transport has no DTLS");
  if (dtls_role_) return absl::FailedPreconditionError("connect() was called already");
  if (remote.fingerprints.empty()) return Invalid("dtlsParameters.fingerprints: at least one is needed");
  for (const DtlsFingerprint& fingerprint : remote.fingerprints) {
    if (auto status = ValidateFingerprint(fingerprint); !status.ok()) return status;
  }
  const DtlsState before = dtls->state();
  if (auto status = dtls->SetRemoteFingerprint(StrongestOf(remote.fingerprints), turn.now); !status.ok()) return status;
  dtls_role_ = remote.role == DtlsRole::kClient ? DtlsRole::kServer : DtlsRole::kClient;
  StartDtls(turn);
  AfterDtls(before, turn);
  return *dtls_role_;
}

absl::Status Transport::Connect(const PlainConnectParameters& remote, Turn& turn) {
  TuplePolicy* tuple = path_.tuple();
  if (!tuple) return absl::FailedPreconditionError("this transport is not a plain one");
  if (plain_connected_) return absl::FailedPreconditionError("connect() was called already");
  if (tuple->comedia() && (remote.rtp || remote.rtcp)) return Invalid("ip: it is learnt from the peer (comedia)");
  if (!tuple->comedia() && !remote.rtp) return Invalid("ip: it is missing, and so the port");
  if (!tuple->comedia() && !tuple->rtcp_mux() && !remote.rtcp) return Invalid("rtcpPort: it is missing");
  if (tuple->rtcp_mux() && remote.rtcp) return Invalid("rtcpPort: it does not go with rtcp-mux");
  if (remote.srtp.has_value() != local_srtp_.has_value()) {
    return Invalid(local_srtp_ ? "srtpParameters: they are missing" : "srtpParameters: SRTP is not enabled");
  }
  if (remote.srtp) {
    SrtpKeying local = remote.srtp->suite == local_srtp_->suite ? *local_srtp_ : RandomKeying(remote.srtp->suite);
    auto status = protection_.SetKeys(local.suite, Bytes(local.key), Bytes(remote.srtp->key));
    if (!status.ok()) return Invalid("srtpParameters.keyBase64: " + std::string(status.message()));
    local_srtp_ = std::move(local);
  }
  plain_connected_ = true;
  if (remote.rtp) tuple->SetRemote(*remote.rtp, remote.rtcp);
  if (IsConnected()) BecameConnected(turn);
  return absl::OkStatus();
}

absl::StatusOr<IceCredentials> Transport::RestartIce() {
  IceLiteAgent* ice = path_.ice();
  if (!ice) return absl::FailedPreconditionError("this transport has no ICE");
  return ice->Restart();
}

void Transport::SetMaxIncomingBitrate(DataRate rate) {
  bitrates_.max_incoming = rate;
  reporter_.SetMaxIncoming(rate);
}

void Transport::SetMaxOutgoingBitrate(DataRate rate) {
  bitrates_.max_outgoing = rate;
  if (congestion_) congestion_->SetBitrates(bitrates_);
}

void Transport::SetMinOutgoingBitrate(DataRate rate) {
  bitrates_.min_outgoing = rate;
  if (congestion_) congestion_->SetBitrates(bitrates_);
}

absl::StatusOr<Producer*> Transport::AddProducer(ProducerConfig config) {
  const std::string cname = config.rtp_parameters.rtcp.cname;
  auto producer = Producer::Create(std::move(config), *this, CaptureClockOf(cname), env_.pool);
  absl::Status status = producer.status();
  if (status.ok()) status = demuxer_.Add(**producer);
  if (!status.ok()) {
    ForgetUnusedClock(cname);
    return status;
  }
  producers_.push_back(*std::move(producer));
  reporter_.OnProducersChanged(producers_, !path_.is_direct());
  return producers_.back().get();
}

void Transport::RemoveProducer(Producer& producer) {
  demuxer_.Remove(producer);
  for (const ProducerStream& stream : producer.streams()) {
    if (stream.ssrc()) protection_.ForgetInbound(*stream.ssrc());
    if (stream.params().rtx_ssrc) protection_.ForgetInbound(*stream.params().rtx_ssrc);
  }
  const std::string cname = producer.config().rtp_parameters.rtcp.cname;
  std::erase_if(producers_, [&](const auto& owned) { return owned.get() == &producer; });
  reporter_.OnProducersChanged(producers_, !path_.is_direct());
  ForgetUnusedClock(cname);
}

void Transport::ForgetUnusedClock(const std::string& cname) {
  const bool used = std::ranges::any_of(
      producers_, [&](const auto& other) { return other->config().rtp_parameters.rtcp.cname == cname; });
  if (!used) capture_clocks_.erase(cname);
}

absl::StatusOr<Consumer*> Transport::AddConsumer(ConsumerConfig config, Producer& producer, Timestamp now) {
  std::vector<FirstNumbers> first;
  for (const RtpEncodingParameters& encoding : config.rtp_parameters.encodings) {
    first.push_back({.media = SequenceMapper::FirstNumber(env_.rng), .rtx = SequenceMapper::FirstNumber(env_.rng)});
    for (const auto& ssrc : {encoding.ssrc, encoding.rtx_ssrc}) {
      if (!ssrc || outgoing_ssrcs_.StateOf(*ssrc) == SsrcBook::State::kFree) continue;
      return absl::AlreadyExistsError("rtpParameters.encodings: ssrc " + std::to_string(ssrc->value()) +
                                      " is taken on this transport");
    }
  }
  for (size_t i = 0; i < first.size(); ++i) {
    const RtpEncodingParameters& encoding = config.rtp_parameters.encodings[i];
    if (encoding.ssrc) first[i].media = outgoing_ssrcs_.NextOf(*encoding.ssrc).value_or(first[i].media);
    if (encoding.rtx_ssrc) first[i].rtx = outgoing_ssrcs_.NextOf(*encoding.rtx_ssrc).value_or(first[i].rtx);
  }
  auto consumer = Consumer::Create(std::move(config), producer, *this, first);
  if (!consumer.ok()) return consumer.status();
  for (const RtpEncodingParameters& encoding : (*consumer)->config().rtp_parameters.encodings) {
    for (const auto& ssrc : {encoding.ssrc, encoding.rtx_ssrc}) {
      if (!ssrc) continue;
      outgoing_ssrcs_.Take(*ssrc);
      consumer_by_ssrc_[*ssrc] = consumer->get();
    }
  }
  limiter_.OnAdded(**consumer);
  const Consumer& key = **consumer;
  Consumer& added = *consumers_.Add(key, *std::move(consumer));
  AddToCongestionControl(added, now);
  return &added;
}

void Transport::RemoveConsumer(Consumer& consumer, Turn& turn) {
  SendBye(consumer, turn);
  for (size_t i = 0; i < consumer.stream_count(); ++i) {
    const FirstNumbers next = consumer.stream(i).next_numbers();
    const RtpEncodingParameters& encoding = consumer.config().rtp_parameters.encodings[i];
    for (const auto& [ssrc, number] : {std::pair(encoding.ssrc, next.media), std::pair(encoding.rtx_ssrc, next.rtx)}) {
      if (!ssrc) continue;
      consumer_by_ssrc_.erase(*ssrc);
      if (const auto burnt = outgoing_ssrcs_.Retire(*ssrc, number)) protection_.ForgetOutbound(*burnt);
    }
  }
  if (congestion_) congestion_->RemoveConsumer(consumer);
  consumers_.Remove(consumer);
}

TransportStats Transport::Stats(Timestamp now) const {
  const auto flow = [&](const Traffic& traffic) {
    return TransportStats::Flow{.bytes = traffic.bytes(), .rate = traffic.rate(now)};
  };
  return {.received = flow(counters_.received),
          .sent = flow(counters_.sent),
          .rtp_received = flow(counters_.rtp_received),
          .rtp_sent = flow(counters_.rtp_sent),
          .rtx_received = flow(counters_.rtx_received),
          .rtx_sent = flow(counters_.rtx_sent),
          .probation_sent = flow(counters_.probation_sent),
          .rtp_loss_received = MeanLoss(producers_),
          .rtp_loss_sent = MeanLoss(consumers_),
          .sctp_state = sctp_ ? std::optional(sctp_->state()) : std::nullopt,
          .available_incoming = reporter_.incoming_estimate(),
          .available_outgoing = IsControlled() ? std::optional(congestion_->target()) : std::nullopt,
          .queue_time = congestion_ ? congestion_->queue_time() : TimeDelta::Zero(),
          .circuit_breaks = congestion_ ? congestion_->circuit_breaks() : 0};
}

}  // namespace sluice
