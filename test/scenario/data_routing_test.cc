// Messages from peer to peer, across one router and across two that are piped, over networks that lose packets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/data_client.h"
#include "test/sim/sim_worker.h"
#include "test/sim/virtual_network.h"

namespace sluice::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr uint16_t kStream = 3;  // of the sender
constexpr uint16_t kAtPeer = 8;  // of the receiver
constexpr uint16_t kOnPipe = 0;
constexpr SctpConfig kConfig{.send_buffer_size = 2'000'000, .max_receiver_window_buffer_size = 1'000'000};

std::vector<std::string> Numbers(int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(std::to_string(i));
  return out;
}

// A peer that speaks SCTP in datagrams of its own, as the peer of a plain transport does.
class DataPeer {
 public:
  DataPeer(EventQueue& events, VirtualNetwork& network, const SocketAddress& address, uint64_t seed)
      : address_(address), network_(network), client_(events, kConfig, seed, [this](std::span<const uint8_t> packet) {
          network_.Send(address_, worker_, Datagram(packet.begin(), packet.end()));
        }) {
    network_.Attach(address_, [this](const SocketAddress&, const Datagram& packet) { client_.HandlePacket(packet); });
  }

  const SocketAddress& address() const { return address_; }
  void Connect(const SocketAddress& worker) {
    worker_ = worker;
    client_.Start();
  }
  SctpSendResult Send(uint16_t stream, std::string_view text, const SctpReliability& reliability = {}) {
    return client_.Send(stream, text, reliability);
  }
  std::vector<std::string> Texts() const { return client_.texts(kAtPeer); }
  const std::vector<uint16_t>& resets() const { return client_.resets(); }

 private:
  const SocketAddress address_;
  VirtualNetwork& network_;
  SocketAddress worker_;
  DataClient client_;
};

class World {
 public:
  explicit World(uint64_t seed) : network_(events_, seed), near_(events_, network_, seed, 1) {}

  void Run(TimeDelta time) { events_.RunFor(time); }
  SimWorker& near() { return near_; }
  SimWorker& far() { return far_ ? *far_ : *(far_ = std::make_unique<SimWorker>(events_, network_, 77, 2)); }

  // A peer with a transport of `worker`, connected.
  DataPeer& Join(SimWorker& worker, const std::string& id, const SctpConfig& at_worker = kConfig) {
    worker.AddData(id, at_worker);
    return Meet(worker, id);
  }
  // A peer for a transport that has none.
  DataPeer& Meet(SimWorker& worker, const std::string& id) {
    const auto address = SocketAddress::Ipv4({192, 168, 0, ++last_peer_}, 5000);
    peers_.push_back(std::make_unique<DataPeer>(events_, network_, address, last_peer_));
    Transport& transport = *worker.router().FindTransport(id);
    worker.Do([&] { EXPECT_TRUE(transport.Connect({.rtp = address}, worker.turn()).ok()); });
    peers_.back()->Connect(worker.AddressOf(transport));
    return *peers_.back();
  }
  // Both ends of a pipe, called "pipe" on either side.
  void Pipe() {
    Transport& here = near_.AddData("pipe", kConfig);
    Transport& there = far().AddData("pipe", kConfig);
    const SocketAddress here_at = near_.AddressOf(here), there_at = far().AddressOf(there);
    near_.Do([&] { EXPECT_TRUE(here.Connect({.rtp = there_at}, near_.turn()).ok()); });
    far().Do([&] { EXPECT_TRUE(there.Connect({.rtp = here_at}, far().turn()).ok()); });
  }
  DataProducer& Produce(SimWorker& worker, const std::string& transport, const std::string& id, uint16_t stream,
                        const SctpReliability& reliability = {}) {
    return *worker.Do([&] {
      return *worker.router().ProduceData(
          *worker.router().FindTransport(transport),
          {.id = id, .stream = SctpStreamParameters{stream, reliability}, .pipe = transport == "pipe"});
    });
  }
  DataConsumer& Consume(SimWorker& worker, const std::string& transport, const std::string& id, uint16_t stream,
                        const SctpReliability& reliability = {}) {
    return *worker.Do([&] {
      return *worker.router().ConsumeData(*worker.router().FindTransport(transport),
                                          {.id = id,
                                           .data_producer_id = "p",
                                           .stream = SctpStreamParameters{stream, reliability},
                                           .pipe = transport == "pipe",
                                           .buffered_amount_low_threshold = 1000});
    });
  }
  void Configure(DataPeer& peer, const LinkConfig& config) {
    network_.Up(peer.address()).Configure(config);
    network_.Down(peer.address()).Configure(config);
  }
  void ConfigurePipe(const LinkConfig& config) {
    for (SimWorker* worker : {&near_, far_.get()}) {
      network_.Up(worker->AddressOf(*worker->router().FindTransport("pipe"))).Configure(config);
    }
  }

