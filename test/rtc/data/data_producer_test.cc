#include "rtc/data/data_producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/data/subchannel_prefix.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DataProducerTest : public testing::Test {
 protected:
  std::unique_ptr<DataProducer> Make(DataProducerConfig config) {
    config.id = "dp";
    if (config.type == DataType::kSctp && !config.stream) config.stream = SctpStreamParameters{.stream_id = 3};
    return *DataProducer::Create(std::move(config), transport_);
  }
  std::string ErrorOf(DataProducerConfig config) {
    return std::string(DataProducer::Create(std::move(config), transport_).status().message());
  }

  testing_support::MediaWorld world_;
  Transport& transport_ = world_.AddTransport("t");
};

TEST_F(DataProducerTest, NamesTheFieldThatContradicts) {
  const SctpStreamParameters ordered_limited{.reliability = {.ordered = true, .max_retransmits = 3}};
  const SctpStreamParameters both{.reliability = {.ordered = false, .max_packet_life_time = 100, .max_retransmits = 3}};
  EXPECT_THAT(ErrorOf({}), HasSubstr("dataProducerId"));
  EXPECT_THAT(ErrorOf({.id = "dp"}), HasSubstr("sctpStreamParameters: missing"));
  EXPECT_THAT(ErrorOf({.id = "dp", .stream = SctpStreamParameters{.stream_id = 65535}}), HasSubstr("streamId"));
  EXPECT_THAT(ErrorOf({.id = "dp", .stream = ordered_limited}), HasSubstr("ordered"));
  EXPECT_THAT(ErrorOf({.id = "dp", .stream = both}), HasSubstr("maxRetransmits"));
  EXPECT_THAT(ErrorOf({.id = "dp", .type = DataType::kDirect, .stream = SctpStreamParameters{}}),
              HasSubstr("sctpStreamParameters"));
}

TEST_F(DataProducerTest, CountsWhatItGetsWhilePausedToo) {
  const auto producer = Make({.paused = true});
  const std::vector<uint8_t> message = {1, 2, 3};
  EXPECT_TRUE(producer->paused());
  EXPECT_TRUE(producer->Receive(message));
  producer->Resume();
  EXPECT_TRUE(producer->Receive(message));
  EXPECT_EQ(producer->stats().messages, 2u);
  EXPECT_EQ(producer->stats().bytes, 6u);
}

TEST_F(DataProducerTest, TakesTheSubchannelsOffOnAPipeOnly) {
  const MessageSubchannels subchannels{.any_of = SubchannelSet({5}), .ignored = 9};
  std::vector<uint8_t> message(SubchannelPrefixSize(subchannels, {}));
  WriteSubchannelPrefix(subchannels, message);
  message.push_back('x');

  const auto on_pipe = Make({.pipe = true});
  const auto received = on_pipe->Receive(message);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->subchannels, subchannels);
  EXPECT_THAT(received->payload, ElementsAre('x'));
  EXPECT_EQ(on_pipe->stats().bytes, 1u);

  const auto plain = Make({});
  EXPECT_EQ(plain->Receive(message)->payload.size(), message.size());
  EXPECT_TRUE(plain->Receive(message)->subchannels.empty());
}

TEST_F(DataProducerTest, DropsUnreadableSubchannels) {
  const auto producer = Make({.pipe = true});
  const std::vector<uint8_t> cut = {0xa5, 0xf0, 0x9c, 0xb3, 0xd6, 0xe1, 0xf2, 0x8c, 0xff};
  EXPECT_FALSE(producer->Receive(cut));
  EXPECT_EQ(producer->stats().dropped, 1u);
  EXPECT_EQ(producer->stats().messages, 0u);
}

TEST_F(DataProducerTest, DropsMessagesOverItsLimit) {
  const auto producer = Make({.type = DataType::kDirect, .max_message_size = 4});
  const std::vector<uint8_t> four(4), five(5);
  EXPECT_TRUE(producer->Receive({.payload = four, .subchannels = {}}));
  EXPECT_FALSE(producer->Receive({.payload = five, .subchannels = {}}));
  EXPECT_EQ(producer->stats().messages, 1u);
  EXPECT_EQ(producer->stats().dropped, 1u);
}

}  // namespace
}  // namespace sluice
