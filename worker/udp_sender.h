// Sends runs of datagrams over one UDP socket in as few system calls as the kernel allows: sendmmsg() of segmented
// messages. Where segmentation fails (some devices and tunnels refuse it at any time: EIO, EINVAL, EMSGSIZE) the run is
// sent again datagram by datagram, and its destination is remembered. What the kernel does not take now goes to the
// socket's queue.
//
// Bounds: at most kMaxRemembered destinations are remembered; then all are forgotten, and asked anew.
#pragma once

#include <cstdint>
#include <span>

#include "absl/container/flat_hash_set.h"
#include "rtc/net/send_batch.h"
#include "worker/segment_runs.h"
#include "worker/udp_socket.h"

namespace sluice {

class UdpSender {
 public:
  static constexpr size_t kMaxRemembered = 4096;

  struct Counters {
    uint64_t datagrams = 0;
    uint64_t system_calls = 0;
    uint64_t failed = 0;  // the kernel refused a single datagram
  };

  bool MaySegment(const SocketAddress& remote) const { return !refused_.contains(remote); }
  // `runs` all go over `socket`.
  void Send(UdpSocket& socket, const SendBatch& batch, std::span<const SegmentRun> runs);
  const Counters& counters() const { return counters_; }

 private:
  void Singly(UdpSocket& socket, const SendBatch& batch, const SegmentRun& run);
  void WaitAll(UdpSocket& socket, const SendBatch& batch, std::span<const SegmentRun> runs);

  absl::flat_hash_set<SocketAddress> refused_;
  Counters counters_;
};

}  // namespace sluice
