// SRTP that was replayed or forged, and a peer that invents streams.
#include <gmock/gmock.h>

#include "test/badinput/world.h"

namespace sluice::badinput {
namespace {

using testing_support::MakeRtcp;
using testing_support::MakeRtp;
using testing_support::RtpSpec;

class MediaTest : public ::testing::Test {
 protected:
  uint64_t Drops(DropReason reason) const { return sender_.transport.drops().of(reason); }
  void SendMedia(int packets) {
    for (int i = 0; i < packets; ++i) sender_.SendRtp(MakeRtp({.seq = seq_++}));
    world_.Talk();
  }
  void ExpectMediaFlows() {
    const uint32_t before = watcher_.rtp_received;
    SendMedia(10);
    EXPECT_EQ(watcher_.rtp_received, before + 10);
    EXPECT_EQ(watcher_.bad_received, 0u);
  }
  // Runs `flood` until everything that has a bound has reached it, and once more: then it may take no more memory.
  template <class F>
  void ExpectFlat(F&& flood) {
    flood();
    flood();
    const size_t heap = HeapBytes();
    flood();
    EXPECT_LE(HeapBytes(), heap + 1024);
  }

  World world_;
  Peer& sender_ = world_.JoinSender();
  Peer& watcher_ = world_.JoinWatcher();
  uint16_t seq_ = 1;
};

TEST_F(MediaTest, ReplayedPacketsAreDroppedAndCounted) {
  SendMedia(100);
  std::vector<Datagram> recorded;
  for (int i = 0; i < 100; ++i) recorded.push_back(sender_.Protect(MakeRtp({.seq = seq_++})));
  const Datagram rtcp = sender_.ProtectRtcp(MakeRtcp(rtcp::ReceiverReport{.sender = Ssrc(1111)}));
  recorded.push_back(rtcp);
  for (const Datagram& datagram : recorded) sender_.Send(datagram);
  world_.Talk();
  const uint32_t received = watcher_.rtp_received;
  EXPECT_EQ(received, 200u);
  ExpectFlat([&] {
    for (int i = 0; i < 20; ++i) {
      for (const Datagram& datagram : recorded) sender_.Send(datagram);
    }
  });
  world_.Talk();
  EXPECT_EQ(Drops(DropReason::kReplayed), 3u * 20 * 101);
  EXPECT_EQ(watcher_.rtp_received, received);
  ExpectMediaFlows();
}

TEST_F(MediaTest, PacketsReplayedFromAnotherAddressAreNobodys) {
  const Datagram packet = sender_.Protect(MakeRtp({.seq = seq_++}));
  const uint64_t unclaimed = world_.unclaimed();
  for (uint16_t port = 1; port <= 1000; ++port) world_.Receive(PathFrom(66, port), packet);
  EXPECT_EQ(world_.unclaimed(), unclaimed + 1000);
  sender_.Send(packet);
  world_.Talk();
  EXPECT_EQ(watcher_.rtp_received, 1u);
}

TEST_F(MediaTest, PacketsOfOnePeerAreForgeriesFromAnother) {
  const Datagram packet = sender_.Protect(MakeRtp({.seq = seq_++}));
  watcher_.Send(packet);
  EXPECT_EQ(watcher_.transport.drops().of(DropReason::kUnauthenticated), 1u);
}

TEST_F(MediaTest, ForgedPacketsAreDroppedAndCounted) {
  SendMedia(100);
  const Datagram rtp = sender_.Protect(MakeRtp({.seq = seq_++}));
  const Datagram rtcp = sender_.ProtectRtcp(MakeRtcp(rtcp::ReceiverReport{.sender = Ssrc(1111)}));
  uint64_t forged = 0;
  const auto flood = [&] {
    for (int round = 0; round < 20; ++round) {
      // Beyond the first two bytes it stays RTP, or RTCP.
      for (size_t i = 2; i < rtp.size(); ++i, ++forged) {
        Datagram copy = rtp;
        copy[i] ^= static_cast<uint8_t>(1 << round % 8);
        sender_.Send(copy);
      }
      for (size_t i = 2; i < rtcp.size(); ++i, ++forged) {
        Datagram copy = rtcp;
        copy[i] ^= static_cast<uint8_t>(1 << round % 8);
        sender_.Send(copy);
      }
    }
  };
  ExpectFlat(flood);
  // A number that was flipped into one already seen is a replay.
  EXPECT_EQ(Drops(DropReason::kUnauthenticated) + Drops(DropReason::kReplayed), forged);
  EXPECT_GT(Drops(DropReason::kUnauthenticated), forged / 2);
  sender_.Send(rtp);
  sender_.Send(rtcp);
  world_.Talk();
  EXPECT_EQ(watcher_.rtp_received, 101u);
  ExpectMediaFlows();
}

TEST_F(MediaTest, ThousandsOfUnknownSsrcsAreDroppedAndCounted) {
  SendMedia(600);  // the stores are full
  uint32_t ssrc = 100'000;
  ExpectFlat([&] {
    for (int i = 0; i < 5'000; ++i) sender_.SendOnce(MakeRtp({.ssrc = ++ssrc}));
  });
  EXPECT_EQ(Drops(DropReason::kUnknownSsrc), 15'000u);
  EXPECT_EQ(sender_.transport.demuxer().SsrcTable().size(), 2u);
  ExpectMediaFlows();
}

TEST_F(MediaTest, ThousandsOfUnknownSsrcsInRtcpAreBounded) {
  uint32_t ssrc = 100'000;
  ExpectFlat([&] {
    for (int i = 0; i < 2'000; ++i) {
      const Ssrc sender(++ssrc);
      sender_.SendOnce(MakeRtcp(rtcp::SenderReport{.sender = sender, .ntp = rtcp::NtpTime(uint64_t{1} << 40)}));
      sender_.SendOnce(MakeRtcp(rtcp::ExtendedReport{.sender = sender, .reference_time = rtcp::NtpTime(1)}));
      sender_.SendOnce(MakeRtcp(rtcp::Pli{.sender = sender, .media = Ssrc(ssrc)}));
      sender_.SendOnce(MakeRtcp(rtcp::Bye{.ssrcs = {sender}}));
    }
  });
  ExpectMediaFlows();
}

class RidTest : public MediaTest {
 protected:
  static constexpr uint8_t kMid = 1, kRid = 2;
  RidTest() {
    auto params = testing_support::VideoParameters(0, 0);
    params.mid = "m";
    params.encodings = {{.rid = "low"}, {.rid = "high"}};
    params.header_extensions = {{.uri = rtp::HeaderExtension::kMid, .id = kMid},
                                {.uri = rtp::HeaderExtension::kRid, .id = kRid}};
    EXPECT_TRUE(world_.router().Produce(sender_.transport, testing_support::VideoProducer("simulcast", params)).ok());
  }
  static std::vector<uint8_t> Text(const std::string& text) { return {text.begin(), text.end()}; }
  void SendNamed(uint32_t ssrc, const std::string& mid, const std::string& rid) {
    const auto mid_bytes = Text(mid), rid_bytes = Text(rid);
    sender_.SendOnce(
        MakeRtp({.ssrc = ssrc, .extensions = {{.id = kMid, .value = mid_bytes}, {.id = kRid, .value = rid_bytes}}}));
  }
};

TEST_F(RidTest, ThousandsOfUnknownRidsAndMidsAreDroppedAndCounted) {
  SendMedia(600);
  uint32_t number = 100'000;
  ExpectFlat([&] {
    for (int i = 0; i < 2'000; ++i) {
      ++number;
      SendNamed(number, "m", std::to_string(number));
      SendNamed(number + 1'000'000, std::to_string(number), "low");
    }
  });
  EXPECT_EQ(Drops(DropReason::kUnknownSsrc), 12'000u);
  ExpectMediaFlows();
}

TEST_F(RidTest, ThousandsOfSsrcsUnderAKnownRidAreBounded) {
  SendMedia(600);
  uint32_t number = 100'000;
  ExpectFlat([&] {
    for (int i = 0; i < 3'000; ++i) SendNamed(++number, "m", i % 2 ? "low" : "high");
  });
  EXPECT_LE(sender_.transport.demuxer().SsrcTable().size(), 4u);
  ExpectMediaFlows();
}

}  // namespace
}  // namespace sluice::badinput
