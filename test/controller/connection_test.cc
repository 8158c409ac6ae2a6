#include "controller/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "controller/calls.h"
#include "test/controller/fake_worker_end.h"

namespace sluice::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Answer {
  bool came = false;
  absl::Status status;
  ResponseCallback Callback() {
    return [this](absl::StatusOr<const Response*> response) {
      EXPECT_FALSE(came) << "answered twice";
      came = true;
      status = response.status();
    };
  }
};

class ConnectionTest : public ::testing::Test {
 protected:
  void Request(Answer& answer, Method method = Method::WorkerDump, const std::string& handler_id = "") {
    worker_.connection()->Request(method, handler_id, NoBody(), answer.Callback());
  }

  Loop loop_;
  FakeWorkerEnd worker_{loop_};
};

TEST_F(ConnectionTest, AnswersReachTheirRequestsInAnyOrder) {
  Answer a;
  Answer b;
  Request(a, Method::RouterDump, "router");
  Request(b);
  const fbs::request::RequestT first = worker_.Next();
  const fbs::request::RequestT second = worker_.Next();
  EXPECT_EQ(first.method, Method::RouterDump);
  EXPECT_EQ(first.handler_id, "router");
  worker_.Reject(second.id, "Error", "no");
  EXPECT_FALSE(a.came);
  EXPECT_TRUE(b.came);
  worker_.Accept(first.id);
  EXPECT_TRUE(a.came);
  EXPECT_TRUE(a.status.ok());
  EXPECT_FALSE(b.status.ok());
}

TEST_F(ConnectionTest, RefusalsKeepTheirKindAndReason) {
  const std::pair<const char*, absl::StatusCode> kinds[] = {
      {"TypeError", absl::StatusCode::kInvalidArgument},
      {"NotFoundError", absl::StatusCode::kNotFound},
      {"UnsupportedError", absl::StatusCode::kUnimplemented},
      {"InvalidStateError", absl::StatusCode::kFailedPrecondition},
      {"Error", absl::StatusCode::kInternal},
      {"", absl::StatusCode::kInternal}};
  for (const auto& [name, code] : kinds) {
    Answer answer;
    Request(answer);
    worker_.Reject(worker_.Next().id, name, "routerId: is missing");
    EXPECT_EQ(answer.status.code(), code) << name;
    EXPECT_THAT(std::string(answer.status.message()), HasSubstr("routerId: is missing [WorkerDump]"));
  }
}

TEST_F(ConnectionTest, AnAnswerThatNobodyAskedForIsIgnored) {
  worker_.Accept(77);
  EXPECT_EQ(worker_.connection()->ignored(), 1u);
  Answer answer;
  Request(answer);
  const uint32_t id = worker_.Next().id;
  worker_.Accept(id);
  worker_.Accept(id);
  EXPECT_TRUE(answer.came);
  EXPECT_EQ(worker_.connection()->ignored(), 2u);
}

TEST_F(ConnectionTest, GarbageInAFrameIsSkipped) {
  const uint8_t frame[] = {4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
  ASSERT_EQ(write(worker_.worker_fd(), frame, sizeof(frame)), static_cast<ssize_t>(sizeof(frame)));
  Answer answer;
  Request(answer);
  worker_.Accept(worker_.Next().id);
  EXPECT_TRUE(answer.came);
  EXPECT_EQ(worker_.connection()->ignored(), 1u);
}

TEST_F(ConnectionTest, ClosingAnswersAllThatIsPendingInOrderButNotFromWithinTheCall) {
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) {
    worker_.connection()->Request(Method::WorkerDump, "", NoBody(), [&order, i](auto response) {
      EXPECT_EQ(response.status().code(), absl::StatusCode::kCancelled);
      order.push_back(i);
    });
  }
  worker_.connection()->Close(absl::CancelledError("enough"));
  EXPECT_TRUE(order.empty());
  Answer late;
  Request(late);
  loop_.Settle();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(late.status, absl::CancelledError("enough"));
}

