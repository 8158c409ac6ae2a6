// Several participants, and what they do during a call: come late, pause, resume, leave.
#include <gtest/gtest.h>

#include <vector>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

const LinkConfig kUsual{.delay = TimeDelta::Millis(20)};

void SetLinks(const Call::Participant& who, const LinkConfig& config) {
  who.peer->up().Configure(config);
  who.peer->down().Configure(config);
}

TEST(RoomScenario, FourParticipantsSeeAndHearEachOther) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    std::vector<Call::Participant> everybody;
    std::vector<Call::Publication> published;
    std::vector<const MediaReceiver*> received;
    for (const char* name : {"ann", "ben", "cleo", "dan"}) {
      everybody.push_back(call.Join(name));
      SetLinks(everybody.back(), kUsual);
    }
    for (const auto& who : everybody) {
      for (MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) published.push_back(call.Publish(who, kind));
    }
    for (const auto& who : everybody) {
      for (const auto& publication : published) {
        if (&publication.producer->transport() == who.transport) continue;
        received.push_back(call.Subscribe(who, *publication.producer).receiver);
      }
    }
    ASSERT_EQ(received.size(), 24u);
    call.RunFor(TimeDelta::Seconds(1));
    for (const auto& who : everybody) {
      SetLinks(who, {.delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(5), .loss = 0.02});
    }
    call.RunFor(TimeDelta::Seconds(9));
    call.Settle();
    for (const MediaReceiver* receiver : received) {
      const bool video = receiver->config().kind == MediaKind::kVideo;
      EXPECT_GE(video ? receiver->stats().frames_decoded : receiver->stats().packets, video ? 240u : 490u);
      EXPECT_EQ(receiver->stats().alien, 0u);
    }
    for (const auto& who : everybody) EXPECT_EQ(who.peer->stats().srtp_failures, 0u);
  }
}

TEST(RoomScenario, WhoComesLateSeesAPictureWithinAQuarterSecond) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice");
    const auto bob = call.Join("bob");
    for (const auto& who : {alice, bob}) SetLinks(who, kUsual);
    const auto video = call.Publish(alice, MediaKind::kVideo);
    call.RunFor(TimeDelta::Seconds(5));
    const auto* receiver = call.Subscribe(bob, *video.producer).receiver;
    call.RunFor(TimeDelta::Millis(250));
    EXPECT_GE(receiver->stats().frames_decoded, 1u);
    EXPECT_EQ(receiver->stats().key_frames, 1u);
  }
}

TEST(RoomScenario, APausedConsumerIsSilentAndComesBackWithoutAHole) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice");
    const auto bob = call.Join("bob");
    for (const auto& who : {alice, bob}) SetLinks(who, kUsual);
    const auto video = call.Publish(alice, MediaKind::kVideo);
    const auto [consumer, receiver] = call.Subscribe(bob, *video.producer);
    call.RunFor(TimeDelta::Seconds(3));
    SimWorker& worker = call.worker();
    worker.Do([&, consumer = consumer] { worker.router().PauseConsumer(*consumer, worker.turn()); });
    call.RunFor(TimeDelta::Millis(100));
    const uint32_t before = receiver->stats().packets;
    const uint32_t key_frames = receiver->stats().key_frames;
    call.RunFor(TimeDelta::Seconds(3));
    EXPECT_EQ(receiver->stats().packets, before);
    worker.Do([&, consumer = consumer] { worker.router().ResumeConsumer(*consumer, worker.turn()); });
    call.RunFor(TimeDelta::Seconds(3));
    EXPECT_GE(receiver->stats().packets, before + 250);
    EXPECT_EQ(receiver->holes(), 0);
    EXPECT_EQ(receiver->stats().nacked, 0u);
    EXPECT_EQ(receiver->stats().key_frames, key_frames + 1);
  }
}

TEST(RoomScenario, APausedProducerIsNotAskedForKeyFramesAndComesBack) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice");
    const auto bob = call.Join("bob");
    for (const auto& who : {alice, bob}) SetLinks(who, kUsual);
    const auto video = call.Publish(alice, MediaKind::kVideo);
    const auto* receiver = call.Subscribe(bob, *video.producer).receiver;
    call.RunFor(TimeDelta::Seconds(3));
    SimWorker& worker = call.worker();
    worker.Do([&] { worker.router().PauseProducer(*video.producer, worker.turn()); });
    call.RunFor(TimeDelta::Millis(100));
    const uint32_t requests = video.sender->stats().key_requests;
    const uint32_t before = receiver->stats().packets;
    call.RunFor(TimeDelta::Seconds(3));
    EXPECT_EQ(receiver->stats().packets, before);
    EXPECT_EQ(video.sender->stats().key_requests, requests);
    worker.Do([&] { worker.router().ResumeProducer(*video.producer, worker.turn()); });
    call.RunFor(TimeDelta::Seconds(3));
    EXPECT_GE(receiver->stats().packets, before + 250);
    EXPECT_EQ(receiver->holes(), 0);
    EXPECT_EQ(receiver->stats().nacked, 0u);
  }
}

TEST(RoomScenario, AClosedConsumerSaysByeAndItsSsrcIsNotHeardAgain) {
  Call call(1);
  const auto alice = call.Join("alice");
  const auto bob = call.Join("bob");
  const auto audio = call.Publish(alice, MediaKind::kAudio);
  const auto [consumer, receiver] = call.Subscribe(bob, *audio.producer);
  call.RunFor(TimeDelta::Seconds(1));
  SimWorker& worker = call.worker();
  worker.Do([&, consumer = consumer] { worker.router().CloseConsumer(*consumer, worker.turn()); });
  call.RunFor(TimeDelta::Millis(100));
  const uint32_t before = receiver->stats().packets;
  call.RunFor(TimeDelta::Seconds(2));
  EXPECT_EQ(bob.peer->stats().byes, 1u);
  EXPECT_EQ(receiver->stats().packets, before);
}

TEST(RoomScenario, OneParticipantsLossIsNobodyElses) {
  for (uint64_t seed : Seeds()) {
    SLUICE_TRACE_SEED(seed);
    Call call(seed);
    const auto alice = call.Join("alice");
    const auto bob = call.Join("bob");
    const auto carol = call.Join("carol");
    for (const auto& who : {alice, bob}) SetLinks(who, kUsual);
    SetLinks(carol, {.delay = TimeDelta::Millis(20), .loss = 0.1});
    Producer& video = call.Announce(alice, MediaKind::kVideo);
    const auto* at_bob = call.Subscribe(bob, video).receiver;
    const auto* at_carol = call.Subscribe(carol, video).receiver;
    const MediaSender& sender = call.StartSending(alice, video);
    call.RunFor(TimeDelta::Seconds(10));
    call.Settle();
    EXPECT_EQ(at_bob->stats().nacked, 0u);
    EXPECT_EQ(at_bob->stats().repaired, 0u);
    EXPECT_EQ(sender.stats().asked_for, 0u);  // Carol's NACKs are answered by the worker
    EXPECT_EQ(at_carol->holes(), 0);
    EXPECT_GE(at_carol->stats().packets + 4, sender.stats().packets);  // but for the very last
    EXPECT_GT(at_carol->stats().repaired, 50u);
  }
}

}  // namespace
}  // namespace sluice::sim
