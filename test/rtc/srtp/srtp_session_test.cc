#include "rtc/srtp/srtp_session.h"

#include <gtest/gtest.h>

#include <string>

#include "rtc/base/bytes.h"
#include "rtc/base/rng.h"
#include "test/rtc/srtp/reference_srtp.h"

namespace sluice {
namespace {

using test::Bytes;

constexpr SrtpSuite kSuites[] = {SrtpSuite::kAeadAes256Gcm, SrtpSuite::kAeadAes128Gcm, SrtpSuite::kAesCm128HmacSha1_80,
                                 SrtpSuite::kAesCm128HmacSha1_32};

Bytes Keying(SrtpSuite suite, uint8_t first = 1) {
  Bytes out(SrtpSuiteInfoOf(suite).keying_size());
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(first + 7 * i);
  return out;
}

Bytes Rtp(uint16_t seq, uint32_t ssrc = 0x11223344, size_t payload = 50, bool extension = false) {
  Bytes out(12 + (extension ? 8 : 0) + payload);
  ByteWriter writer(out);
  writer.U8(extension ? 0x90 : 0x80);
  writer.U8(96);
  writer.U16(seq);
  writer.U32(seq * 3000u);
  writer.U32(ssrc);
  if (extension) writer.U32(0xBEDE0001), writer.U32(0x10FF0000);
  while (writer.left()) writer.U8(static_cast<uint8_t>(writer.size()));
  return out;
}

Bytes Rtcp(uint32_t ssrc = 0x11223344) {
  Bytes out(8);
  ByteWriter writer(out);
  writer.U32(0x80C90001);
  writer.U32(ssrc);
  return out;
}

class SrtpSessionTest : public ::testing::TestWithParam<SrtpSuite> {
 protected:
  static SrtpSession New(bool inbound, uint8_t first = 1) {
    const Bytes keying = Keying(GetParam(), first);
    auto session =
        inbound ? SrtpSession::CreateInbound(GetParam(), keying) : SrtpSession::CreateOutbound(GetParam(), keying);
    EXPECT_TRUE(session.ok()) << session.status();
    return std::move(*session);
  }
  Bytes Protect(const Bytes& packet) {
    Bytes out = packet;
    out.resize(packet.size() + kMaxSrtpOverhead);
    const SrtpResult result = sender_.ProtectRtp(out, packet.size());
    EXPECT_TRUE(result.ok());
    out.resize(result.size);
    return out;
  }
  Bytes ProtectRtcp(const Bytes& packet) {
    Bytes out = packet;
    out.resize(packet.size() + kMaxSrtpOverhead);
    const SrtpResult result = sender_.ProtectRtcp(out, packet.size());
    EXPECT_TRUE(result.ok());
    out.resize(result.size);
    return out;
  }
  // Reads a copy.
  SrtpError Hear(Bytes packet) { return receiver_.UnprotectRtp(packet).error; }
  SrtpError HearRtcp(Bytes packet) { return receiver_.UnprotectRtcp(packet).error; }

