// Data over the control pipe: direct data producers and consumers, their requests, and what is refused.
#include <gmock/gmock.h>

#include "test/worker/worker_process.h"

namespace sluice {
namespace {

using fbs::notification::Event;
using fbs::request::Body;
using fbs::request::Method;
using testing::ElementsAre;
using testing::HasSubstr;
using NoteBody = fbs::notification::Body;
using fbs::data::ConsumerType;
using fbs::data::ProducerType;

class WorkerDataTest : public testing::Test {
 protected:
  WorkerDataTest() : worker_({"--logLevel=warn"}) {}

  void SetUp() override {
    ASSERT_TRUE(worker_.AwaitRunning());
    fbs::worker::CreateRouterRequestT router;
    router.router_id = "r";
    Accept(worker_.Request(Method::WorkerCreateRouter, "", Body::WorkerCreateRouter,
                           fbs::worker::CreateCreateRouterRequest(worker_.b, &router).Union()));
    fbs::router::CreateDirectTransportRequestT request;
    request.transport_id = "t";
    request.options = std::make_unique<fbs::direct::OptionsT>();
    request.options->base = std::make_unique<fbs::transport::OptionsT>();
    request.options->base->direct = true;
    request.options->base->max_send_message_size = 1000;
    request.options->base->max_receive_message_size = 2000;
    Accept(worker_.Request(Method::RouterCreateDirectTransport, "r", Body::RouterCreateDirectTransport,
                           fbs::router::CreateCreateDirectTransportRequest(worker_.b, &request).Union()));
  }
  const fbs::response::Response* Accept(const fbs::response::Response* response) {
    EXPECT_TRUE(response && response->accepted())
        << (response && response->reason() ? response->reason()->c_str() : "");
    return response;
  }
  void AddPlain(const std::string& id) {
    fbs::router::CreatePlainTransportRequestT request;
    request.transport_id = id;
    request.options = std::make_unique<fbs::plain::OptionsT>();
    request.options->rtcp_mux = true;
    request.options->listen_info = std::make_unique<fbs::net::ListenInfoT>();
    request.options->listen_info->ip = "127.0.0.1";
    request.options->base = std::make_unique<fbs::transport::OptionsT>();
    auto& base = *request.options->base;
    base.enable_sctp = true;
    base.max_send_message_size = base.max_receive_message_size = 262'144;
    base.sctp_send_buffer_size = base.sctp_max_receiver_window_buffer_size = 1'000'000;
    Accept(worker_.Request(Method::RouterCreatePlainTransport, "r", Body::RouterCreatePlainTransport,
                           fbs::router::CreateCreatePlainTransportRequest(worker_.b, &request).Union()));
  }
  // "class: reason" of a refusal.
  static std::string Refusal(const fbs::response::Response* response) {
    if (!response || response->accepted()) return "accepted";
    return response->error()->str() + ": " + response->reason()->str();
  }
  const fbs::response::Response* Produce(const std::string& id, ProducerType type = ProducerType::Direct,
                                         const fbs::sctp::StreamParametersT* stream = nullptr,
                                         const std::string& transport = "t") {
    fbs::transport::ProduceDataRequestT request;
    request.data_producer_id = id;
    request.type = type;
    if (stream) request.sctp_stream_parameters = std::make_unique<fbs::sctp::StreamParametersT>(*stream);
    request.label = "label";
    request.protocol = "protocol";
    return worker_.Request(Method::TransportProduceData, transport, Body::TransportProduceData,
                           fbs::transport::CreateProduceDataRequest(worker_.b, &request).Union());
  }
  const fbs::response::Response* Consume(const std::string& id, const std::string& producer,
                                         std::vector<uint16_t> subchannels = {},
                                         ConsumerType type = ConsumerType::Direct) {
    fbs::transport::ConsumeDataRequestT request;
    request.data_consumer_id = id;
    request.data_producer_id = producer;
    request.type = type;
    request.label = "label";
    request.subchannels = std::move(subchannels);
    return worker_.Request(Method::TransportConsumeData, "t", Body::TransportConsumeData,
                           fbs::transport::CreateConsumeDataRequest(worker_.b, &request).Union());
  }
  void Notify(Event event, const std::string& id, NoteBody type, flatbuffers::Offset<void> body) {
    auto& b = worker_.b;
    const auto note = fbs::notification::CreateNotification(b, b.CreateString(id), event, type, body);
    b.FinishSizePrefixed(fbs::message::CreateMessage(b, fbs::message::Body::Notification, note.Union()));
    worker_.Write({b.GetBufferPointer(), b.GetSize()});
    b.Clear();
  }
  void Send(const std::string& producer, const std::string& text, std::vector<uint16_t> subchannels = {}) {
    fbs::data::ProducerSendNotificationT note;
    note.ppid = 51;
    note.data.assign(text.begin(), text.end());
    note.subchannels = std::move(subchannels);
    Notify(Event::DataProducerSend, producer, NoteBody::DataProducerSend,
           fbs::data::CreateProducerSendNotification(worker_.b, &note).Union());
  }
  std::string AwaitMessage(const std::string& consumer) {
    const auto* note = worker_.AwaitNotification(Event::DataConsumerMessage, consumer);
    if (!note) return "nothing came";
    const auto* message = note->body_as_DataConsumerMessage();
    EXPECT_EQ(message->ppid(), 51u);
    return {message->data()->begin(), message->data()->end()};
  }

