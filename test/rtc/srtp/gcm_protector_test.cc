#include "rtc/srtp/gcm_protector.h"

#include <gtest/gtest.h>

#include <string>

#include "rtc/base/bytes.h"
#include "rtc/base/rng.h"
#include "rtc/srtp/srtp_session.h"
#include "test/rtc/srtp/reference_srtp.h"

namespace sluice {
namespace {

using test::Bytes;

class GcmProtectorTest : public testing::TestWithParam<SrtpSuite> {
 protected:
  void SetUp() override {
    keying_.resize(SrtpSuiteInfoOf(GetParam()).keying_size());
    for (uint8_t& byte : keying_) byte = static_cast<uint8_t>(rng_.U32());
    ours_ = GcmProtector::Create(GetParam(), keying_);
    if (!ours_) GTEST_SKIP() << "built without ipsec-mb, or the processor lacks its instructions";
  }

  // With contributing sources and an extension, or not; one in 20 says that its extension is longer than itself.
  Bytes RandomPacket(uint32_t ssrc, uint16_t seq) {
    const uint32_t sources = rng_.Chance(0.2) ? rng_.U32() % 16 : 0;
    const bool extension = rng_.Chance(0.5);
    const uint32_t words = rng_.Chance(0.1) ? 1000 : rng_.U32() % 6;
    Bytes out(12 + 4 * sources + (extension ? 4 + 4 * (words == 1000 ? 2 : words) : 0) + rng_.U32() % 1200);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(rng_.U32());
    ByteWriter writer(out);
    writer.U8(static_cast<uint8_t>(0x80 | (extension ? 0x10 : 0) | sources));
    writer.U8(96);
    writer.U16(seq);
    writer.U32(rng_.U32());
    writer.U32(ssrc);
    if (extension) ByteWriter(std::span(out).subspan(12 + 4 * sources + 2)).U16(static_cast<uint16_t>(words));
    return out;
  }

  // By both; the same comes of it.
  void Compare(const Bytes& packet) {
    Bytes expected = packet, got = packet;
    expected.resize(packet.size() + kMaxSrtpOverhead);
    got.resize(expected.size());
    const SrtpResult by_libsrtp = libsrtp_->ProtectRtp(expected, packet.size());
    const SrtpResult by_ours = ours_->Protect(got, packet.size());
    ASSERT_EQ(by_libsrtp.ok(), by_ours.ok());
    ASSERT_EQ(by_libsrtp.error == SrtpError::kReplay, by_ours.error == SrtpError::kReplay);
    if (!by_libsrtp.ok()) return;
    ASSERT_EQ(by_libsrtp.size, by_ours.size);
    expected.resize(by_libsrtp.size);
    got.resize(by_ours.size);
    ASSERT_EQ(expected, got);
  }

  void ExpectLibsrtp() { libsrtp_.emplace(*SrtpSession::CreateOutboundByLibsrtp(GetParam(), keying_)); }

  Rng rng_{1};
  Bytes keying_;
  std::optional<GcmProtector> ours_;
  std::optional<SrtpSession> libsrtp_;
};

INSTANTIATE_TEST_SUITE_P(Suites, GcmProtectorTest,
                         testing::Values(SrtpSuite::kAeadAes128Gcm, SrtpSuite::kAeadAes256Gcm),
                         [](const auto& info) { return std::string(SrtpSuiteInfoOf(info.param).name); });

TEST_P(GcmProtectorTest, MakesTheBytesOfLibsrtpOfWhateverIsSent) {
  ExpectLibsrtp();
  std::array<uint16_t, 3> next = {0, 40'000, 65'530};
  for (int i = 0; i < 100'000; ++i) {
    const size_t stream = rng_.U32() % next.size();
    const uint16_t seq = next[stream] += static_cast<uint16_t>(rng_.Chance(0.01) ? rng_.U32() % 20'000 : 1);
    ASSERT_NO_FATAL_FAILURE(Compare(RandomPacket(static_cast<uint32_t>(stream), seq)));
  }
}

TEST_P(GcmProtectorTest, OldNumbersAreTakenAndRefusedAsByLibsrtp) {
  ExpectLibsrtp();
  for (int i = 0; i < 50'000; ++i) {
    const auto seq = static_cast<uint16_t>(i * 7 - (rng_.Chance(0.3) ? rng_.U32() % 1200 : 0));
    ASSERT_NO_FATAL_FAILURE(Compare(RandomPacket(1, seq)));
  }
  for (int i = 0; i < 50'000; ++i) ASSERT_NO_FATAL_FAILURE(Compare(RandomPacket(2, static_cast<uint16_t>(rng_.U32()))));
}

TEST_P(GcmProtectorTest, ARemovedStreamBeginsAnew) {
  ExpectLibsrtp();
  for (const uint16_t seq : {65'000, 100, 200}) ASSERT_NO_FATAL_FAILURE(Compare(RandomPacket(1, seq)));
  ours_->RemoveStream(Ssrc(1));
  libsrtp_->RemoveStream(Ssrc(1));
  for (const uint16_t seq : {300, 400}) ASSERT_NO_FATAL_FAILURE(Compare(RandomPacket(1, seq)));
}

TEST(GcmProtectorSuitesTest, ThereIsNoneForSuitesWithoutGcm) {
  const Bytes keying(SrtpSuiteInfoOf(SrtpSuite::kAesCm128HmacSha1_80).keying_size());
  EXPECT_FALSE(GcmProtector::Create(SrtpSuite::kAesCm128HmacSha1_80, keying));
}

}  // namespace
}  // namespace sluice