  SrtpSession sender_ = New(false);
  SrtpSession receiver_ = New(true);
};

INSTANTIATE_TEST_SUITE_P(EverySuite, SrtpSessionTest, ::testing::ValuesIn(kSuites),
                         [](const auto& info) { return std::string(SrtpSuiteInfoOf(info.param).name); });

TEST_P(SrtpSessionTest, ProtectsRtpAsTheRfcsSayAcrossTheWrapOfTheSequence) {
  uint32_t roc = 0;
  for (const uint16_t seq : {65534, 65535, 0, 1}) {
    if (seq == 0) ++roc;
    for (const bool extension : {false, true}) {
      const Bytes packet = Rtp(seq, extension ? 5 : 6, 100, extension);
      EXPECT_EQ(Protect(packet), test::ProtectRtp(GetParam(), Keying(GetParam()), roc, packet));
    }
  }
}

TEST_P(SrtpSessionTest, ProtectsRtcpAsTheRfcsSay) {
  for (uint32_t index = 1; index <= 3; ++index) {
    EXPECT_EQ(ProtectRtcp(Rtcp()), test::ProtectRtcp(GetParam(), Keying(GetParam()), index, Rtcp()));
  }
}

TEST_P(SrtpSessionTest, OverheadsAreWhatTheSuiteSays) {
  EXPECT_EQ(Protect(Rtp(1)).size() - Rtp(1).size(), SrtpSuiteInfoOf(GetParam()).rtp_overhead);
  EXPECT_EQ(ProtectRtcp(Rtcp()).size() - Rtcp().size(), SrtpSuiteInfoOf(GetParam()).rtcp_overhead);
}

TEST_P(SrtpSessionTest, UnprotectGivesBackWhatWasProtected) {
  for (const size_t payload : {0u, 1u, 15u, 16u, 1200u}) {
    Bytes packet = Protect(Rtp(static_cast<uint16_t>(payload), 9, payload, true));
    const SrtpResult result = receiver_.UnprotectRtp(packet);
    ASSERT_TRUE(result.ok());
    packet.resize(result.size);
    EXPECT_EQ(packet, Rtp(static_cast<uint16_t>(payload), 9, payload, true));
  }
  Bytes packet = ProtectRtcp(Rtcp());
  packet.resize(receiver_.UnprotectRtcp(packet).size);
  EXPECT_EQ(packet, Rtcp());
}

TEST_P(SrtpSessionTest, WorksInUnalignedMemory) {
  const Bytes packet = Protect(Rtp(1));
  for (size_t shift = 0; shift < 8; ++shift) {
    SrtpSession receiver = New(true);
    Bytes memory(shift + packet.size());
    std::copy(packet.begin(), packet.end(), memory.begin() + static_cast<long>(shift));
    EXPECT_TRUE(receiver.UnprotectRtp(std::span(memory).subspan(shift)).ok());
  }
}

TEST_P(SrtpSessionTest, APacketIsTakenOnce) {
  const Bytes rtp = Protect(Rtp(1)), rtcp = ProtectRtcp(Rtcp());
  EXPECT_EQ(Hear(rtp), SrtpError::kNone);
  EXPECT_EQ(Hear(rtp), SrtpError::kReplay);
  EXPECT_EQ(HearRtcp(rtcp), SrtpError::kNone);
  EXPECT_EQ(HearRtcp(rtcp), SrtpError::kReplay);
}

TEST_P(SrtpSessionTest, ReorderingWithinTheWindowIsFineAndBeyondItIsAReplay) {
  std::vector<Bytes> packets;
  for (uint16_t seq = 0; seq < 1100; ++seq) packets.push_back(Protect(Rtp(seq)));
  EXPECT_EQ(Hear(packets[1099]), SrtpError::kNone);
  EXPECT_EQ(Hear(packets[1099 - 1000]), SrtpError::kNone);
  EXPECT_EQ(Hear(packets[1099 - 1024]), SrtpError::kReplay);
}

TEST_P(SrtpSessionTest, AnyFlippedByteIsNoticed) {
  const Bytes packet = Protect(Rtp(1, 9, 20));
  for (size_t i = 0; i < packet.size(); ++i) {
    Bytes forged = packet;
    forged[i] ^= 1;
    EXPECT_NE(Hear(forged), SrtpError::kNone) << i;
  }
  EXPECT_EQ(Hear(packet), SrtpError::kNone);
}

TEST_P(SrtpSessionTest, AForgedPacketLeavesNoState) {
  SrtpSession stranger = New(false, 99);
  for (uint32_t ssrc = 1; ssrc < 5000; ++ssrc) {
    Bytes forged = Rtp(1, ssrc);
    forged.resize(forged.size() + kMaxSrtpOverhead);
    forged.resize(stranger.ProtectRtp(forged, Rtp(1).size()).size);
    EXPECT_EQ(Hear(forged), SrtpError::kAuthentication);
    forged = Rtcp(ssrc);
    forged.resize(forged.size() + kMaxSrtpOverhead);
    forged.resize(stranger.ProtectRtcp(forged, Rtcp().size()).size);
    EXPECT_EQ(HearRtcp(forged), SrtpError::kAuthentication);
    stranger.RemoveStream(Ssrc(ssrc));
  }
  EXPECT_EQ(receiver_.streams(), 0u);
}

TEST_P(SrtpSessionTest, AForgedPacketCannotMoveTheWindow) {
  EXPECT_EQ(Hear(Protect(Rtp(100))), SrtpError::kNone);
  Bytes forged = Protect(Rtp(101));
  forged[2] = 0x70;
  EXPECT_NE(Hear(forged), SrtpError::kNone);
  EXPECT_EQ(Hear(Protect(Rtp(102))), SrtpError::kNone);
}

TEST_P(SrtpSessionTest, InboundStreamsAreBoundedAndTheOneSilentForLongestMakesRoom) {
  const Bytes first = Protect(Rtp(1, 1)), second = Protect(Rtp(1, 2));
  EXPECT_EQ(Hear(second), SrtpError::kNone);
  EXPECT_EQ(Hear(first), SrtpError::kNone);
  for (uint32_t ssrc = 3; ssrc <= SrtpSession::kMaxStreams; ++ssrc) {
    ASSERT_EQ(Hear(Protect(Rtp(1, ssrc))), SrtpError::kNone);
  }
  EXPECT_EQ(Hear(second), SrtpError::kReplay);
  EXPECT_EQ(Hear(Protect(Rtp(1, 777777))), SrtpError::kNone);
  EXPECT_EQ(receiver_.streams(), SrtpSession::kMaxStreams);
  EXPECT_EQ(Hear(first), SrtpError::kReplay);
  EXPECT_EQ(Hear(second), SrtpError::kNone);  // forgotten, so it begins anew
  EXPECT_EQ(HearRtcp(ProtectRtcp(Rtcp(888888))), SrtpError::kNone);
  EXPECT_EQ(receiver_.streams(), SrtpSession::kMaxStreams);
}

TEST_P(SrtpSessionTest, ARemovedStreamBeginsAnew) {
  const Bytes packet = Protect(Rtp(1));
  EXPECT_EQ(Hear(packet), SrtpError::kNone);
  receiver_.RemoveStream(Ssrc(0x11223344));
  receiver_.RemoveStream(Ssrc(42));
  EXPECT_EQ(receiver_.streams(), 0u);
  EXPECT_EQ(Hear(packet), SrtpError::kNone);
}

TEST_P(SrtpSessionTest, TheSamePacketIsProtectedAgainToTheSameBytes) {
  const Bytes first = Protect(Rtp(1));
  for (uint16_t seq = 2; seq < 500; ++seq) Protect(Rtp(seq));
  EXPECT_EQ(Protect(Rtp(1)), first);
}

TEST_P(SrtpSessionTest, RefusesABufferWithoutRoomForTheTag) {
  Bytes packet = Rtp(1);
  EXPECT_EQ(sender_.ProtectRtp(packet, packet.size()).error, SrtpError::kMalformed);
  packet.resize(packet.size() + SrtpSuiteInfoOf(GetParam()).rtp_overhead);
  EXPECT_TRUE(sender_.ProtectRtp(packet, Rtp(1).size()).ok());
}

TEST_P(SrtpSessionTest, EveryLengthAndFirstByteIsRefusedWithoutHarm) {
  Rng rng(3);
  for (size_t size = 0; size <= 1600; ++size) {
    for (const uint8_t first : {0x00, 0x80, 0x8F, 0x90, 0x9F, 0xBF, 0xFF}) {
      Bytes packet(size);
      for (uint8_t& b : packet) b = static_cast<uint8_t>(rng.U32());
      if (size) packet[0] = first;
      EXPECT_NE(Hear(packet), SrtpError::kNone);
      EXPECT_NE(HearRtcp(packet), SrtpError::kNone);
    }
  }
  EXPECT_EQ(receiver_.streams(), 0u);
}

TEST_P(SrtpSessionTest, KeysOfAnotherSizeAreRefused) {
  Bytes keying = Keying(GetParam());
  keying.pop_back();
  EXPECT_EQ(SrtpSession::CreateInbound(GetParam(), keying).status().code(), absl::StatusCode::kInvalidArgument);
  keying.resize(keying.size() + 2);
  EXPECT_EQ(SrtpSession::CreateOutbound(GetParam(), keying).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(SrtpSessionTest, CanBeMoved) {
  Protect(Rtp(1));
  SrtpSession moved = std::move(sender_);
  sender_ = std::move(moved);
  EXPECT_EQ(Hear(Protect(Rtp(2))), SrtpError::kNone);
}

TEST(SrtpSuiteTest, NamesAndDtlsProfilesAreRead) {
  for (const SrtpSuite suite : kSuites) {
    EXPECT_EQ(SrtpSuiteFromName(SrtpSuiteInfoOf(suite).name), suite);
    EXPECT_EQ(SrtpSuiteFromDtlsProfile(SrtpSuiteInfoOf(suite).dtls_profile), suite);
  }
  EXPECT_EQ(SrtpSuiteFromName("AES_CM_128_HMAC_SHA1_80"), SrtpSuite::kAesCm128HmacSha1_80);
  EXPECT_EQ(SrtpSuiteFromName("aes"), std::nullopt);
  EXPECT_EQ(SrtpSuiteFromDtlsProfile(5), std::nullopt);
}

}  // namespace
}  // namespace sluice