  WorkerProcess worker_;
};

TEST_F(WorkerDataTest, CarriesMessagesInOrderAndCountsThem) {
  Accept(Produce("p"));
  Accept(Consume("c", "p"));
  constexpr int kMessages = 500;  // more than a turn takes at once
  for (int i = 0; i < kMessages; ++i) Send("p", std::to_string(i));
  for (int i = 0; i < kMessages; ++i) ASSERT_EQ(AwaitMessage("c"), std::to_string(i));
  const auto* stats = Accept(worker_.Request(Method::DataProducerGetStats, "p"))->body_as_DataProducerGetStats();
  EXPECT_EQ(stats->messages_received(), 500u);
  EXPECT_EQ(stats->bytes_received(), 1390u);
  EXPECT_EQ(stats->label()->str(), "label");
  const auto* sent = Accept(worker_.Request(Method::DataConsumerGetStats, "c"))->body_as_DataConsumerGetStats();
  EXPECT_EQ(sent->messages_sent(), 500u);
  EXPECT_EQ(sent->bytes_sent(), 1390u);
}

TEST_F(WorkerDataTest, FollowsSubscriptions) {
  Accept(Produce("p"));
  const auto* dump = Accept(Consume("c", "p", {7, 1, 7}))->body_as_DataConsumerDump();
  EXPECT_THAT(std::vector(dump->subchannels()->begin(), dump->subchannels()->end()), ElementsAre(1, 7));
  Send("p", "lost", {2});
  const auto* added = Accept(worker_.Request(Method::DataConsumerAddSubchannel, "c", Body::DataConsumerAddSubchannel,
                                             fbs::data::CreateConsumerAddSubchannelRequest(worker_.b, 2).Union()))
                          ->body_as_DataConsumerAddSubchannel();
  EXPECT_THAT(std::vector(added->subchannels()->begin(), added->subchannels()->end()), ElementsAre(1, 2, 7));
  Send("p", "kept", {2});
  EXPECT_EQ(AwaitMessage("c"), "kept");
  Accept(worker_.Request(Method::DataConsumerRemoveSubchannel, "c", Body::DataConsumerRemoveSubchannel,
                         fbs::data::CreateConsumerRemoveSubchannelRequest(worker_.b, 2).Union()));
  Send("p", "lost", {2});
  fbs::data::ConsumerSetSubchannelsRequestT set;
  set.subchannels = {9, 9};
  const auto* after = Accept(worker_.Request(Method::DataConsumerSetSubchannels, "c", Body::DataConsumerSetSubchannels,
                                             fbs::data::CreateConsumerSetSubchannelsRequest(worker_.b, &set).Union()))
                          ->body_as_DataConsumerSetSubchannels();
  EXPECT_THAT(std::vector(after->subchannels()->begin(), after->subchannels()->end()), ElementsAre(9));
  Send("p", "last", {9});
  EXPECT_EQ(AwaitMessage("c"), "last");
}

TEST_F(WorkerDataTest, TellsOfPausesAndTheEnd) {
  Accept(Produce("p"));
  Accept(Consume("c", "p"));
  Accept(worker_.Request(Method::DataProducerPause, "p"));
  EXPECT_NE(worker_.AwaitNotification(Event::DataConsumerDataProducerPause, "c"), nullptr);
  EXPECT_TRUE(
      Accept(worker_.Request(Method::DataConsumerDump, "c"))->body_as_DataConsumerDump()->data_producer_paused());
  Accept(worker_.Request(Method::DataProducerResume, "p"));
  EXPECT_NE(worker_.AwaitNotification(Event::DataConsumerDataProducerResume, "c"), nullptr);
  const auto close = fbs::transport::CreateCloseDataProducerRequest(worker_.b, worker_.b.CreateString("p"));
  Accept(worker_.Request(Method::TransportCloseDataProducer, "t", Body::TransportCloseDataProducer, close.Union()));
  EXPECT_NE(worker_.AwaitNotification(Event::DataConsumerDataProducerClose, "c"), nullptr);
  EXPECT_THAT(Refusal(worker_.Request(Method::DataConsumerDump, "c")), HasSubstr("NotFoundError"));
  EXPECT_THAT(Refusal(worker_.Request(Method::DataProducerDump, "p")), HasSubstr("NotFoundError"));
}

TEST_F(WorkerDataTest, ShowsWhoConsumesWhom) {
  Accept(Produce("p"));
  Accept(Consume("a", "p"));
  Accept(Consume("b", "p"));
  const auto* router = Accept(worker_.Request(Method::RouterDump, "r"))->body_as_RouterDump();
  ASSERT_EQ(router->map_data_producer_id_data_consumer_ids()->size(), 1u);
  EXPECT_EQ(router->map_data_producer_id_data_consumer_ids()->Get(0)->values()->size(), 2u);
  EXPECT_EQ(router->map_data_consumer_id_data_producer_id()->size(), 2u);
  const auto* transport = Accept(worker_.Request(Method::TransportDump, "t"))->body_as_DirectTransportDump();
  EXPECT_EQ(transport->base()->data_producer_ids()->Get(0)->str(), "p");
  EXPECT_EQ(transport->base()->data_consumer_ids()->size(), 2u);
  const auto close = fbs::transport::CreateCloseDataConsumerRequest(worker_.b, worker_.b.CreateString("a"));
  Accept(worker_.Request(Method::TransportCloseDataConsumer, "t", Body::TransportCloseDataConsumer, close.Union()));
  const auto* after = Accept(worker_.Request(Method::TransportDump, "t"))->body_as_DirectTransportDump();
  EXPECT_EQ(after->base()->data_consumer_ids()->Get(0)->str(), "b");
}

TEST_F(WorkerDataTest, RefusesWhatCannotBeAndNamesTheField) {
  Accept(Produce("p"));
  Accept(Consume("c", "p"));
  fbs::sctp::StreamParametersT stream;
  EXPECT_THAT(Refusal(Produce("")), HasSubstr("TypeError: dataProducerId"));
  EXPECT_THAT(Refusal(Produce("p")), HasSubstr("Error: dataProducerId"));
  EXPECT_THAT(Refusal(Produce("q", static_cast<ProducerType>(9))), HasSubstr("TypeError: type"));
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Sctp)), HasSubstr("TypeError: sctpStreamParameters"));
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Sctp, &stream)), HasSubstr("TypeError: type: sctp"));
  stream.ordered = true;
  stream.max_retransmits = 1;
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Sctp, &stream)), HasSubstr("sctpStreamParameters.ordered"));
  stream.ordered = false;
  stream.max_packet_life_time = 1;
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Sctp, &stream)), HasSubstr("maxPacketLifeTime and maxRetransmits"));
  EXPECT_THAT(Refusal(Consume("d", "nobody")), HasSubstr("NotFoundError"));
  EXPECT_THAT(Refusal(Consume("c", "p")), HasSubstr("Error: dataConsumerId"));
  const auto data = worker_.b.CreateVector(std::vector<uint8_t>{1});
  EXPECT_THAT(Refusal(worker_.Request(Method::DataConsumerSend, "c", Body::DataConsumerSend,
                                      fbs::data::CreateConsumerSendRequest(worker_.b, 53, data).Union())),
              HasSubstr("TypeError"));
  EXPECT_THAT(Refusal(worker_.Request(Method::DataConsumerSend, "c")), HasSubstr("TypeError: body"));
  EXPECT_EQ(Accept(worker_.Request(Method::DataConsumerGetBufferedAmount, "c"))
                ->body_as_DataConsumerGetBufferedAmount()
                ->buffered_amount(),
            0u);
}

