#include "rtc/stun/message_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "rtc/stun/message.h"
#include "test/vectors/rfc5769.h"

namespace sluice::stun {
namespace {

constexpr TransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
constexpr TransactionId kVectorId = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

TEST(MessageWriterTest, EveryAttributeComesBack) {
  std::array<uint8_t, 300> out;
  MessageWriter writer(out, Class::kRequest, Method::kBinding, kId);
  writer.AddSoftware("sluice");
  writer.AddUsername("local:remote1");
  writer.AddPriority(0x6e0001ff);
  writer.AddIceControlling(0x0102030405060708);
  writer.AddUseCandidate();
  writer.AddNomination(7);
  const size_t size = writer.Finish("secret");
  ASSERT_GT(size, 0u);
  const auto message = Message::Parse(std::span(out).first(size));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->transaction_id(), kId);
  EXPECT_EQ(message->username(), "local:remote1");
  EXPECT_EQ(message->priority(), 0x6e0001ffu);
  EXPECT_EQ(message->ice_controlling(), 0x0102030405060708u);
  EXPECT_TRUE(message->use_candidate());
  EXPECT_EQ(message->nomination(), 7u);
  EXPECT_TRUE(message->has_fingerprint());
  EXPECT_TRUE(message->VerifyIntegrity("secret"));
}

TEST(MessageWriterTest, ErrorsCarryCodeAndUnknownAttributes) {
  std::array<uint8_t, 300> out;
  MessageWriter writer(out, Class::kError, Method::kBinding, kId);
  writer.AddErrorCode(kErrorUnknownAttribute, "Unknown Attribute");
  const std::array<uint16_t, 3> unknown = {0x7000, 0x7001, 0x7002};
  writer.AddUnknownAttributes(unknown);
  const size_t size = writer.Finish("");
  const auto message = Message::Parse(std::span(out).first(size));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls(), Class::kError);
  EXPECT_EQ(message->error_code(), 420);
  EXPECT_FALSE(message->has_message_integrity());
}

TEST(MessageWriterTest, MakesTheResponsesOfRfc5769) {
  struct Case {
    const std::vector<uint8_t>& bytes;
    const char* ip;
  };
  for (const Case& c : {Case{rfc5769::kIpv4Response, "192.0.2.1"},
                        Case{rfc5769::kIpv6Response, "2001:db8:1234:5678:11:2233:4455:6677"}}) {
    std::array<uint8_t, 200> out;
    MessageWriter writer(out, Class::kSuccess, Method::kBinding, kVectorId);
    writer.AddSoftware("test vector");
    writer.AddXorMappedAddress(*SocketAddress::Parse(c.ip, 32853));
    ASSERT_EQ(writer.Finish(rfc5769::kPassword), c.bytes.size());
    // The vectors pad with a space where we pad with zero, so integrity and fingerprint differ: compare up to there.
    std::vector<uint8_t> expected = c.bytes;
    expected[35] = 0;
    const size_t common = c.bytes.size() - 8 - 24;
    EXPECT_TRUE(std::equal(expected.begin(), expected.begin() + static_cast<ptrdiff_t>(common), out.begin()));
  }
}

TEST(MessageWriterTest, GivesNothingWhenItDoesNotFitWhateverTheRoom) {
  std::array<uint8_t, 300> out;
  const auto write = [&](size_t room) {
    const auto space = std::span(out).first(room);
    MessageWriter writer(space, Class::kSuccess, Method::kBinding, kId);
    writer.AddUsername("local:remote");
    writer.AddXorMappedAddress(*SocketAddress::Parse("192.0.2.1", 1));
    return writer.Finish("secret");
  };
  const size_t needed = write(out.size());
  ASSERT_GT(needed, 0u);
  for (size_t room = 0; room < needed; ++room) EXPECT_EQ(write(room), 0u) << room;
  EXPECT_EQ(write(needed), needed);
}

TEST(MessageWriterTest, RefusesToGrowBeyondTheLargestMessage) {
  std::array<uint8_t, 3000> out;
  MessageWriter writer(out, Class::kRequest, Method::kBinding, kId);
  writer.AddSoftware(std::string(kMaxMessageSize, 'x'));
  EXPECT_EQ(writer.Finish("secret"), 0u);
}

}  // namespace
}  // namespace sluice::stun
