#include "worker/udp_sender.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace sluice {
namespace {

constexpr size_t kMaxMessages = 64;  // per system call

struct Message {
  sockaddr_storage to;
  iovec buffer;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];
};

void Fill(const UdpSocket& socket, const SendBatch& batch, const SegmentRun& run, Message& message, msghdr& header) {
  const SendBatch::Entry& first = batch.entries()[run.first];
  header = {};
  header.msg_namelen = socket.Sockaddr(first.path.remote, message.to);
  header.msg_name = &message.to;
  message.buffer = {.iov_base = const_cast<uint8_t*>(batch.bytes(first).data()), .iov_len = run.bytes};
  header.msg_iov = &message.buffer;
  header.msg_iovlen = 1;
  if (run.count == 1) return;
  header.msg_control = message.control;
  header.msg_controllen = sizeof(message.control);
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  std::memcpy(CMSG_DATA(control), &run.segment_size, sizeof(uint16_t));
}

bool IsFull(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

void UdpSender::Send(UdpSocket& socket, const SendBatch& batch, std::span<const SegmentRun> runs) {
  std::array<Message, kMaxMessages> messages;
  std::array<mmsghdr, kMaxMessages> headers;
  while (!runs.empty()) {
    if (socket.must_wait()) return WaitAll(socket, batch, runs);
    const size_t count = std::min(runs.size(), kMaxMessages);
    for (size_t i = 0; i < count; ++i) Fill(socket, batch, runs[i], messages[i], headers[i].msg_hdr);
    const int sent = sendmmsg(socket.fd(), headers.data(), static_cast<unsigned>(count), 0);
    ++counters_.system_calls;
    if (sent > 0) {
      for (const SegmentRun& run : runs.first(static_cast<size_t>(sent))) counters_.datagrams += run.count;
      runs = runs.subspan(static_cast<size_t>(sent));
      continue;
    }
    if (IsFull(errno)) return WaitAll(socket, batch, runs);
    // The first of them is what the kernel does not like; the rest may be fine.
    if (runs[0].count > 1) {
      if (refused_.size() >= kMaxRemembered) refused_.clear();
      refused_.insert(batch.entries()[runs[0].first].path.remote);
      Singly(socket, batch, runs[0]);
    } else {
      ++counters_.failed;
    }
    runs = runs.subspan(1);
  }
}

void UdpSender::Singly(UdpSocket& socket, const SendBatch& batch, const SegmentRun& run) {
  for (const SendBatch::Entry& entry : batch.entries().subspan(run.first, run.count)) {
    if (socket.must_wait()) {
      socket.Wait(entry.path.remote, batch.bytes(entry));
      continue;
    }
    sockaddr_storage to;
    const socklen_t size = socket.Sockaddr(entry.path.remote, to);
    const auto bytes = batch.bytes(entry);
    ++counters_.system_calls;
    if (sendto(socket.fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), size) >= 0) {
      ++counters_.datagrams;
    } else if (IsFull(errno)) {
      socket.Wait(entry.path.remote, bytes);
    } else {
      ++counters_.failed;
    }
  }
}

void UdpSender::WaitAll(UdpSocket& socket, const SendBatch& batch, std::span<const SegmentRun> runs) {
  for (const SegmentRun& run : runs) {
    for (const SendBatch::Entry& entry : batch.entries().subspan(run.first, run.count)) {
      socket.Wait(entry.path.remote, batch.bytes(entry));
    }
  }
}

}  // namespace sluice
