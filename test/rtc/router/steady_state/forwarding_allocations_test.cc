// A packet's way through the media core takes no heap memory once streams are running: received under SRTP, stored,
// numbered anew for each consumer, protected, batched; and made again for a NACK.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rtc/rtcp/nack.h"
#include "rtc/rtp/demux.h"
#include "rtc/srtp/srtp_session.h"
#include "test/support/allocations/allocation_counter.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;

constexpr int kConsumers = 20;
constexpr int kPerFrame = 4;
constexpr uint32_t kFirstSsrc = 5000;

// Counts RTP, and notes the newest sequence number that went to the first receiver.
class CountingSink : public BatchSink {
 public:
  void SendAll(const SendBatch& batch) override {
    for (const auto& entry : batch.entries()) {
      const auto bytes = batch.bytes(entry);
      if (rtp::LooksLikeRtcp(bytes)) continue;
      ++packets;
      const uint32_t ssrc = uint32_t{bytes[8]} << 24 | uint32_t{bytes[9]} << 16 | uint32_t{bytes[10]} << 8 | bytes[11];
      if (ssrc == kFirstSsrc) newest = SeqNum(static_cast<uint16_t>(bytes[2] << 8 | bytes[3]));
      if (ssrc == kFirstSsrc + 1) ++repeated;
    }
  }
  size_t packets = 0;
  size_t repeated = 0;
  SeqNum newest;
};

class ForwardingAllocationsTest : public testing::TestWithParam<SrtpSuite> {
 protected:
  ForwardingAllocationsTest()
      : key_(SrtpSuiteInfoOf(GetParam()).keying_size(), 'k'),
        peer_(*SrtpSession::CreateOutbound(GetParam(), {reinterpret_cast<const uint8_t*>(key_.data()), key_.size()})) {
    dtls_ = *DtlsContext::Create(*DtlsCertificate::Generate());
    sender_ = &AddTransport(1);
    EXPECT_TRUE(router_.Produce(*sender_, VideoProducer("p", VideoParameters(1111, 1112))).ok());
    for (int i = 0; i < kConsumers; ++i) {
      Transport& receiver = AddTransport(static_cast<SocketId>(2 + i));
      receivers_.push_back(&receiver);
      const uint32_t ssrc = kFirstSsrc + 10 * static_cast<uint32_t>(i);
      EXPECT_TRUE(router_.Consume(receiver, VideoConsumer("c" + std::to_string(i), "p", ssrc), turn_).ok());
    }
  }

