#include "rtc/data/data_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/data/subchannel_prefix.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;

class DataConsumerTest : public testing::Test {
 protected:
  std::unique_ptr<DataConsumer> Make(DataConsumerConfig config) {
    config.id = "dc";
    config.data_producer_id = "dp";
    config.stream = SctpStreamParameters{.stream_id = 1};
    return *DataConsumer::Create(std::move(config), *producer_, transport_);
  }

  testing_support::MediaWorld world_;
  Transport& transport_ = world_.AddTransport("t");
  std::unique_ptr<DataProducer> producer_ = *DataProducer::Create({.id = "dp", .type = DataType::kDirect}, transport_);
};

TEST_F(DataConsumerTest, WantsNothingWhilePaused) {
  const auto consumer = Make({.paused = true});
  EXPECT_FALSE(consumer->Wants({}));
  consumer->Resume();
  EXPECT_TRUE(consumer->Wants({}));
  consumer->Pause();
  EXPECT_FALSE(consumer->Wants({}));
}

TEST_F(DataConsumerTest, WantsWhatItSubscribesTo) {
  const auto consumer = Make({.subchannels = SubchannelSet({1})});
  const MessageSubchannels message{.any_of = SubchannelSet({2})};
  EXPECT_FALSE(consumer->Wants(message));
  consumer->subchannels().Add(2);
  EXPECT_TRUE(consumer->Wants(message));
  EXPECT_FALSE(consumer->Wants({.ignored = 1}));
}

TEST_F(DataConsumerTest, LeavesWhatIsIgnoredToTheEndOfThePipe) {
  const auto consumer = Make({.subchannels = SubchannelSet({1}), .pipe = true});
  EXPECT_TRUE(consumer->Wants({.ignored = 1}));
}

TEST_F(DataConsumerTest, SaysWhetherItsProducerIsPaused) {
  const auto consumer = Make({});
  EXPECT_FALSE(consumer->producer_paused());
  producer_->Pause();
  EXPECT_TRUE(consumer->producer_paused());
}

TEST_F(DataConsumerTest, SendsThePayloadWhereItLiesUnlessItTravelsWithSubchannels) {
  const std::vector<uint8_t> payload = {'a', 'b'};
  const MessageSubchannels everybody, some{.any_of = SubchannelSet({2})};
  std::vector<uint8_t> scratch;
  EXPECT_EQ(Make({})->Encode({.payload = payload, .subchannels = some}, scratch).data(), payload.data());
  const auto on_pipe = Make({.pipe = true});
  EXPECT_EQ(on_pipe->Encode({.payload = payload, .subchannels = everybody}, scratch).data(), payload.data());
  const auto sent = on_pipe->Encode({.payload = payload, .subchannels = some}, scratch);
  const auto read = ParseSubchannelPrefix(sent);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subchannels, some);
  EXPECT_THAT(read->payload, ElementsAre('a', 'b'));
}

}  // namespace
}  // namespace sluice
