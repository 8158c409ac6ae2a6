// Data producers and data consumers against a worker that answers as the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "controller/sctp_stream_ids.h"
#include "test/controller/objects_fixture.h"

namespace sluice::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using DataTest = ObjectsTest;

TEST(SctpStreamParametersTest, AreReliableUnlessALimitIsGiven) {
  EXPECT_EQ(NormalizeSctpStreamParameters({.stream_id = 4})->ordered, true);
  EXPECT_EQ(NormalizeSctpStreamParameters({.max_retransmits = 0})->ordered, false);
  EXPECT_EQ(NormalizeSctpStreamParameters({.max_packet_life_time = 5000})->ordered, false);
  EXPECT_EQ(NormalizeSctpStreamParameters({.ordered = false})->ordered, false);
  const auto both = NormalizeSctpStreamParameters({.max_packet_life_time = 1, .max_retransmits = 1});
  EXPECT_THAT(std::string(both.status().message()), HasSubstr("maxRetransmits: "));
  const auto ordered = NormalizeSctpStreamParameters({.ordered = true, .max_retransmits = 1});
  EXPECT_EQ(ordered.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SctpStreamIdsTest, TakesAFreedStreamAgainAsLateAsPossible) {
  SctpStreamIds ids;
  EXPECT_EQ(ids.Allocate(), 0);
  EXPECT_EQ(ids.Allocate(), 1);
  ids.Free(0);
  EXPECT_EQ(ids.Allocate(), 2);
  for (size_t i = 3; i < SctpStreamIds::kStreams; ++i) EXPECT_EQ(ids.Allocate(), i);
  EXPECT_EQ(ids.Allocate(), 0);
  EXPECT_EQ(ids.Allocate(), std::nullopt);
  ids.Free(7);
  EXPECT_EQ(ids.Allocate(), 7);
}

TEST(SctpStreamIdsTest, BeginsAgainBelowTheNegotiatedLimit) {
  SctpStreamIds ids;
  for (int i = 0; i < 4; ++i) ids.Allocate();
  ids.Free(1);
  ids.SetLimit(4);
  EXPECT_EQ(ids.Allocate(), 1);
}

TEST_F(DataTest, AStreamOfAnSctpTransportIsProducedAndConsumed) {
  auto transport = MakeTransport();
  auto producer = MakeDataProducer(
      transport,
      {.sctp_stream_parameters = {{.stream_id = 9, .max_packet_life_time = 5000}}, .label = "chat", .protocol = "p"});
  const auto& sent = *request_.body.AsTransportProduceData();
  EXPECT_EQ(request_.handler_id, transport->id());
  EXPECT_EQ(sent.type, fbs::data::ProducerType::Sctp);
  EXPECT_EQ(sent.sctp_stream_parameters->ordered, false);
  EXPECT_EQ(sent.sctp_stream_parameters->max_packet_life_time, 5000);
  EXPECT_EQ(producer->label(), "chat");
  EXPECT_EQ(router_->FindDataProducer(producer->id()), producer);

  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id(), .subchannels = {3, 1}});
  EXPECT_EQ(consumer->sctp_stream_parameters(),
            (SctpStreamParameters{.stream_id = 0, .ordered = false, .max_packet_life_time = 5000}));
  EXPECT_EQ(consumer->label(), "chat");
  EXPECT_EQ(consumer->protocol(), "p");
  EXPECT_THAT(consumer->subchannels(), ElementsAre(3, 1));
  EXPECT_EQ(consumer->buffered_amount_low_threshold(), 1024u);
  auto ordered = MakeDataConsumer(transport, {.data_producer_id = producer->id(), .ordered = true});
  EXPECT_EQ(ordered->sctp_stream_parameters(), (SctpStreamParameters{.stream_id = 1, .ordered = true}));
  auto limited = MakeDataConsumer(transport, {.data_producer_id = producer->id(), .max_retransmits = 0});
  EXPECT_EQ(limited->sctp_stream_parameters(),
            (SctpStreamParameters{.stream_id = 2, .ordered = false, .max_retransmits = 0}));
  EXPECT_EQ(transport->data_producers().size(), 1u);
  EXPECT_EQ(transport->data_consumers().size(), 3u);
}

TEST_F(DataTest, WhatCannotBeIsRefusedHere) {
  auto transport = MakeTransport();
  Result<std::shared_ptr<DataProducer>> produced;
  transport->ProduceData({}, produced.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(produced.status.message()), HasSubstr("sctpStreamParameters: "));
  Result<std::shared_ptr<DataConsumer>> consumed;
  transport->ConsumeData({.data_producer_id = "gone"}, consumed.Take());
  loop_.Settle();
  EXPECT_EQ(consumed.status.code(), absl::StatusCode::kNotFound);
  auto producer = MakeDataProducer(transport, {.sctp_stream_parameters = {{.stream_id = 1}}, .id = "mine"});
  transport->ProduceData({.sctp_stream_parameters = {{.stream_id = 2}}, .id = "mine"}, produced.Take());
  loop_.Settle();
  EXPECT_THAT(std::string(produced.status.message()), HasSubstr("id: "));
  EXPECT_EQ(worker_.waiting(), 0u);
}

