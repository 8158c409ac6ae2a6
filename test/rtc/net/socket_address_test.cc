#include "rtc/net/socket_address.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

class AddressText : public testing::TestWithParam<const char*> {};

TEST_P(AddressText, ComesBackAsItWent) {
  auto address = SocketAddress::Parse(GetParam(), 7);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->IpString(), GetParam());
  EXPECT_EQ(address->port(), 7);
}

INSTANTIATE_TEST_SUITE_P(Canonical, AddressText,
                         testing::Values("0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1",
                                         "2001:db8:0:1:1:1:1:1", "fe80::1:0:0:2", "1:2:3:4:5:6:7:8", "1::"));

class BadAddressText : public testing::TestWithParam<const char*> {};

TEST_P(BadAddressText, IsRefused) { EXPECT_FALSE(SocketAddress::Parse(GetParam(), 1)); }

INSTANTIATE_TEST_SUITE_P(Malformed, BadAddressText,
                         testing::Values("", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.4 ", ":",
                                         ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                                         "12345::", "g::", "1:", "[::1]", "localhost", "::1%lo"));

TEST(SocketAddressTest, UnmapsIpv4InIpv6) {
  EXPECT_EQ(SocketAddress::Parse("::ffff:192.0.2.1", 5)->Unmapped(), SocketAddress::Ipv4({192, 0, 2, 1}, 5));
  EXPECT_EQ(SocketAddress::Parse("2001:db8::1", 5)->Unmapped(), *SocketAddress::Parse("2001:db8::1", 5));
}

TEST(SocketAddressTest, KnowsLoopbackAndPrivateRanges) {
  EXPECT_TRUE(SocketAddress::Parse("127.8.9.1", 0)->IsLoopback());
  EXPECT_TRUE(SocketAddress::Parse("::1", 0)->IsLoopback());
  EXPECT_FALSE(SocketAddress::Parse("::2", 0)->IsLoopback());
  for (const char* ip : {"10.0.0.1", "172.31.0.1", "192.168.1.1", "169.254.1.1", "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(SocketAddress::Parse(ip, 0)->IsPrivate()) << ip;
  }
  for (const char* ip : {"172.32.0.1", "192.0.2.1", "2001:db8::1"}) {
    EXPECT_FALSE(SocketAddress::Parse(ip, 0)->IsPrivate()) << ip;
  }
}

}  // namespace
}  // namespace sluice
