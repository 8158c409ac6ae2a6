#include "rtc/ice/ice_client.h"

#include <gtest/gtest.h>

#include "rtc/ice/ice_lite_agent.h"
#include "test/rtc/ice/ice_test_util.h"

namespace sluice {
namespace {

class IceClientTest : public ::testing::Test {
 protected:
  // The request that is due now, or nullopt.
  std::optional<std::vector<uint8_t>> Due() {
    std::vector<uint8_t> out(IceClient::kMaxRequest);
    const size_t size = client_.OnTimer(now_, out);
    if (size == 0) return std::nullopt;
    out.resize(size);
    return out;
  }
  // What the agent answers.
  std::vector<uint8_t> Answer(const std::vector<uint8_t>& request) {
    std::vector<uint8_t> reply(IceLiteAgent::kMaxReply);
    const auto message = stun::Message::Parse(request);
    reply.resize(agent_.HandleRequest(*message, PathFrom(1001), now_, reply, events_).size);
    return reply;
  }
  bool Hear(const std::vector<uint8_t>& reply) {
    const auto message = stun::Message::Parse(reply);
    return message && client_.HandleResponse(*message, now_);
  }

  Timestamp now_ = Timestamp::Seconds(5);
  Rng rng_{1};
  IceLiteAgent agent_{kServer};
  IceClient client_{{.ufrag = "peer", .password = "unused"}, kServer, rng_};
  IceEvents events_;
};

TEST_F(IceClientTest, ConnectsToAnIceLiteAgentAndNominatesAtOnce) {
  EXPECT_TRUE(client_.NextDeadline().IsInfinite());
  client_.Start(now_);
  const auto request = Due();
  ASSERT_TRUE(request);
  EXPECT_TRUE(Hear(Answer(*request)));
  EXPECT_EQ(client_.state(), IceClient::State::kConnected);
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
  EXPECT_EQ(client_.mapped_address(), PathFrom(1001).remote);
}

TEST_F(IceClientTest, KeepsConsentForAsLongAsItIsAnswered) {
  client_.Start(now_);
  for (int i = 0; i < 100; ++i) {
    now_ = client_.NextDeadline();
    EXPECT_TRUE(Hear(Answer(*Due())));
    EXPECT_EQ(client_.NextDeadline() - now_, IceClient::kConsentInterval);
    agent_.OnTimer(now_, events_);
  }
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
}

TEST_F(IceClientTest, AsksAgainAndThenGivesUpWhenNobodyAnswers) {
  client_.Start(now_);
  int requests = 0;
  std::vector<int64_t> gaps;
  for (Timestamp last = now_; !client_.NextDeadline().IsInfinite(); last = now_) {
    now_ = client_.NextDeadline();
    if (Due()) gaps.push_back((now_ - last).ms()), ++requests;
  }
  EXPECT_EQ(client_.state(), IceClient::State::kFailed);
  EXPECT_EQ(std::vector<int64_t>(gaps.begin(), gaps.begin() + 7),
            (std::vector<int64_t>{0, 100, 200, 400, 800, 1600, 2500}));
  EXPECT_GE(now_ - Timestamp::Seconds(5), IceClient::kConsentTimeout);
}

TEST_F(IceClientTest, TakesNoAnswerTwiceAndNoForgedOne) {
  client_.Start(now_);
  const auto reply = Answer(*Due());
  auto forged = MakeCheck({.cls = stun::Class::kSuccess});
  EXPECT_FALSE(Hear(forged));
  EXPECT_TRUE(Hear(reply));
  EXPECT_FALSE(Hear(reply));
}

TEST_F(IceClientTest, NothingIsDueBeforeItsTime) {
  EXPECT_FALSE(Due());
  client_.Start(now_);
  EXPECT_TRUE(Due());
  EXPECT_FALSE(Due());
}

}  // namespace
}  // namespace sluice
