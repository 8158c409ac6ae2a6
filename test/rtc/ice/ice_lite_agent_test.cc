#include "rtc/ice/ice_lite_agent.h"

#include <gmock/gmock.h>

#include "test/rtc/ice/ice_test_util.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = IceEvent::Kind;

// Events as short texts: "added 1001", "selected 1001", "removed 1001", "connected".
std::vector<std::string> Texts(const IceEvents& events) {
  std::vector<std::string> out;
  for (const IceEvent& event : events) {
    const std::string port = std::to_string(event.path.remote.port());
    switch (event.kind) {
      case Kind::kPathAdded:
        out.push_back("added " + port);
        break;
      case Kind::kPathRemoved:
        out.push_back("removed " + port);
        break;
      case Kind::kPathSelected:
        out.push_back("selected " + port);
        break;
      case Kind::kStateChanged:
        out.push_back(event.state == IceState::kConnected   ? "connected"
                      : event.state == IceState::kCompleted ? "completed"
                                                            : "disconnected");
        break;
    }
  }
  return out;
}

class IceLiteAgentTest : public ::testing::Test {
 protected:
  IceReply Check(const Path& path, const CheckOptions& options = {}) {
    request_ = MakeCheck(options);
    const auto message = stun::Message::Parse(request_);
    EXPECT_TRUE(message.has_value());
    const IceReply reply = agent_.HandleRequest(*message, path, now_, reply_, events_);
    answer_ = reply.size ? stun::Message::Parse(std::span(reply_).first(reply.size)) : std::nullopt;
    return reply;
  }
  std::vector<std::string> TakeEvents() {
    auto out = Texts(events_);
    events_.clear();
    return out;
  }
  void Wait(int64_t ms) {
    now_ += TimeDelta::Millis(ms);
    agent_.OnTimer(now_, events_);
  }

  Timestamp now_ = Timestamp::Seconds(1000);
  IceLiteAgent agent_{kServer};
  IceEvents events_;
  std::vector<uint8_t> request_;
  std::array<uint8_t, IceLiteAgent::kMaxReply> reply_{};
  std::optional<stun::Message> answer_;
};

TEST_F(IceLiteAgentTest, AnswersAGoodCheckWithTheAddressItCameFrom) {
  EXPECT_EQ(Check(PathFrom(1001)).verdict, IceVerdict::kAccepted);
  ASSERT_TRUE(answer_);
  EXPECT_EQ(answer_->cls(), stun::Class::kSuccess);
  EXPECT_EQ(answer_->xor_mapped_address(), PathFrom(1001).remote);
  EXPECT_TRUE(answer_->VerifyIntegrity(kServer.password));
  EXPECT_TRUE(answer_->has_fingerprint());
  EXPECT_EQ(agent_.requests(), 1u);
}

TEST_F(IceLiteAgentTest, AnswersOverIpv6AndTcp) {
  Path path = PathFrom(1001, Protocol::kTcp);
  path.remote = *SocketAddress::Parse("2001:db8::1", 9);
  EXPECT_EQ(Check(path).verdict, IceVerdict::kAccepted);
  EXPECT_EQ(answer_->xor_mapped_address(), path.remote);
  EXPECT_EQ(agent_.selected_path()->protocol, Protocol::kTcp);
}

TEST_F(IceLiteAgentTest, TheFirstValidPathIsSelectedAndConnects) {
  Check(PathFrom(1001));
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1001", "selected 1001", "connected"));
  Check(PathFrom(1002));
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1002"));
  EXPECT_EQ(*agent_.selected_path(), PathFrom(1001));
  EXPECT_TRUE(agent_.IsValidPath(PathFrom(1002)));
  EXPECT_FALSE(agent_.IsValidPath(PathFrom(1003)));
}

TEST_F(IceLiteAgentTest, SilenceForAnUnknownUserName) {
  for (const char* username : {"somebody:peer", "", "serverUfra:peer", ":serverUfrag"}) {
    EXPECT_EQ(Check(PathFrom(1001), {.username = username}).verdict, IceVerdict::kUnknownUser) << username;
    EXPECT_FALSE(answer_);
  }
  EXPECT_THAT(TakeEvents(), IsEmpty());
  EXPECT_EQ(agent_.replies(), 0u);
}

TEST_F(IceLiteAgentTest, SilenceForAWrongOrMissingPassword) {
  EXPECT_EQ(Check(PathFrom(1001), {.password = "guess"}).verdict, IceVerdict::kBadIntegrity);
  EXPECT_EQ(Check(PathFrom(1001), {.password = ""}).verdict, IceVerdict::kBadIntegrity);
  EXPECT_EQ(Check(PathFrom(1001), {.password = "guess", .controlled = true}).verdict, IceVerdict::kBadIntegrity);
  EXPECT_FALSE(answer_);
  EXPECT_THAT(TakeEvents(), IsEmpty());
  EXPECT_FALSE(agent_.IsValidPath(PathFrom(1001)));
}

