#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "worker/wire/transport_wire.h"

namespace sluice::wire {
namespace {

using ::testing::StartsWith;

// What the Node.js controller sends unless told otherwise.
fbs::transport::OptionsT Defaults() {
  fbs::transport::OptionsT options;
  options.enable_sctp = true;
  options.max_send_message_size = 262'144;
  options.max_receive_message_size = 262'144;
  options.sctp_send_buffer_size = 2'000'000;
  options.sctp_per_stream_send_queue_limit = 2'000'000;
  options.sctp_max_receiver_window_buffer_size = 5'242'880;
  options.sctp_default_stream_buffered_amount_low_threshold = 1024;
  return options;
}

TEST(SctpDecodeTest, TakesWhatTheControllerSends) {
  const auto config = DecodeSctp(Defaults());
  ASSERT_TRUE(config.ok() && config->has_value());
  EXPECT_EQ((*config)->max_send_message_size, 262'144u);
  EXPECT_EQ((*config)->max_receive_message_size, 262'144u);
  EXPECT_EQ((*config)->send_buffer_size, 2'000'000u);
  EXPECT_EQ((*config)->per_stream_send_queue_limit, 2'000'000u);
  EXPECT_EQ((*config)->max_receiver_window_buffer_size, 5'242'880u);
  EXPECT_EQ((*config)->buffered_amount_low_threshold, 1024u);
}

TEST(SctpDecodeTest, WithoutSctpNothingIsLookedAt) {
  const auto config = DecodeSctp({});
  ASSERT_TRUE(config.ok());
  EXPECT_FALSE(config->has_value());
}

TEST(SctpDecodeTest, NamesTheFieldThatIsWrong) {
  const auto expect = [](const char* field, auto change) {
    fbs::transport::OptionsT options = Defaults();
    change(options);
    const auto config = DecodeSctp(options);
    ASSERT_FALSE(config.ok()) << field;
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(config.status().message()), StartsWith(std::string(field) + ":"));
  };
  expect("maxSendMessageSize", [](auto& o) { o.max_send_message_size = 0; });
  expect("maxSendMessageSize", [](auto& o) { o.max_send_message_size = 0xFFFFFFFF; });
  expect("maxReceiveMessageSize", [](auto& o) { o.max_receive_message_size = 0; });
  expect("sctpSendBufferSize", [](auto& o) { o.sctp_send_buffer_size = 0; });
  expect("sctpPerStreamSendQueueLimit", [](auto& o) { o.sctp_per_stream_send_queue_limit = 0xFFFFFFFF; });
  expect("sctpMaxReceiverWindowBufferSize", [](auto& o) { o.sctp_max_receiver_window_buffer_size = 1499; });
}

}  // namespace
}  // namespace sluice::wire
