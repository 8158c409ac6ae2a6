// Observers over the pipe: every request, what is wrong with one, and what is told when somebody speaks.
#include <gmock/gmock.h>

#include "test/worker/media_worker.h"

namespace sluice {
namespace {

using testing::HasSubstr;

class WorkerObserverTest : public MediaWorkerTest {
 protected:
  using Response = fbs::response::Response;

  const Response* CreateAudioLevel(const std::string& id, uint16_t max_entries = 2, int8_t threshold = -80,
                                   uint16_t interval = 250) {
    fbs::router::CreateAudioLevelObserverRequestT request;
    request.rtp_observer_id = id;
    request.options = std::make_unique<fbs::observer::AudioLevelOptionsT>();
    request.options->max_entries = max_entries;
    request.options->threshold = threshold;
    request.options->interval = interval;
    return worker_.Request(Method::RouterCreateAudioLevelObserver, "r", Body::RouterCreateAudioLevelObserver,
                           fbs::router::CreateCreateAudioLevelObserverRequest(worker_.b, &request).Union());
  }
  const Response* CreateActiveSpeaker(const std::string& id, uint16_t interval = 100) {
    fbs::router::CreateActiveSpeakerObserverRequestT request;
    request.rtp_observer_id = id;
    request.options = std::make_unique<fbs::observer::ActiveSpeakerOptionsT>();
    request.options->interval = interval;
    return worker_.Request(Method::RouterCreateActiveSpeakerObserver, "r", Body::RouterCreateActiveSpeakerObserver,
                           fbs::router::CreateCreateActiveSpeakerObserverRequest(worker_.b, &request).Union());
  }
  const Response* AddProducer(const std::string& observer, const std::string& producer) {
    const auto body = fbs::observer::CreateAddProducerRequest(worker_.b, worker_.b.CreateString(producer));
    return worker_.Request(Method::RtpObserverAddProducer, observer, Body::RtpObserverAddProducer, body.Union());
  }
  const Response* RemoveProducer(const std::string& observer, const std::string& producer) {
    const auto body = fbs::observer::CreateRemoveProducerRequest(worker_.b, worker_.b.CreateString(producer));
    return worker_.Request(Method::RtpObserverRemoveProducer, observer, Body::RtpObserverRemoveProducer, body.Union());
  }
  const Response* CloseObserver(const std::string& id) {
    const auto body = fbs::router::CreateCloseRtpObserverRequest(worker_.b, worker_.b.CreateString(id));
    return worker_.Request(Method::RouterCloseRtpObserver, "r", Body::RouterCloseRtpObserver, body.Union());
  }
  void ExpectError(const Response* response, std::string_view type, const std::string& reason) {
    ASSERT_NE(response, nullptr);
    ASSERT_FALSE(response->accepted());
    EXPECT_EQ(response->error()->str(), type);
    EXPECT_THAT(response->reason()->str(), HasSubstr(reason));
  }
  // Sends audio of one level, a packet whenever nothing was told for 20 ms, until `id` tells `event`.
  const fbs::notification::Notification* TalkUntil(Event event, const std::string& id, uint16_t port, uint8_t level) {
    for (int i = 0; i < 600; ++i) {
      peer_.SendTo(port, RtpWithLevel(++seq_, level));
      if (const auto* told = worker_.AwaitNotification(event, id, 20)) return told;
    }
    return nullptr;
  }
  static std::vector<uint8_t> RtpWithLevel(uint16_t seq, uint8_t level) {
    std::vector<uint8_t> out(12 + 8 + 20, 0x55);
    ByteWriter w(out);
    w.U8(0x90), w.U8(100), w.U16(seq), w.U32(seq * 960u), w.U32(1111);
    w.U16(0xBEDE), w.U16(1), w.U8(kAudioLevelId << 4), w.U8(level), w.U16(0);
    return out;
  }

