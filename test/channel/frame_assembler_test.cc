#include "channel/frame_assembler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Frame(size_t size, uint8_t fill) {
  Bytes out(kFramePrefixSize + size, fill);
  for (size_t i = 0; i < 4; ++i) out[i] = static_cast<uint8_t>(size >> (8 * i));
  return out;
}

Bytes Join(const std::vector<Bytes>& parts) {
  Bytes out;
  for (const auto& p : parts) out.insert(out.end(), p.begin(), p.end());
  return out;
}

struct Collector {
  std::vector<Bytes> frames;
  bool operator()(std::span<const uint8_t> frame) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(frame.data()) % 8, 0u);
    frames.emplace_back(frame.begin(), frame.end());
    return true;
  }
};

TEST(FrameAssemblerTest, GivesTheSameFramesHoweverTheStreamIsCut) {
  const std::vector<Bytes> frames = {Frame(0, 1), Frame(1, 2),       Frame(5000, 3),
                                     Frame(7, 4), Frame(300'000, 5), Frame(3, 6)};
  const Bytes stream = Join(frames);
  for (const size_t chunk : {size_t{1}, size_t{2}, size_t{3}, size_t{5}, size_t{4096}, size_t{65536}, stream.size()}) {
    FrameAssembler assembler;
    Collector collector;
    for (size_t at = 0; at < stream.size(); at += chunk) {
      const auto piece = std::span(stream).subspan(at, std::min(chunk, stream.size() - at));
      ASSERT_EQ(assembler.Feed(piece, collector), FrameAssembler::Result::kOk);
    }
    EXPECT_EQ(collector.frames, frames) << "chunks of " << chunk;
  }
}

TEST(FrameAssemblerTest, TakesAFrameOfExactlyTheLimitAndRefusesOneByteMore) {
  Collector collector;
  FrameAssembler assembler;
  EXPECT_EQ(assembler.Feed(Frame(kMaxFrameSize - kFramePrefixSize, 7), collector), FrameAssembler::Result::kOk);
  ASSERT_EQ(collector.frames.size(), 1u);
  EXPECT_EQ(collector.frames[0].size(), kMaxFrameSize);
  EXPECT_EQ(assembler.Feed(Frame(kMaxFrameSize - kFramePrefixSize + 1, 7), collector),
            FrameAssembler::Result::kTooLarge);
  EXPECT_EQ(assembler.FrameSize(), kMaxFrameSize + 1);
}

TEST(FrameAssemblerTest, RefusesAHugeSizeBeforeMemoryIsTakenForIt) {
  Collector collector;
  FrameAssembler assembler;
  const Bytes prefix = {0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(assembler.Feed(prefix, collector), FrameAssembler::Result::kTooLarge);
}

TEST(FrameAssemblerTest, LeavesTheRestAloneOnceTheReceiverSaysStop) {
  FrameAssembler assembler;
  int seen = 0;
  const Bytes stream = Join({Frame(2, 1), Frame(2, 2), Frame(2, 3)});
  EXPECT_EQ(assembler.Feed(stream, [&](std::span<const uint8_t>) { return ++seen < 2; }),
            FrameAssembler::Result::kStopped);
  EXPECT_EQ(seen, 2);
}

}  // namespace
}  // namespace sluice