TEST_F(WorkerDataTest, KnowsEveryWayToSayHowAStreamIs) {
  AddPlain("plain");
  struct Case {
    std::optional<bool> ordered;
    std::optional<uint16_t> life_time, retransmits;
    bool is_ordered;
    std::optional<uint16_t> is_life_time, is_retransmits;
  };
  const Case cases[] = {{{}, {}, {}, true, {}, {}}, {{}, 100, {}, false, 100, {}},  {{}, {}, 0, false, {}, 0},
                        {true, 0, 0, true, {}, {}}, {false, {}, {}, false, {}, {}}, {false, 100, 0, false, 100, {}},
                        {false, 0, 3, false, {}, 3}};
  fbs::sctp::StreamParametersT stream;
  const auto get = [](const auto& from) { return from ? std::optional<int>(*from) : std::nullopt; };
  for (const Case& c : cases) {
    SCOPED_TRACE(stream.stream_id);
    stream.ordered = c.ordered;
    stream.max_packet_life_time = c.life_time;
    stream.max_retransmits = c.retransmits;
    const auto* dump = Accept(Produce("p" + std::to_string(stream.stream_id), ProducerType::Sctp, &stream, "plain"))
                           ->body_as_DataProducerDump();
    ASSERT_NE(dump, nullptr);
    const auto* shown = dump->sctp_stream_parameters();
    EXPECT_EQ(shown->stream_id(), stream.stream_id);
    EXPECT_EQ(shown->ordered(), c.is_ordered);
    EXPECT_EQ(get(shown->max_packet_life_time()), get(c.is_life_time));
    EXPECT_EQ(get(shown->max_retransmits()), get(c.is_retransmits));
    ++stream.stream_id;
  }
  --stream.stream_id;
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Sctp, &stream, "plain")),
              HasSubstr("Error: sctpStreamParameters.streamId: 6 is taken"));
  EXPECT_THAT(Refusal(Produce("q", ProducerType::Direct, nullptr, "plain")), HasSubstr("TypeError: type: direct"));
  const auto* transport = Accept(worker_.Request(Method::TransportDump, "plain"))->body_as_PlainTransportDump();
  const auto* table = transport->base()->sctp_listener()->stream_id_table();
  ASSERT_NE(table, nullptr);
  ASSERT_EQ(table->size(), 7u);
  EXPECT_EQ(table->Get(6)->key(), 6);
  EXPECT_EQ(table->Get(6)->value()->str(), "p6");
}

TEST_F(WorkerDataTest, LogsMessagesThatCannotGoAnywhere) {
  Accept(Produce("p"));
  Accept(Consume("c", "p"));
  Send("nobody", "x");
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("\"nobody\" not found"));
  Send("p", std::string(2001, 'x'));
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("2001 bytes instead of at most 2000"));
  Notify(Event::DataProducerSend, "p", NoteBody::NONE, 0);
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("body is missing"));
  Notify(Event::DataProducerSend, "p", NoteBody::DataProducerSend,
         fbs::data::CreateProducerSendNotification(worker_.b, 51).Union());
  EXPECT_THAT(worker_.AwaitLog('W'), HasSubstr("data is missing"));
  Send("p", std::string(1001, 'x'));  // too long for the consumer
  Send("p", "fits");
  EXPECT_EQ(AwaitMessage("c"), "fits");
}

}  // namespace
}  // namespace sluice
