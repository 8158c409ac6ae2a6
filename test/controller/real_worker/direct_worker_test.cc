// What flows through sluice-worker between objects of this library: packets and messages over direct transports, within
// one router and through a pipe to another one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/worker.h"
#include "test/controller/loop.h"

namespace sluice::controller {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

const char* DirectWorkerBinary() {
  const char* other = std::getenv("SLUICE_WORKER_BINARY");
  return other != nullptr ? other : SLUICE_WORKER;
}

class DirectWorkerTest : public ::testing::Test {
 protected:
  DirectWorkerTest() {
    worker_ = Get<std::shared_ptr<Worker>>(
        [this](auto done) { Worker::Start(loop_.get(), {.binary = DirectWorkerBinary()}, std::move(done)); });
    router_ = MakeRouter();
    transport_ = MakeTransport(router_);
  }
  ~DirectWorkerTest() override {
    bool exited = worker_->died();
    worker_->on.exited = [&] { exited = true; };
    worker_->Close();
    EXPECT_TRUE(loop_.RunUntil([&] { return exited; }));
  }
  // Calls and waits for the answer; fails unless it is a value.
  template <class T, class Call>
  T Get(Call call) {
    std::optional<absl::StatusOr<T>> result;
    call(Callback<T>([&](absl::StatusOr<T> r) { result = std::move(r); }));
    EXPECT_TRUE(loop_.RunUntil([&] { return result.has_value(); })) << "no answer";
    EXPECT_TRUE(result && result->ok()) << (result ? result->status() : absl::UnknownError("none"));
    return result && result->ok() ? **std::move(result) : T{};
  }
  template <class Call>
  void Do(Call call) {
    std::optional<absl::Status> result;
    call(DoneCallback([&](absl::Status status) { result = std::move(status); }));
    EXPECT_TRUE(loop_.RunUntil([&] { return result.has_value(); })) << "no answer";
    EXPECT_TRUE(result && result->ok()) << *result;
  }
  std::shared_ptr<Router> MakeRouter() {
    const RtpCodecCapability opus{.mime_type = "audio/opus", .clock_rate = 48000, .channels = 2};
    return Get<std::shared_ptr<Router>>(
        [&](auto done) { worker_->CreateRouter({.media_codecs = {opus}}, std::move(done)); });
  }
  std::shared_ptr<DirectTransport> MakeTransport(const std::shared_ptr<Router>& router) {
    return Get<std::shared_ptr<DirectTransport>>(
        [&](auto done) { router->CreateDirectTransport({}, std::move(done)); });
  }
  std::shared_ptr<Producer> MakeProducer() {
    RtpParameters sent{.codecs = {{.mime_type = "audio/opus", .payload_type = 111, .clock_rate = 48000, .channels = 2}},
                       .encodings = {{.ssrc = 0x01020304}}};
    return Get<std::shared_ptr<Producer>>(
        [&](auto done) { transport_->Produce({.rtp_parameters = std::move(sent)}, std::move(done)); });
  }

