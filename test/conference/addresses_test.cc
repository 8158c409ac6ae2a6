#include "conference/addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::conference {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<std::string> kLocal{"192.168.1.5"};

TEST(AddressesTest, EndpointsAreRead) {
  EXPECT_EQ(*ParseEndpoint("127.0.0.1:4443"), (Endpoint{"127.0.0.1", 4443}));
  EXPECT_EQ(*ParseEndpoint("[::1]:80"), (Endpoint{"::1", 80}));
  EXPECT_EQ(*ParseEndpoint("0.0.0.0:0"), (Endpoint{"0.0.0.0", 0}));
  EXPECT_EQ(*ParseEndpoint("localhost:99"), (Endpoint{"127.0.0.1", 99}));
}

TEST(AddressesTest, AWrongEndpointIsAnsweredWithARightOne) {
  for (const char* bad : {"", "4443", ":4443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                          "127.0.0.1:44x", "example.org:4443", "::1:4443", "[::1:4443", "[127.0.0.1]:1"}) {
    const auto endpoint = ParseEndpoint(bad);
    ASSERT_FALSE(endpoint.ok()) << bad;
    EXPECT_THAT(std::string(endpoint.status().message()), HasSubstr("127.0.0.1:4443"));
  }
}

TEST(AddressesTest, ReachIsThatOfTheAddress) {
  EXPECT_EQ(ReachOf("127.1.2.3"), Reach::kLoopback);
  EXPECT_EQ(ReachOf("::1"), Reach::kLoopback);
  EXPECT_EQ(ReachOf("0.0.0.0"), Reach::kAny);
  EXPECT_EQ(ReachOf("::"), Reach::kAny);
  for (const char* inside :
       {"10.1.1.1", "172.31.0.1", "192.168.0.1", "169.254.1.1", "100.64.0.1", "fe80::1", "fd00::1"}) {
    EXPECT_EQ(ReachOf(inside), Reach::kPrivate) << inside;
  }
  for (const char* outside : {"172.32.0.1", "8.8.8.8", "100.128.0.1", "2001:db8::1"}) {
    EXPECT_EQ(ReachOf(outside), Reach::kPublic) << outside;
  }
  EXPECT_EQ(ReachOf("sfu.example.org"), Reach::kName);
}

TEST(AddressesTest, WorkersTakePortsInARow) {
  const auto infos = MediaListenInfos("127.0.0.1", "", 40000, 2, kLocal);
  ASSERT_THAT(infos, SizeIs(2));
  EXPECT_EQ(infos[0].protocol, controller::Protocol::kUdp);
  EXPECT_EQ(infos[1].protocol, controller::Protocol::kTcp);
  EXPECT_EQ(infos[0].port, 40002);
  EXPECT_EQ(MediaListenInfos("127.0.0.1", "", 0, 2, kLocal)[0].port, 0);
}

TEST(AddressesTest, AnyAddressBecomesRealOnesUnlessOneIsAnnounced) {
  EXPECT_EQ(MediaListenInfos("0.0.0.0", "", 0, 0, kLocal)[0].ip, "192.168.1.5");
  const auto announced = MediaListenInfos("0.0.0.0", "203.0.113.9", 0, 0, kLocal);
  EXPECT_EQ(announced[0].ip, "0.0.0.0");
  EXPECT_EQ(announced[0].announced_address, "203.0.113.9");
}

TEST(AddressesTest, LoopbackIsSaidToBeForThisMachine) {
  const Advice advice = Advise({"127.0.0.1", 4443}, false, "", kLocal);
  EXPECT_EQ(advice.url, "http://localhost:4443/");
  EXPECT_EQ(Advise({"::1", 4443}, false, "", kLocal).url, "http://[::1]:4443/");
  EXPECT_THAT(advice.sentences, ElementsAre(HasSubstr("Only browsers on this machine")));
  EXPECT_THAT(Advise({"127.0.0.1", 1}, false, "203.0.113.9", kLocal).sentences,
              ElementsAre(HasSubstr("received on 127.0.0.1 only")));
}

TEST(AddressesTest, ARemotePageIsWarnedOfMediaThatCannotBeReached) {
  const Advice inside = Advise({"0.0.0.0", 4443}, true, "", kLocal);
  EXPECT_EQ(inside.url, "https://192.168.1.5:4443/");
  EXPECT_THAT(inside.sentences, ElementsAre(HasSubstr("a private address")));
  EXPECT_THAT(Advise({"0.0.0.0", 4443}, true, "127.0.0.1", kLocal).sentences,
              ElementsAre(HasSubstr("this machine alone")));
  EXPECT_THAT(Advise({"203.0.113.9", 4443}, true, "", kLocal).sentences, IsEmpty());
  EXPECT_THAT(Advise({"0.0.0.0", 4443}, true, "sfu.example.org", kLocal).sentences, IsEmpty());
}

TEST(AddressesTest, ARemotePageWithoutTlsIsWarnedOfTheCamera) {
  EXPECT_THAT(Advise({"203.0.113.9", 4443}, false, "", kLocal).sentences, ElementsAre(HasSubstr("https")));
}

TEST(AddressesTest, ThisMachineHasAnAddress) { EXPECT_FALSE(LocalAddresses().empty()); }

}  // namespace
}  // namespace sluice::conference
