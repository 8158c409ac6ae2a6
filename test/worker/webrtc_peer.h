// The browser's half of a WebRTC connection over real sockets of loopback, UDP or TCP (RFC 4571), IPv4 or IPv6: ICE,
// then DTLS. Holds no media.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "rtc/dtls/dtls_session.h"
#include "rtc/ice/ice_client.h"
#include "worker/clock.h"
#include "worker/socket_options.h"

namespace sluice {

class WebRtcPeer {
 public:
  WebRtcPeer() {
    auto certificate = DtlsCertificate::Generate();
    pem_ = certificate->CertificatePem();
    context_ = *DtlsContext::Create(*std::move(certificate));
  }
  ~WebRtcPeer() {
    if (fd_ >= 0) close(fd_);
  }
  WebRtcPeer(const WebRtcPeer&) = delete;
  WebRtcPeer& operator=(const WebRtcPeer&) = delete;

  const std::string& certificate_pem() const { return pem_; }
  const std::vector<DtlsFingerprint>& fingerprints() const { return context_->fingerprints(); }

  // False when there is nobody at `to`.
  bool Open(Protocol protocol, const SocketAddress& to) {
    protocol_ = protocol;
    const int domain = to.family() == SocketAddress::Family::kIpv6 ? AF_INET6 : AF_INET;
    fd_ = socket(domain, (protocol == Protocol::kUdp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    sockaddr_storage address;
    const socklen_t size = ToSockaddr(to, address);
    return connect(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0;
  }
  // True when a check was answered in time.
  bool Check(const IceCredentials& remote, int limit_ms = 5000) {
    ice_ = std::make_unique<IceClient>(IceCredentials::Random(), remote, rng_);
    ice_->Start(MonotonicNow());
    return RunUntil([this] { return ice_->state() == IceClient::State::kConnected; }, limit_ms);
  }
  // After Check(): begins DTLS in this role of ours, towards whoever has that fingerprint.
  void StartDtls(DtlsRole role, const DtlsFingerprint& theirs) {
    dtls_ = std::make_unique<DtlsSession>(*context_);
    EXPECT_TRUE(dtls_->SetRemoteFingerprint(theirs, MonotonicNow()).ok());
    dtls_->Start(role, MonotonicNow());
    Flush();
  }
  bool RunUntilDtls(DtlsState state, int limit_ms = 5000) {
    return RunUntil([&] { return dtls_->state() == state; }, limit_ms);
  }
  DtlsState dtls_state() const { return dtls_->state(); }

 private:
  template <class Done>
  bool RunUntil(Done done, int limit_ms) {
    const Timestamp limit = MonotonicNow() + TimeDelta::Millis(limit_ms);
    while (!done() && MonotonicNow() < limit) {
      const Timestamp now = MonotonicNow();
      std::array<uint8_t, IceClient::kMaxRequest> request;
      if (const size_t size = ice_->OnTimer(now, request)) Send(std::span(request).first(size));
      if (dtls_) dtls_->OnTimer(now);
      Flush();
      pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
      if (poll(&p, 1, 10) > 0 && !Receive()) return done();
    }
    return done();
  }
  void Flush() {
    if (!dtls_) return;
    for (const auto& datagram : dtls_->TakeDatagrams()) Send(datagram);
  }
  void Send(std::span<const uint8_t> bytes) const {
    std::vector<uint8_t> frame;
    if (protocol_ == Protocol::kTcp) {
      frame = {static_cast<uint8_t>(bytes.size() >> 8), static_cast<uint8_t>(bytes.size())};
    }
    frame.insert(frame.end(), bytes.begin(), bytes.end());
    static_cast<void>(send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL));
  }
  // False when the other end is gone.
  bool Receive() {
    uint8_t bytes[4096];
    const ssize_t n = recv(fd_, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n <= 0) return protocol_ == Protocol::kUdp;
    if (protocol_ == Protocol::kUdp) return Handle({bytes, static_cast<size_t>(n)}), true;
    stream_.insert(stream_.end(), bytes, bytes + n);
    while (stream_.size() >= 2) {
      const size_t size = static_cast<size_t>(stream_[0]) << 8 | stream_[1];
      if (stream_.size() < 2 + size) break;
      Handle(std::span(stream_).subspan(2, size));
      stream_.erase(stream_.begin(), stream_.begin() + 2 + static_cast<ptrdiff_t>(size));
    }
    return true;
  }
  void Handle(std::span<const uint8_t> datagram) {
    if (const auto message = stun::Message::Parse(datagram)) {
      ice_->HandleResponse(*message, MonotonicNow());
    } else if (dtls_) {
      dtls_->HandleDatagram(datagram, MonotonicNow());
      Flush();
    }
  }

  Rng rng_{static_cast<uint64_t>(MonotonicNow().us())};
  std::string pem_;
  std::unique_ptr<DtlsContext> context_;
  int fd_ = -1;
  Protocol protocol_ = Protocol::kUdp;
  std::unique_ptr<IceClient> ice_;
  std::unique_ptr<DtlsSession> dtls_;
  std::vector<uint8_t> stream_;
};

}  // namespace sluice
