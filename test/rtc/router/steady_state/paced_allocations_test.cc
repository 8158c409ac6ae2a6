// What is paced takes no heap memory either once streams run: simulcasts of several publishers to one subscriber on a
// narrow line, whose peer tells of every packet, asks for what was lost, and reports. Layers are divided, packets wait,
// probes are filled, figures are kept.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "rtc/cc/transport_feedback_generator.h"
#include "rtc/rtcp/nack.h"
#include "rtc/rtcp/receiver_report.h"
#include "rtc/rtp/header_extension_values.h"
#include "test/support/allocations/allocation_counter.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;

constexpr int kPublishers = 5;
constexpr std::array<size_t, 3> kFrame = {350, 1250, 4500};  // of each layer, 25 in a second: 70, 250, 900 kbit/s
constexpr size_t kLargest = 1100;
constexpr DataRate kLine = DataRate::KilobitsPerSec(2500);
constexpr TimeDelta kDelay = TimeDelta::Millis(25);
constexpr TimeDelta kPatience = TimeDelta::Millis(150);  // before what is missing is asked for
constexpr TimeDelta kStep = TimeDelta::Millis(5);
constexpr int kLost = 97;  // every so-manyth packet is
constexpr uint8_t kNumberId = 5;
constexpr uint32_t kFirstSsrc = 5000;

// The subscriber's peer behind its line.
class Subscriber {
 public:
  void OnSent(std::span<const uint8_t> bytes, Timestamp now) {
    const auto packet = rtp::PacketView::Parse(bytes);
    const auto number = packet->Extension(kNumberId);
    if (!number) return;
    const DataSize size = DataSize::Bytes(static_cast<int64_t>(bytes.size()) + 28);
    free_at_ = std::max(free_at_, now) + size / kLine;
    repeated_ += packet->ssrc().value() % 2;
    if (++packets_ % kLost == 0) {
      if (packet->ssrc().value() % 2 == 0) lost_.push_back({packet->ssrc(), packet->seq(), free_at_ + kPatience});
    } else {
      coming_.push_back({rtp::TransportSequenceNumber::Parse(*number)->seq, free_at_ + kDelay});
      highest_[packet->ssrc().value()] = packet->seq().value();
    }
  }
  // What it has to say by now.
  std::vector<Datagram> Say(Timestamp now) {
    std::vector<Datagram> said;
    std::erase_if(coming_, [&](const Coming& one) {
      if (one.at <= now) feedback_.OnPacket(one.number, one.at);
      return one.at <= now;
    });
    if (feedback_.deadline() <= now) {
      while (const auto message = feedback_.Next(Ssrc(1), Ssrc(kFirstSsrc))) said.push_back(MakeRtcp(*message));
    }
    std::erase_if(lost_, [&](const Lost& one) {
      if (one.seen <= now) said.push_back(MakeRtcp(rtcp::Nack{Ssrc(1), one.ssrc, {one.seq}}));
      return one.seen <= now;
    });
    if (now >= next_report_) {
      next_report_ = now + TimeDelta::Seconds(1);
      for (const auto& [ssrc, highest] : highest_) {
        rtcp::ReceiverReport report{.sender = Ssrc(1)};
        report.reports.push_back({.source = Ssrc(ssrc), .fraction_lost = 3, .extended_highest_seq = highest});
        said.push_back(MakeRtcp(report));
      }
    }
    return said;
  }
  int packets() const { return packets_; }
  uint32_t repeated() const { return repeated_; }

 private:
  struct Coming {
    SeqNum number;
    Timestamp at;
  };
  struct Lost {
    Ssrc ssrc;
    SeqNum seq;
    Timestamp seen;
  };
  TransportFeedbackGenerator feedback_;
  std::vector<Coming> coming_;
  std::vector<Lost> lost_;
  std::map<uint32_t, uint32_t> highest_;
  Timestamp free_at_;
  Timestamp next_report_;
  int packets_ = 0;
  uint32_t repeated_ = 0;
};

class PacedAllocationsTest : public testing::Test {
 protected:
  PacedAllocationsTest() {
    subscriber_ = &world_.AddTransport("subscriber");
    for (int i = 0; i < kPublishers; ++i) AddPublisher(i);
    world_.TakeAll();
  }

  void AddPublisher(int i) {
    const std::string id = std::to_string(i);
    publishers_.push_back(&world_.AddTransport("p" + id));
    RtpParameters params = VideoParameters(SsrcOf(i, 0), SsrcOf(i, 0) + 1);
    params.rtcp.cname = "one that is too long to be kept in place";
    for (int layer = 1; layer < 3; ++layer) {
      params.encodings.push_back({.ssrc = Ssrc(SsrcOf(i, layer)), .rtx_ssrc = Ssrc(SsrcOf(i, layer) + 1)});
    }
    ProducerConfig producer = VideoProducer("v" + id, params);
    EXPECT_TRUE(world_.router().Produce(*publishers_.back(), producer).ok());
    ConsumerConfig config = VideoConsumer("c" + id, "v" + id, kFirstSsrc + 2 * static_cast<uint32_t>(i), 3);
    config.rtp_parameters.rtcp.cname = params.rtcp.cname;
    config.rtp_parameters.codecs[0].rtcp_feedback.push_back({"transport-cc", ""});
    config.rtp_parameters.header_extensions.push_back({.uri = rtp::HeaderExtension::kTransportWideCc, .id = kNumberId});
    EXPECT_TRUE(world_.router().Consume(*subscriber_, config, world_.turn()).ok());
  }
  static uint32_t SsrcOf(int publisher, int layer) { return static_cast<uint32_t>(1000 + publisher * 10 + layer * 2); }

