#include "channel/verify.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace sluice {
namespace {

namespace fb = fbs::message;

// In 8-aligned memory, as a frame comes from the pipe.
struct Frame {
  explicit Frame(flatbuffers::FlatBufferBuilder& b) : words((b.GetSize() + 7) / 8), size(b.GetSize()) {
    std::memcpy(words.data(), b.GetBufferPointer(), size);
  }
  std::span<uint8_t> bytes() { return {reinterpret_cast<uint8_t*>(words.data()), size}; }
  std::vector<uint64_t> words;
  size_t size;
};

Frame GoodRequest() {
  flatbuffers::FlatBufferBuilder b;
  const auto body = fbs::worker::CreateCreateRouterRequest(b, b.CreateString("a router"));
  const auto request = fbs::request::CreateRequest(b, 7, fbs::request::Method::WorkerCreateRouter, b.CreateString("h"),
                                                   fbs::request::Body::WorkerCreateRouter, body.Union());
  b.FinishSizePrefixed(fb::CreateMessage(b, fb::Body::Request, request.Union()));
  return Frame(b);
}

TEST(VerifyTest, AWholeRequestIsGood) { EXPECT_EQ(VerifyFrame(GoodRequest().bytes()), FrameState::kGood); }

TEST(VerifyTest, AMessageOfAnUnknownKindOrWithoutContentIsUnreadable) {
  flatbuffers::FlatBufferBuilder b;
  const auto log = fb::CreateLog(b, b.CreateString("E"));
  b.FinishSizePrefixed(fb::CreateMessage(b, static_cast<fb::Body>(200), log.Union()));
  EXPECT_EQ(VerifyFrame(Frame(b).bytes()), FrameState::kUnreadable);
  b.Clear();
  b.FinishSizePrefixed(fb::CreateMessage(b, fb::Body::Request));
  EXPECT_EQ(VerifyFrame(Frame(b).bytes()), FrameState::kUnreadable);
}

TEST(VerifyTest, ASizeThatIsNotTheFramesIsUnreadable) {
  Frame frame = GoodRequest();
  ++frame.bytes()[0];
  EXPECT_EQ(VerifyFrame(frame.bytes()), FrameState::kUnreadable);
}

// Whatever a flipped byte does, what the verdict permits to read can be read (the sanitizers watch).
TEST(VerifyTest, WhatItPermitsToReadCanBeReadAfterAnyDamage) {
  std::mt19937 random(1);
  int bad_bodies = 0;
  for (int i = 0; i < 20'000; ++i) {
    Frame frame = GoodRequest();
    for (int flips = 0; flips < 1 + i % 3; ++flips) {
      frame.bytes()[4 + random() % (frame.size - 4)] = static_cast<uint8_t>(random());
    }
    const FrameState state = VerifyFrame(frame.bytes());
    if (state == FrameState::kUnreadable) continue;
    const auto* request = MessageOf(frame.bytes()).data_as_Request();
    if (!request) continue;
    size_t read = request->id() + (request->handler_id() ? request->handler_id()->str().size() : 0);
    if (state == FrameState::kBadBody) {
      ++bad_bodies;
    } else if (const auto* body = request->body_as_WorkerCreateRouter(); body && body->router_id()) {
      read += body->router_id()->str().size();
    }
    EXPECT_GE(read, 0u);
  }
  EXPECT_GT(bad_bodies, 0);
}

}  // namespace
}  // namespace sluice