TEST_F(DataTest, AStreamIsFreeAgainWhenItsConsumerCouldNotBeMade) {
  auto transport = MakeTransport();
  auto producer = MakeDataProducer(transport, {.sctp_stream_parameters = {{.stream_id = 1}}});
  fbs::transport::SctpNegotiatedCapabilitiesNotificationT negotiated;
  negotiated.negotiated_capabilities = std::make_unique<fbs::sctp::NegotiatedCapabilitiesT>();
  negotiated.negotiated_capabilities->negotiated_max_outbound_streams = 1;
  worker_.Notify(transport->id(), Event::TransportSctpNegotiatedCapabilities, negotiated);
  Result<std::shared_ptr<DataConsumer>> result;
  transport->ConsumeData({.data_producer_id = producer->id()}, result.Take());
  worker_.Reject(worker_.Next().id, "Error", "no");
  EXPECT_FALSE(result.status.ok());
  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id()});
  EXPECT_EQ(consumer->sctp_stream_parameters()->stream_id, 0);
  consumer->Close();
  EXPECT_EQ(worker_.Next().body.AsTransportCloseDataConsumer()->data_consumer_id, consumer->id());
  EXPECT_EQ(MakeDataConsumer(transport, {.data_producer_id = producer->id()})->sctp_stream_parameters()->stream_id, 0);
}

TEST_F(DataTest, DirectMessagesGoBothWays) {
  auto transport = MakeDirectTransport();
  auto producer = MakeDataProducer(transport, {.label = "here"});
  EXPECT_EQ(request_.body.AsTransportProduceData()->type, fbs::data::ProducerType::Direct);
  EXPECT_EQ(producer->type(), DataType::kDirect);
  EXPECT_TRUE(producer->SendText("hi", {.subchannels = {1, 2}, .required_subchannel = 2}).ok());
  auto sent = worker_.NextNotification();
  EXPECT_EQ(sent.event, Event::DataProducerSend);
  EXPECT_EQ(sent.handler_id, producer->id());
  EXPECT_EQ(sent.body.AsDataProducerSend()->ppid, kPpidString);
  EXPECT_THAT(sent.body.AsDataProducerSend()->data, ElementsAre('h', 'i'));
  EXPECT_THAT(sent.body.AsDataProducerSend()->subchannels, ElementsAre(1, 2));
  EXPECT_EQ(sent.body.AsDataProducerSend()->required_subchannel, 2);
  EXPECT_FALSE(sent.body.AsDataProducerSend()->ignored_subchannel.has_value());
  EXPECT_TRUE(producer->SendBinary({}).ok());
  sent = worker_.NextNotification();
  EXPECT_EQ(sent.body.AsDataProducerSend()->ppid, kPpidBinaryEmpty);
  EXPECT_EQ(sent.body.AsDataProducerSend()->data.size(), 1u);

  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id()});
  EXPECT_FALSE(consumer->sctp_stream_parameters().has_value());
  std::string got;
  consumer->on.message = [&](std::span<const uint8_t> data, uint32_t ppid) {
    got.assign(data.begin(), data.end());
    got += std::to_string(ppid);
  };
  fbs::data::ConsumerMessageNotificationT message;
  message.ppid = kPpidString;
  message.data = {'h', 'o'};
  worker_.Notify(consumer->id(), Event::DataConsumerMessage, message);
  EXPECT_EQ(got, "ho51");
  producer->Close();
  EXPECT_EQ(producer->SendText("late").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(router_->FindDataProducer(producer->id()), nullptr);
}