TEST_F(ConnectionTest, ACallbackMayAskAgainAndMayCloseTheConnection) {
  Answer second;
  worker_.connection()->Request(Method::WorkerDump, "", NoBody(), [&](auto) { Request(second); });
  worker_.Accept(worker_.Next().id);
  const uint32_t id = worker_.Next().id;
  worker_.connection()->Request(Method::WorkerDump, "", NoBody(),
                                [&](auto) { worker_.connection()->Close(absl::CancelledError("by an answer")); });
  worker_.Accept(worker_.Next().id);
  worker_.Accept(id);
  EXPECT_EQ(second.status, absl::CancelledError("by an answer"));
}

TEST_F(ConnectionTest, ABrokenPipeIsToldAndWhatIsPendingWaitsForTheReason) {
  Answer before;
  Request(before);
  worker_.Next();
  worker_.Vanish();
  EXPECT_TRUE(worker_.pipe_ended());
  Answer after;
  Request(after);
  loop_.Settle();
  EXPECT_FALSE(before.came);
  worker_.connection()->Close(absl::UnavailableError("it died"), Connection::Answer::kNow);
  EXPECT_EQ(before.status, absl::UnavailableError("it died"));
  EXPECT_EQ(after.status, absl::UnavailableError("it died"));
}

TEST_F(ConnectionTest, LogLinesArePassedOn) {
  fbs::message::LogT log;
  log.data = "Wsomething";
  worker_.Send(std::move(log));
  EXPECT_THAT(worker_.logs(), ElementsAre("Wsomething"));
}

TEST_F(ConnectionTest, ARequestThatIsTooLargeIsRefused) {
  fbs::worker::UpdateSettingsRequestT settings;
  settings.log_level = std::string(9 << 20, 'x');
  Answer answer;
  worker_.connection()->Request(Method::WorkerUpdateSettings, "", Body(std::move(settings)), answer.Callback());
  EXPECT_FALSE(answer.came);
  loop_.Settle();
  EXPECT_EQ(answer.status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ConnectionTest, ABodyWrittenByHandArrivesWithItsRequest) {
  Answer answer;
  worker_.connection()->Request(
      Method::WorkerUpdateSettings, "someone", fbs::request::Body::WorkerUpdateSettings,
      [](auto& b) { return fbs::worker::CreateUpdateSettingsRequestDirect(b, "debug").Union(); }, answer.Callback());
  const fbs::request::RequestT request = worker_.Next();
  EXPECT_EQ(request.method, Method::WorkerUpdateSettings);
  EXPECT_EQ(request.handler_id, "someone");
  ASSERT_NE(request.body.AsWorkerUpdateSettings(), nullptr);
  EXPECT_EQ(request.body.AsWorkerUpdateSettings()->log_level, "debug");
  worker_.Accept(request.id);
  EXPECT_TRUE(loop_.RunUntil([&] { return answer.came; }));
  EXPECT_TRUE(answer.status.ok());
}

TEST(ConnectionTimeoutTest, ARequestThatIsNotAnsweredFailsAndItsLateAnswerIsIgnored) {
  Loop loop;
  FakeWorkerEnd worker(loop, std::chrono::milliseconds(300));
  Answer mute;
  Answer quick;
  worker.connection()->Request(Method::WorkerDump, "", NoBody(), quick.Callback());
  worker.connection()->Request(Method::RouterDump, "r", NoBody(), mute.Callback());
  worker.Accept(worker.Next().id);
  const uint32_t id = worker.Next().id;
  ASSERT_TRUE(loop.RunUntil([&] { return mute.came; }));
  EXPECT_TRUE(quick.status.ok());
  EXPECT_EQ(mute.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(mute.status.message()), HasSubstr("RouterDump"));
  worker.Accept(id);
  EXPECT_EQ(worker.connection()->ignored(), 1u);

  // The second waits its own time, though nothing else happens.
  Answer early;
  Answer late;
  worker.connection()->Request(Method::WorkerDump, "", NoBody(), early.Callback());
  const uint64_t start = uv_now(loop.get());
  while (uv_now(loop.get()) < start + 3) uv_update_time(loop.get());
  worker.connection()->Request(Method::WorkerDump, "", NoBody(), late.Callback());
  ASSERT_TRUE(loop.RunUntil([&] { return late.came; }));
  EXPECT_TRUE(early.came);

  Answer next;  // the clock starts anew
  worker.connection()->Request(Method::WorkerDump, "", NoBody(), next.Callback());
  ASSERT_TRUE(loop.RunUntil([&] { return next.came; }));
  EXPECT_EQ(next.status.code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace sluice::controller
