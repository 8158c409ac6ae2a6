// Events that only media brings about: what a whole worker tells its controller when a packet has come.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/support/control/examples.h"
#include "test/support/control/in_process_worker.h"

namespace sluice::control {
namespace {

using fbs::notification::Event;
using testing::Contains;
using testing::Pair;
using Reply = InProcessWorker::Reply;

class EventsTest : public testing::Test {
 protected:
  EventsTest() : examples_(LoadExamples(schema_, SLUICE_EXAMPLES)) {}

  // The example of a method or event, the one that is addressed to `handler` where there are several.
  Node Example(const std::string& name, const std::string& handler = "") {
    for (auto& example : examples_) {
      if (example.name != name) continue;
      if (handler.empty() || example.envelope()["handler_id"].text == handler) return example.message;
    }
    ADD_FAILURE() << "no example of " << name;
    return {};
  }
  static Node& Data(Node& message) { return *message.Find("data"); }
  static Node& Body(Node& message) { return *Data(message).Find("body"); }

  Reply Send(const Node& message) {
    const uint32_t id = ++last_id_;
    return worker_.Exchange(Frame(schema_, message, id), id);
  }
  void SendWell(const Node& message) {
    const Reply reply = Send(message);
    EXPECT_TRUE(reply.accepted) << reply.reason;
  }
  Reply SendRtp(const std::string& producer, const std::string& packet) {
    Node message = Example("ProducerSend");
    Data(message)["handler_id"].text = producer;
    Body(message)["data"].text = packet;
    return Send(message);
  }
  // A router with a direct transport that has the producer "audio".
  void BuildDirect() {
    SendWell(Example("WorkerCreateRouter"));
    SendWell(Example("RouterCreateDirectTransport"));
    SendWell(Example("TransportProduce", "direct"));
  }

  Schema schema_{SLUICE_BFBS};
  std::vector<struct Example> examples_;
  InProcessWorker worker_;
  uint32_t last_id_ = 0;
};

TEST_F(EventsTest, AnRtpPacketIsTracedOnItsWayInAndOut) {
  BuildDirect();
  Node consume = Example("TransportConsume", "on-server");
  Data(consume)["handler_id"].text = "direct";
  SendWell(consume);
  Node trace = Example("ProducerEnableTraceEvent");
  Data(trace)["handler_id"].text = "audio";
  SendWell(trace);
  trace = Example("ConsumerEnableTraceEvent");
  Data(trace)["handler_id"].text = "audio-consumer";
  SendWell(trace);
  Node packet = Example("ProducerSend");
  const Reply reply = Send(packet);
  EXPECT_THAT(reply.events, Contains(Pair(Event::ProducerTrace, "audio")));
  EXPECT_THAT(reply.events, Contains(Pair(Event::ConsumerTrace, "audio-consumer")));
  EXPECT_THAT(reply.events, Contains(Pair(Event::ConsumerRtp, "audio-consumer")));
}

TEST_F(EventsTest, AVideoThatIsTurnedIsToldOnce) {
  BuildDirect();
  Node produce = Example("TransportProduce", "webrtc");
  Data(produce)["handler_id"].text = "direct";
  Node& extension = Body(produce)["rtp_parameters"].Find("header_extensions")->children.at(0);
  extension["uri"].number = static_cast<int64_t>(fbs::rtp::HeaderExtensionUri::VideoOrientation);
  extension["id"].number = 13;
  SendWell(produce);
  // SSRC 1001, payload type 96, one-byte extension 13 with the camera's bit and three quarter turns; a VP8 key frame.
  const std::string packet(
      "\x90\x60\x00\x01\x00\x00\x00\x01\x00\x00\x03\xE9\xBE\xDE\x00\x01\xD0\x0B\x00\x00"
      "\x10\x00\x00\x00\x9D\x01\x2A\x40\x01\xB4\x00",
      31);
  EXPECT_THAT(SendRtp("video", packet).events, Contains(Pair(Event::ProducerVideoOrientationChange, "video")));
  std::string next = packet;
  next[3] = 2;
  EXPECT_THAT(SendRtp("video", next).events,
              testing::Not(Contains(Pair(Event::ProducerVideoOrientationChange, "video"))));
}

TEST_F(EventsTest, WhereRtcpComesFromIsLearntAndTold) {
  SendWell(Example("WorkerCreateRouter"));
  Node create = Example("RouterCreatePlainTransport");
  Node& options = *Body(create).Find("options");
  options["comedia"].number = 1;
  options["enable_srtp"].number = 0;
  const Reply created = Send(create);
  ASSERT_TRUE(created.accepted) << created.reason;
  const auto* dump = flatbuffers::GetRoot<fbs::response::Response>(created.answer.data())->body_as_PlainTransportDump();

  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(dump->rtcp_tuple()->local_port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const uint8_t report[] = {0x80, 201, 0, 1, 0, 0, 0, 9};
  ASSERT_EQ(sendto(fd, report, sizeof(report), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 8);
  bool told = false;
  for (int i = 0; i < 10'000 && !told; ++i) {
    const Reply reply = Send(Example("WorkerDump"));
    told = std::ranges::count(reply.events, std::pair(Event::PlainTransportRtcpTuple, std::string("plain"))) > 0;
  }
  EXPECT_TRUE(told);
  close(fd);
}

}  // namespace
}  // namespace sluice::control
