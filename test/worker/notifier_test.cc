// What the controller is told of congestion control. Other notifications are seen of whole workers.
#include "worker/notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "test/controller/loop.h"

namespace sluice {
namespace {

class NotifierTest : public testing::Test {
 protected:
  NotifierTest() {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    EXPECT_TRUE(near_.Open(pair[0], dup(pair[0])));
    EXPECT_TRUE(far_.Open(pair[1], dup(pair[1])));
    far_.Start();
  }
  ~NotifierTest() override {
    near_.Close();
    far_.Close();
  }
  // The traces that one event gives.
  std::vector<fbs::transport::TraceNotificationT> Tell(const TransportEvent& event) {
    Outbox outbox;
    outbox.transport.push_back(event);
    Notifier(near_, objects_).Tell(outbox);
    loop_.Settle();
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

  controller::Loop loop_;
  std::vector<fbs::transport::TraceNotificationT> traces_;
  Channel near_{loop_.get(), false, {.on_message = [](const auto&, bool) {}, .on_end = [](auto) {}}};
  Channel far_{
      loop_.get(), false, {.on_message = [this](const auto& m, bool) { OnMessage(m); }, .on_end = [](auto) {}}};
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