  Loop loop_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Router> router_;
  std::shared_ptr<DirectTransport> transport_;
};

TEST_F(DirectWorkerTest, PacketsComeOutOfAPipeBetweenTwoRouters) {
  auto producer = MakeProducer();
  auto far_router = MakeRouter();
  auto piped = Get<PipedProducer>([&](auto done) {
    router_->PipeToRouter({.producer_id = producer->id(), .router = far_router, .keep_id = false}, std::move(done));
  });
  ASSERT_TRUE(piped.pipe_producer);
  auto far_transport = MakeTransport(far_router);
  auto consumer = Get<std::shared_ptr<Consumer>>([&](auto done) {
    far_transport->Consume(
        {.producer_id = piped.pipe_producer->id(), .rtp_capabilities = far_router->rtp_capabilities()},
        std::move(done));
  });
  ASSERT_TRUE(consumer);
  std::vector<uint8_t> got;
  consumer->on.rtp = [&](std::span<const uint8_t> packet) { got.assign(packet.begin(), packet.end()); };
  uint8_t number = 0;
  EXPECT_TRUE(loop_.RunUntil([&] {
    const std::vector<uint8_t> packet{0x80, 111, 0, ++number, 0, 0, 0, number, 1, 2, 3, 4, 'h', 'e', 'y'};
    EXPECT_TRUE(number == 0 || producer->Send(packet).ok());
    return !got.empty();
  }));
  ASSERT_GE(got.size(), 15u);
  EXPECT_EQ(std::string(got.end() - 3, got.end()), "hey");

  Do([&](auto done) { producer->Pause(std::move(done)); });
  EXPECT_TRUE(loop_.RunUntil([&] { return piped.pipe_producer->paused() && consumer->producer_paused(); }));
  bool closed = false;
  consumer->on.closed = [&](CloseReason) { closed = true; };
  producer->Close();
  EXPECT_TRUE(loop_.RunUntil([&] { return closed && piped.pipe_producer->closed(); }));
}

TEST_F(DirectWorkerTest, MessagesReachTheConsumersOfTheirSubchannels) {
  auto producer = Get<std::shared_ptr<DataProducer>>(
      [&](auto done) { transport_->ProduceData({.label = "here"}, std::move(done)); });
  ASSERT_TRUE(producer);
  auto consume = [&](std::vector<uint16_t> subchannels) {
    return Get<std::shared_ptr<DataConsumer>>([&](auto done) {
      transport_->ConsumeData({.data_producer_id = producer->id(), .subchannels = std::move(subchannels)},
                              std::move(done));
    });
  };
  auto all = consume({});
  auto some = consume({7});
  ASSERT_TRUE(all && some);
  EXPECT_EQ(all->label(), "here");
  std::vector<std::string> got_all;
  std::vector<std::string> got_some;
  auto into = [](std::vector<std::string>& list) {
    return [&list](std::span<const uint8_t> data, uint32_t) { list.emplace_back(data.begin(), data.end()); };
  };
  all->on.message = into(got_all);
  some->on.message = into(got_some);
  EXPECT_TRUE(producer->SendText("one", {.subchannels = {7}}).ok());
  EXPECT_TRUE(producer->SendText("two", {.subchannels = {8}}).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return got_some.size() == 1; }));
  Do([&](auto done) { some->AddSubchannel(8, std::move(done)); });
  EXPECT_THAT(some->subchannels(), ::testing::UnorderedElementsAre(7, 8));
  EXPECT_TRUE(producer->SendText("three", {.subchannels = {8}}).ok());
  EXPECT_TRUE(loop_.RunUntil([&] { return got_some.size() == 2; }));
  EXPECT_THAT(got_some, ElementsAre("one", "three"));
  Do([&](auto done) { some->SetSubchannels({}, std::move(done)); });
  EXPECT_THAT(some->subchannels(), SizeIs(0));
  auto stats = Get<DataProducerStats>([&](auto done) { producer->GetStats(std::move(done)); });
  EXPECT_EQ(stats.messages_received, 3u);
  auto dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(dump.data_producer_data_consumers[producer->id()], SizeIs(2));
}

TEST_F(DirectWorkerTest, ObserversTakeProducersInAndLetThemGo) {
  auto producer = MakeProducer();
  auto levels = Get<std::shared_ptr<AudioLevelObserver>>(
      [&](auto done) { router_->CreateAudioLevelObserver({}, std::move(done)); });
  auto speakers = Get<std::shared_ptr<ActiveSpeakerObserver>>(
      [&](auto done) { router_->CreateActiveSpeakerObserver({}, std::move(done)); });
  ASSERT_TRUE(levels && speakers);
  Do([&](auto done) { levels->AddProducer(producer->id(), std::move(done)); });
  auto dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(dump.rtp_observer_ids, SizeIs(2));
  EXPECT_THAT(dump.producer_observers[producer->id()], Contains(levels->id()));
  Do([&](auto done) { levels->Pause(std::move(done)); });
  Do([&](auto done) { levels->Resume(std::move(done)); });
  Do([&](auto done) { levels->RemoveProducer(producer->id(), std::move(done)); });
  speakers->Close();
  dump = Get<RouterDump>([&](auto done) { router_->Dump(std::move(done)); });
  EXPECT_THAT(dump.rtp_observer_ids, ElementsAre(levels->id()));
}

}  // namespace
}  // namespace sluice::controller
