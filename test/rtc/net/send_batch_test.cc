#include "rtc/net/send_batch.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

namespace sluice {
namespace {

struct RecordingSink : BatchSink {
  void SendAll(const SendBatch& batch) override {
    ++flushes;
    for (const auto& entry : batch.entries()) {
      auto bytes = batch.bytes(entry);
      sent.emplace_back(bytes.begin(), bytes.end());
    }
  }
  int flushes = 0;
  std::vector<std::string> sent;
};

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(SendBatchTest, LaysDatagramsBackToBackInOrder) {
  RecordingSink sink;
  SendBatch batch(sink);
  batch.Send(Path{.socket = 1}, Bytes("abc"));
  batch.Send(Path{.socket = 1}, Bytes("de"));
  ASSERT_EQ(batch.entries().size(), 2u);
  EXPECT_EQ(batch.bytes(batch.entries()[0]).data() + 3, batch.bytes(batch.entries()[1]).data());
  batch.Flush();
  EXPECT_EQ(sink.sent, (std::vector<std::string>{"abc", "de"}));
  EXPECT_TRUE(batch.empty());
}

TEST(SendBatchTest, FlushesItselfWhenFullAndLosesNothing) {
  RecordingSink sink;
  SendBatch batch(sink);
  for (size_t i = 0; i < SendBatch::kMaxSlots + 3; ++i)
    batch.Send({}, Bytes(std::string(SendBatch::kMaxDatagram, 'x')));
  EXPECT_EQ(sink.flushes, 1);
  batch.Flush();
  EXPECT_EQ(sink.sent.size(), SendBatch::kMaxSlots + 3);
}

TEST(SendBatchTest, DropsAndCountsWhatNoDatagramCanHold) {
  RecordingSink sink;
  SendBatch batch(sink);
  batch.Send({}, Bytes(std::string(SendBatch::kMaxDatagram + 1, 'x')));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.oversized(), 1u);
}

TEST(SendBatchTest, ForgetsWhatWasWrittenButNotCommitted) {
  RecordingSink sink;
  SendBatch batch(sink);
  batch.Next()[0] = 'x';
  batch.Send({}, Bytes("y"));
  batch.Flush();
  EXPECT_EQ(sink.sent, (std::vector<std::string>{"y"}));
}

}  // namespace
}  // namespace sluice