TEST_F(IceLiteAgentTest, IgnoresWhatIsNoBindingRequest) {
  EXPECT_EQ(Check(PathFrom(1001), {.cls = stun::Class::kIndication}).verdict, IceVerdict::kNotABindingRequest);
  EXPECT_EQ(Check(PathFrom(1001), {.cls = stun::Class::kSuccess}).verdict, IceVerdict::kNotABindingRequest);
  EXPECT_EQ(Check(PathFrom(1001), {.method = stun::Method{3}}).verdict, IceVerdict::kNotABindingRequest);
  EXPECT_FALSE(answer_);
  EXPECT_THAT(TakeEvents(), IsEmpty());
}

TEST_F(IceLiteAgentTest, RefusesAControlledPeerWith487) {
  EXPECT_EQ(Check(PathFrom(1001), {.controlled = true}).verdict, IceVerdict::kRoleConflict);
  EXPECT_EQ(answer_->error_code(), stun::kErrorRoleConflict);
  EXPECT_TRUE(answer_->VerifyIntegrity(kServer.password));
  EXPECT_THAT(TakeEvents(), IsEmpty());
}

TEST_F(IceLiteAgentTest, RefusesACheckWithoutPriorityWith400) {
  EXPECT_EQ(Check(PathFrom(1001), {.priority = false}).verdict, IceVerdict::kBadRequest);
  EXPECT_EQ(answer_->error_code(), stun::kErrorBadRequest);
  EXPECT_THAT(TakeEvents(), IsEmpty());
}

TEST_F(IceLiteAgentTest, RefusesAnUnknownRequiredAttributeWith420AndNamesIt) {
  EXPECT_EQ(Check(PathFrom(1001), {.unknown_attribute = true}).verdict, IceVerdict::kUnknownAttribute);
  EXPECT_EQ(answer_->error_code(), stun::kErrorUnknownAttribute);
  const std::vector<uint8_t> named = {kUnknownType >> 8, kUnknownType & 0xFF};
  EXPECT_NE(std::search(reply_.begin(), reply_.end(), named.begin(), named.end()), reply_.end());
  EXPECT_THAT(TakeEvents(), IsEmpty());
}

TEST_F(IceLiteAgentTest, UseCandidateCompletesAndTheLatestWins) {
  Check(PathFrom(1001));
  TakeEvents();
  Check(PathFrom(1002), {.use_candidate = true});
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1002", "selected 1002", "completed"));
  Check(PathFrom(1001));
  EXPECT_THAT(TakeEvents(), IsEmpty());
  Check(PathFrom(1001), {.use_candidate = true});
  EXPECT_THAT(TakeEvents(), ElementsAre("selected 1001"));
}

TEST_F(IceLiteAgentTest, OnlyAHigherNominationMovesTheSelection) {
  Check(PathFrom(1001), {.nomination = 5});
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1001", "selected 1001", "completed"));
  Check(PathFrom(1002), {.nomination = 5});
  Check(PathFrom(1002), {.nomination = 4});
  Check(PathFrom(1002), {.use_candidate = true});
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1002"));
  Check(PathFrom(1002), {.nomination = 6});
  EXPECT_THAT(TakeEvents(), ElementsAre("selected 1002"));
}

TEST_F(IceLiteAgentTest, KeepsEightPathsAndEvictsTheOneSilentForLongestThatIsNotSelected) {
  for (uint16_t port = 1; port <= 8; ++port) {
    Check(PathFrom(port));
    now_ += TimeDelta::Millis(10);
  }
  Check(PathFrom(2));  // now 3 is the stalest; 1 is older but selected
  TakeEvents();
  Check(PathFrom(9));
  EXPECT_THAT(TakeEvents(), ElementsAre("removed 3", "added 9"));
  EXPECT_TRUE(agent_.IsValidPath(PathFrom(1)));
  EXPECT_EQ(agent_.paths().size(), IceLiteAgent::kMaxPaths);
  EXPECT_EQ(*agent_.selected_path(), PathFrom(1));
}

TEST_F(IceLiteAgentTest, AThousandAddressesLeaveTheNominatedOneAlone) {
  Check(PathFrom(1), {.use_candidate = true});
  for (uint16_t port = 2; port < 1000; ++port) Check(PathFrom(port));
  EXPECT_EQ(*agent_.selected_path(), PathFrom(1));
  EXPECT_EQ(agent_.paths().size(), IceLiteAgent::kMaxPaths);
}

