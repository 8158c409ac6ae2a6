// A real worker with one router, "r", and peers on real sockets of loopback: what tests of media over the process share.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "rtc/base/bytes.h"
#include "rtc/ice/ice_client.h"
#include "test/worker/worker_process.h"
#include "worker/clock.h"
#include "worker/wire/rtp_wire.h"

namespace sluice {

// A UDP socket on loopback with any port.
class UdpPeer {
 public:
  UdpPeer() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any = At(0);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
  }
  ~UdpPeer() { close(fd_); }
  uint16_t port() const {
    sockaddr_in own{};
    socklen_t size = sizeof(own);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }
  void SendTo(uint16_t port, std::span<const uint8_t> bytes) const {
    const sockaddr_in to = At(port);
    sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }
  // Empty when nothing comes in time.
  std::vector<uint8_t> Receive(int limit_ms = 5000) const {
    pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&p, 1, limit_ms) <= 0) return {};
    std::vector<uint8_t> bytes(2048);
    const ssize_t n = recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return bytes;
  }

 private:
  static sockaddr_in At(uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
  }
  int fd_;
};

class MediaWorkerTest : public testing::Test {
 protected:
  using Body = fbs::request::Body;
  using Event = fbs::notification::Event;
  using Method = fbs::request::Method;
  struct Created {
    uint16_t port = 0;
    IceCredentials ice;
  };

  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    fbs::worker::CreateRouterRequestT router;
    router.router_id = "r";
    Accept(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter,
                           fbs::worker::CreateCreateRouterRequest(worker_.b, &router).Union()));
  }
  const fbs::response::Response* Accept(const fbs::response::Response* response) {
    EXPECT_TRUE(response && response->accepted())
        << (response && response->reason() ? response->reason()->c_str() : "");
    return response;
  }
  static std::unique_ptr<fbs::net::ListenInfoT> Loopback() {
    auto out = std::make_unique<fbs::net::ListenInfoT>();
    out->ip = "127.0.0.1";
    return out;
  }
  Created CreateWebRtc(const std::string& id, const std::string& server = "") {
    fbs::router::CreateWebRtcTransportRequestT request;
    request.transport_id = id;
    request.options = std::make_unique<fbs::webrtc::OptionsT>();
    request.options->base = std::make_unique<fbs::transport::OptionsT>();
    if (server.empty()) {
      fbs::webrtc::ListenIndividualT listen;
      listen.listen_infos.push_back(Loopback());
      request.options->listen.Set(std::move(listen));
    } else {
      fbs::webrtc::ListenServerT listen;
      listen.web_rtc_server_id = server;
      request.options->listen.Set(std::move(listen));
    }
    const auto* response =
        Accept(worker_.Request(Method::RouterCreateWebRtcTransport, "r", Body::RouterCreateWebRtcTransport,
                               fbs::router::CreateCreateWebRtcTransportRequest(worker_.b, &request).Union()));
    const auto* dump = response->body_as_WebRtcTransportDump();
    return {.port = dump->ice_candidates()->Get(0)->port(),
            .ice = {.ufrag = dump->ice_parameters()->username_fragment()->str(),
                    .password = dump->ice_parameters()->password()->str()}};
  }
  uint16_t CreatePlain(const std::string& id, bool comedia) {
    fbs::router::CreatePlainTransportRequestT request;
    request.transport_id = id;
    request.options = std::make_unique<fbs::plain::OptionsT>();
    request.options->listen_info = Loopback();
    request.options->rtcp_mux = true;
    request.options->comedia = comedia;
    const auto* response =
        Accept(worker_.Request(Method::RouterCreatePlainTransport, "r", Body::RouterCreatePlainTransport,
                               fbs::router::CreateCreatePlainTransportRequest(worker_.b, &request).Union()));
    return response->body_as_PlainTransportDump()->tuple()->local_port();
  }
  // Sends one binding request as a client that knows `ice`; true when it was answered well.
  bool Check(const UdpPeer& peer, const Created& to, int limit_ms = 5000) {
    IceClient client(IceCredentials::Random(), to.ice, rng_);
    client.Start(MonotonicNow());
    uint8_t request[IceClient::kMaxRequest];
    const size_t size = client.OnTimer(MonotonicNow(), request);
    peer.SendTo(to.port, std::span(request).first(size));
    const auto answer = peer.Receive(limit_ms);
    const auto message = stun::Message::Parse(answer);
    return message && client.HandleResponse(*message, MonotonicNow());
  }
  // Empty vectors are left out on the wire.
  template <class Vector>
  static size_t SizeOf(const Vector* vector) {
    return vector ? vector->size() : 0;
  }
  // Opus with audio levels under the id kAudioLevelId.
  static constexpr uint8_t kAudioLevelId = 6;
  static RtpParameters Opus(uint32_t ssrc) {
    RtpParameters out;
    out.codecs.push_back(
        {.mime_type = "audio/opus", .payload_type = PayloadType(100), .clock_rate = 48000, .channels = uint8_t{2}});
    out.encodings.push_back({.ssrc = Ssrc(ssrc)});
    out.header_extensions.push_back({.uri = rtp::HeaderExtension::kAudioLevel, .id = kAudioLevelId});
    out.rtcp.cname = "test";
    return out;
  }
  void Produce(const std::string& transport, const std::string& id, uint32_t ssrc) {
    auto& b = worker_.b;
    RtpMapping mapping;
    mapping.codecs.push_back({PayloadType(100), PayloadType(100)});
    mapping.encodings.push_back({.ssrc = Ssrc(ssrc), .mapped_ssrc = Ssrc(2222)});
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto wire_mapping = wire::Encode(b, mapping);
    const auto body = fbs::transport::CreateProduceRequest(b, b.CreateString(id), fbs::rtp::MediaKind::Audio,
                                                           parameters, wire_mapping);
    Accept(worker_.Request(Method::TransportProduce, transport, Body::TransportProduce, body.Union()));
  }
  void Consume(const std::string& transport, const std::string& id, const std::string& producer, uint32_t ssrc) {
    auto& b = worker_.b;
    const auto parameters = wire::Encode(b, Opus(ssrc));
    const auto consumable = b.CreateVector(wire::Encode(b, Opus(2222).encodings));
    const auto body = fbs::transport::CreateConsumeRequest(b, b.CreateString(id), b.CreateString(producer),
                                                           fbs::rtp::MediaKind::Audio, parameters,
                                                           fbs::rtp::StreamType::Simple, consumable);
    Accept(worker_.Request(Method::TransportConsume, transport, Body::TransportConsume, body.Union()));
  }
  static std::vector<uint8_t> Rtp(uint16_t seq, uint32_t ssrc, size_t payload) {
    std::vector<uint8_t> out(12 + payload, 0x55);
    ByteWriter w(out);
    w.U8(0x80), w.U8(100), w.U16(seq), w.U32(seq * 960u), w.U32(ssrc);
    return out;
  }

  WorkerProcess worker_;
  Rng rng_{1};
};

}  // namespace sluice