 private:
  VirtualClock clock_;
  EventQueue events_{clock_};
  VirtualNetwork network_;
  SimWorker near_;
  std::unique_ptr<SimWorker> far_;
  std::vector<std::unique_ptr<DataPeer>> peers_;
  uint8_t last_peer_ = 0;
};

// From peer to peer over one router, or over two.
struct Crossing {
  Crossing(uint64_t seed, bool piped, const SctpReliability& reliability = {})
      : world(seed), worker(piped ? world.far() : world.near()) {
    sender = &world.Join(world.near(), "in");
    producer = &world.Produce(world.near(), "in", "p", kStream, reliability);
    if (piped) {
      world.Pipe();
      world.Consume(world.near(), "pipe", "c", kOnPipe, reliability);
      world.Produce(world.far(), "pipe", "p", kOnPipe, reliability);
    }
    receiver = &world.Join(worker, "out");
    consumer = &world.Consume(worker, "out", "d", kAtPeer, reliability);
    world.Run(TimeDelta::Seconds(1));
  }
  void Lose(double share) {
    const LinkConfig config{.delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(10), .loss = share};
    world.Configure(*sender, config);
    world.Configure(*receiver, config);
    if (&worker != &world.near()) world.ConfigurePipe(config);
  }

  World world;
  SimWorker& worker;
  DataPeer* sender = nullptr;
  DataPeer* receiver = nullptr;
  DataProducer* producer = nullptr;
  DataConsumer* consumer = nullptr;
};

class DataRoutingScenario : public testing::TestWithParam<bool> {};

TEST_P(DataRoutingScenario, TenThousandMessagesArriveInOrderThoughPacketsAreLost) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Crossing c(seed, GetParam());
    c.Lose(0.02);
    constexpr int kMessages = 10'000;
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_EQ(c.sender->Send(kStream, std::to_string(i)), SctpSendResult::kQueued) << i;
      if (i % 100 == 99) c.world.Run(TimeDelta::Millis(20));
    }
    c.world.Run(TimeDelta::Seconds(60));
    EXPECT_EQ(c.receiver->Texts(), Numbers(kMessages));
    EXPECT_EQ(c.producer->stats().messages, 10'000u);
    EXPECT_EQ(c.consumer->stats().messages, 10'000u);
    EXPECT_EQ(c.consumer->stats().bytes, 38'890u);
  }
}

TEST_P(DataRoutingScenario, LargeMessagesArriveWhole) {
  Crossing c(1, GetParam());
  c.Lose(0.01);
  for (size_t size : {size_t{65'536}, size_t{262'144}, size_t{1}}) {
    ASSERT_EQ(c.sender->Send(kStream, std::string(size, static_cast<char>('a' + size % 7))), SctpSendResult::kQueued);
  }
  c.world.Run(TimeDelta::Seconds(60));
  const auto texts = c.receiver->Texts();
  ASSERT_THAT(texts, SizeIs(3));
  EXPECT_EQ(texts[0], std::string(65'536, static_cast<char>('a' + 65'536 % 7)));
  EXPECT_EQ(texts[1], std::string(262'144, static_cast<char>('a' + 262'144 % 7)));
}

