#include "worker/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "worker/socket_options.h"

namespace sluice {

struct ReceiveArena::Slot {
  sockaddr_storage address;
  iovec buffer;
  alignas(cmsghdr) char control[64];
};

ReceiveArena::ReceiveArena() : slots_(kDatagrams), bytes_(kDatagrams * kMaxDatagram), headers_(kDatagrams) {
  for (size_t i = 0; i < kDatagrams; ++i) {
    slots_[i].buffer = {.iov_base = bytes_.data() + i * kMaxDatagram, .iov_len = kMaxDatagram};
    msghdr& header = headers_[i].msg_hdr;
    header = {};
    header.msg_name = &slots_[i].address;
    header.msg_iov = &slots_[i].buffer;
    header.msg_iovlen = 1;
    header.msg_control = slots_[i].control;
  }
}
ReceiveArena::~ReceiveArena() = default;

namespace {

timespec StampOf(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec stamp;
    std::memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
    return stamp;
  }
  return {};
}

}  // namespace

UdpSocket::UdpSocket(uv_loop_t* loop, int fd, SocketId id, ReceiveArena& arena, OnDatagram on_datagram)
    : poll_(new uv_poll_t),
      fd_(fd),
      id_(id),
      local_(LocalAddressOf(fd)),
      arena_(arena),
      on_datagram_(std::move(on_datagram)) {
  uv_poll_init(loop, poll_, fd);
  poll_->data = this;
  Poll();
}

UdpSocket::~UdpSocket() {
  uv_poll_stop(poll_);
  uv_close(reinterpret_cast<uv_handle_t*>(poll_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  close(fd_);
}

void UdpSocket::Poll() {
  uv_poll_start(poll_, waiting_.empty() ? UV_READABLE : UV_READABLE | UV_WRITABLE,
                [](uv_poll_t* handle, int status, int events) {
                  auto* self = static_cast<UdpSocket*>(handle->data);
                  if (status < 0) events = UV_READABLE;  // reading clears the socket's error
                  if (events & UV_WRITABLE) self->OnWritable();
                  if (events & UV_READABLE) self->OnReadable();
                });
}

void UdpSocket::OnReadable() {
  for (size_t read = 0; read < kMaxPerTurn;) {
    for (mmsghdr& m : arena_.headers_) {
      m.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
      m.msg_hdr.msg_controllen = sizeof(ReceiveArena::Slot::control);
    }
    const int count = recvmmsg(fd_, arena_.headers_.data(), ReceiveArena::kDatagrams, MSG_DONTWAIT, nullptr);
    if (count <= 0) return;  // nothing left, or an ICMP error of an earlier send, which the next turn reads past
    for (int i = 0; i < count; ++i) {
      mmsghdr& m = arena_.headers_[static_cast<size_t>(i)];
      if (m.msg_hdr.msg_flags & MSG_TRUNC) {
        ++dropped_;
        continue;
      }
      const auto& slot = arena_.slots_[static_cast<size_t>(i)];
      on_datagram_(*this, FromSockaddr(slot.address).Unmapped(),
                   {static_cast<uint8_t*>(slot.buffer.iov_base), m.msg_len}, StampOf(m.msg_hdr));
    }
    if (count < static_cast<int>(ReceiveArena::kDatagrams)) return;
    read += static_cast<size_t>(count);
  }
}

socklen_t UdpSocket::Sockaddr(const SocketAddress& remote, sockaddr_storage& to) const {
  const bool mapped = local_.family() == SocketAddress::Family::kIpv6 && remote.ip().size() == 4;
  if (!mapped) return ToSockaddr(remote, to);
  std::array<uint8_t, 16> ip{};
  ip[10] = ip[11] = 0xFF;
  std::memcpy(ip.data() + 12, remote.ip().data(), 4);
  return ToSockaddr(SocketAddress::Ipv6(ip, remote.port()), to);
}

void UdpSocket::Wait(const SocketAddress& remote, std::span<const uint8_t> bytes) {
  if (waiting_bytes_ + bytes.size() > kMaxWaitingBytes) {
    ++dropped_;
    return;
  }
  waiting_bytes_ += bytes.size();
  waiting_.push_back({.remote = remote, .bytes = {bytes.begin(), bytes.end()}});
  if (waiting_.size() == 1) Poll();
}

void UdpSocket::OnWritable() {
  while (!waiting_.empty()) {
    const Waiting& next = waiting_.front();
    sockaddr_storage to;
    const socklen_t size = Sockaddr(next.remote, to);
    const ssize_t sent = sendto(fd_, next.bytes.data(), next.bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), size);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) return;
    if (sent < 0) ++dropped_;
    waiting_bytes_ -= next.bytes.size();
    waiting_.pop_front();
  }
  Poll();
}

}  // namespace sluice