TEST_F(DataTest, WhatIsTooLargeOrTooMuchIsAnsweredAtOnce) {
  std::signal(SIGPIPE, SIG_IGN);  // as Worker::Start() does: the test ends while the pipe is full
  auto producer = MakeDataProducer(MakeDirectTransport(), {});
  const std::vector<uint8_t> huge(9'000'000);
  EXPECT_EQ(producer->SendBinary(huge).code(), absl::StatusCode::kInvalidArgument);
  const std::vector<uint8_t> large(1'000'000);
  absl::Status status;
  for (int i = 0; i < 40 && status.ok(); ++i) status = producer->SendBinary(large);  // nobody reads meanwhile
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(DataTest, AConsumerAnswersEveryCall) {
  auto transport = MakeTransport();
  auto producer = MakeDataProducer(transport, {.sctp_stream_parameters = {{.stream_id = 1}}});
  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id()});
  Result<uint32_t> amount;
  consumer->SendText("", amount.Take());
  auto request = worker_.Next();
  EXPECT_EQ(request.body.AsDataConsumerSend()->ppid, kPpidStringEmpty);
  fbs::data::ConsumerSendResponseT sent;
  sent.buffered_amount = 17;
  worker_.Accept(request.id, sent);
  EXPECT_EQ(amount.value, 17u);
  consumer->GetBufferedAmount(amount.Take());
  fbs::data::ConsumerGetBufferedAmountResponseT buffered;
  buffered.buffered_amount = 5;
  worker_.Accept(worker_.Next().id, buffered);
  EXPECT_EQ(amount.value, 5u);
  Outcome outcome;
  consumer->SetBufferedAmountLowThreshold(99, outcome.Take());
  request = worker_.Next();
  EXPECT_EQ(request.body.AsDataConsumerSetBufferedAmountLowThreshold()->threshold, 99u);
  worker_.Accept(request.id);
  EXPECT_EQ(consumer->buffered_amount_low_threshold(), 99u);

  consumer->AddSubchannel(7, outcome.Take());
  fbs::data::ConsumerAddSubchannelResponseT added;
  added.subchannels = {7};
  worker_.Accept(worker_.Next().id, added);
  EXPECT_THAT(consumer->subchannels(), ElementsAre(7));
  consumer->SetSubchannels({8, 9}, outcome.Take());
  fbs::data::ConsumerSetSubchannelsResponseT set;
  set.subchannels = {8, 9};
  worker_.Accept(worker_.Next().id, set);
  EXPECT_THAT(consumer->subchannels(), ElementsAre(8, 9));
  consumer->RemoveSubchannel(8, outcome.Take());
  worker_.Accept(worker_.Next().id, fbs::data::ConsumerRemoveSubchannelResponseT());
  EXPECT_THAT(consumer->subchannels(), IsEmpty());
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.count, 4);
  consumer->RemoveSubchannel(8, outcome.Take());
  worker_.Accept(worker_.Next().id);
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInternal) << "an answer without its body";

  consumer->Pause(outcome.Take());
  worker_.Accept(worker_.Next().id);
  EXPECT_TRUE(consumer->paused());
  Result<DataConsumerStats> stats;
  consumer->GetStats(stats.Take());
  fbs::data::ConsumerGetStatsResponseT stats_body;
  stats_body.messages_sent = 3;
  stats_body.bytes_sent = 300;
  worker_.Accept(worker_.Next().id, stats_body);
  EXPECT_EQ(stats.value.messages_sent, 3u);
  EXPECT_EQ(stats.value.bytes_sent, 300u);
  Result<DataConsumerDump> dump;
  consumer->Dump(dump.Take());
  fbs::data::ConsumerDumpResponseT dump_body;
  dump_body.data_producer_paused = true;
  dump_body.buffered_amount = 12;
  worker_.Accept(worker_.Next().id, dump_body);
  EXPECT_TRUE(dump.value.data_producer_paused);
  EXPECT_EQ(dump.value.buffered_amount, 12u);
}

TEST_F(DataTest, ConsumersTellWhatHappensToThem) {
  auto transport = MakeTransport();
  auto producer = MakeDataProducer(transport, {.sctp_stream_parameters = {{.stream_id = 1}}});
  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id()});
  std::vector<std::string> events;
  consumer->on.buffered_amount_low = [&](uint32_t amount) { events.push_back("low " + std::to_string(amount)); };
  consumer->on.send_buffer_full = [&] { events.push_back("full"); };
  consumer->on.data_producer_paused = [&] { events.push_back("paused"); };
  consumer->on.data_producer_resumed = [&] { events.push_back("resumed"); };
  consumer->on.closed = [&](CloseReason reason) { events.emplace_back(ToString(reason)); };
  fbs::data::ConsumerBufferedAmountLowNotificationT low;
  low.buffered_amount = 4;
  worker_.Notify(consumer->id(), Event::DataConsumerBufferedAmountLow, low);
  worker_.Notify(consumer->id(), Event::DataConsumerSctpSendBufferFull);
  worker_.Notify(consumer->id(), Event::DataConsumerDataProducerPause);
  worker_.Notify(consumer->id(), Event::DataConsumerDataProducerPause);  // said twice, told once
  EXPECT_TRUE(consumer->data_producer_paused());
  worker_.Notify(consumer->id(), Event::DataConsumerDataProducerResume);
  worker_.Notify(consumer->id(), Event::DataConsumerDataProducerClose);
  EXPECT_THAT(events, ElementsAre("low 4", "full", "paused", "resumed", "producer closed"));
  EXPECT_THAT(transport->data_consumers(), IsEmpty());
}

TEST_F(DataTest, AClosedTransportTakesDataAlong) {
  auto transport = MakeTransport();
  auto producer = MakeDataProducer(transport, {.sctp_stream_parameters = {{.stream_id = 1}}});
  auto consumer = MakeDataConsumer(transport, {.data_producer_id = producer->id()});
  std::vector<std::string> events;
  producer->on.closed = [&](CloseReason reason) { events.push_back("p " + std::string(ToString(reason))); };
  consumer->on.closed = [&](CloseReason reason) { events.push_back("c " + std::string(ToString(reason))); };
  router_->Close();
  EXPECT_THAT(events, ElementsAre("c parent closed", "p parent closed"));
  Outcome outcome;
  producer->Pause(outcome.Take());
  loop_.Settle();
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace sluice::controller
