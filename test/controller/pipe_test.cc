// Router::PipeToRouter between two workers that answer as the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/controller/objects_fixture.h"

namespace sluice::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PipeTest : public ObjectsTest {
 protected:
  PipeTest()
      : far_worker_(loop_),
        far_router_(std::make_shared<Router>(far_worker_.connection(), "far router", std::weak_ptr<Worker>(),
                                             RouterRtpCapabilities({Opus(), Vp8()}).value())) {}
  ~PipeTest() override { far_router_->Close(); }

  static fbs::pipe::DumpResponseT PipeDump(uint16_t port) {
    fbs::pipe::DumpResponseT dump;
    dump.tuple = std::make_unique<fbs::net::TupleT>();
    dump.tuple->local_address = "127.0.0.1";
    dump.tuple->local_port = port;
    return dump;
  }
  // Both halves are made and connected with each other.
  void AnswerPair() {
    auto near = worker_.Next();
    auto far = far_worker_.Next();
    EXPECT_EQ(near.method, Method::RouterCreatePipeTransport);
    EXPECT_EQ(near.body.AsRouterCreatePipeTransport()->options->listen_info->ip, "127.0.0.1");
    EXPECT_TRUE(near.body.AsRouterCreatePipeTransport()->options->base->enable_sctp);
    worker_.Accept(near.id, PipeDump(1001));
    far_worker_.Accept(far.id, PipeDump(2002));
    near = worker_.Next();
    far = far_worker_.Next();
    EXPECT_EQ(near.body.AsPipeTransportConnect()->port, 2002);
    EXPECT_EQ(far.body.AsPipeTransportConnect()->port, 1001);
    worker_.Accept(near.id, fbs::pipe::ConnectResponseT());
    far_worker_.Accept(far.id, fbs::pipe::ConnectResponseT());
  }
  void AnswerConsume(bool producer_paused = false) {
    request_ = worker_.Next();
    EXPECT_EQ(request_.method, Method::TransportConsume);
    fbs::transport::ConsumeResponseT response;
    response.producer_paused = producer_paused;
    worker_.Accept(request_.id, std::move(response));
  }
  void AnswerProduce() {
    far_request_ = far_worker_.Next();
    EXPECT_EQ(far_request_.method, Method::TransportProduce);
    fbs::transport::ProduceResponseT response;
    response.type = fbs::rtp::StreamType::Simulcast;
    far_worker_.Accept(far_request_.id, std::move(response));
  }
  PipedProducer MakePiped(const std::shared_ptr<Producer>& producer) {
    Result<PipedProducer> result;
    router_->PipeToRouter({.producer_id = producer->id(), .router = far_router_}, result.Take());
    AnswerPair();
    AnswerConsume();
    AnswerProduce();
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result.value;
  }
  size_t PipesOf(const std::shared_ptr<Router>& router) {
    size_t pipes = 0;
    for (const auto& [id, transport] : router->transports()) pipes += transport->type() == TransportType::kPipe ? 1 : 0;
    return pipes;
  }

  FakeWorkerEnd far_worker_;
  std::shared_ptr<Router> far_router_;
  fbs::request::RequestT far_request_;
};

TEST_F(PipeTest, AProducerGoesThroughWithAllItsStreams) {
  auto producer = MakeProducer(MakeTransport());
  const PipedProducer piped = MakePiped(producer);
  const auto& consume = *request_.body.AsTransportConsume();
  EXPECT_EQ(consume.type, fbs::rtp::StreamType::Pipe);
  EXPECT_EQ(consume.rtp_parameters->encodings.size(), 2u);
  EXPECT_EQ(consume.rtp_parameters->mid, "");
  EXPECT_FALSE(consume.rtp_parameters->encodings[0]->rtx);
  for (const auto& e : consume.rtp_parameters->header_extensions) {
    EXPECT_NE(e->uri, fbs::rtp::HeaderExtensionUri::Mid);
    EXPECT_NE(e->uri, fbs::rtp::HeaderExtensionUri::TransportWideCcDraft01);
  }
  const auto& produce = *far_request_.body.AsTransportProduce();
  EXPECT_EQ(produce.producer_id, producer->id());
  EXPECT_EQ(produce.rtp_parameters->rtcp->cname, "me");
  EXPECT_EQ(produce.rtp_parameters->encodings.at(1)->ssrc, consume.rtp_parameters->encodings.at(1)->ssrc);
  EXPECT_EQ(piped.pipe_producer->id(), producer->id());
  EXPECT_EQ(piped.pipe_consumer->type(), RtpType::kPipe);
  EXPECT_EQ(far_router_->FindProducer(producer->id()), piped.pipe_producer);
  EXPECT_TRUE(far_router_->CanConsume(producer->id(), far_router_->rtp_capabilities()));
}

