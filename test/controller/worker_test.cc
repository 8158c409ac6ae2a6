#include "controller/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "test/controller/loop.h"

namespace sluice::controller {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class WorkerTest : public ::testing::Test {
 protected:
  // `behaviour`: see fake_worker_main.cc.
  void Start(std::vector<std::string> behaviour, std::chrono::milliseconds start_timeout = std::chrono::seconds(10)) {
    Worker::Start(
        loop_.get(),
        {.binary = FAKE_WORKER,
         .log_level = "debug",
         .log_tags = std::move(behaviour),
         .rtc_min_port = 20000,
         .start_timeout = start_timeout},
        [this](absl::StatusOr<std::shared_ptr<Worker>> worker) {
          EXPECT_FALSE(started_) << "answered twice";
          started_ = true;
          start_status_ = worker.status();
          worker_ = worker.value_or(nullptr);
        },
        [this](const LogLine& line) { lines_.push_back(line.text); });
    EXPECT_FALSE(started_);
    EXPECT_TRUE(loop_.RunUntil([&] { return started_; }));
    if (!worker_) return;
    worker_->on.died = [this](const absl::Status& status) {
      EXPECT_TRUE(worker_->died());
      events_.push_back("died");
      died_ = status;
    };
    worker_->on.exited = [this] { events_.push_back("exited"); };
  }
  bool Exits() {
    return loop_.RunUntil([&] { return !events_.empty() && events_.back() == "exited"; });
  }

  Loop loop_;
  bool started_ = false;
  absl::Status start_status_;
  absl::Status died_;
  std::vector<std::string> lines_;
  std::vector<std::string> events_;
  std::shared_ptr<Worker> worker_;
};

TEST_F(WorkerTest, StartsSpeaksAndCloses) {
  Start({});
  ASSERT_TRUE(worker_) << start_status_;
  EXPECT_GT(worker_->pid(), 0);
  EXPECT_THAT(lines_, Contains("version 3.27.1"));
  EXPECT_THAT(lines_, Contains("argument --logLevel=debug"));
  EXPECT_THAT(lines_, Contains("argument --rtcMinPort=20000"));
  absl::StatusOr<std::shared_ptr<Router>> router;
  worker_->CreateRouter({}, [&](auto r) { router = std::move(r); });
  ASSERT_TRUE(loop_.RunUntil([&] { return router.ok(); }));
  EXPECT_EQ(worker_->routers().size(), 1u);
  worker_->Close();
  EXPECT_TRUE((*router)->closed());
  EXPECT_TRUE(worker_->routers().empty());
  EXPECT_TRUE(Exits());
  EXPECT_THAT(events_, ::testing::ElementsAre("exited"));
  EXPECT_FALSE(worker_->died());
}

TEST_F(WorkerTest, ASignalFromTheTerminalDoesNotReachTheProcess) {
  Start({});
  EXPECT_NE(getpgid(worker_->pid()), getpgid(0));
  worker_->Close();
  EXPECT_TRUE(Exits());
}

TEST_F(WorkerTest, RunsOnThoughNobodyKeepsItsPointer) {
  Start({});
  std::weak_ptr<Worker> weak = worker_;
  worker_ = nullptr;
  loop_.Settle();
  ASSERT_FALSE(weak.expired());
  weak.lock()->on.exited = [this] { events_.push_back("exited"); };
  weak.lock()->Close();
  EXPECT_TRUE(Exits());
  loop_.Settle();
  EXPECT_TRUE(weak.expired());
}

TEST_F(WorkerTest, ABinaryThatIsNotThereIsUnavailable) {
  absl::Status status;
  Worker::Start(loop_.get(), {.binary = "/nowhere/sluice-worker"}, [&](auto worker) { status = worker.status(); });
  EXPECT_TRUE(status.ok());
  loop_.Settle();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere/sluice-worker"));
}

TEST_F(WorkerTest, WrongSettingsAreTheCallersMistake) {
  Start({"wrong-settings"});
  EXPECT_EQ(start_status_.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(start_status_.message()), HasSubstr("rtcMinPort: is wrong"));
}

TEST_F(WorkerTest, AProcessThatNeverSaysThatItRunsIsKilled) {
  Start({"mute"}, std::chrono::milliseconds(50));
  EXPECT_EQ(start_status_.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(start_status_.message()), HasSubstr("did not say in time"));
}

TEST_F(WorkerTest, DeathAnswersPendingCallsThenClosesObjectsThenIsTold) {
  Start({"die-on-dump"});
  std::shared_ptr<Router> router;
  worker_->CreateRouter({}, [&](auto r) { router = *r; });
  ASSERT_TRUE(loop_.RunUntil([&] { return router != nullptr; }));
  router->on.closed = [&](CloseReason reason) {
    EXPECT_EQ(reason, CloseReason::kWorkerDied);
    events_.push_back("router closed");
  };
  absl::Status pending;
  worker_->Dump([&](auto dump) {
    events_.push_back("call");
    pending = dump.status();
  });
  worker_->GetResourceUsage([&](auto) { events_.push_back("call"); });
  EXPECT_TRUE(Exits());
  EXPECT_THAT(events_, ::testing::ElementsAre("call", "call", "router closed", "died", "exited"));
  EXPECT_EQ(pending.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(died_.message()), HasSubstr("killed by signal 6: something is broken"));
  EXPECT_TRUE(worker_->closed());
  EXPECT_TRUE(router->closed());

  absl::Status after;
  router->Dump([&](auto dump) { after = dump.status(); });
  loop_.Settle();
  EXPECT_EQ(after.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(WorkerTest, AKilledProcessIsToldWithItsSignal) {
  Start({});
  kill(worker_->pid(), SIGKILL);
  EXPECT_TRUE(Exits());
  EXPECT_EQ(died_.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(died_.message()), HasSubstr("signal 9"));
}

TEST_F(WorkerTest, AProcessThatClosesItsPipeIsKilled) {
  Start({"close-pipe"}, std::chrono::milliseconds(5000));
  EXPECT_EQ(start_status_.code(), absl::StatusCode::kUnavailable);
}

TEST_F(WorkerTest, ARespawnFromTheDeathHandlerWorks) {
  Start({"die-on-dump"});
  std::shared_ptr<Worker> second;
  worker_->on.died = [&](const absl::Status&) {
    Worker::Start(loop_.get(), {.binary = FAKE_WORKER}, [&](auto worker) { second = *worker; });
    worker_ = nullptr;
  };
  worker_->Dump(nullptr);
  ASSERT_TRUE(loop_.RunUntil([&] { return second != nullptr; }));
  second->Close();
}

TEST_F(WorkerTest, ClosingAnswersPendingCalls) {
  Start({"silent"});
  absl::Status status;
  worker_->CreateRouter({}, [&](auto router) { status = router.status(); });
  worker_->Close();
  EXPECT_TRUE(status.ok());
  loop_.Settle();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  worker_->CreateRouter({}, [&](auto router) { status = router.status(); });
  loop_.Settle();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Exits());
}

TEST_F(WorkerTest, AProcessThatDoesNotEndIsKilledAfterClosing) {
  Start({"ignore-close", "outlive-pipe"});
  worker_->Close();
  EXPECT_TRUE(Exits());
}

}  // namespace
}  // namespace sluice::controller