TEST_P(DataRoutingScenario, UnorderedMessagesAllArrive) {
  Crossing c(1, GetParam(), {.ordered = false});
  c.Lose(0.05);
  for (int i = 0; i < 500; ++i) c.sender->Send(kStream, std::to_string(i), {.ordered = false});
  c.world.Run(TimeDelta::Seconds(60));
  EXPECT_THAT(c.receiver->Texts(), testing::UnorderedElementsAreArray(Numbers(500)));
}

TEST_P(DataRoutingScenario, MessagesWithALimitMayBeLostButNeverComeTwice) {
  for (const SctpReliability& reliability : {SctpReliability{.ordered = false, .max_retransmits = uint16_t{0}},
                                             SctpReliability{.ordered = false, .max_packet_life_time = uint16_t{50}}}) {
    Crossing c(1, GetParam(), reliability);
    c.Lose(0.1);
    for (int i = 0; i < 500; ++i) {
      c.sender->Send(kStream, std::to_string(i), reliability);
      c.world.Run(TimeDelta::Millis(10));
    }
    c.world.Run(TimeDelta::Seconds(60));
    auto texts = c.receiver->Texts();
    EXPECT_GT(texts.size(), 200u);
    EXPECT_LT(texts.size(), 500u);
    std::ranges::sort(texts);
    EXPECT_EQ(std::unique(texts.begin(), texts.end()), texts.end());
  }
}

TEST_P(DataRoutingScenario, ClosingTheConsumerResetsItsStreamForTheNext) {
  Crossing c(1, GetParam());
  c.sender->Send(kStream, "one");
  c.world.Run(TimeDelta::Seconds(2));
  c.worker.Do([&] { c.worker.router().CloseDataConsumer(*c.consumer, c.worker.turn()); });
  c.world.Run(TimeDelta::Seconds(2));
  EXPECT_THAT(c.receiver->resets(), ElementsAre(kAtPeer));
  c.sender->Send(kStream, "lost");
  c.world.Run(TimeDelta::Seconds(2));
  c.world.Consume(c.worker, "out", "e", kAtPeer);
  c.sender->Send(kStream, "two");
  c.world.Run(TimeDelta::Seconds(2));
  EXPECT_THAT(c.receiver->Texts(), ElementsAre("one", "two"));
}

INSTANTIATE_TEST_SUITE_P(Routers, DataRoutingScenario, testing::Values(false, true),
                         [](const auto& tested) { return tested.param ? "Piped" : "One"; });

TEST(DataLimitsScenario, DropsWhatComesOnAStreamWithoutAProducer) {
  Crossing c(1, false);
  c.sender->Send(kStream + 1, "who?");
  c.sender->Send(kStream, "me");
  c.world.Run(TimeDelta::Seconds(2));
  EXPECT_THAT(c.receiver->Texts(), ElementsAre("me"));
  EXPECT_EQ(c.producer->transport().drops().of(DropReason::kUnknownStream), 1u);
}

TEST(DataLimitsScenario, HoldsMessagesUntilThePeerIsThere) {
  World world(1);
  DataPeer& sender = world.Join(world.near(), "in");
  world.Produce(world.near(), "in", "p", kStream);
  Transport& out = world.near().AddData("out", kConfig);
  DataConsumer& consumer = world.Consume(world.near(), "out", "c", kAtPeer);
  world.Run(TimeDelta::Seconds(1));
  for (const auto& text : Numbers(50)) sender.Send(kStream, text);
  world.Run(TimeDelta::Seconds(2));
  EXPECT_EQ(out.BufferedAmount(consumer), 90u);
  const DataPeer& receiver = world.Meet(world.near(), "out");
  world.Run(TimeDelta::Seconds(2));
  EXPECT_EQ(receiver.Texts(), Numbers(50));
  EXPECT_EQ(out.BufferedAmount(consumer), 0u);
}