TEST_F(PipeTest, TwoCallsAtOnceAndTheWayBackUseOnePair) {
  auto transport = MakeTransport();
  auto first = MakeProducer(transport);
  auto second = MakeProducer(transport);
  Result<PipedProducer> results[2];
  router_->PipeToRouter({.producer_id = first->id(), .router = far_router_}, results[0].Take());
  router_->PipeToRouter({.producer_id = second->id(), .router = far_router_, .keep_id = false}, results[1].Take());
  AnswerPair();
  AnswerConsume();
  AnswerConsume();
  AnswerProduce();
  AnswerProduce();
  ASSERT_TRUE(results[0].value.pipe_producer && results[1].value.pipe_producer);
  EXPECT_EQ(results[0].count + results[1].count, 2);
  EXPECT_EQ(results[0].value.pipe_producer->id(), first->id());
  EXPECT_NE(results[1].value.pipe_producer->id(), second->id());
  EXPECT_EQ(PipesOf(router_), 1u);
  EXPECT_EQ(PipesOf(far_router_), 1u);

  Result<PipedProducer> back;
  far_router_->PipeToRouter({.producer_id = results[1].value.pipe_producer->id(), .router = router_, .keep_id = false},
                            back.Take());
  far_request_ = far_worker_.Next();
  EXPECT_EQ(far_request_.method, Method::TransportConsume) << "no new pair";
  far_worker_.Reject(far_request_.id, "Error", "enough");
  EXPECT_EQ(back.count, 1);
}

TEST_F(PipeTest, PauseAndResumeGoThrough) {
  auto producer = MakeProducer(MakeTransport());
  const PipedProducer piped = MakePiped(producer);
  worker_.Notify(piped.pipe_consumer->id(), Event::ConsumerProducerPause);
  auto request = far_worker_.Next();
  EXPECT_EQ(request.method, Method::ProducerPause);
  EXPECT_EQ(request.handler_id, piped.pipe_producer->id());
  far_worker_.Accept(request.id);
  EXPECT_TRUE(piped.pipe_producer->paused());
  piped.pipe_consumer->Pause(nullptr);  // it stays paused then
  worker_.Accept(worker_.Next().id);
  worker_.Notify(piped.pipe_consumer->id(), Event::ConsumerProducerResume);
  EXPECT_EQ(far_worker_.waiting(), 0u);
  piped.pipe_consumer->Resume(nullptr);
  worker_.Accept(worker_.Next().id);
  EXPECT_EQ(far_worker_.Next().method, Method::ProducerResume);
}

TEST_F(PipeTest, WhatHappensMeanwhileIsNotLost) {
  auto producer = MakeProducer(MakeTransport());
  Result<PipedProducer> result;
  router_->PipeToRouter({.producer_id = producer->id(), .router = far_router_}, result.Take());
  AnswerPair();
  AnswerConsume();
  producer->Pause(nullptr);
  worker_.Accept(worker_.Next().id);
  AnswerProduce();
  ASSERT_TRUE(result.status.ok());
  EXPECT_EQ(far_worker_.Next().method, Method::ProducerPause);

  auto other = MakeProducer(MakeTransport());
  router_->PipeToRouter({.producer_id = other->id(), .router = far_router_}, result.Take());
  AnswerConsume();
  other->Close();
  AnswerProduce();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(far_worker_.Next().method, Method::TransportCloseProducer);
  EXPECT_EQ(far_router_->FindProducer(other->id()), nullptr);
}

TEST_F(PipeTest, ClosingGoesThroughBothWays) {
  auto producer = MakeProducer(MakeTransport());
  PipedProducer piped = MakePiped(producer);
  std::optional<CloseReason> why;
  piped.pipe_producer->on.closed = [&](CloseReason reason) { why = reason; };
  worker_.Notify(piped.pipe_consumer->id(), Event::ConsumerProducerClose);
  EXPECT_EQ(why, CloseReason::kPipeClosed);
  EXPECT_EQ(far_worker_.Next().method, Method::TransportCloseProducer);
  EXPECT_TRUE(piped.pipe_producer->closed());

  auto other = MakeProducer(MakeTransport());
  Result<PipedProducer> result;
  router_->PipeToRouter({.producer_id = other->id(), .router = far_router_}, result.Take());
  AnswerConsume();
  AnswerProduce();
  result.value.pipe_producer->Close();
  EXPECT_TRUE(result.value.pipe_consumer->closed());
  EXPECT_EQ(worker_.Next().method, Method::TransportCloseConsumer);
  EXPECT_FALSE(other->closed());
}

TEST_F(PipeTest, ThePairClosesWithEitherHalf) {
  auto producer = MakeProducer(MakeTransport());
  PipedProducer piped = MakePiped(producer);
  std::shared_ptr<Transport> far_half;
  for (const auto& [id, transport] : far_router_->transports()) far_half = transport;
  far_half->Close();
  EXPECT_EQ(PipesOf(router_), 0u);
  EXPECT_TRUE(piped.pipe_consumer->closed() && piped.pipe_producer->closed());
  EXPECT_EQ(far_worker_.Next().method, Method::RouterCloseTransport);
  EXPECT_EQ(far_worker_.waiting(), 0u);
  EXPECT_EQ(worker_.Next().method, Method::TransportCloseConsumer);
  EXPECT_EQ(worker_.Next().method, Method::RouterCloseTransport);
  EXPECT_EQ(worker_.waiting(), 0u);
  piped = MakePiped(producer);  // the next call makes a new pair
  far_router_->Close();
  EXPECT_EQ(PipesOf(router_), 0u);
  EXPECT_TRUE(piped.pipe_consumer->closed());
}

