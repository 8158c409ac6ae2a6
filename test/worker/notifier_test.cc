// What the controller is told of congestion control. Other notifications are seen of whole workers.
#include "worker/notifier.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/worker/heard_channel.h"

namespace sluice {
namespace {

class NotifierTest : public testing::Test {
 protected:
  // The traces that one event gives.
  std::vector<fbs::transport::TraceNotificationT> Tell(const TransportEvent& event) {
    Outbox outbox;
    outbox.transport.push_back(event);
    Notifier(heard_.channel(), objects_).Tell(outbox);
    heard_.Settle();
    return std::exchange(traces_, {});
  }
  void OnMessage(const fbs::message::Message& message) {
    const auto* notification = message.data_as_Notification();
    const auto* trace = notification ? notification->body_as_TransportTrace() : nullptr;
    ASSERT_TRUE(trace);
    EXPECT_EQ(notification->handler_id()->str(), "t");
    traces_.emplace_back();
    trace->UnPackTo(&traces_.back());
  }

  std::vector<fbs::transport::TraceNotificationT> traces_;
  HeardChannel heard_{[this](const auto& message) { OnMessage(message); }};
  Objects objects_;
};

TEST_F(NotifierTest, TellsWhatALineIsTakenToCarry) {
  const auto kbps = [](int64_t k) { return DataRate::KilobitsPerSec(k); };
  const auto traces = Tell(BandwidthTrace{.transport_id = "t",
                                          .at = Timestamp::Millis(7),
                                          .by_remb = true,
                                          .wanted = kbps(5),
                                          .allocated = kbps(4),
                                          .min = kbps(1),
                                          .max = kbps(9),
                                          .start = kbps(6),
                                          .available = kbps(8)});
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].type, fbs::transport::TraceEventType::Bwe);
  EXPECT_EQ(traces[0].timestamp, 7u);
  EXPECT_EQ(traces[0].direction, fbs::base::TraceDirection::Out);
  const auto* info = traces[0].info.AsBwe();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->bwe_type, fbs::transport::BweType::Remb);
  EXPECT_EQ(info->desired_bitrate, 5000u);
  EXPECT_EQ(info->effective_desired_bitrate, 4000u);
  EXPECT_EQ(info->min_bitrate, 1000u);
  EXPECT_EQ(info->max_bitrate, 9000u);
  EXPECT_EQ(info->start_bitrate, 6000u);
  EXPECT_EQ(info->available_bitrate, 8000u);
}

TEST_F(NotifierTest, TellsThatAProbeBegins) {
  const auto traces = Tell(ProbationTrace{.transport_id = "t", .at = Timestamp::Millis(7)});
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].type, fbs::transport::TraceEventType::Probation);
  EXPECT_EQ(traces[0].info.type, fbs::transport::TraceInfo::NONE);
}

}  // namespace
}  // namespace sluice
