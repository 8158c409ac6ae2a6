#include "bench/floor/floor_loop.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "bench/floor/segment_sender.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice::bench {
namespace {

constexpr size_t kBatch = 64;
constexpr size_t kMaxPacket = 2048;

std::span<const uint8_t> Bytes(const std::string& key) {
  return {reinterpret_cast<const uint8_t*>(key.data()), key.size()};
}

// Receives and unprotects what has come.
class Receiver {
 public:
  Receiver(int fd, std::optional<SrtpSuite> suite, const std::vector<FloorLoop::Peer>& senders) : fd_(fd) {
    for (const FloorLoop::Peer& sender : senders) {
      ports_.push_back(htons(sender.port));
      if (suite) sessions_.push_back(*SrtpSession::CreateInbound(*suite, Bytes(sender.key)));
    }
    for (size_t i = 0; i < kBatch; ++i) {
      parts_[i] = {.iov_base = buffers_[i].data(), .iov_len = buffers_[i].size()};
      headers_[i].msg_hdr.msg_iov = &parts_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
      headers_[i].msg_hdr.msg_name = &from_[i];
    }
  }

  // Clear packets, valid until the next call.
  std::span<const std::span<uint8_t>> Take() {
    for (mmsghdr& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_in);
    const int count = recvmmsg(fd_, headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
    size_t taken = 0;
    for (size_t i = 0; i < static_cast<size_t>(std::max(count, 0)); ++i) {
      std::span<uint8_t> packet(buffers_[i].data(), headers_[i].msg_len);
      if (!sessions_.empty()) {
        SrtpSession* session = SessionOf(from_[i].sin_port);
        packet = packet.first(session ? session->UnprotectRtp(packet).size : 0);
      }
      if (packet.size() >= rtp::kMinHeaderSize) packets_[taken++] = packet;
    }
    return std::span(packets_).first(taken);
  }

 private:
  SrtpSession* SessionOf(uint16_t port) {
    for (size_t i = 0; i < ports_.size(); ++i) {
      if (ports_[i] == port) return &sessions_[i];
    }
    return nullptr;
  }

  const int fd_;
  std::vector<uint16_t> ports_;  // as on the wire
  std::vector<SrtpSession> sessions_;
  std::array<std::array<uint8_t, kMaxPacket>, kBatch> buffers_;
  std::array<mmsghdr, kBatch> headers_{};
  std::array<iovec, kBatch> parts_;
  std::array<sockaddr_in, kBatch> from_;
  std::array<std::span<uint8_t>, kBatch> packets_;
};

struct Destination {
  sockaddr_in address{};
  std::optional<SrtpSession> session;
};

void Forward(std::span<const std::span<uint8_t>> packets, std::vector<Destination>& destinations,
             SegmentSender& sender) {
  for (Destination& to : destinations) {
    for (const std::span<uint8_t> packet : packets) {
      const std::span<uint8_t> out = sender.Next();
      std::memcpy(out.data(), packet.data(), packet.size());
      sender.Commit(to.session ? to.session->ProtectRtp(out, packet.size()).size : packet.size(), to.address);
    }
  }
  sender.Flush();
}

int64_t ToMicros(const timeval& time) { return time.tv_sec * int64_t{1'000'000} + time.tv_usec; }

}  // namespace

FloorLoop::FloorLoop(int fd, std::optional<SrtpSuite> suite, std::vector<Peer> senders, std::vector<Peer> receivers)
    : fd_(fd), suite_(suite), thread_([this, senders = std::move(senders), receivers = std::move(receivers)]() mutable {
        Run(std::move(senders), std::move(receivers));
      }) {}

FloorLoop::~FloorLoop() {
  stop_ = true;
  thread_.join();
}

FloorLoop::Usage FloorLoop::usage() const {
  return {.user_us = static_cast<double>(user_us_), .system_us = static_cast<double>(system_us_)};
}

void FloorLoop::Run(std::vector<Peer> senders, std::vector<Peer> receivers) {
  const auto receiver = std::make_unique<Receiver>(fd_, suite_, senders);
  const auto sender = std::make_unique<SegmentSender>(fd_);
  std::vector<Destination> destinations(receivers.size());
  for (size_t i = 0; i < receivers.size(); ++i) {
    destinations[i].address.sin_family = AF_INET;
    destinations[i].address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    destinations[i].address.sin_port = htons(receivers[i].port);
    if (suite_) destinations[i].session.emplace(*SrtpSession::CreateOutbound(*suite_, Bytes(receivers[i].key)));
  }
  while (!stop_) {
    pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
    poll(&ready, 1, 50);
    Forward(receiver->Take(), destinations, *sender);
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    user_us_ = ToMicros(usage.ru_utime);
    system_us_ = ToMicros(usage.ru_stime);
  }
}

}  // namespace sluice::bench
