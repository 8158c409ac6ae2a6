// A TCP port for media: accepts connections and cuts each into datagrams by the 16-bit length before every one (RFC
// 4571, as RFC 6544 asks). A connection is a path of its own with its own SocketId.
//
// Bounds: at most kMaxConnections; more are closed at once. A connection that nobody Keep()s within kMaxIdle is closed:
// only an authenticated STUN check keeps one. At most kMaxWaitingBytes wait to be sent per connection; a datagram that
// does not fit is dropped whole, so that the framing stays.
#pragma once

#include <uv.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "rtc/base/units.h"
#include "rtc/net/path.h"

namespace sluice {

class TcpListener {
 public:
  static constexpr size_t kMaxConnections = 4096;
  static constexpr size_t kMaxWaitingBytes = 512 * 1024;
  static constexpr size_t kMaxDatagram = 2048;
  static constexpr TimeDelta kMaxIdle = TimeDelta::Seconds(15);

  struct Callbacks {
    absl::AnyInvocable<SocketId()> new_id;
    absl::AnyInvocable<void(const Path& path, std::span<uint8_t> bytes)> on_datagram;
    absl::AnyInvocable<void(const Path& path)> on_closed;  // not for those that Close() or the destructor closed
  };

  // Takes a listening `fd` over. Callbacks may close connections but not destroy the listener.
  TcpListener(uv_loop_t* loop, int fd, Callbacks callbacks);
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  const SocketAddress& local() const { return local_; }
  bool Has(SocketId connection) const { return connections_.contains(connection); }
  void Send(SocketId connection, std::span<const uint8_t> bytes);
  void Keep(SocketId connection);
  void Close(SocketId connection);
  // Closes what was not kept in time. To be called every few seconds.
  void Sweep(Timestamp now);
  uint64_t dropped() const { return dropped_; }
  size_t connections() const { return connections_.size(); }

 private:
  struct Connection;
  void Accept();
  void OnRead(Connection& connection, ssize_t size);
  bool CutFrames(Connection& connection);
  void Gone(Connection& connection);

  uv_tcp_t* server_;  // freed by libuv's close callback
  Callbacks callbacks_;
  SocketAddress local_;
  absl::flat_hash_map<SocketId, Connection*> connections_;
  uint64_t dropped_ = 0;
};

}  // namespace sluice