  UdpPeer peer_;
  uint16_t seq_ = 0;
};

TEST_F(WorkerObserverTest, TellsVolumesAndThenSilence) {
  const uint16_t port = CreatePlain("t", true);
  Produce("t", "p", 1111);
  Accept(CreateAudioLevel("o"));
  Accept(AddProducer("o", "p"));
  const auto* told = TalkUntil(Event::AudioLevelObserverVolumes, "o", port, 33);
  ASSERT_NE(told, nullptr);
  const auto* volumes = told->body_as_AudioLevelObserverVolumes()->volumes();
  ASSERT_EQ(volumes->size(), 1u);
  EXPECT_EQ(volumes->Get(0)->producer_id()->str(), "p");
  EXPECT_EQ(volumes->Get(0)->volume(), -33);
  EXPECT_NE(TalkUntil(Event::AudioLevelObserverSilence, "o", port, 127), nullptr);
}

TEST_F(WorkerObserverTest, TellsTheDominantSpeaker) {
  const uint16_t port = CreatePlain("t", true);
  Produce("t", "p", 1111);
  Accept(CreateActiveSpeaker("o"));
  Accept(AddProducer("o", "p"));
  // Some room before: a level that never changes is noise.
  for (int i = 0; i < 10; ++i) {
    peer_.SendTo(port, RtpWithLevel(++seq_, 70));
    EXPECT_EQ(worker_.AwaitNotification(Event::ActiveSpeakerObserverDominantSpeaker, "o", 20), nullptr);
  }
  const auto* told = TalkUntil(Event::ActiveSpeakerObserverDominantSpeaker, "o", port, 20);
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->body_as_ActiveSpeakerObserverDominantSpeaker()->producer_id()->str(), "p");
}

TEST_F(WorkerObserverTest, WrongOptionsAreTypeErrorsThatNameTheField) {
  ExpectError(CreateAudioLevel("o", 0), "TypeError", "maxEntries");
  ExpectError(CreateAudioLevel("o", 1, 1), "TypeError", "threshold");
  ExpectError(CreateAudioLevel("o", 1, -128), "TypeError", "threshold");
  ExpectError(CreateAudioLevel(""), "TypeError", "rtpObserverId");
  const auto no_options = fbs::router::CreateCreateActiveSpeakerObserverRequest(worker_.b, worker_.b.CreateString("o"));
  ExpectError(worker_.Request(Method::RouterCreateActiveSpeakerObserver, "r", Body::RouterCreateActiveSpeakerObserver,
                              no_options.Union()),
              "TypeError", "options");
  Accept(CreateAudioLevel("o"));
  ExpectError(CreateActiveSpeaker("o"), "Error", "exists already");
  ExpectError(CreateActiveSpeaker("r"), "Error", "exists already");
  ExpectError(AddProducer("o", "nobody"), "NotFoundError", "nobody");
  ExpectError(RemoveProducer("o", "nobody"), "NotFoundError", "nobody");
  ExpectError(worker_.Request(Method::RtpObserverAddProducer, "o"), "TypeError", "body");
}

TEST_F(WorkerObserverTest, IsInTheDumpsUntilItIsClosed) {
  CreatePlain("t", true);
  Produce("t", "p", 1111);
  Accept(CreateAudioLevel("a"));
  Accept(CreateActiveSpeaker("b"));
  Accept(AddProducer("b", "p"));
  const auto* dump = Accept(worker_.Request(Method::RouterDump, "r"))->body_as_RouterDump();
  ASSERT_EQ(dump->rtp_observer_ids()->size(), 2u);
  EXPECT_EQ(dump->rtp_observer_ids()->Get(0)->str(), "a");
  ASSERT_EQ(dump->map_producer_id_observer_ids()->size(), 1u);
  const auto* observed = dump->map_producer_id_observer_ids()->Get(0);
  EXPECT_EQ(observed->key()->str(), "p");
  ASSERT_EQ(observed->values()->size(), 1u);
  EXPECT_EQ(observed->values()->Get(0)->str(), "b");

  Accept(RemoveProducer("b", "p"));
  Accept(CloseObserver("a"));
  dump = Accept(worker_.Request(Method::RouterDump, "r"))->body_as_RouterDump();
  ASSERT_EQ(dump->rtp_observer_ids()->size(), 1u);
  EXPECT_EQ(SizeOf(dump->map_producer_id_observer_ids()->Get(0)->values()), 0u);
  ExpectError(worker_.Request(Method::RtpObserverPause, "a"), "NotFoundError", "RtpObserver");
  ExpectError(CloseObserver("a"), "NotFoundError", "RtpObserver");
}

TEST_F(WorkerObserverTest, PausesAndResumesAsOftenAsAsked) {
  const uint16_t port = CreatePlain("t", true);
  Produce("t", "p", 1111);
  Accept(CreateAudioLevel("o"));
  Accept(AddProducer("o", "p"));
  for (int i = 0; i < 2; ++i) Accept(worker_.Request(Method::RtpObserverPause, "o"));
  for (int i = 0; i < 2; ++i) Accept(worker_.Request(Method::RtpObserverResume, "o"));
  EXPECT_NE(TalkUntil(Event::AudioLevelObserverVolumes, "o", port, 33), nullptr);
}

TEST_F(WorkerObserverTest, GoesWithItsRouterAndWithItsProducers) {
  CreatePlain("t", true);
  Produce("t", "p", 1111);
  Accept(CreateAudioLevel("o"));
  Accept(AddProducer("o", "p"));
  const auto producer = fbs::transport::CreateCloseProducerRequest(worker_.b, worker_.b.CreateString("p"));
  Accept(worker_.Request(Method::TransportCloseProducer, "t", Body::TransportCloseProducer, producer.Union()));
  ExpectError(AddProducer("o", "p"), "NotFoundError", "p");
  const auto router = fbs::worker::CreateCloseRouterRequest(worker_.b, worker_.b.CreateString("r"));
  Accept(worker_.Request(Method::WorkerCloseRouter, "", Body::WorkerCloseRouter, router.Union()));
  ExpectError(worker_.Request(Method::RtpObserverResume, "o"), "NotFoundError", "RtpObserver");
  const auto* dump = Accept(worker_.Request(Method::WorkerDump))->body_as_WorkerDump();
  EXPECT_EQ(SizeOf(dump->channel_message_handlers()->channel_request_handlers()), 0u);
}

}  // namespace
}  // namespace sluice
