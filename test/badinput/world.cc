#include "test/badinput/world.h"

#include <utility>

#include "rtc/rtp/demux.h"
#include "test/rtc/dtls/virtual_wall_clock.h"

namespace sluice::badinput {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'700'000'000);

IceCredentials CredentialsOf(const std::string& id) {
  return {.ufrag = id + "Ufrag", .password = id + "Password0123456789"};
}

std::unique_ptr<DtlsContext> NewContext() {
  auto context = DtlsContext::Create(*DtlsCertificate::Generate());
  EXPECT_TRUE(context.ok());
  return *std::move(context);
}

}  // namespace

Path PathFrom(uint8_t host, uint16_t port) {
  return {.socket = kSocket,
          .local = SocketAddress::Ipv4({192, 0, 2, 1}, 44444),
          .remote = SocketAddress::Ipv4({198, 51, 100, host}, port)};
}

Peer::Peer(World& world_in, std::string id_in, Path path_in, DtlsRole role_in)
    : world(world_in),
      id(std::move(id_in)),
      path(path_in),
      role(role_in),
      context(NewContext()),
      ice({.ufrag = "peer", .password = "peerPassword"}, CredentialsOf(id), world.rng()),
      dtls(*context),
      transport(*world.router().FindTransport(id)) {
  ice.Start(world.now());
  EXPECT_TRUE(dtls.SetRemoteFingerprint(world.dtls().fingerprints()[2], world.now()).ok());
  if (role == DtlsRole::kServer) dtls.Start(role, world.now());
}

void Peer::Act() {
  std::array<uint8_t, IceClient::kMaxRequest> request;
  if (const size_t size = ice.OnTimer(world.now(), request)) Send(Datagram(request.begin(), request.begin() + size));
  for (Datagram& datagram : world.TakeMail(path)) Read(std::move(datagram));
  if (ice.state() == IceClient::State::kConnected && dtls.state() == DtlsState::kNew) dtls.Start(role, world.now());
  dtls.OnTimer(world.now());
  FlushDtls();
}

void Peer::FlushDtls() {
  for (Datagram& datagram : dtls.TakeDatagrams()) {
    if (hold_dtls) {
      held.push_back(std::move(datagram));
    } else {
      Send(datagram);
    }
  }
  const auto keys = connected() ? std::nullopt : dtls.keys();
  if (!keys) return;
  const SrtpSuite suite = *SrtpSuiteFromDtlsProfile(keys->dtls_profile);
  inbound_.emplace(*SrtpSession::CreateInbound(suite, keys->remote));
  outbound_.emplace(*SrtpSession::CreateOutbound(suite, keys->local));
}

void Peer::Read(Datagram datagram) {
  if (const auto message = stun::Message::Parse(datagram)) {
    ice.HandleResponse(*message, world.now());
  } else if (datagram[0] >= 20 && datagram[0] <= 63) {
    dtls.HandleDatagram(datagram, world.now());
  } else if (inbound_ && rtp::LooksLikeRtcp(datagram)) {
    bad_received += !inbound_->UnprotectRtcp(datagram).ok();
  } else if (inbound_) {
    const bool good = inbound_->UnprotectRtp(datagram).ok();
    ++(good ? rtp_received : bad_received);
  }
}

Datagram Peer::Protect(const Datagram& rtp) {
  Datagram out = rtp;
  out.resize(rtp.size() + kMaxSrtpOverhead);
  out.resize(outbound_->ProtectRtp(out, rtp.size()).size);
  EXPECT_FALSE(out.empty());
  return out;
}

Datagram Peer::ProtectRtcp(const Datagram& rtcp) {
  Datagram out = rtcp;
  out.resize(rtcp.size() + kMaxSrtpOverhead);
  out.resize(outbound_->ProtectRtcp(out, rtcp.size()).size);
  EXPECT_FALSE(out.empty());
  return out;
}

void Peer::SendOnce(const Datagram& clear) {
  const bool rtcp = rtp::LooksLikeRtcp(clear);
  Send(rtcp ? ProtectRtcp(clear) : Protect(clear));
  outbound_->RemoveStream(Ssrc(ByteReader(std::span(clear).subspan(rtcp ? 4 : 8)).U32()));
}

void Peer::Send(const Datagram& datagram) { world.Receive(path, datagram); }

