#include "worker/network.h"

#include <utility>

namespace sluice {

Network::Network(uv_loop_t* loop, Rng& rng, Callbacks callbacks)
    : loop_(loop), rng_(rng), callbacks_(std::move(callbacks)) {}
Network::~Network() = default;

absl::StatusOr<SocketId> Network::Listen(const ListenOptions& options) {
  absl::StatusOr<int> fd = OpenSocket(options, rng_);
  if (!fd.ok()) return fd.status();
  const SocketId id = next_id_++;
  if (options.protocol == Protocol::kUdp) {
    auto on_datagram = [this](UdpSocket& socket, const SocketAddress& remote, std::span<uint8_t> bytes,
                              timespec stamp) {
      const Path path{.socket = socket.id(), .protocol = Protocol::kUdp, .local = socket.local(), .remote = remote};
      callbacks_.on_datagram(socket.id(), path, bytes, stamp);
    };
    udp_[id] = std::make_unique<UdpSocket>(loop_, *fd, id, arena_, on_datagram);
    return id;
  }
  tcp_[id] = std::make_unique<TcpListener>(
      loop_, *fd,
      TcpListener::Callbacks{
          .new_id =
              [this, id] {
                listener_of_[next_id_] = id;
                return next_id_++;
              },
          .on_datagram = [this, id](const Path& path,
                                    std::span<uint8_t> bytes) { callbacks_.on_datagram(id, path, bytes, timespec{}); },
          .on_closed =
              [this](const Path& path) {
                listener_of_.erase(path.socket);
                callbacks_.on_path_closed(path);
              }});
  return id;
}

void Network::Close(SocketId listener) {
  udp_.erase(listener);
  if (tcp_.erase(listener) == 0) return;
  absl::erase_if(listener_of_, [listener](const auto& entry) { return entry.second == listener; });
}

SocketAddress Network::LocalAddress(SocketId listener) const {
  if (const auto it = udp_.find(listener); it != udp_.end()) return it->second->local();
  if (const auto it = tcp_.find(listener); it != tcp_.end()) return it->second->local();
  return {};
}

TcpListener* Network::ListenerOf(SocketId connection) {
  const auto of = listener_of_.find(connection);
  if (of == listener_of_.end()) return nullptr;
  const auto it = tcp_.find(of->second);
  return it == tcp_.end() ? nullptr : it->second.get();
}

void Network::KeepPath(const Path& path) {
  if (TcpListener* listener = ListenerOf(path.socket)) listener->Keep(path.socket);
}

void Network::ClosePath(const Path& path) {
  TcpListener* listener = ListenerOf(path.socket);
  if (!listener) return;
  listener->Close(path.socket);
  listener_of_.erase(path.socket);
}

void Network::Sweep(Timestamp now) {
  for (auto& [id, listener] : tcp_) listener->Sweep(now);
  absl::erase_if(listener_of_, [this](const auto& entry) {
    const auto it = tcp_.find(entry.second);
    return it == tcp_.end() || !it->second->Has(entry.first);
  });
}

void Network::SendAll(const SendBatch& batch) {
  runs_.clear();
  GroupSegmentRuns(
      batch.entries(),
      [this](const Path& path) { return path.protocol == Protocol::kUdp && sender_.MaySegment(path.remote); }, runs_);
  auto socket_of = [&batch](const SegmentRun& run) { return batch.entries()[run.first].path.socket; };
  for (size_t i = 0; i < runs_.size();) {
    const SocketId id = socket_of(runs_[i]);
    size_t end = i + 1;
    while (end < runs_.size() && socket_of(runs_[end]) == id) ++end;
    if (const auto it = udp_.find(id); it != udp_.end()) {
      sender_.Send(*it->second, batch, std::span(runs_).subspan(i, end - i));
    } else if (TcpListener* listener = ListenerOf(id)) {
      for (; i < end; ++i) listener->Send(id, batch.bytes(batch.entries()[runs_[i].first]));
    }
    i = end;
  }
}

uint64_t Network::dropped() const {
  uint64_t sum = 0;
  for (const auto& [id, socket] : udp_) sum += socket->dropped();
  for (const auto& [id, listener] : tcp_) sum += listener->dropped();
  return sum;
}

}  // namespace sluice
