// Which tag each event is logged under. What real connections bring is in worker_log_test.cc.
#include "worker/event_log.h"

#include <gmock/gmock.h>

#include <utility>

#include "test/support/media_world.h"
#include "test/worker/heard_channel.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() {
    log_.Attach(&heard_.channel());
    log_.SetLevel(LogLevel::kDebug);
  }
  // The lines that `outbox` gives with this tag alone switched on.
  std::vector<std::string> Lines(const std::string& tag, const Outbox& outbox) {
    log_.SetTags({tag});
    LogEvents(log_, objects_, outbox);
    heard_.Settle();
    return std::exchange(lines_, {});
  }
  // The lines of one event under its tag; under all other tags it must give none.
  template <class Event>
  std::vector<std::string> LinesOnlyUnder(const std::string& tag, Event event) {
    Outbox outbox;
    if constexpr (std::is_constructible_v<MediaEvent, Event>) outbox.media.push_back(event);
    if constexpr (std::is_constructible_v<DataEvent, Event>) outbox.data.push_back(event);
    if constexpr (std::is_constructible_v<TransportEvent, Event>) outbox.transport.push_back(event);
    for (const char* other :
         {"info", "ice", "dtls", "rtp", "srtp", "rtcp", "rtx", "bwe", "score", "simulcast", "svc", "sctp", "message"}) {
      if (other == tag) continue;
      EXPECT_THAT(Lines(other, outbox), IsEmpty()) << other;
    }
    return Lines(tag, outbox);
  }
  // A consumer of that type in `objects_`.
  void AddConsumer(const std::string& id, RtpType type, uint32_t ssrc) {
    RtpParameters parameters = VideoParameters(ssrc, ssrc + 1);
    parameters.encodings.push_back({.ssrc = Ssrc(ssrc + 2), .rtx_ssrc = Ssrc(ssrc + 3)});
    if (type == RtpType::kSvc) {
      parameters.encodings.resize(1);
      parameters.encodings[0].scalability_mode = "L3T3";
    }
    const size_t encodings = parameters.encodings.size();
    const auto producer = world_.router().Produce(in_, VideoProducer("p" + id, std::move(parameters)));
    ASSERT_TRUE(producer.ok()) << producer.status();
    ConsumerConfig config = VideoConsumer(id, "p" + id, ssrc + 10, encodings);
    config.type = type;
    const auto consumer = world_.router().Consume(out_, std::move(config), world_.turn());
    ASSERT_TRUE(consumer.ok()) << consumer.status();
    objects_.Add(id, *consumer);
  }

  std::vector<std::string> lines_;
  HeardChannel heard_{[this](const auto& message) { lines_.push_back(message.data_as_Log()->data()->str()); }};
  Log log_;
  Objects objects_;
  MediaWorld world_;
  Transport& in_ = world_.AddTransport("in");
  Transport& out_ = world_.AddTransport("out");
};

TEST_F(EventLogTest, ScoresOfProducersAndConsumersAreLoggedUnderScore) {
  const ProducerScoreChanged producer{
      .producer_id = "p", .streams = {{.ssrc = Ssrc(1), .rid = "a", .score = 9}, {.ssrc = Ssrc(2), .rid = "b"}}};
  EXPECT_THAT(
      LinesOnlyUnder("score", producer),
      ElementsAre(AllOf(HasSubstr("producerId:p"), HasSubstr("rid:a"), HasSubstr("score:9")), HasSubstr("rid:b")));
  EXPECT_THAT(LinesOnlyUnder("score", ConsumerScoreChanged{.consumer_id = "c", .score = {.score = 7}}),
              ElementsAre(AllOf(HasSubstr("consumerId:c"), HasSubstr("score:7"))));
}

TEST_F(EventLogTest, ACircuitBreakerThatOpensIsAWarningWhateverIsSwitchedOn) {
  Outbox outbox;
  outbox.transport.push_back(CircuitBroken{.transport_id = "t", .reason = CircuitBreaker::Reason::kMediaTimeout});
  log_.SetLevel(LogLevel::kWarn);
  EXPECT_THAT(Lines("rtp", outbox), ElementsAre(AllOf(HasSubstr("nothing arrives"), HasSubstr("transportId:t"))));
}

TEST_F(EventLogTest, LayersAreLoggedUnderTheTypeOfTheConsumer) {
  AddConsumer("many", RtpType::kSimulcast, 1000);
  AddConsumer("one", RtpType::kSvc, 2000);
  const ConsumerLayers layers{.spatial = 1, .temporal = 2};
  EXPECT_THAT(LinesOnlyUnder("simulcast", ConsumerLayersChanged{.consumer_id = "many", .layers = layers}),
              ElementsAre(AllOf(HasSubstr("consumerId:many"), HasSubstr("spatial:1"), HasSubstr("temporal:2"))));
  EXPECT_THAT(LinesOnlyUnder("svc", ConsumerLayersChanged{.consumer_id = "one"}),
              ElementsAre(AllOf(HasSubstr("consumerId:one"), HasSubstr("none"))));
}

TEST_F(EventLogTest, AssociationsAreLoggedUnderSctp) {
  EXPECT_THAT(LinesOnlyUnder("sctp", TransportSctpStateChanged{.transport_id = "t", .state = SctpState::kConnected}),
              ElementsAre(AllOf(HasSubstr("SCTP"), HasSubstr("transportId:t"))));
}

TEST_F(EventLogTest, MessagesAreLoggedUnderMessageWithoutWhatIsInThem) {
  const DataConsumerMessage message{.data_consumer_id = "d", .ppid = 51, .payload = {'s', 'e', 'c', 'r', 'e', 't'}};
  EXPECT_THAT(LinesOnlyUnder("message", message),
              ElementsAre(AllOf(HasSubstr("dataConsumerId:d"), HasSubstr("bytes:6"), Not(HasSubstr("secret")))));
  EXPECT_THAT(LinesOnlyUnder("message", DataConsumerSendBufferFull{.data_consumer_id = "d"}),
              ElementsAre(HasSubstr("lost")));
}

}  // namespace
}  // namespace sluice
