#include "worker/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/clock.h"

namespace sluice {
namespace {

using testing::ElementsAre;

class NetworkTest : public testing::Test {
 protected:
  struct Datagram {
    SocketId listener;
    Path path;
    std::vector<uint8_t> bytes;
    bool stamped;
  };

  NetworkTest() {
    uv_loop_init(&loop_);
    network_ = std::make_unique<Network>(
        &loop_, rng_,
        Network::Callbacks{.on_datagram =
                               [this](SocketId listener, const Path& path, std::span<uint8_t> bytes, timespec stamp) {
                                 received_.push_back({listener, path, {bytes.begin(), bytes.end()}, stamp.tv_sec != 0});
                               },
                           .on_path_closed = [this](const Path& path) { closed_.push_back(path); }});
  }
  ~NetworkTest() override {
    network_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }

  SocketId Listen(Protocol protocol, std::string_view ip = "127.0.0.1") {
    const auto id = network_->Listen(
        {.protocol = protocol, .address = *SocketAddress::Parse(ip, 0), .range = {.min = 20000, .max = 60000}});
    EXPECT_TRUE(id.ok()) << id.status();
    return *id;
  }
  // Runs the loop until `done` or for two seconds.
  template <class Done>
  bool RunUntil(Done done) {
    const Timestamp limit = MonotonicNow() + TimeDelta::Seconds(2);
    while (!done() && MonotonicNow() < limit) {
      uv_run(&loop_, UV_RUN_NOWAIT);
      poll(nullptr, 0, 1);
    }
    return done();
  }
  Path PathBetween(SocketId from, SocketId to) {
    return {.socket = from, .local = network_->LocalAddress(from), .remote = network_->LocalAddress(to)};
  }
  int ConnectTcp(SocketId listener) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage to;
    const socklen_t size = ToSockaddr(network_->LocalAddress(listener), to);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), size), 0);
    return fd;
  }

  uv_loop_t loop_;
  Rng rng_{7};
  std::unique_ptr<Network> network_;
  std::vector<Datagram> received_;
  std::vector<Path> closed_;
};

TEST_F(NetworkTest, ABatchArrivesWholeAndInOrderWithTheKernelsStamps) {
  const SocketId a = Listen(Protocol::kUdp), b = Listen(Protocol::kUdp);
  SendBatch batch(*network_);
  std::vector<size_t> sizes;
  for (int i = 0; i < 100; ++i) {
    sizes.push_back(i % 7 == 0 ? 700u : 1000u);
    const std::vector<uint8_t> bytes(sizes.back(), static_cast<uint8_t>(i));
    batch.Send(PathBetween(a, b), bytes);
  }
  batch.Flush();
  ASSERT_TRUE(RunUntil([&] { return received_.size() == sizes.size(); }));
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(received_[i].bytes, std::vector<uint8_t>(sizes[i], static_cast<uint8_t>(i)));
    EXPECT_EQ(received_[i].listener, b);
    EXPECT_EQ(received_[i].path.remote, network_->LocalAddress(a));
    EXPECT_TRUE(received_[i].stamped);
  }
  EXPECT_LT(network_->udp_counters().system_calls, 10u);
}

TEST_F(NetworkTest, WhereTheKernelRefusesSegmentationEveryDatagramStillLeaves) {
  // Without checksums the kernel cannot segment and says EIO, as some devices do at any time.
  Network& network = *network_;
  const SocketId a = Listen(Protocol::kUdp), b = Listen(Protocol::kUdp);
  const uint16_t port = network.LocalAddress(a).port();
  for (int fd = 3; fd < 1024; ++fd) {
    if (LocalAddressOf(fd).port() != port) continue;
    const int off = 1;
    ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &off, sizeof(off)), 0);
  }
  SendBatch batch(network);
  for (int turn = 0; turn < 2; ++turn) {
    for (int i = 0; i < 10; ++i) batch.Send(PathBetween(a, b), std::vector<uint8_t>(900, static_cast<uint8_t>(i)));
    const uint64_t before = network.udp_counters().system_calls;
    batch.Flush();
    // The first time it is tried and then done singly; the destination is remembered.
    const uint64_t calls = network.udp_counters().system_calls - before;
    EXPECT_EQ(calls, turn == 0 ? 11u : 1u);
  }
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 20; }));
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(received_[i].bytes[0], i % 10);
  EXPECT_EQ(network.udp_counters().failed, 0u);
}