  static Path PathOf(SocketId socket) {
    return {.socket = socket,
            .local = SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(1000 + socket)),
            .remote = SocketAddress::Ipv4({127, 0, 0, 1}, static_cast<uint16_t>(2000 + socket))};
  }

  Transport& AddTransport(SocketId socket) {
    PlainTransportConfig config{.id = std::to_string(socket), .rtp = PathOf(socket), .srtp_suite = GetParam()};
    config.rtp.remote = {};
    auto transport = router_.AddTransport(Transport::CreatePlain(
        config, {.dtls = *dtls_, .pool = pool_, .rng = rng_, .wall_offset = TimeDelta::Seconds(1'700'000'000)},
        turn_.now));
    const PlainConnectParameters peer{.rtp = PathOf(socket).remote, .srtp = SrtpKeying{GetParam(), key_}};
    EXPECT_TRUE((*transport)->Connect(peer, turn_).ok());
    return **transport;
  }

  // A frame of kPerFrame packets, made and protected by the sender. All that may allocate is done here.
  std::vector<Datagram> MakeFrame() {
    std::vector<Datagram> packets;
    for (int i = 0; i < kPerFrame; ++i) {
      std::vector<uint8_t> payload(1100, 1);
      payload[0] = i == 0 ? 0x10 : 0x00;
      payload[1] = frame_ == 0 ? 0x00 : 0x01;
      Datagram packet =
          MakeRtp({.seq = seq_++, .timestamp = frame_ * 3000, .marker = i + 1 == kPerFrame, .payload = payload});
      const size_t size = packet.size();
      packet.resize(size + kMaxSrtpOverhead);
      packet.resize(peer_.ProtectRtp(packet, size).size);
      packets.push_back(std::move(packet));
    }
    ++frame_;
    return packets;
  }

  // Receives the frame in one turn and forwards it. Returns the allocations of that.
  uint64_t Forward(std::vector<Datagram> packets) {
    turn_.now += TimeDelta::Millis(33);
    const uint64_t before = test::AllocationCount();
    for (Datagram& packet : packets) sender_->HandleDatagram(PathOf(1), packet, turn_.now, turn_);
    FanOut(turn_);
    batch_.Flush();
    return test::AllocationCount() - before;
  }

  // Three seconds fill the rings and plans, over a wrap of the sequence numbers.
  void WarmUp() {
    for (int i = 0; i < 100; ++i) {
      Forward(MakeFrame());
      RunTimers();
    }
  }

  // An RTCP datagram of the peer; all peers have one key.
  Datagram Protected(Datagram rtcp) {
    const size_t size = rtcp.size();
    rtcp.resize(size + kMaxSrtpOverhead);
    rtcp.resize(peer_.ProtectRtcp(rtcp, size).size);
    return rtcp;
  }

  void RunTimers() {
    for (Transport* transport : receivers_) {
      if (transport->NextDeadline() <= turn_.now) transport->OnTimer(turn_);
    }
    if (sender_->NextDeadline() <= turn_.now) sender_->OnTimer(turn_);
    FanOut(turn_);
    batch_.Flush();
    turn_.outbox = {};
  }

  std::string key_;
  SrtpSession peer_;
  CountingSink sink_;
  SendBatch batch_{sink_};
  Turn turn_{.now = Timestamp::Seconds(100), .batch = batch_};
  PacketPool pool_;
  Rng rng_{1};
  std::unique_ptr<DtlsContext> dtls_;
  Router router_{"router"};
  Transport* sender_ = nullptr;
  std::vector<Transport*> receivers_;
  uint16_t seq_ = 65000;
  uint32_t frame_ = 0;
};

TEST_P(ForwardingAllocationsTest, ForwardingTakesNoHeapMemoryOnceStreamsRun) {
  EXPECT_GT(Forward(MakeFrame()), 0u) << "the first packets must; else nothing is counted";
  WarmUp();
  const size_t before = sink_.packets;
  uint64_t allocations = 0;
  for (int i = 0; i < 300; ++i) {
    allocations += Forward(MakeFrame());
    RunTimers();
  }
  EXPECT_EQ(sink_.packets - before, 300u * kPerFrame * kConsumers);
  EXPECT_EQ(allocations, 0u);
}

TEST_P(ForwardingAllocationsTest, AnsweringANackTakesNoHeapMemoryEither) {
  WarmUp();
  uint64_t allocations = 0;
  for (int i = 0; i < 100; ++i) {
    Forward(MakeFrame());
    Forward(MakeFrame());
    const SeqNum lost = sink_.newest + -kPerFrame;  // of the frame before, and so not sent within the last round trip
    turn_.now += TimeDelta::Millis(200);
    Datagram nack = Protected(MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(kFirstSsrc), .seqs = {lost}}));
    const uint64_t before = test::AllocationCount();
    receivers_[0]->HandleDatagram(PathOf(2), nack, turn_.now, turn_);
    FanOut(turn_);
    batch_.Flush();
    if (i >= 10) allocations += test::AllocationCount() - before;
    RunTimers();
  }
  EXPECT_EQ(sink_.repeated, 100u);
  EXPECT_EQ(allocations, 0u);
}

INSTANTIATE_TEST_SUITE_P(Suites, ForwardingAllocationsTest,
                         testing::Values(SrtpSuite::kAeadAes128Gcm, SrtpSuite::kAeadAes256Gcm,
                                         SrtpSuite::kAesCm128HmacSha1_80),
                         [](const auto& suite) { return std::string(SrtpSuiteInfoOf(suite.param).name); });

}  // namespace
}  // namespace sluice
