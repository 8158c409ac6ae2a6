#include "bench/fanout/sinks.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "rtc/rtp/demux.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice::bench {
namespace {

constexpr size_t kBatch = 64;
constexpr size_t kMaxPacket = 2048;

}  // namespace

Sinks::Sinks(const Options& options, std::vector<Endpoint>& receivers)
    : options_(options), receivers_(receivers), seen_(receivers.size()), thread_([this] { Run(); }) {}

Sinks::~Sinks() {
  stop_ = true;
  thread_.join();
}

uint64_t Sinks::packets() const {
  uint64_t packets = read_.load(std::memory_order_relaxed);
  for (const Endpoint& end : receivers_) packets += end.socket.drops();
  return packets;
}

void Sinks::Run() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < receivers_.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, receivers_[i].socket.fd(), &event);
  }
  std::array<epoll_event, 256> events;
  while (!stop_) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < count; ++i) Drain(static_cast<size_t>(events[static_cast<size_t>(i)].data.u64));
  }
  close(epoll);
}

void Sinks::Drain(size_t index) {
  static std::array<std::array<uint8_t, kMaxPacket>, kBatch> buffers;  // only this thread's
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts;
  for (size_t i = 0; i < kBatch; ++i) {
    parts[i] = {buffers[i].data(), buffers[i].size()};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = recvmmsg(receivers_[index].socket.fd(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  uint64_t rtp = 0;
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(i);
    const std::span<uint8_t> packet(buffers[at].data(), messages[at].msg_len);
    if (rtp::LooksLikeRtcp(packet)) continue;
    ++rtp;
    if (seen_[index]) continue;
    seen_[index] = true;
    (IsRight(receivers_[index], packet) ? served_ : wrong_) += 1;
  }
  read_.fetch_add(rtp, std::memory_order_relaxed);
}

bool Sinks::IsRight(const Endpoint& end, std::span<uint8_t> packet) const {
  size_t size = packet.size();
  if (const auto suite = options_.srtp()) {
    auto session = SrtpSession::CreateInbound(
        *suite, {reinterpret_cast<const uint8_t*>(end.worker_key.data()), end.worker_key.size()});
    size = session->UnprotectRtp(packet).size;
  }
  const auto view = rtp::PacketView::Parse(packet.first(size));
  return view && view->payload().size() + rtp::kMinHeaderSize == static_cast<size_t>(options_.packet_size) &&
         view->payload().back() == 0x5A;
}

}  // namespace sluice::bench
