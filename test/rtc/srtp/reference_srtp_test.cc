#include "test/rtc/srtp/reference_srtp.h"

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

TEST(ReferenceSrtpTest, CounterModeKeystreamOfRfc3711AppendixB2) {
  const Bytes stream =
      AesCounterKeystream(FromHex("2B7E151628AED2A6ABF7158809CF4F3C"), FromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), 48);
  EXPECT_EQ(stream, FromHex("E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB"
                            "41E95B3BB0A2E8DD477901E4FCA894C0"));
}

TEST(ReferenceSrtpTest, KeyDerivationOfRfc3711AppendixB3) {
  const Bytes key = FromHex("E1F97A0D3E018BE0D64FA32C06DE4139"), salt = FromHex("0EC675AD498AFEEBB6960B3AABE6");
  EXPECT_EQ(DeriveKey(key, salt, 0, 16), FromHex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(DeriveKey(key, salt, 2, 14), FromHex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(DeriveKey(key, salt, 1, 20), FromHex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

const char kGalliaEst[] =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573";
const char kSalt[] = "517569642070726f2071756f";
const char kKey128[] = "000102030405060708090a0b0c0d0e0f";
const char kKey256[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

TEST(ReferenceSrtpTest, RtpWithAes128GcmOfRfc7714Section16) {
  EXPECT_EQ(GcmProtectRtp(FromHex(kKey128), FromHex(kSalt), 0, FromHex(kGalliaEst)),
            FromHex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a"
                    "51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"));
}

TEST(ReferenceSrtpTest, RtpWithAes256GcmOfRfc7714Section16) {
  EXPECT_EQ(GcmProtectRtp(FromHex(kKey256), FromHex(kSalt), 0, FromHex(kGalliaEst)),
            FromHex("8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02"
                    "76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13"));
}

TEST(ReferenceSrtpTest, RtcpWithAes128GcmOfRfc7714Section17) {
  const Bytes packet = FromHex(
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef"
      "deadbeef");
  EXPECT_EQ(GcmProtectRtcp(FromHex(kKey128), FromHex(kSalt), 0x5d4, packet),
            FromHex("81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda"
                    "4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"));
}

}  // namespace
}  // namespace sluice::test
