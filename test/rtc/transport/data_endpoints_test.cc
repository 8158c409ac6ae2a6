#include "rtc/transport/data_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;

class DataEndpointsTest : public testing::Test {
 protected:
  absl::StatusOr<DataProducer*> AddProducer(std::string id, uint16_t stream) {
    return endpoints_.Add({.id = std::move(id), .stream = SctpStreamParameters{.stream_id = stream}}, transport_);
  }
  absl::StatusOr<DataConsumer*> AddConsumer(std::string id, uint16_t stream, DataProducer& of) {
    return endpoints_.Add({.id = std::move(id), .stream = SctpStreamParameters{.stream_id = stream}}, of, transport_);
  }

  testing_support::MediaWorld world_;
  Transport& transport_ = world_.AddTransport("t");
  DataEndpoints endpoints_;
};

TEST_F(DataEndpointsTest, GivesAStreamToOneProducerAtATime) {
  DataProducer* first = *AddProducer("a", 7);
  const auto second = AddProducer("b", 7);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("sctpStreamParameters.streamId"));
  EXPECT_EQ(endpoints_.FindProducer(7), first);
  EXPECT_EQ(endpoints_.producers().size(), 1u);
  endpoints_.Remove(*first);
  EXPECT_EQ(endpoints_.FindProducer(7), nullptr);
  EXPECT_TRUE(AddProducer("b", 7).ok());
}

TEST_F(DataEndpointsTest, NumbersIncomingAndOutgoingStreamsApart) {
  DataProducer* producer = *AddProducer("p", 0);
  DataConsumer* consumer = *AddConsumer("c", 0, *producer);
  EXPECT_EQ(endpoints_.FindProducer(0), producer);
  EXPECT_EQ(endpoints_.FindConsumer(0), consumer);
  EXPECT_FALSE(AddConsumer("d", 0, *producer).ok());
  endpoints_.Remove(*consumer);
  EXPECT_EQ(endpoints_.FindConsumer(0), nullptr);
  EXPECT_EQ(endpoints_.FindProducer(0), producer);
}

TEST_F(DataEndpointsTest, ChangesNothingWhenTheParametersAreWrong) {
  const auto made = endpoints_.Add({.id = "p"}, transport_);
  EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(endpoints_.producers().empty());
  EXPECT_TRUE(endpoints_.producer_by_stream().empty());
}

TEST_F(DataEndpointsTest, KeepsDirectOnesWithoutStreams) {
  for (std::string id : {"a", "b"}) {
    EXPECT_TRUE(endpoints_.Add({.id = id, .type = DataType::kDirect}, transport_).ok());
  }
  EXPECT_EQ(endpoints_.producers().size(), 2u);
  EXPECT_TRUE(endpoints_.producer_by_stream().empty());
}

}  // namespace
}  // namespace sluice
