#include "rtc/stun/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "rtc/stun/message_writer.h"
#include "test/vectors/rfc5769.h"

namespace sluice::stun {
namespace {

using testing::ElementsAre;

constexpr TransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

// A request with one raw attribute in front of the fingerprint-less end.
std::vector<uint8_t> WithAttribute(uint16_t type, std::vector<uint8_t> value) {
  std::vector<uint8_t> bytes = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
  bytes.insert(bytes.end(), kId.begin(), kId.end());
  bytes.insert(bytes.end(),
               {static_cast<uint8_t>(type >> 8), static_cast<uint8_t>(type), 0, static_cast<uint8_t>(value.size())});
  bytes.insert(bytes.end(), value.begin(), value.end());
  while (bytes.size() % 4 != 0) bytes.push_back(0);
  bytes[3] = static_cast<uint8_t>(bytes.size() - kHeaderSize);
  return bytes;
}

TEST(StunVectorTest, ReadsTheRequestOfRfc5769) {
  const auto message = Message::Parse(rfc5769::kRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls(), Class::kRequest);
  EXPECT_EQ(message->method(), Method::kBinding);
  EXPECT_EQ(message->transaction_id()[0], 0xb7);
  EXPECT_EQ(message->username(), "evtj:h6vY");
  EXPECT_EQ(message->priority(), 0x6e0001ffu);
  EXPECT_EQ(message->ice_controlled(), 0x932ff9b151263b36u);
  EXPECT_EQ(message->ice_controlling(), std::nullopt);
  EXPECT_FALSE(message->use_candidate());
  EXPECT_TRUE(message->has_fingerprint());
  EXPECT_TRUE(message->VerifyIntegrity(rfc5769::kPassword));
  EXPECT_FALSE(message->VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBu"));
}

struct ResponseVector {
  const std::vector<uint8_t>& bytes;
  const char* address;
};
class StunResponseVectorTest : public testing::TestWithParam<ResponseVector> {};

TEST_P(StunResponseVectorTest, GivesTheMappedAddress) {
  const auto message = Message::Parse(GetParam().bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls(), Class::kSuccess);
  EXPECT_TRUE(message->VerifyIntegrity(rfc5769::kPassword));
  ASSERT_TRUE(message->xor_mapped_address());
  EXPECT_EQ(message->xor_mapped_address()->ToString(), GetParam().address);
}

INSTANTIATE_TEST_SUITE_P(Rfc5769, StunResponseVectorTest,
                         testing::Values(ResponseVector{rfc5769::kIpv4Response, "192.0.2.1:32853"},
                                         ResponseVector{rfc5769::kIpv6Response,
                                                        "[2001:db8:1234:5678:11:2233:4455:6677]:32853"}));

TEST(StunMessageTest, NeitherATruncatedNorALongerDatagramIsAMessage) {
  const auto& whole = rfc5769::kRequest;
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(Message::Parse(cut)) << size;
  }
  auto longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(Message::Parse(longer));
}

TEST(StunMessageTest, RefusesAnyChangedByte) {
  for (size_t i = 0; i < rfc5769::kRequest.size(); ++i) {
    auto changed = rfc5769::kRequest;
    changed[i] ^= 0x10;
    const auto message = Message::Parse(changed);
    // The fingerprint covers everything, but not its own type: then it is an optional attribute that nobody knows.
    EXPECT_TRUE(!message || !message->has_fingerprint()) << i;
  }
}

TEST(StunMessageTest, TakesOnlyAttributesBeforeTheIntegrity) {
  std::vector<uint8_t> bytes(200);
  MessageWriter writer(bytes, Class::kRequest, Method::kBinding, kId);
  writer.AddUsername("a:b");
  const size_t size = writer.Finish("password") - 8;  // drop the fingerprint
  bytes.resize(size);
  bytes.insert(bytes.end(), {0x00, 0x25, 0x00, 0x00, 0x7A, 0xBC, 0x00, 0x00});
  bytes[3] = static_cast<uint8_t>(bytes.size() - kHeaderSize);
  const auto message = Message::Parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->VerifyIntegrity("password"));
  EXPECT_FALSE(message->use_candidate());
  EXPECT_TRUE(message->unknown_required_attributes().empty());
}

TEST(StunMessageTest, NothingMayFollowTheFingerprint) {
  auto bytes = rfc5769::kRequest;
  bytes.insert(bytes.end(), {0x00, 0x25, 0x00, 0x00});
  bytes[3] = static_cast<uint8_t>(bytes[3] + 4);
  EXPECT_FALSE(Message::Parse(bytes));
}

TEST(StunMessageTest, WithoutIntegrityNothingVerifies) {
  const auto bytes = WithAttribute(0x0006, {'a', ':', 'b'});
  const auto message = Message::Parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->has_message_integrity());
  EXPECT_FALSE(message->VerifyIntegrity(""));
}

TEST(StunMessageTest, ListsUnknownRequiredAttributesOnceAndUpToTheBound) {
  std::vector<uint8_t> bytes = WithAttribute(0x7000, {});
  for (uint8_t i = 0; i < 20; ++i) bytes.insert(bytes.end(), {0x70, static_cast<uint8_t>(i / 2), 0, 0});
  bytes[3] = static_cast<uint8_t>(bytes.size() - kHeaderSize);
  const auto message = Message::Parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_THAT(message->unknown_required_attributes(),
              ElementsAre(0x7000, 0x7001, 0x7002, 0x7003, 0x7004, 0x7005, 0x7006, 0x7007));
}

TEST(StunMessageTest, IgnoresUnknownOptionalAttributes) {
  const auto bytes = WithAttribute(0xC057, {0, 1, 2, 3});
  const auto message = Message::Parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->unknown_required_attributes().empty());
}

class StunNominationTest : public testing::TestWithParam<uint16_t> {};

TEST_P(StunNominationTest, IsReadFromEitherAttribute) {
  const auto bytes = WithAttribute(GetParam(), {0, 0, 1, 2});
  const auto message = Message::Parse(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->nomination(), 0x102u);
}

INSTANTIATE_TEST_SUITE_P(Attributes, StunNominationTest, testing::Values(0x0030, 0xC001));

TEST(StunMessageTest, RefusesAttributesThatAreTooShortForTheirMeaning) {
  EXPECT_FALSE(Message::Parse(WithAttribute(0x0024, {1, 2, 3})));
  EXPECT_FALSE(Message::Parse(WithAttribute(0x802A, {1, 2, 3, 4})));
  EXPECT_FALSE(Message::Parse(WithAttribute(0x0008, {1, 2, 3, 4})));
  EXPECT_FALSE(Message::Parse(WithAttribute(0x8028, {1, 2, 3})));
}

TEST(StunMessageTest, RefusesAnAttributeBeyondTheEnd) {
  auto bytes = WithAttribute(0x8022, {1, 2, 3, 4});
  bytes[23] = 5;
  EXPECT_FALSE(Message::Parse(bytes));
}

TEST(LooksLikeStunTest, WantsCookieLengthAndFirstByte) {
  auto bytes = rfc5769::kRequest;
  EXPECT_TRUE(LooksLikeStun(bytes));
  bytes[4] ^= 1;
  EXPECT_FALSE(LooksLikeStun(bytes));
  bytes[4] ^= 1;
  bytes[0] = 0x80;
  EXPECT_FALSE(LooksLikeStun(bytes));
  EXPECT_FALSE(LooksLikeStun({}));
}

}  // namespace
}  // namespace sluice::stun
