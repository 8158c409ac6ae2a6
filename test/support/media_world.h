// The smallest world in which media flows: one router, clear plain transports with fixed tuples, a clock that the test
// moves, and a record of what was sent. For tests of rtc/media, rtc/transport and rtc/router; real DTLS, loss and delay
// are test/sim's.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rtc/dtls/dtls_context.h"
#include "rtc/router/fan_out.h"
#include "rtc/router/router.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/demux.h"
#include "rtc/rtp/packet_view.h"
#include "rtc/rtp/packet_writer.h"

namespace sluice::testing_support {

using Datagram = std::vector<uint8_t>;

class RecordingSink : public BatchSink {
 public:
  void SendAll(const SendBatch& batch) override {
    for (const auto& entry : batch.entries()) {
      const auto bytes = batch.bytes(entry);
      sent.emplace_back(entry.path, Datagram(bytes.begin(), bytes.end()));
    }
  }
  std::vector<std::pair<Path, Datagram>> sent;
};

struct RtpSpec {
  uint32_t ssrc = 1111;
  uint8_t payload_type = 101;
  uint16_t seq = 1;
  uint32_t timestamp = 1000;
  bool marker = true;
  std::vector<uint8_t> payload = {0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a};  // the start of a VP8 key frame
  std::vector<rtp::ExtensionElement> extensions;
};

inline Datagram MakeRtp(const RtpSpec& spec) {
  Datagram bytes(1500);
  rtp::PacketWriter writer(bytes, {.marker = spec.marker,
                                   .payload_type = PayloadType(spec.payload_type),
                                   .seq = SeqNum(spec.seq),
                                   .timestamp = spec.timestamp,
                                   .ssrc = Ssrc(spec.ssrc)});
  writer.Extensions(spec.extensions);
  writer.Payload(spec.payload);
  bytes.resize(writer.Finish());
  return bytes;
}

inline std::vector<uint8_t> Vp8DeltaFrame() { return {0x10, 0x01, 0x00, 0x00}; }

template <class T>
Datagram MakeRtcp(const T& block) {
  Datagram bytes(1500);
  rtcp::CompoundWriter writer(bytes);
  writer.Add(block);
  bytes.resize(writer.size());
  return bytes;
}

// VP8 with RTX (payload types 101, 102), NACK and PLI; one encoding.
inline RtpParameters VideoParameters(uint32_t ssrc, uint32_t rtx_ssrc) {
  RtpParameters params;
  params.codecs = {{.mime_type = "video/VP8",
                    .payload_type = PayloadType(101),
                    .clock_rate = 90000,
                    .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"goog-remb", ""}}},
                   {.mime_type = "video/rtx",
                    .payload_type = PayloadType(102),
                    .clock_rate = 90000,
                    .parameters = {{"apt", int32_t{101}}}}};
  params.encodings = {{.ssrc = Ssrc(ssrc), .rtx_ssrc = Ssrc(rtx_ssrc)}};
  params.rtcp.cname = "peer";
  return params;
}

inline ProducerConfig VideoProducer(std::string id, RtpParameters params) {
  ProducerConfig config{.id = std::move(id), .kind = MediaKind::kVideo, .rtp_parameters = std::move(params)};
  for (const auto& codec : config.rtp_parameters.codecs) {
    config.rtp_mapping.codecs.push_back({codec.payload_type, codec.payload_type});
  }
  for (size_t i = 0; i < config.rtp_parameters.encodings.size(); ++i) {
    config.rtp_mapping.encodings.push_back({.rid = config.rtp_parameters.encodings[i].rid,
                                            .ssrc = config.rtp_parameters.encodings[i].ssrc,
                                            .mapped_ssrc = Ssrc(static_cast<uint32_t>(9000 + i))});
  }
  return config;
}

inline ConsumerConfig VideoConsumer(std::string id, std::string producer_id, uint32_t ssrc, size_t encodings = 1) {
  ConsumerConfig config{.id = std::move(id),
                        .producer_id = std::move(producer_id),
                        .kind = MediaKind::kVideo,
                        .type = encodings > 1 ? RtpType::kSimulcast : RtpType::kSimple,
                        .rtp_parameters = VideoParameters(ssrc, ssrc + 1)};
  for (size_t i = 0; i < encodings; ++i) {
    config.consumable_encodings.push_back({.ssrc = Ssrc(static_cast<uint32_t>(9000 + i))});
  }
  return config;
}

