#include "test/sim/sim_worker.h"

#include <algorithm>
#include <vector>

#include "rtc/base/check.h"

namespace sluice::sim {
namespace {

constexpr uint16_t kFirstPort = 40000;

}  // namespace

std::unique_ptr<DtlsContext> MakeDtlsContext() {
  auto certificate = DtlsCertificate::Generate();
  SLUICE_CHECK(certificate.ok());
  auto context = DtlsContext::Create(*std::move(certificate));
  SLUICE_CHECK(context.ok());
  return *std::move(context);
}

SimWorker::SimWorker(EventQueue& events, VirtualNetwork& network, uint64_t seed, uint8_t host)
    : events_(events),
      network_(network),
      rng_(seed),
      sctp_(seed),
      dtls_(MakeDtlsContext()),
      wall_offset_(TimeDelta::Seconds(1'790'000'000)),
      batch_(*this),
      turn_{.now = events.now(), .batch = batch_},
      router_("router"),
      shared_address_(SocketAddress::Ipv4({10, 0, 0, host}, kFirstPort)) {
  Listen(next_socket_++, shared_address_);
}

SimWorker::~SimWorker() {
  for (const auto& [socket, address] : sockets_) network_.Detach(address);
  if (armed_for_ != Timestamp::Infinite()) events_.Cancel(armed_);
}

Transport::Env SimWorker::Env() {
  return {.dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = wall_offset_, .sctp = &sctp_};
}

void SimWorker::Listen(SocketId socket, const SocketAddress& address) {
  sockets_[socket] = address;
  network_.Attach(address, [this, socket](const SocketAddress& from, Datagram datagram) {
    OnDatagram(socket, from, std::move(datagram));
  });
}

Transport& SimWorker::Add(std::unique_ptr<Transport> transport) {
  const auto added = router_.AddTransport(std::move(transport));
  SLUICE_CHECK(added.ok());
  return **added;
}

Transport& SimWorker::AddOnTuple(PlainTransportConfig config) {
  const SocketId socket = next_socket_++;
  const auto address = shared_address_.WithPort(static_cast<uint16_t>(kFirstPort + socket));
  Listen(socket, address);
  addresses_[config.id] = address;
  config.rtp = {.socket = socket, .local = address};
  Transport& transport = Add(Transport::CreatePlain(std::move(config), Env(), events_.now()));
  dispatcher_.SetOwner(socket, transport);
  return transport;
}

Transport& SimWorker::AddPlain(const std::string& id, std::optional<SrtpSuite> suite) {
  return AddOnTuple({.id = id, .srtp_suite = suite, .sctp = sctp_config_});
}

Transport& SimWorker::AddData(const std::string& id, const SctpConfig& sctp) {
  return AddOnTuple({.id = id, .sctp = sctp});
}

Transport& SimWorker::AddDirect(const std::string& id) {
  return Add(Transport::CreateDirect({.id = id}, Env(), events_.now()));
}

Transport& SimWorker::AddWebRtc(const std::string& id, const IceCredentials& ice) {
  addresses_[id] = shared_address_;
  Transport& transport =
      Add(Transport::CreateWebRtc({.id = id, .ice = ice, .sctp = sctp_config_}, Env(), events_.now()));
  SLUICE_CHECK(dispatcher_.AddUfrag(kSharedSocket, ice.ufrag, transport));
  return transport;
}

RtpObserver& SimWorker::AddObserver(std::unique_ptr<RtpObserver> observer) {
  observers_.push_back(std::move(observer));
  Rearm();
  return *observers_.back();
}

void SimWorker::OnDatagram(SocketId socket, const SocketAddress& from, Datagram datagram) {
  const Path path{.socket = socket, .local = sockets_.at(socket), .remote = from};
  Transport* transport = dispatcher_.Find(socket, path, datagram);
  if (transport == nullptr) return void(++unclaimed_);
  Do([&] { transport->HandleDatagram(path, datagram, turn_.now, turn_); });
}

void SimWorker::EndTurn() {
  FanOut(turn_);
  turn_.moved.clear();  // Rearm() looks at all
  batch_.Flush();
  for (const PathChange& change : turn_.outbox.paths) dispatcher_.Apply(change);
  const auto move_to = [](auto& from, auto& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
  };
  move_to(turn_.outbox.transport, reported_.transport);
  move_to(turn_.outbox.media, reported_.media);
  move_to(turn_.outbox.data, reported_.data);
  move_to(turn_.outbox.direct, reported_.direct);
  move_to(turn_.outbox.paths, reported_.paths);
  Rearm();
}

void SimWorker::Rearm() {
  Timestamp next = Timestamp::Infinite();
  for (const Transport* transport : router_.Transports()) next = std::min(next, transport->NextDeadline());
  for (const auto& observer : observers_) next = std::min(next, observer->NextDeadline());
  if (next == armed_for_) return;
  if (armed_for_ != Timestamp::Infinite()) events_.Cancel(armed_);
  armed_for_ = next;
  if (next == Timestamp::Infinite()) return;
  armed_ = events_.At(next, [this] {
    armed_for_ = Timestamp::Infinite();
    Do([&] {
      for (const Transport* transport : router_.Transports()) {
        Transport* due = router_.FindTransport(transport->id());
        if (due->NextDeadline() <= turn_.now) due->OnTimer(turn_);
      }
      for (const auto& observer : observers_) observer->OnTimer(turn_.now, turn_.outbox.media);
    });
  });
}

void SimWorker::SendAll(const SendBatch& batch) {
  for (const SendBatch::Entry& entry : batch.entries()) {
    const auto bytes = batch.bytes(entry);
    network_.Send(sockets_.at(entry.path.socket), entry.path.remote, Datagram(bytes.begin(), bytes.end()));
  }
}

}  // namespace sluice::sim
