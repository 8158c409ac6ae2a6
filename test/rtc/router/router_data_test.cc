// Messages between the controller and itself: who gets them, and what becomes of links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "rtc/router/router.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class RouterDataTest : public testing::Test {
 protected:
  RouterDataTest() : producer_(*Produce("p")) {}

  absl::StatusOr<DataProducer*> Produce(const std::string& id) {
    return world_.router().ProduceData(in_, {.id = id, .type = DataType::kDirect, .max_message_size = 100});
  }
  absl::StatusOr<DataConsumer*> TryConsume(Transport& by, const std::string& id, std::vector<uint16_t> subchannels) {
    return world_.router().ConsumeData(by, {.id = id,
                                            .data_producer_id = "p",
                                            .type = DataType::kDirect,
                                            .subchannels = SubchannelSet(std::move(subchannels)),
                                            .max_message_size = 50});
  }
  DataConsumer& Consume(const std::string& id, std::vector<uint16_t> subchannels = {}) {
    return **TryConsume(out_, id, std::move(subchannels));
  }
  absl::Status Send(const std::string& text, const MessageSubchannels& subchannels = {}) {
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    return in_.ProduceData(*producer_, {.ppid = 51, .payload = bytes, .subchannels = subchannels}, world_.turn());
  }
  // "consumer:text" or "consumer event" for each, in order.
  std::vector<std::string> Told() {
    std::vector<std::string> out;
    for (const DataEvent& event : std::exchange(world_.turn().outbox.data, {})) {
      if (const auto* e = std::get_if<DataConsumerMessage>(&event)) {
        EXPECT_EQ(e->ppid, 51u);
        out.push_back(e->data_consumer_id + ":" + std::string(e->payload.begin(), e->payload.end()));
      }
      if (const auto* e = std::get_if<DataConsumerProducerPaused>(&event))
        out.push_back(e->data_consumer_id + " paused");
      if (const auto* e = std::get_if<DataConsumerProducerResumed>(&event)) {
        out.push_back(e->data_consumer_id + " resumed");
      }
      if (const auto* e = std::get_if<DataConsumerProducerClosed>(&event))
        out.push_back(e->data_consumer_id + " closed");
    }
    return out;
  }

  MediaWorld world_;
  Transport& in_ = world_.AddDirectTransport("in");
  Transport& out_ = world_.AddDirectTransport("out");
  DataProducer* producer_;
};

TEST_F(RouterDataTest, GivesAMessageToEveryConsumerInTheSameTurn) {
  Consume("a"), Consume("b");
  EXPECT_TRUE(Send("hello").ok());
  EXPECT_THAT(Told(), ElementsAre("a:hello", "b:hello"));
  EXPECT_EQ(producer_->stats().messages, 1u);
  EXPECT_EQ(world_.router().FindDataConsumer("a")->stats().bytes, 5u);
}

TEST_F(RouterDataTest, GivesItOnlyToThoseWhoseSubchannelsItNames) {
  Consume("a", {1, 666}), Consume("b", {2, 666});
  EXPECT_TRUE(Send("both", {.any_of = SubchannelSet({1, 2}), .required = 666}).ok());
  EXPECT_TRUE(Send("one", {.any_of = SubchannelSet({666}), .required = 1}).ok());
  EXPECT_TRUE(Send("none", {.required = 3}).ok());
  EXPECT_TRUE(Send("other", {.ignored = 1}).ok());
  EXPECT_THAT(Told(), ElementsAre("a:both", "b:both", "a:one", "b:other"));
}

TEST_F(RouterDataTest, HoldsBackWhatIsPausedButCountsWhatComes) {
  DataConsumer& a = Consume("a");
  Consume("b");
  a.Pause();
  EXPECT_TRUE(Send("1").ok());
  a.Resume();
  world_.router().PauseDataProducer(*producer_, world_.turn());
  EXPECT_TRUE(Send("2").ok());
  EXPECT_TRUE(a.producer_paused());
  world_.router().ResumeDataProducer(*producer_, world_.turn());
  EXPECT_TRUE(Send("3").ok());
  EXPECT_THAT(Told(), ElementsAre("b:1", "a paused", "b paused", "a resumed", "b resumed", "a:3", "b:3"));
  EXPECT_EQ(producer_->stats().messages, 3u);
  EXPECT_EQ(a.stats().messages, 1u);
}

