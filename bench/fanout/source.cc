#include "bench/fanout/source.h"

#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "rtc/rtp/packet_view.h"
#include "rtc/rtp/packet_writer.h"
#include "rtc/srtp/srtp_session.h"

namespace sluice::bench {
namespace {

constexpr size_t kMaxPacket = 1500;

// One producer's stream: makes and protects its frames.
class Stream {
 public:
  Stream(const Options& options, const Endpoint& end, size_t index)
      : options_(options),
        fd_(end.socket.fd()),
        ssrc_(Scene::kFirstSsrc + static_cast<uint32_t>(index)),
        packets_(static_cast<size_t>(options.burst)) {
    if (const auto suite = options.srtp()) {
      srtp_ = *SrtpSession::CreateOutbound(*suite,
                                           {reinterpret_cast<const uint8_t*>(end.our_key.data()), end.our_key.size()});
    }
    payload_.fill(0x5A);
  }

  void SendFrame() {
    std::array<mmsghdr, 64> messages{};
    std::array<iovec, 64> parts{};
    const auto count = static_cast<size_t>(options_.burst);
    for (size_t i = 0; i < count; ++i) {
      parts[i] = {packets_[i].data(), MakePacket(packets_[i], i)};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    ++frame_;
    timestamp_ += static_cast<uint32_t>(90'000 * options_.burst / options_.rate);
    for (size_t sent = 0; sent < count;) {
      const int now = sendmmsg(fd_, &messages[sent], static_cast<unsigned>(count - sent), 0);
      if (now <= 0 && errno != EINTR && errno != ECONNREFUSED) return;
      sent += static_cast<size_t>(std::max(now, 0));
    }
  }

 private:
  using Packet = std::array<uint8_t, kMaxPacket>;

  size_t MakePacket(Packet& packet, size_t index_in_frame) {
    const auto frames_per_second = static_cast<uint32_t>(std::max(1, options_.rate / options_.burst));
    const bool key_frame = frame_ % frames_per_second == 0;
    // RFC 7741: 15 bit picture id, TL0PICIDX, layer 0; then the first byte of the frame.
    payload_[0] = index_in_frame == 0 ? 0x90 : 0x80;
    payload_[1] = 0xE0;
    payload_[2] = static_cast<uint8_t>(0x80 | frame_ >> 8);
    payload_[3] = static_cast<uint8_t>(frame_);
    payload_[4] = static_cast<uint8_t>(frame_);
    payload_[5] = 0;
    payload_[6] = key_frame ? 0 : 1;
    rtp::PacketWriter writer(packet, {.marker = index_in_frame + 1 == static_cast<size_t>(options_.burst),
                                      .payload_type = PayloadType(Scene::kPayloadType),
                                      .seq = SeqNum(seq_++),
                                      .timestamp = timestamp_,
                                      .ssrc = Ssrc(ssrc_)});
    writer.Payload(std::span(payload_).first(static_cast<size_t>(options_.packet_size) - rtp::kMinHeaderSize));
    const size_t size = writer.Finish();
    return srtp_ ? srtp_->ProtectRtp(packet, size).size : size;
  }

  const Options& options_;
  int fd_;
  uint32_t ssrc_;
  std::optional<SrtpSession> srtp_;
  std::vector<Packet> packets_;
  std::array<uint8_t, kMaxPacket> payload_;
  uint32_t frame_ = 0;
  uint32_t timestamp_ = 0;
  uint16_t seq_ = 0;
};

void SleepUntil(int64_t ns) {
  const timespec at{ns / 1'000'000'000, ns % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

}  // namespace

Source::Source(const Options& options, std::vector<Endpoint>& senders)
    : options_(options), thread_([this, &senders] { Run(senders); }) {}

Source::~Source() {
  stop_ = true;
  thread_.join();
}

void Source::Run(std::vector<Endpoint>& senders) {
  std::vector<Stream> streams;
  for (size_t i = 0; i < senders.size(); ++i) streams.emplace_back(options_, senders[i], i);
  const int64_t interval = int64_t{1'000'000'000} * options_.burst / options_.rate;
  const int64_t start = NowNs();
  for (int64_t frame = 0; !stop_; ++frame) {
    for (size_t i = 0; i < streams.size(); ++i) {
      SleepUntil(start + frame * interval + interval * static_cast<int64_t>(i) / static_cast<int64_t>(streams.size()));
      streams[i].SendFrame();
      sent_.fetch_add(static_cast<uint64_t>(options_.burst), std::memory_order_relaxed);
    }
  }
}

}  // namespace sluice::bench
