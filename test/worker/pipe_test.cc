// What can go wrong on the pipe of the real process: garbage between requests, halves of frames, nobody who reads. Each
// ends in a typed error or a log line; nobody waits for ever, and the process ends only when its controller is gone.
#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "test/worker/worker_process.h"

namespace sluice {
namespace {

using fbs::request::Body;
using fbs::request::Method;
using testing::HasSubstr;

std::vector<uint8_t> RequestFrame(uint32_t id, Method method = Method::WorkerDump) {
  flatbuffers::FlatBufferBuilder b;
  const auto request = fbs::request::CreateRequest(b, id, method, b.CreateString(""));
  b.FinishSizePrefixed(fbs_message::CreateMessage(b, fbs_message::Body::Request, request.Union()));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

std::vector<uint8_t> CloseFrame() {
  flatbuffers::FlatBufferBuilder b;
  const auto close =
      fbs::notification::CreateNotification(b, b.CreateString(""), fbs::notification::Event::WorkerClose);
  b.FinishSizePrefixed(fbs_message::CreateMessage(b, fbs_message::Body::Notification, close.Union()));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

uint64_t ResidentKib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; file >> word;) {
    uint64_t kib = 0;
    if (word == "VmRSS:" && file >> kib) return kib;
  }
  return 0;
}

class PipeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(worker_.AwaitRunning()); }
  WorkerProcess worker_;
};

TEST_F(PipeTest, EveryRequestBetweenGarbageIsAnswered) {
  std::mt19937 random(7);
  for (uint32_t id = 1; id <= 300; ++id) {
    std::vector<uint8_t> bytes(4 + random() % 300);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    const auto size = static_cast<uint32_t>(bytes.size() - 4);
    std::memcpy(bytes.data(), &size, 4);
    // Every third is a request of which one byte is wrong: it may be answered or not, under an id that we do not use.
    if (id % 3 == 0) {
      bytes = RequestFrame(1'000'000 + id);
      bytes[4 + random() % (bytes.size() - 4)] ^= static_cast<uint8_t>(1 + random() % 255);
    }
    const auto good = RequestFrame(id);
    bytes.insert(bytes.end(), good.begin(), good.end());
    worker_.Write(bytes);
    const auto* answer = worker_.AwaitAnswer(id);
    ASSERT_NE(answer, nullptr) << id;
    EXPECT_TRUE(answer->accepted());
  }
}

TEST_F(PipeTest, HalfAFrameWaitsForItsOtherHalf) {
  const auto frame = RequestFrame(5);
  const std::span<const uint8_t> bytes(frame);
  for (const uint8_t& byte : bytes.first(bytes.size() - 1)) worker_.Write({&byte, 1});
  EXPECT_EQ(worker_.AwaitAnswer(5, 50), nullptr);
  worker_.Write(bytes.last(1));
  EXPECT_NE(worker_.AwaitAnswer(5), nullptr);
}

TEST_F(PipeTest, AControllerThatDiesWithinAFrameEndsItWithZero) {
  const auto frame = RequestFrame(5);
  worker_.Write(std::span(frame).first(frame.size() / 2));
  worker_.HangUp();
  EXPECT_EQ(worker_.Exit(), 0);
}

TEST_F(PipeTest, SilenceWithinAFrameDoesNotKeepItFromEnding) {
  const auto frame = RequestFrame(5);
  worker_.Write(std::span(frame).first(2));
  worker_.Kill(SIGTERM);
  EXPECT_EQ(worker_.Exit(), 0);
}

TEST_F(PipeTest, WhatIsAskedBeforeCloseIsAnsweredAndWhatComesAfterIsNot) {
  auto bytes = RequestFrame(1);
  for (const auto& more : {CloseFrame(), RequestFrame(2)}) bytes.insert(bytes.end(), more.begin(), more.end());
  worker_.Write(bytes);
  EXPECT_NE(worker_.AwaitAnswer(1), nullptr);
  EXPECT_EQ(worker_.AwaitAnswer(2), nullptr) << "its pipe closes, which tells who waits";
  EXPECT_EQ(worker_.Exit(), 0);
}

TEST_F(PipeTest, RequestsWithoutReadingTheirAnswersAreHeldBackAndAllAnsweredLater) {
  // Answers are longer than requests: both pipes fill up, and the worker keeps no more than its bound.
  std::vector<uint8_t> bytes;
  constexpr uint32_t kRequests = 200'000;
  for (uint32_t id = 1; id <= kRequests; ++id) {
    const auto frame = RequestFrame(id, Method::WorkerGetResourceUsage);
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  std::span<const uint8_t> rest(bytes);
  rest = rest.subspan(worker_.WriteUntilFull(rest));
  ASSERT_FALSE(rest.empty()) << "it reads on and on";
  EXPECT_LT(ResidentKib(worker_.pid()), 200'000u);
  uint32_t answered = 0;
  while (answered < kRequests) {
    rest = rest.subspan(worker_.WriteUntilFull(rest, 0));
    const auto* answer = worker_.AwaitAnswer(answered + 1);
    ASSERT_NE(answer, nullptr) << "after " << answered;
    ++answered;
  }
  EXPECT_TRUE(rest.empty());
}

TEST_F(PipeTest, AnAnswerThatIsLongerThanAFrameMayBeIsAnError) {
  // Each id is in the dump twice.
  constexpr size_t kRouters = 17'000, kLongest = 255;
  for (size_t i = 0; i < kRouters; ++i) {
    std::string id = std::to_string(i);
    id.resize(kLongest, 'x');
    const auto body = fbs::worker::CreateCreateRouterRequest(worker_.b, worker_.b.CreateString(id));
    const auto* answer = worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter, body.Union());
    ASSERT_TRUE(answer && answer->accepted());
  }
  const auto* dump = worker_.Request(Method::WorkerDump);
  ASSERT_NE(dump, nullptr);
  EXPECT_FALSE(dump->accepted());
  EXPECT_EQ(dump->error()->str(), "Error");
  EXPECT_THAT(dump->reason()->str(), HasSubstr("longer than a frame"));
  EXPECT_NE(worker_.Request(Method::WorkerGetResourceUsage), nullptr);
}

TEST_F(PipeTest, AReasonThatQuotesALongTextIsCut) {
  const auto* answer = worker_.Request(Method::RouterDump, std::string(8'000'000, 'r'));
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->error()->str(), "NotFoundError");
  EXPECT_LE(answer->reason()->size(), 1024u);
}

}  // namespace
}  // namespace sluice