World::World() : batch_(*this), turn_{.now = kStart, .batch = batch_}, dtls_(NewContext()) {
  test::SetWallClock(kStart);
}

World::~World() = default;

Peer& World::AddUnknown(const std::string& id, DtlsRole role) {
  const Transport::Env env{
      .dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = TimeDelta::Seconds(1'700'000'000)};
  auto transport = router_.AddTransport(Transport::CreateWebRtc({.id = id, .ice = CredentialsOf(id)}, env, turn_.now));
  EXPECT_TRUE(transport.ok());
  EXPECT_TRUE(dispatcher_.AddUfrag(kSocket, CredentialsOf(id).ufrag, **transport));
  const Path path = PathFrom(1, static_cast<uint16_t>(1000 + peers_.size()));
  peers_.push_back(std::make_unique<Peer>(*this, id, path, role));
  return *peers_.back();
}

Peer& World::Add(const std::string& id, DtlsRole role) {
  Peer& peer = AddUnknown(id, role);
  Do([&](Turn& turn) {
    const WebRtcConnectParameters remote{.role = role, .fingerprints = {peer.context->fingerprints()[2]}};
    EXPECT_TRUE(peer.transport.Connect(remote, turn).ok());
  });
  return peer;
}

Peer& World::Join(const std::string& id, DtlsRole role) {
  Peer& peer = Add(id, role);
  Talk();
  EXPECT_TRUE(peer.connected() && peer.transport.IsConnected());
  return peer;
}

Peer& World::JoinSender() {
  Peer& peer = Join("sender");
  const auto config = testing_support::VideoProducer("video", testing_support::VideoParameters(1111, 1112));
  EXPECT_TRUE(router_.Produce(peer.transport, config).ok());
  return peer;
}

Peer& World::JoinWatcher() {
  Peer& peer = Join("watcher");
  Do([&](Turn& turn) {
    const auto config = testing_support::VideoConsumer("watching", "video", 5000);
    EXPECT_TRUE(router_.Consume(peer.transport, config, turn).ok());
  });
  return peer;
}

void World::Remove(Peer& peer) {
  dispatcher_.Remove(peer.transport);
  Do([&](Turn& turn) { router_.CloseTransport(peer.transport, turn); });
  mail_.erase(peer.path.remote);
  std::erase_if(peers_, [&](const auto& owned) { return owned.get() == &peer; });
}

void World::Talk() {
  for (uint64_t before = ~uint64_t{0}; before != sent_;) {
    before = sent_;
    for (const auto& peer : peers_) peer->Act();
    // One more round lets answers out that peers only now have given.
    for (const auto& peer : peers_) peer->Act();
  }
}

void World::Advance(TimeDelta time) {
  for (const Timestamp end = turn_.now + time; turn_.now < end;) {
    turn_.now += TimeDelta::Millis(10);
    test::SetWallClock(turn_.now);
    for (const Transport* transport : router_.Transports()) {
      Transport& due = *router_.FindTransport(transport->id());
      if (due.NextDeadline() <= turn_.now) due.OnTimer(turn_);
    }
    EndTurn();
    Talk();
  }
}

void World::Receive(const Path& from, Datagram bytes) {
  if (Transport* transport = dispatcher_.Find(kSocket, from, bytes)) {
    transport->HandleDatagram(from, bytes, turn_.now, turn_);
  } else {
    ++unclaimed_;
  }
  EndTurn();
}

void World::EndTurn() {
  FanOut(turn_);
  batch_.Flush();
  for (const PathChange& change : turn_.outbox.paths) dispatcher_.Apply(change);
  for (const TransportEvent& event : turn_.outbox.transport) {
    if (const auto* dtls = std::get_if<DtlsStateChanged>(&event)) dtls_states_[dtls->transport_id] = dtls->state;
  }
  turn_.outbox = {};
}

std::vector<Datagram> World::TakeMail(const Path& to) { return std::exchange(mail_[to.remote], {}); }

void World::SendAll(const SendBatch& batch) {
  for (const auto& entry : batch.entries()) {
    const auto bytes = batch.bytes(entry);
    // Nobody reads what goes to strangers.
    for (const auto& peer : peers_) {
      if (peer->path == entry.path) mail_[entry.path.remote].emplace_back(bytes.begin(), bytes.end());
    }
    ++sent_;
  }
}

}  // namespace sluice::badinput
