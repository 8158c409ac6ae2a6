#include "conference/session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test/controller/loop.h"

namespace sluice::conference {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

class RecordingLink : public Link {
 public:
  void Send(const json& message) override { sent.push_back(message); }
  void Close(CloseCode code, std::string_view) override { closed = code; }
  std::string LastError() const { return sent.empty() ? "" : sent.back().value("/error/code"_json_pointer, ""); }

  std::vector<json> sent;
  std::optional<CloseCode> closed;
};

// Sessions of a conference whose workers were never started: rooms wait for one.
class SessionTest : public testing::Test {
 protected:
  SessionTest()
      : pool_(loop_.get(), {.workers = 1, .limits = limits_}),
        conference_(std::make_unique<Conference>(pool_, limits_)) {}
  ~SessionTest() override {
    conference_.reset();
    pool_.Close();
    loop_.Settle();
  }
  static Limits SmallLimits() {
    Limits limits;
    limits.messages_per_second = 10;
    limits.message_burst = 20;
    limits.rooms = 3;
    limits.peers_per_room = 2;
    limits.worker_wait = 1ms;
    return limits;
  }
  static std::string Join(const std::string& room, const std::string& name) {
    return json{{"id", 1}, {"method", "join"}, {"data", {{"version", 1}, {"room", room}, {"name", name}}}}.dump();
  }

  const Limits limits_ = SmallLimits();
  controller::Loop loop_;
  WorkerPool pool_;
  std::unique_ptr<Conference> conference_;
  RecordingLink link_;
};

TEST_F(SessionTest, APingIsAnsweredBeforeJoining) {
  Session session(*conference_, link_, limits_, 0ms);
  session.Receive(R"({"id":9,"method":"ping"})", 0ms);
  EXPECT_EQ(link_.sent.at(0), json::parse(R"({"id":9,"data":{}})"));
}

TEST_F(SessionTest, NothingElseIsDoneBeforeJoining) {
  Session session(*conference_, link_, limits_, 0ms);
  for (const char* text : {R"({"id":1,"method":"createTransport","data":{"direction":"send"}})",
                           R"({"id":1,"method":"consumerReady","data":{"consumerId":"c"}})",
                           R"({"id":1,"method":"closeProducer","data":{"producerId":"p"}})"}) {
    session.Receive(text, 0ms);
    EXPECT_EQ(link_.LastError(), "notJoined") << text;
  }
}

TEST_F(SessionTest, AWrongMessageIsAnsweredAndForgiven) {
  Session session(*conference_, link_, limits_, 0ms);
  session.Receive("nonsense", 0ms);
  EXPECT_EQ(link_.LastError(), "badMessage");
  EXPECT_EQ(link_.sent.back()["id"], nullptr);
  EXPECT_FALSE(link_.closed.has_value());
}

TEST_F(SessionTest, WhoDoesNotJoinInTimeIsClosed) {
  Session session(*conference_, link_, limits_, 1000ms);
  session.Tick(1000ms + limits_.join_timeout - 1ms);
  EXPECT_FALSE(link_.closed.has_value());
  session.Tick(1000ms + limits_.join_timeout);
  EXPECT_EQ(link_.closed, CloseCode::kJoinTimeout);
}

TEST_F(SessionTest, WhoJoinedInTimeStays) {
  Session session(*conference_, link_, limits_, 0ms);
  session.Receive(Join("demo", "Ada"), 0ms);
  session.Tick(limits_.join_timeout * 2);
  EXPECT_FALSE(link_.closed.has_value());
  EXPECT_EQ(conference_->peers(), 1u);
}

TEST_F(SessionTest, TheSecondJoinOfAConnectionIsRefused) {
  Session session(*conference_, link_, limits_, 0ms);
  session.Receive(Join("demo", "Ada"), 0ms);
  session.Receive(Join("other", "Ada"), 0ms);
  EXPECT_EQ(link_.LastError(), "alreadyJoined");
  EXPECT_EQ(conference_->rooms(), 1u);
}

TEST_F(SessionTest, TooManyMessagesCloseTheConnection) {
  Session session(*conference_, link_, limits_, 0ms);
  for (int i = 0; i < limits_.message_burst; ++i) session.Receive(R"({"id":9,"method":"ping"})", 0ms);
  EXPECT_FALSE(link_.closed.has_value());
  session.Receive(R"({"id":9,"method":"ping"})", 99ms);
  EXPECT_EQ(link_.closed, CloseCode::kTooFast);
  EXPECT_EQ(link_.sent.size(), 20u);
}

TEST_F(SessionTest, MessagesAtTheAllowedRateGoOnForEver) {
  Session session(*conference_, link_, limits_, 0ms);
  for (int i = 0; i < 1000; ++i) session.Receive(R"({"id":9,"method":"ping"})", 100ms * i);
  EXPECT_FALSE(link_.closed.has_value());
}

TEST_F(SessionTest, ANameIsTakenOnceInARoom) {
  Session ada(*conference_, link_, limits_, 0ms);
  ada.Receive(Join("demo", "Ada"), 0ms);
  RecordingLink other;
  Session second(*conference_, other, limits_, 0ms);
  second.Receive(Join("demo", " Ada "), 0ms);
  EXPECT_EQ(other.LastError(), "nameTaken");
  second.Receive(Join("elsewhere", "Ada"), 0ms);
  EXPECT_EQ(conference_->peers(), 2u);
}

TEST_F(SessionTest, RoomsAndTheServerHaveAnEnd) {
  std::vector<std::unique_ptr<RecordingLink>> links;
  std::vector<std::unique_ptr<Session>> sessions;
  const auto join = [&](const char* room, const std::string& name) {
    links.push_back(std::make_unique<RecordingLink>());
    sessions.push_back(std::make_unique<Session>(*conference_, *links.back(), limits_, 0ms));
    sessions.back()->Receive(Join(room, name), 0ms);
    return links.back()->LastError();
  };
  EXPECT_EQ(join("a", "1"), "");
  EXPECT_EQ(join("a", "2"), "");
  EXPECT_EQ(join("a", "3"), "roomFull");
  EXPECT_EQ(join("b", "1"), "");
  EXPECT_EQ(join("c", "1"), "");
  EXPECT_EQ(join("d", "1"), "serverFull");
  sessions.clear();
  EXPECT_EQ(conference_->rooms(), 0u);
}

TEST_F(SessionTest, ARoomGoesWithItsLastParticipant) {
  {
    Session session(*conference_, link_, limits_, 0ms);
    session.Receive(Join("demo", "Ada"), 0ms);
    EXPECT_EQ(conference_->rooms(), 1u);
  }
  EXPECT_EQ(conference_->rooms(), 0u);
}

TEST_F(SessionTest, WithoutAWorkerAJoinIsAnsweredAfterTheWaitAndMayBeTriedAgain) {
  Session session(*conference_, link_, limits_, 0ms);
  session.Receive(Join("demo", "Ada"), 0ms);
  EXPECT_TRUE(link_.sent.empty());
  ASSERT_TRUE(loop_.RunUntil([&] { return !link_.sent.empty(); }));
  EXPECT_EQ(link_.LastError(), "unavailable");
  EXPECT_EQ(conference_->rooms(), 0u);
  session.Receive(Join("demo", "Ada"), 0ms);
  EXPECT_EQ(link_.sent.size(), 1u) << "it waits again";
}

}  // namespace
}  // namespace sluice::conference