TEST_F(NetworkTest, ADualStackSocketSpeaksIpv4AddressesAsIpv4) {
  const SocketId dual = Listen(Protocol::kUdp, "::"), v4 = Listen(Protocol::kUdp);
  const auto to_dual = SocketAddress::Ipv4({127, 0, 0, 1}, network_->LocalAddress(dual).port());
  SendBatch batch(*network_);
  batch.Send({.socket = v4, .remote = to_dual}, std::vector<uint8_t>{1});
  batch.Flush();
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 1; }));
  EXPECT_EQ(received_[0].path.remote, network_->LocalAddress(v4));
  batch.Send(received_[0].path, std::vector<uint8_t>{2});
  batch.Flush();
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 2; }));
  EXPECT_EQ(received_[1].listener, v4);
}

TEST_F(NetworkTest, ARangeThatIsFullSaysSo) {
  const SocketId first = Listen(Protocol::kUdp);
  const SocketAddress taken = network_->LocalAddress(first);
  const auto again =
      network_->Listen({.address = taken.WithPort(0), .range = {.min = taken.port(), .max = taken.port()}});
  EXPECT_TRUE(absl::IsResourceExhausted(again.status())) << again.status();
}

TEST_F(NetworkTest, TcpCutsDatagramsByTheirLengthsAndAnswersTheSameWay) {
  const SocketId listener = Listen(Protocol::kTcp);
  const int fd = ConnectTcp(listener);
  const uint8_t bytes[] = {0, 3, 'a', 'b', 'c', 0, 0, 0, 2, 'd'};
  ASSERT_EQ(send(fd, bytes, sizeof(bytes), 0), static_cast<ssize_t>(sizeof(bytes)));
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 1; }));
  ASSERT_EQ(send(fd, "e", 1, 0), 1);
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 2; }));
  EXPECT_THAT(received_[0].bytes, ElementsAre('a', 'b', 'c'));
  EXPECT_THAT(received_[1].bytes, ElementsAre('d', 'e'));
  EXPECT_EQ(received_[0].listener, listener);
  EXPECT_EQ(received_[0].path.protocol, Protocol::kTcp);

  SendBatch batch(*network_);
  batch.Send(received_[0].path, std::vector<uint8_t>{'x', 'y'});
  batch.Flush();
  uint8_t answer[8];
  RunUntil([&] { return recv(fd, answer, sizeof(answer), MSG_PEEK | MSG_DONTWAIT) == 4; });
  ASSERT_EQ(recv(fd, answer, sizeof(answer), MSG_DONTWAIT), 4);
  EXPECT_THAT(std::span(answer).first(4), ElementsAre(0, 2, 'x', 'y'));

  close(fd);
  ASSERT_TRUE(RunUntil([&] { return !closed_.empty(); }));
  EXPECT_EQ(closed_[0], received_[0].path);
}

TEST_F(NetworkTest, ATcpStreamThatMakesNoSenseIsClosed) {
  const SocketId listener = Listen(Protocol::kTcp);
  const int fd = ConnectTcp(listener);
  const std::vector<uint8_t> http(100, 'G');
  ASSERT_EQ(send(fd, http.data(), http.size(), 0), 100);
  EXPECT_TRUE(RunUntil([&] { return !closed_.empty(); }));
  EXPECT_TRUE(received_.empty());
  close(fd);
}

TEST_F(NetworkTest, ATcpConnectionThatNobodyKeepsIsClosedInTime) {
  const SocketId listener = Listen(Protocol::kTcp);
  const int kept = ConnectTcp(listener), idle = ConnectTcp(listener);
  const uint8_t bytes[] = {0, 1, 'a'};
  ASSERT_EQ(send(kept, bytes, sizeof(bytes), 0), 3);
  ASSERT_TRUE(RunUntil([&] { return received_.size() == 1; }));
  network_->KeepPath(received_[0].path);
  network_->Sweep(MonotonicNow() + TcpListener::kMaxIdle + TimeDelta::Seconds(1));
  char byte;
  EXPECT_TRUE(RunUntil([&] { return recv(idle, &byte, 1, MSG_DONTWAIT) == 0; }));
  EXPECT_EQ(recv(kept, &byte, 1, MSG_DONTWAIT), -1);
  close(kept), close(idle);
}

}  // namespace
}  // namespace sluice