  // One layer's frame; every second a key frame.
  void SendFrame(int publisher, size_t layer) {
    size_t left = kFrame[layer];
    uint16_t& seq = seqs_[{publisher, layer}];
    for (bool first = true; left > 0; first = false) {
      std::vector<uint8_t> payload(std::min(left, kLargest), 0);
      left -= payload.size();
      payload[0] = first ? 0x10 : 0x00;
      payload[1] = frame_ % 25 == 0 ? 0x00 : 0x01;
      Receive(*publishers_[static_cast<size_t>(publisher)], MakeRtp({.ssrc = SsrcOf(publisher, static_cast<int>(layer)),
                                                                     .seq = seq++,
                                                                     .timestamp = static_cast<uint32_t>(frame_) * 3600,
                                                                     .marker = left == 0,
                                                                     .payload = payload}));
    }
  }
  template <class Do>
  void Count(Do run) {
    const uint64_t before = test::AllocationCount();
    run();
    allocations_ += test::AllocationCount() - before;
  }
  void Receive(Transport& transport, Datagram bytes) {
    const Path path = world_.PathTo(transport);
    Turn& turn = world_.turn();
    Count([&] {
      transport.HandleDatagram(path, bytes, turn.now, turn);
      FanOut(turn);
    });
    Flush();
  }
  void Flush() {
    Turn& turn = world_.turn();
    most_waiting_ = std::max(most_waiting_, subscriber_->congestion()->pacer().packets());
    turn.batch.Flush();
    const Path path = world_.PathTo(*subscriber_);
    for (const auto& [to, bytes] : world_.TakeAll()) {
      if (to == path && !rtp::LooksLikeRtcp(bytes)) peer_.OnSent(bytes, turn.now);
    }
    turn.outbox.media.clear();
    turn.outbox.transport.clear();
    turn.moved.clear();
  }
  void RunTimer(Transport& transport) {
    Turn& turn = world_.turn();
    Count([&] {
      if (transport.NextDeadline() <= turn.now) transport.OnTimer(turn);
      FanOut(turn);
    });
    Flush();
  }
  void Run(TimeDelta time) {
    Turn& turn = world_.turn();
    for (const Timestamp end = turn.now + time; turn.now < end; turn.now += kStep, ++step_) {
      const int publisher = step_ % 8;
      frame_ = step_ / 8;
      for (size_t layer = 0; layer < 3 && publisher < kPublishers; ++layer) SendFrame(publisher, layer);
      for (const Datagram& said : peer_.Say(turn.now)) Receive(*subscriber_, said);
      for (Transport* transport : publishers_) RunTimer(*transport);
      RunTimer(*subscriber_);
    }
  }

  MediaWorld world_;
  Transport* subscriber_ = nullptr;
  std::vector<Transport*> publishers_;
  std::map<std::pair<int, size_t>, uint16_t> seqs_;
  Subscriber peer_;
  int step_ = 0;
  int frame_ = 0;
  uint64_t allocations_ = 0;
  size_t most_waiting_ = 0;
};

TEST_F(PacedAllocationsTest, WaitingProbingRepeatingAndDividingTakeNoHeapMemoryOnceStreamsRun) {
  Run(TimeDelta::Seconds(40));
  EXPECT_GT(allocations_, 0u) << "the first packets must; else nothing is counted";
  allocations_ = 0;
  most_waiting_ = 0;
  const int packets = peer_.packets();
  const uint32_t repeated = peer_.repeated();
  const uint32_t probes = subscriber_->congestion()->probes();
  const TransportStats before = subscriber_->Stats(world_.turn().now);
  Run(TimeDelta::Seconds(60));
  EXPECT_EQ(allocations_, 0u);
  const TransportStats after = subscriber_->Stats(world_.turn().now);
  EXPECT_GT(peer_.packets() - packets, 10'000);
  EXPECT_GT(peer_.repeated() - repeated, 100u);
  EXPECT_GT(after.rtx_sent.bytes, before.rtx_sent.bytes);
  EXPECT_GT(subscriber_->congestion()->probes(), probes);
  EXPECT_GT(after.probation_sent.bytes, before.probation_sent.bytes);
  EXPECT_GT(most_waiting_, 3u);
}

}  // namespace
}  // namespace sluice
