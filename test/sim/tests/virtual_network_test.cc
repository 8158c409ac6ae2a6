#include "test/sim/virtual_network.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::sim {
namespace {

class VirtualNetworkTest : public testing::Test {
 protected:
  struct Arrival {
    SocketAddress from;
    Timestamp at;
  };
  VirtualNetworkTest() {
    network_.Attach(a_, [this](const SocketAddress& from, const Datagram&) { at_a_.push_back({from, events_.now()}); });
    network_.Attach(b_, [this](const SocketAddress& from, const Datagram&) { at_b_.push_back({from, events_.now()}); });
  }

  VirtualClock clock_;
  EventQueue events_{clock_};
  VirtualNetwork network_{events_, 1};
  const SocketAddress a_ = SocketAddress::Ipv4({10, 0, 0, 1}, 1000);
  const SocketAddress b_ = SocketAddress::Ipv4({10, 0, 0, 2}, 2000);
  const SocketAddress outer_ = SocketAddress::Ipv4({192, 0, 2, 9}, 60000);
  const SocketAddress other_outer_ = SocketAddress::Ipv4({192, 0, 2, 9}, 60001);
  std::vector<Arrival> at_a_;
  std::vector<Arrival> at_b_;
};

TEST_F(VirtualNetworkTest, PassesTheUpLinkAndTheDownLink) {
  network_.Up(a_).Configure({.delay = TimeDelta::Millis(10)});
  network_.Down(b_).Configure({.delay = TimeDelta::Millis(20)});
  const Timestamp sent = events_.now();
  network_.Send(a_, b_, {1});
  events_.RunFor(TimeDelta::Seconds(1));
  ASSERT_EQ(at_b_.size(), 1u);
  EXPECT_EQ(at_b_[0].from, a_);
  EXPECT_EQ(at_b_[0].at - sent, TimeDelta::Millis(30));
}

TEST_F(VirtualNetworkTest, CountsWhatIsForNobody) {
  network_.Send(a_, outer_, {1});
  network_.Detach(b_);
  network_.Send(a_, b_, {1});
  events_.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(network_.unclaimed(), 2u);
  EXPECT_TRUE(at_b_.empty());
}

TEST_F(VirtualNetworkTest, ShowsTheOuterAddressOfANat) {
  network_.PutBehindNat(a_, outer_);
  network_.Send(a_, b_, {1});
  network_.Send(b_, outer_, {1});
  network_.Send(b_, a_, {1});  // not reachable from outside
  events_.RunFor(TimeDelta::Seconds(1));
  ASSERT_EQ(at_b_.size(), 1u);
  EXPECT_EQ(at_b_[0].from, outer_);
  EXPECT_EQ(at_a_.size(), 1u);
  EXPECT_EQ(network_.unclaimed(), 1u);
}

TEST_F(VirtualNetworkTest, ForgetsTheOldAddressWhenRebound) {
  network_.PutBehindNat(a_, outer_);
  network_.PutBehindNat(a_, other_outer_);
  network_.Send(a_, b_, {1});
  network_.Send(b_, outer_, {1});
  network_.Send(b_, other_outer_, {1});
  events_.RunFor(TimeDelta::Seconds(1));
  ASSERT_EQ(at_b_.size(), 1u);
  EXPECT_EQ(at_b_[0].from, other_outer_);
  EXPECT_EQ(at_a_.size(), 1u);
}

}  // namespace
}  // namespace sluice::sim