TEST_F(IceLiteAgentTest, WithoutChecksForThirtySecondsItIsDisconnected) {
  Check(PathFrom(1001), {.use_candidate = true});
  EXPECT_EQ(agent_.NextDeadline(), now_ + TimeDelta::Seconds(30));
  TakeEvents();
  Wait(29'999);
  EXPECT_THAT(TakeEvents(), IsEmpty());
  Wait(1);
  EXPECT_THAT(TakeEvents(), ElementsAre("removed 1001", "disconnected"));
  EXPECT_FALSE(agent_.IsValidPath(PathFrom(1001)));
  EXPECT_EQ(agent_.selected_path(), nullptr);
  EXPECT_TRUE(agent_.NextDeadline().IsInfinite());
}

TEST_F(IceLiteAgentTest, ChecksKeepThePathAndForgedOnesDoNot) {
  Check(PathFrom(1001));
  Wait(29'000);
  Check(PathFrom(1001));
  Wait(29'000);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  Check(PathFrom(1001), {.password = "guess"});
  Check(PathFrom(1001), {.controlled = true});
  Wait(1'000);
  EXPECT_EQ(agent_.state(), IceState::kDisconnected);
}

TEST_F(IceLiteAgentTest, ComesBackAfterADisconnection) {
  Check(PathFrom(1001), {.nomination = 5});
  Wait(30'000);
  TakeEvents();
  Check(PathFrom(1002), {.nomination = 1});
  EXPECT_THAT(TakeEvents(), ElementsAre("added 1002", "selected 1002", "completed"));
}

TEST_F(IceLiteAgentTest, WhenTheSelectedPathFallsSilentTheOneHeardLastTakesOver) {
  Check(PathFrom(1001), {.use_candidate = true});
  Wait(10'000);
  Check(PathFrom(1002));
  Wait(5'000);
  Check(PathFrom(1003));
  TakeEvents();
  Wait(15'000);
  EXPECT_THAT(TakeEvents(), ElementsAre("removed 1001", "selected 1003"));
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
}

TEST_F(IceLiteAgentTest, AZeroConsentTimeoutKeepsPathsForEver) {
  agent_.SetConsentTimeout(TimeDelta::Zero());
  Check(PathFrom(1001));
  EXPECT_TRUE(agent_.NextDeadline().IsInfinite());
  Wait(1'000'000'000);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
}

TEST_F(IceLiteAgentTest, AClosedConnectionIsNoPathAnyMore) {
  Check(PathFrom(1001, Protocol::kTcp));
  Check(PathFrom(1002));
  TakeEvents();
  agent_.RemovePath(PathFrom(1001), events_);
  EXPECT_THAT(TakeEvents(), ElementsAre("removed 1001", "selected 1002"));
  agent_.RemovePath(PathFrom(1001), events_);
  EXPECT_THAT(TakeEvents(), IsEmpty());
  agent_.RemovePath(PathFrom(1002), events_);
  EXPECT_THAT(TakeEvents(), ElementsAre("removed 1002", "disconnected"));
}

TEST_F(IceLiteAgentTest, AfterARestartTheOldCredentialsWorkUntilTheNewOnesAreUsed) {
  Check(PathFrom(1001), {.use_candidate = true});
  const IceCredentials fresh = agent_.Restart();
  EXPECT_NE(fresh, kServer);
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
  EXPECT_EQ(Check(PathFrom(1001)).verdict, IceVerdict::kAccepted);
  EXPECT_EQ(agent_.previous_credentials(), kServer);
  EXPECT_EQ(Check(PathFrom(1002), {.username = fresh.ufrag + ":p", .password = fresh.password}).verdict,
            IceVerdict::kAccepted);
  EXPECT_EQ(Check(PathFrom(1001)).verdict, IceVerdict::kUnknownUser);
  EXPECT_TRUE(agent_.IsValidPath(PathFrom(1001)));
}

TEST_F(IceLiteAgentTest, AnOldPasswordDoesNotFitTheNewUserName) {
  const IceCredentials fresh = agent_.Restart();
  EXPECT_EQ(Check(PathFrom(1001), {.username = fresh.ufrag + ":p"}).verdict, IceVerdict::kBadIntegrity);
}

TEST(IceCredentialsTest, AreRandomIceCharacters) {
  const auto a = IceCredentials::Random(), b = IceCredentials::Random();
  EXPECT_NE(a, b);
  EXPECT_EQ(a.ufrag.size(), 16u);
  EXPECT_EQ(a.password.size(), 32u);
  EXPECT_THAT(a.ufrag + a.password, ::testing::MatchesRegex("[A-Za-z0-9+/]*"));
}

}  // namespace
}  // namespace sluice
