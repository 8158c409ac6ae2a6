// All sockets of a worker behind one face: listens, hands on what comes with the path it came by, and sends batches.
// SocketIds are never used twice while anything could still name the old one (they count up over 32 bits).
//
// A datagram is handed on by on_datagram, in place: the receiver may write into it. on_path_closed tells that a TCP
// connection is gone. Neither may close the socket that is calling; Close() from within is put off to the next turn by
// whoever owns it.
#pragma once

#include <uv.h>

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "rtc/base/rng.h"
#include "rtc/net/send_batch.h"
#include "worker/socket_options.h"
#include "worker/tcp_listener.h"
#include "worker/udp_sender.h"
#include "worker/udp_socket.h"

namespace sluice {

class Network final : public BatchSink {
 public:
  struct Callbacks {
    // `listener` is the socket that was opened by Listen(); for UDP the same as path.socket. The stamp is the kernel's,
    // on the wall clock, or zero.
    absl::AnyInvocable<void(SocketId listener, const Path& path, std::span<uint8_t> bytes, timespec kernel_stamp)>
        on_datagram;
    absl::AnyInvocable<void(const Path& path)> on_path_closed;
  };

  // `loop` and `rng` outlive it.
  Network(uv_loop_t* loop, Rng& rng, Callbacks callbacks);
  ~Network() override;

  absl::StatusOr<SocketId> Listen(const ListenOptions& options);
  // With all its connections, of which nothing more is told.
  void Close(SocketId listener);
  // Not set for ids that are not there.
  SocketAddress LocalAddress(SocketId listener) const;

  // An authenticated check came by this path, or it is no longer wanted. Nothing happens to UDP.
  void KeepPath(const Path& path);
  void ClosePath(const Path& path);
  void Sweep(Timestamp now);

  void SendAll(const SendBatch& batch) override;

  const UdpSender::Counters& udp_counters() const { return sender_.counters(); }
  // Datagrams that did not go, or could not be taken in, since the start, of sockets open now.
  uint64_t dropped() const;

 private:
  TcpListener* ListenerOf(SocketId connection);

  uv_loop_t* loop_;
  Rng& rng_;
  Callbacks callbacks_;
  ReceiveArena arena_;
  UdpSender sender_;
  SocketId next_id_ = 1;
  absl::flat_hash_map<SocketId, std::unique_ptr<UdpSocket>> udp_;
  absl::flat_hash_map<SocketId, std::unique_ptr<TcpListener>> tcp_;
  absl::flat_hash_map<SocketId, SocketId> listener_of_;  // TCP connection -> listener
  std::vector<SegmentRun> runs_;
};

}  // namespace sluice