TEST(DataLimitsScenario, APeerThatDoesNotReadCostsNoMoreThanItsBuffer) {
  constexpr uint32_t kBuffer = 100'000;
  World world(1);
  DataPeer& sender = world.Join(world.near(), "in");
  world.Produce(world.near(), "in", "p", kStream);
  SctpConfig small = kConfig;
  small.send_buffer_size = kBuffer;
  DataPeer& silent = world.Join(world.near(), "out", small);
  DataPeer& other = world.Join(world.near(), "other");
  DataConsumer& consumer = world.Consume(world.near(), "out", "c", kAtPeer);
  world.Consume(world.near(), "other", "d", kAtPeer);
  world.Run(TimeDelta::Seconds(1));
  world.Configure(silent, {.loss = 1});
  constexpr int kMessages = 1000;
  uint32_t most = 0;
  for (int i = 0; i < kMessages; ++i) {
    sender.Send(kStream, std::string(1000, 'x'));
    world.Run(TimeDelta::Millis(10));
    most = std::max(most, consumer.transport().BufferedAmount(consumer));
  }
  EXPECT_LE(most, kBuffer);
  EXPECT_GT(most, kBuffer / 2);
  EXPECT_THAT(other.Texts(), SizeIs(kMessages));
  EXPECT_EQ(consumer.stats().messages + consumer.stats().dropped, uint64_t{kMessages});
  EXPECT_THAT(world.near().reported().data, Contains(testing::VariantWith<DataConsumerSendBufferFull>(testing::_)));
  world.Configure(silent, {});
  world.Run(TimeDelta::Seconds(60));
  EXPECT_EQ(consumer.transport().BufferedAmount(consumer), 0u);
  EXPECT_EQ(silent.Texts().size(), consumer.stats().messages);
  EXPECT_THAT(world.near().reported().data, Contains(testing::VariantWith<DataConsumerBufferedAmountLow>(testing::_)));
}

TEST(DataPipeScenario, SubchannelsReachThoseBehindThePipe) {
  World world(1);
  Transport& direct = world.near().AddDirect("direct");
  DataProducer& producer = **world.near().router().ProduceData(direct, {.id = "p", .type = DataType::kDirect});
  world.Pipe();
  DataConsumer& pipe = world.Consume(world.near(), "pipe", "c", kOnPipe);
  world.Produce(world.far(), "pipe", "p", kOnPipe);
  DataPeer& alice = world.Join(world.far(), "alice");
  DataPeer& bob = world.Join(world.far(), "bob");
  world.Consume(world.far(), "alice", "a", kAtPeer).subchannels() = SubchannelSet({1, 11});
  world.Consume(world.far(), "bob", "b", kAtPeer).subchannels() = SubchannelSet({2, 11});
  world.Run(TimeDelta::Seconds(1));
  const auto send = [&](const std::string& text, const MessageSubchannels& subchannels) {
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    world.near().Do([&] {
      EXPECT_TRUE(
          direct.ProduceData(producer, {.ppid = 51, .payload = bytes, .subchannels = subchannels}, world.near().turn())
              .ok());
    });
  };
  send("all", {});
  send("one", {.any_of = SubchannelSet({1})});
  send("both", {.any_of = SubchannelSet({1, 2}), .required = 11});
  send("not alice", {.ignored = 1});
  pipe.subchannels() = SubchannelSet({2});
  send("held at the pipe", {.any_of = SubchannelSet({1})});
  send("not bob", {.ignored = 2});
  send(std::string("\xa5\xf0\x9c\xb3\xd6\xe1\xf2\x8f looks like it", 23), {});
  world.Run(TimeDelta::Seconds(2));
  const std::string looks("\xa5\xf0\x9c\xb3\xd6\xe1\xf2\x8f looks like it", 23);
  EXPECT_THAT(alice.Texts(), ElementsAre("all", "one", "both", "not bob", looks));
  EXPECT_THAT(bob.Texts(), ElementsAre("all", "both", "not alice", looks));
}

}  // namespace
}  // namespace sluice::sim
