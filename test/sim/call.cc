#include "test/sim/call.h"

#include <utility>

#include "rtc/base/check.h"
#include "test/sim/stream_parameters.h"

namespace sluice::sim {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Call::Call(uint64_t seed, SrtpSuite suite)
    : suite_(suite),
      rng_(seed),
      events_(clock_),
      network_(events_, rng_.U64()),
      worker_(events_, network_, rng_.U64()),
      browser_(MakeDtlsContext()) {}

SimPeer& Call::AddPeer(const std::string& name) {
  const auto host = static_cast<uint8_t>(10 + peers_.size());
  const auto address = SocketAddress::Ipv4({192, 0, 2, host}, 5000);
  peers_.push_back(std::make_unique<SimPeer>(events_, network_, name, address, rng_.U64()));
  if (data_) peers_.back()->EnableData(*data_);
  return *peers_.back();
}

void Call::EnableData(const SctpConfig& config) {
  data_ = config;
  worker_.EnableData(config);
}

Call::Participant Call::Join(const std::string& name) {
  SimPeer& peer = AddPeer(name);
  Transport& transport = worker_.AddPlain("transport-" + name, suite_);
  SrtpKeying keying{.suite = suite_, .key = std::string(SrtpSuiteInfoOf(suite_).keying_size(), '\0')};
  for (char& byte : keying.key) byte = static_cast<char>(rng_.U32());
  worker_.Do([&] {
    const absl::Status status = transport.Connect({.rtp = peer.address(), .srtp = keying}, worker_.turn());
    SLUICE_CHECK(status.ok());
  });
  peer.Connect(worker_.AddressOf(transport), suite_, Bytes(keying.key), Bytes(transport.local_srtp()->key));
  return {.peer = &peer, .transport = &transport};
}

Call::Participant Call::JoinByWebRtc(const std::string& name, DtlsRole role) {
  return StartWebRtc(name, role, browser_->fingerprints().back());
}

Call::Participant Call::JoinWithWrongFingerprint(const std::string& name) {
  return StartWebRtc(name, DtlsRole::kClient, worker_.dtls().fingerprints().back());
}

Call::Participant Call::StartWebRtc(const std::string& name, DtlsRole role, const DtlsFingerprint& fingerprint) {
  SimPeer& peer = AddPeer(name);
  const IceCredentials ice = IceCredentials::Random();
  Transport& transport = worker_.AddWebRtc("transport-" + name, ice);
  worker_.Do([&] {
    const auto ours = transport.Connect({.role = role, .fingerprints = {fingerprint}}, worker_.turn());
    SLUICE_CHECK(ours.ok());
  });
  peer.ConnectWebRtc(worker_.shared_address(), *browser_,
                     {.local = IceCredentials::Random(),
                      .remote = ice,
                      .role = role,
                      .fingerprint = worker_.dtls().fingerprints().back()});
  return {.peer = &peer, .transport = &transport};
}

Producer& Call::Announce(const Participant& from, MediaKind kind) {
  const Ssrc ssrc(std::exchange(next_ssrc_, next_ssrc_ + 10));
  return AddProducer(from, {kind == MediaKind::kAudio ? Audio(ssrc) : Video(ssrc)});
}

Producer& Call::AnnounceSimulcast(const Participant& from) {
  const Ssrc ssrc(std::exchange(next_ssrc_, next_ssrc_ + 10));
  return AddProducer(from, Simulcast(ssrc, std::to_string(next_id_)));
}

Producer& Call::AnnounceSimulcast(const Participant& from, const SimulcastShape& shape) {
  const Ssrc ssrc(std::exchange(next_ssrc_, next_ssrc_ + 10));
  return AddProducer(from, SimulcastOf(ssrc, std::to_string(next_id_), shape));
}

Producer& Call::AddProducer(const Participant& from, const std::vector<StreamConfig>& layers) {
  auto config = ProducerConfigOf("producer-" + std::to_string(next_id_++), layers, from.peer->name());
  Producer* producer = worker_.Do([&] {
    const auto made = worker_.router().Produce(*from.transport, std::move(config));
    SLUICE_CHECK(made.ok());
    return *made;
  });
  layers_[producer] = layers;
  return *producer;
}

std::vector<MediaSender*> Call::StartSendingLayers(const Participant& from, const Producer& producer) {
  return from.peer->AddSenders(layers_.at(&producer));
}

Call::Publication Call::Publish(const Participant& from, MediaKind kind) {
  Producer& producer = Announce(from, kind);
  return {.producer = &producer, .sender = &StartSending(from, producer)};
}

Call::Subscription Call::Subscribe(const Participant& to, const Producer& producer) {
  StreamConfig config = layers_.at(&producer).front();
  config.ssrc = Ssrc(std::exchange(next_ssrc_, next_ssrc_ + 10));
  if (config.rtx_ssrc) config.rtx_ssrc = Ssrc(config.ssrc.value() + 1);
  auto consumer_config = ConsumerConfigOf("consumer-" + std::to_string(next_id_++), config, producer);
  Consumer* consumer = worker_.Do([&] {
    const auto made = worker_.router().Consume(*to.transport, std::move(consumer_config), worker_.turn());
    SLUICE_CHECK(made.ok());
    return *made;
  });
  return {.consumer = consumer, .receiver = &to.peer->AddReceiver(config)};
}

void Call::Settle() {
  for (const auto& peer : peers_) peer->StopSending();
  RunFor(TimeDelta::Seconds(2));
}

}  // namespace sluice::sim