TEST_F(PipeTest, APairThatCannotBeMadeLeavesNothingBehind) {
  auto producer = MakeProducer(MakeTransport());
  Result<PipedProducer> results[2];
  for (auto& result : results) {
    router_->PipeToRouter({.producer_id = producer->id(), .router = far_router_}, result.Take());
  }
  worker_.Accept(worker_.Next().id, PipeDump(1001));
  far_worker_.Reject(far_worker_.Next().id, "Error", "no port left");
  for (const auto& result : results) {
    EXPECT_EQ(result.count, 1);
    EXPECT_THAT(std::string(result.status.message()), HasSubstr("no port left"));
  }
  EXPECT_EQ(PipesOf(router_), 0u);
  EXPECT_EQ(worker_.Next().method, Method::RouterCloseTransport);
  MakePiped(producer);
}

TEST_F(PipeTest, AProducerThatTheOtherWorkerRefusesLeavesNoConsumer) {
  auto producer = MakeProducer(MakeTransport());
  Result<PipedProducer> result;
  router_->PipeToRouter({.producer_id = producer->id(), .router = far_router_}, result.Take());
  AnswerPair();
  AnswerConsume();
  far_worker_.Reject(far_worker_.Next().id, "Error", "the id is in use");
  EXPECT_FALSE(result.status.ok());
  EXPECT_EQ(worker_.Next().method, Method::TransportCloseConsumer);
}

TEST_F(PipeTest, DataGoesThroughAsWell) {
  auto source = MakeDataProducer(
      MakeTransport(), {.sctp_stream_parameters = {{.stream_id = 12, .max_retransmits = 2}}, .label = "chat"});
  Result<PipedProducer> result;
  router_->PipeToRouter({.data_producer_id = source->id(), .router = far_router_}, result.Take());
  AnswerPair();
  request_ = worker_.Next();
  worker_.Accept(request_.id, Echo(*request_.body.AsTransportConsumeData()));
  far_request_ = far_worker_.Next();
  const auto& produce = *far_request_.body.AsTransportProduceData();
  EXPECT_EQ(produce.data_producer_id, source->id());
  EXPECT_EQ(produce.label, "chat");
  EXPECT_EQ(produce.sctp_stream_parameters->stream_id, 0);
  EXPECT_EQ(produce.sctp_stream_parameters->max_retransmits, 2);
  far_worker_.Accept(far_request_.id, Echo(produce));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(far_router_->FindDataProducer(source->id()), result.value.pipe_data_producer);
  // As with the published controller, a pause stays on this side.
  worker_.Notify(result.value.pipe_data_consumer->id(), Event::DataConsumerDataProducerPause);
  EXPECT_TRUE(result.value.pipe_data_consumer->data_producer_paused());
  EXPECT_EQ(far_worker_.waiting(), 0u);
  EXPECT_FALSE(result.value.pipe_data_producer->paused());
  worker_.Notify(result.value.pipe_data_consumer->id(), Event::DataConsumerDataProducerClose);
  EXPECT_EQ(far_worker_.Next().method, Method::TransportCloseDataProducer);
  EXPECT_TRUE(result.value.pipe_data_producer->closed());
}

TEST_F(PipeTest, ADeadWorkerTakesTheOtherHalfAlong) {
  auto producer = MakeProducer(MakeTransport());
  const PipedProducer piped = MakePiped(producer);
  far_router_->Close();  // as Worker does when its process dies
  EXPECT_EQ(worker_.Next().method, Method::TransportCloseConsumer);
  EXPECT_EQ(worker_.Next().method, Method::RouterCloseTransport);
  EXPECT_TRUE(piped.pipe_consumer->closed());
  EXPECT_FALSE(producer->closed());
}

TEST_F(PipeTest, WrongCallsAreRefusedHere) {
  auto producer = MakeProducer(MakeTransport());
  auto refusal = [&](PipeToRouterOptions options) {
    Result<PipedProducer> result;
    router_->PipeToRouter(std::move(options), result.Take());
    EXPECT_EQ(result.count, 0);
    loop_.Settle();
    EXPECT_EQ(result.count, 1);
    return result.status;
  };
  EXPECT_THAT(std::string(refusal({.router = far_router_}).message()), HasSubstr("producerId: "));
  EXPECT_EQ(refusal({.producer_id = "a", .data_producer_id = "b", .router = far_router_}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refusal({.producer_id = producer->id()}).message()), HasSubstr("router: "));
  EXPECT_THAT(std::string(refusal({.producer_id = producer->id(), .router = router_}).message()),
              HasSubstr("router: "));
  EXPECT_EQ(refusal({.producer_id = "gone", .router = far_router_}).code(), absl::StatusCode::kNotFound);
  far_router_->Close();
  EXPECT_EQ(refusal({.producer_id = producer->id(), .router = far_router_}).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace sluice::controller
