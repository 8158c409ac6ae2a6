#include "channel/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {
namespace {

namespace fb = fbs::message;
using testing::ElementsAre;
using testing::HasSubstr;

class ChannelTest : public testing::Test {
 protected:
  // One channel of which the test holds the far ends as blocking sockets.
  ChannelTest() {
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop_);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, to_channel_), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, from_channel_), 0);
  }
  ~ChannelTest() override {
    channel_.reset();
    CloseFarEnds();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }

  void Start(bool pause_when_full = true) {
    channel_ = std::make_unique<Channel>(
        &loop_, pause_when_full,
        Channel::Callbacks{.on_message =
                               [this](const fb::Message& m, bool body_good) {
                                 bodies_good_.push_back(body_good);
                                 if (const auto* r = m.data_as_Request()) requests_.push_back(r->id());
                                 if (destroy_in_callback_) channel_.reset();
                               },
                           .on_unreadable = [this](std::string_view what) { unreadable_.emplace_back(what); },
                           .on_end = [this](std::string_view why) { ends_.emplace_back(why); }});
    ASSERT_TRUE(channel_->Open(to_channel_[0], from_channel_[0]));
    channel_->Start();
  }
  void CloseFarEnds() {
    for (int* fd : {&to_channel_[1], &from_channel_[1]}) {
      if (*fd >= 0) close(*fd);
      *fd = -1;
    }
  }
  void Write(const std::vector<uint8_t>& bytes) {
    for (size_t at = 0; at < bytes.size();) {
      const ssize_t n = send(to_channel_[1], bytes.data() + at, bytes.size() - at, MSG_DONTWAIT);
      if (n > 0) at += static_cast<size_t>(n);
      Turn();
    }
  }
  void Turn() { uv_run(&loop_, UV_RUN_NOWAIT); }

  static std::vector<uint8_t> RequestFrame(uint32_t id, std::string_view handler = "h") {
    flatbuffers::FlatBufferBuilder b;
    const auto request = fbs::request::CreateRequest(b, id, fbs::request::Method::WorkerDump,
                                                     b.CreateString(handler.data(), handler.size()));
    b.FinishSizePrefixed(fb::CreateMessage(b, fb::Body::Request, request.Union()));
    return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
  }
  Channel::SendResult SendLog(size_t size, Channel::Importance importance = Channel::Importance::kMust) {
    flatbuffers::FlatBufferBuilder b;
    const auto log = fb::CreateLog(b, b.CreateString(std::string(size, 'x')));
    return channel_->Send(b, fb::CreateMessage(b, fb::Body::Log, log.Union()), importance);
  }
  // What the far end can read now without waiting.
  size_t Drain() {
    std::vector<uint8_t> buffer(1 << 16);
    size_t total = 0;
    for (ssize_t n; (n = recv(from_channel_[1], buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
      total += static_cast<size_t>(n);
    }
    return total;
  }

  uv_loop_t loop_;
  int to_channel_[2];
  int from_channel_[2];
  std::unique_ptr<Channel> channel_;
  std::vector<uint32_t> requests_;
  std::vector<bool> bodies_good_;
  std::vector<std::string> unreadable_;
  std::vector<std::string> ends_;
  bool destroy_in_callback_ = false;
};

TEST_F(ChannelTest, HandsOnFramesThatComeTogetherOrInPieces) {
  Start();
  auto bytes = RequestFrame(1);
  const auto second = RequestFrame(2);
  bytes.insert(bytes.end(), second.begin(), second.end());
  const auto third = RequestFrame(3);
  bytes.insert(bytes.end(), third.begin(), third.begin() + 7);
  Write(bytes);
  EXPECT_THAT(requests_, ElementsAre(1, 2));
  Write({third.begin() + 7, third.end()});
  EXPECT_THAT(requests_, ElementsAre(1, 2, 3));
}

TEST_F(ChannelTest, SkipsAFrameThatIsNoMessageAndGoesOn) {
  Start();
  Write({5, 0, 0, 0, 1, 2, 3, 4, 5});
  Write({0, 0, 0, 0});
  Write(RequestFrame(9));
  EXPECT_EQ(unreadable_.size(), 2u);
  EXPECT_THAT(requests_, ElementsAre(9));
  EXPECT_TRUE(ends_.empty());
}

TEST_F(ChannelTest, GivesTheEnvelopeOfARequestWhoseBodyIsBroken) {
  Start();
  flatbuffers::FlatBufferBuilder b;
  const auto handler = b.CreateString("");
  // A string where the table of a body should be: its bytes are no table.
  const auto garbage = b.CreateString("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
  const auto request = fbs::request::CreateRequest(b, 77, fbs::request::Method::WorkerCreateRouter, handler,
                                                   fbs::request::Body::WorkerCreateRouter, garbage.Union());
  b.FinishSizePrefixed(fb::CreateMessage(b, fb::Body::Request, request.Union()));
  Write({b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()});
  EXPECT_THAT(requests_, ElementsAre(77));
  EXPECT_THAT(bodies_good_, ElementsAre(false));
}

TEST_F(ChannelTest, AFrameOverTheLimitEndsThePipeWithItsSizeInWords) {
  Start();
  Write({1, 0, 128, 0});  // 8 MiB + 1, and the size itself
  ASSERT_EQ(ends_.size(), 1u);
  EXPECT_THAT(ends_[0], HasSubstr("8388613 bytes is over the limit of 8388608"));
  EXPECT_TRUE(channel_->closed());
  EXPECT_EQ(SendLog(1), Channel::SendResult::kClosed);
}

TEST_F(ChannelTest, TellsOnceThatTheOtherEndIsGone) {
  Start();
  CloseFarEnds();
  SendLog(10);
  for (int i = 0; i < 5; ++i) Turn();
  EXPECT_EQ(ends_.size(), 1u);
}

TEST_F(ChannelTest, MayBeDestroyedFromItsOwnCallback) {
  Start();
  destroy_in_callback_ = true;
  auto bytes = RequestFrame(1);
  const auto second = RequestFrame(2);
  bytes.insert(bytes.end(), second.begin(), second.end());
  Write(bytes);
  EXPECT_THAT(requests_, ElementsAre(1));
}

TEST_F(ChannelTest, StopsReadingWhileNobodyReadsItsAnswersAndLosesNone) {
  Start();
  size_t sent = 0;
  while (channel_->queued() <= Channel::kMaxQueued) {
    ASSERT_EQ(SendLog(1 << 20), Channel::SendResult::kSent);
    ++sent;
  }
  Write(RequestFrame(1));
  Turn();
  EXPECT_TRUE(requests_.empty()) << "reads on although its answers pile up";
  size_t drained = 0;
  for (int i = 0; i < 100'000 && (channel_->queued() > 0 || requests_.empty()); ++i) {
    drained += Drain();
    Turn();
  }
  EXPECT_THAT(requests_, ElementsAre(1));
  EXPECT_GT(drained + Drain(), sent << 20);
}

TEST_F(ChannelTest, DropsAndCountsDroppableMessagesOnlyWhenTooMuchWaits) {
  Start();
  EXPECT_EQ(SendLog(10, Channel::Importance::kDroppable), Channel::SendResult::kSent);
  while (channel_->queued() <= Channel::kMaxQueued) SendLog(1 << 20);
  EXPECT_EQ(SendLog(10, Channel::Importance::kDroppable), Channel::SendResult::kDropped);
  EXPECT_EQ(SendLog(10), Channel::SendResult::kSent);
  EXPECT_EQ(channel_->dropped(), 1u);
}

TEST_F(ChannelTest, RefusesToSendAFrameThatTheOtherEndWouldRefuse) {
  Start();
  EXPECT_EQ(SendLog(kMaxFrameSize), Channel::SendResult::kTooLarge);
}

TEST_F(ChannelTest, StillSendsWhatWasQueuedBeforeClose) {
  Start();
  ASSERT_EQ(SendLog(4 << 20), Channel::SendResult::kSent);
  ASSERT_GT(channel_->queued(), 0u);
  channel_->Close();
  size_t drained = 0;
  for (int i = 0; i < 100'000 && drained < (4u << 20); ++i) {
    drained += Drain();
    Turn();
  }
  EXPECT_GE(drained, 4u << 20);
}

}  // namespace
}  // namespace sluice