class MediaWorld {
 public:
  MediaWorld() : batch_(sink_), turn_{.now = Timestamp::Seconds(100), .batch = batch_} {
    auto context = DtlsContext::Create(*DtlsCertificate::Generate());
    dtls_ = *std::move(context);
  }

  Transport& AddTransport(const std::string& id) {
    const auto socket = static_cast<SocketId>(router_.Transports().size() + 1);
    PlainTransportConfig config{.id = id, .rtp = PathOf(socket)};
    config.rtp.remote = {};
    auto transport = router_.AddTransport(Transport::CreatePlain(config, Env(), turn_.now));
    EXPECT_TRUE((*transport)->Connect(PlainConnectParameters{.rtp = PathOf(socket).remote}, turn_).ok());
    return **transport;
  }

  // Not connected.
  Transport& AddPlain(PlainTransportConfig config) {
    return **router_.AddTransport(Transport::CreatePlain(std::move(config), Env(), turn_.now));
  }
  Transport& AddDirectTransport(const std::string& id) {
    return **router_.AddTransport(Transport::CreateDirect({.id = id}, Env(), turn_.now));
  }

  // A datagram from the peer of `transport`; the turn ends after it.
  void Receive(Transport& transport, Datagram bytes) {
    transport.HandleDatagram(PathTo(transport), bytes, turn_.now, turn_);
    EndTurn();
  }
  void EndTurn() {
    FanOut(turn_);
    batch_.Flush();
  }
  // Moves the clock in steps of 10 ms, and lets every transport act when its time has come.
  void Advance(TimeDelta time) {
    for (const Timestamp end = turn_.now + time; turn_.now < end;) {
      turn_.now += TimeDelta::Millis(10);
      for (const Transport* transport : router_.Transports()) {
        Transport& mutable_transport = *router_.FindTransport(transport->id());
        if (mutable_transport.NextDeadline() <= turn_.now) mutable_transport.OnTimer(turn_);
      }
      EndTurn();
    }
  }

  Path PathTo(const Transport& transport) const { return transport.path_policy().tuple()->rtp(); }
  // What was sent to the peer of `transport` since the last call for it: RTP only, or RTCP only.
  std::vector<Datagram> TakeRtp(const Transport& transport) { return Take(transport, false); }
  std::vector<Datagram> TakeRtcp(const Transport& transport) { return Take(transport, true); }

  // Everything that was sent, by anybody, and where to.
  std::vector<std::pair<Path, Datagram>> TakeAll() { return std::exchange(sink_.sent, {}); }

  template <class T>
  std::vector<T> TakeRtcpOf(const Transport& transport) {
    std::vector<T> found;
    for (const Datagram& datagram : TakeRtcp(transport)) {
      rtcp::ReadCompound(datagram, rtcp::Overloaded{[&](const T& block) { found.push_back(block); }});
    }
    return found;
  }

  // What direct transports sent since the last call.
  std::vector<DirectPacket> TakeDirect() { return std::exchange(turn_.outbox.direct, {}); }

  Router& router() { return router_; }
  Turn& turn() { return turn_; }

 private:
  Transport::Env Env() {
    return {.dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = TimeDelta::Seconds(1'700'000'000)};
  }
  static Path PathOf(SocketId socket) {
    return {.socket = socket,
            .local = SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(1000 + socket)),
            .remote = SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(2000 + socket))};
  }
  std::vector<Datagram> Take(const Transport& transport, bool rtcp) {
    std::vector<Datagram> taken;
    std::erase_if(sink_.sent, [&](auto& one) {
      if (!(one.first == PathTo(transport)) || rtp::LooksLikeRtcp(one.second) != rtcp) return false;
      taken.push_back(std::move(one.second));
      return true;
    });
    return taken;
  }

  RecordingSink sink_;
  SendBatch batch_;
  Turn turn_;
  PacketPool pool_;
  Rng rng_{1};
  std::unique_ptr<DtlsContext> dtls_;
  Router router_{"router"};
};

}  // namespace sluice::testing_support