TEST_F(RouterDataTest, TellsOfAPauseOnce) {
  Consume("a");
  for (int i = 0; i < 3; ++i) world_.router().PauseDataProducer(*producer_, world_.turn());
  EXPECT_THAT(Told(), ElementsAre("a paused"));
}

TEST_F(RouterDataTest, RefusesMessagesThatAreTooLongForTheProducerAndDropsThoseTooLongForAConsumer) {
  DataConsumer& a = Consume("a");
  const absl::Status status = Send(std::string(101, 'x'));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("data"));
  EXPECT_TRUE(Send(std::string(100, 'x')).ok());
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_EQ(a.stats().dropped, 1u);
  EXPECT_EQ(a.stats().messages, 0u);
}

TEST_F(RouterDataTest, TellsConsumersInTheOrderInWhichTheyWereMade) {
  for (const char* id : {"y", "a", "x", "b"}) Consume(id);
  world_.router().CloseDataConsumer(*world_.router().FindDataConsumer("x"), world_.turn());
  Consume("x");
  world_.router().PauseDataProducer(*producer_, world_.turn());
  EXPECT_THAT(Told(), ElementsAre("y paused", "a paused", "b paused", "x paused"));
  world_.router().ResumeDataProducer(*producer_, world_.turn());
  EXPECT_THAT(Told(), ElementsAre("y resumed", "a resumed", "b resumed", "x resumed"));
  world_.router().CloseTransport(in_, world_.turn());
  EXPECT_THAT(Told(), ElementsAre("y closed", "a closed", "b closed", "x closed"));
}

TEST_F(RouterDataTest, ClosesConsumersWithTheirProducer) {
  Consume("a"), Consume("b");
  EXPECT_THAT(world_.router().CloseDataProducer(*producer_, world_.turn()), ElementsAre("a", "b", "p"));
  EXPECT_THAT(Told(), ElementsAre("a closed", "b closed"));
  EXPECT_EQ(world_.router().FindDataProducer("p"), nullptr);
  EXPECT_EQ(world_.router().FindDataConsumer("a"), nullptr);
  EXPECT_THAT(out_.data().consumers(), IsEmpty());
}

TEST_F(RouterDataTest, ClosesWhatIsOnATransportWithIt) {
  ASSERT_TRUE(TryConsume(in_, "a", {}).ok());
  Consume("b");
  EXPECT_THAT(world_.router().CloseTransport(out_, world_.turn()), UnorderedElementsAre("b", "out"));
  EXPECT_EQ(producer_->links().size(), 1u);
  EXPECT_TRUE(Send("1").ok());
  EXPECT_THAT(Told(), ElementsAre("a:1"));
  EXPECT_THAT(world_.router().CloseTransport(in_, world_.turn()), UnorderedElementsAre("a", "p", "in"));
}

TEST_F(RouterDataTest, RefusesIdsThatAreTakenAndProducersThatAreNotThere) {
  Consume("a");
  EXPECT_EQ(Produce("p").status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(TryConsume(out_, "a", {}).status().code(), absl::StatusCode::kAlreadyExists);
  const auto lost =
      world_.router().ConsumeData(out_, {.id = "c", .data_producer_id = "nobody", .type = DataType::kDirect});
  EXPECT_EQ(lost.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(out_.data().consumers().size(), 1u);
}

TEST_F(RouterDataTest, RefusesATypeThatTheTransportCannotCarry) {
  Transport& plain = world_.AddTransport("plain");
  const auto direct = TryConsume(plain, "c", {});
  EXPECT_EQ(direct.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(direct.status().message()), HasSubstr("type"));
  for (Transport* transport : {&plain, &in_}) {
    const auto sctp = world_.router().ProduceData(*transport, {.id = "q", .stream = SctpStreamParameters{}});
    EXPECT_THAT(std::string(sctp.status().message()), HasSubstr("type"));
  }
  EXPECT_EQ(world_.router().FindDataProducer("q"), nullptr);
}

}  // namespace
}  // namespace sluice
