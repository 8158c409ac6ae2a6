// One bound UDP socket on the loop: reads in batches with the kernel's time stamps, and keeps what the kernel does not
// take now for when it does.
//
// Bounds: one readiness reads at most kMaxPerTurn datagrams, then others have their turn; at most kMaxWaitingBytes wait
// to be sent, what comes on top is dropped and counted. Datagrams over kMaxDatagram are dropped and counted.
// Addresses of a dual-stack socket are unmapped on the way in and mapped on the way out.
#pragma once

#include <uv.h>

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "rtc/base/units.h"
#include "rtc/net/path.h"
#include "rtc/net/send_batch.h"

namespace sluice {

// Shared by all sockets of a loop: where recvmmsg() writes.
class ReceiveArena {
 public:
  static constexpr size_t kDatagrams = 64;
  static constexpr size_t kMaxDatagram = 2048;  // more than any path carries unfragmented
  ReceiveArena();

 private:
  friend class UdpSocket;
  struct Slot;
  std::vector<Slot> slots_;
  std::vector<uint8_t> bytes_;
  std::vector<mmsghdr> headers_;

 public:
  ~ReceiveArena();
};

class UdpSocket {
 public:
  static constexpr size_t kMaxPerTurn = 512;
  static constexpr size_t kMaxWaitingBytes = 512 * 1024;

  using OnDatagram = absl::AnyInvocable<void(UdpSocket& socket, const SocketAddress& remote, std::span<uint8_t> bytes,
                                             timespec kernel_stamp)>;

  // Takes `fd` over. The arena and the loop outlive it. `on_datagram` may not destroy the socket.
  UdpSocket(uv_loop_t* loop, int fd, SocketId id, ReceiveArena& arena, OnDatagram on_datagram);
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  SocketId id() const { return id_; }
  int fd() const { return fd_; }
  const SocketAddress& local() const { return local_; }
  socklen_t Sockaddr(const SocketAddress& remote, sockaddr_storage& to) const;

  // True while datagrams wait: later ones must wait as well, or they would overtake.
  bool must_wait() const { return !waiting_.empty(); }
  void Wait(const SocketAddress& remote, std::span<const uint8_t> bytes);
  uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    SocketAddress remote;
    std::vector<uint8_t> bytes;
  };
  void Poll();
  void OnReadable();
  void OnWritable();

  uv_poll_t* poll_;  // freed by libuv's close callback
  const int fd_;
  const SocketId id_;
  SocketAddress local_;
  ReceiveArena& arena_;
  OnDatagram on_datagram_;
  std::deque<Waiting> waiting_;
  size_t waiting_bytes_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace sluice
