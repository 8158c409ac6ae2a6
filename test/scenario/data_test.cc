// Data channels between a peer and the worker, over DTLS and as raw SCTP, on good and bad networks.
#include <gtest/gtest.h>

#include <string>

#include "test/scenario/seeds.h"
#include "test/sim/call.h"

namespace sluice::sim {
namespace {

constexpr uint32_t kStringPpid = 51;

class DataScenario : public testing::TestWithParam<bool> {
 protected:
  static Call::Participant Join(Call& call, const std::string& name) {
    return GetParam() ? call.JoinByWebRtc(name) : call.Join(name);
  }
  static void SetLinks(const Call::Participant& who, const LinkConfig& config) {
    who.peer->up().Configure(config);
    who.peer->down().Configure(config);
  }
  static bool Connected(const Call::Participant& who) {
    return who.peer->data()->connected() && who.transport->sctp()->state() == SctpState::kConnected;
  }
  // Towards the peer.
  static SctpSendResult Send(Call& call, const Call::Participant& to, uint16_t stream, const std::string& text,
                             const SctpReliability& reliability = {}) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    return call.worker().Do([&] {
      return to.transport->SendData(stream, kStringPpid, {bytes, text.size()}, reliability, call.worker().turn());
    });
  }
};

TEST_P(DataScenario, ConnectsAndToldTheController) {
  Call call(1);
  call.EnableData();
  const auto alice = Join(call, "alice");
  SetLinks(alice, {.delay = TimeDelta::Millis(20)});
  call.RunFor(TimeDelta::Seconds(3));
  ASSERT_TRUE(Connected(alice));
  std::vector<SctpState> states;
  for (const TransportEvent& event : call.worker().reported().transport) {
    if (const auto* state = std::get_if<TransportSctpStateChanged>(&event)) states.push_back(state->state);
  }
  EXPECT_EQ(states, (std::vector{SctpState::kConnecting, SctpState::kConnected}));
  EXPECT_EQ(alice.transport->sctp()->capabilities()->outbound_streams, SctpAssociation::kStreams);
}

TEST_P(DataScenario, CarriesEverythingInOrderOverAnyLossUpToTenPercent) {
  for (double loss : {0.0, 0.02, 0.1}) {
    for (uint64_t seed : Seeds()) {
      SLUICE_TRACE_SEED(seed);
      Call call(seed);
      call.EnableData();
      const auto alice = Join(call, "alice");
      SetLinks(alice, {.delay = TimeDelta::Millis(20), .loss = loss});
      call.RunFor(TimeDelta::Seconds(20));
      ASSERT_TRUE(Connected(alice));
      constexpr int kMessages = 200;
      const std::string large(65'536, 'x');
      for (int i = 0; i < kMessages; ++i) {
        ASSERT_EQ(Send(call, alice, 1, std::to_string(i)), SctpSendResult::kQueued);
        ASSERT_EQ(alice.peer->data()->Send(2, std::to_string(i)), SctpSendResult::kQueued);
      }
      ASSERT_EQ(Send(call, alice, 3, large), SctpSendResult::kQueued);
      call.RunFor(TimeDelta::Seconds(120));
      const auto texts = alice.peer->data()->texts(1);
      ASSERT_EQ(texts.size(), size_t{kMessages});
      for (int i = 0; i < kMessages; ++i) ASSERT_EQ(texts[static_cast<size_t>(i)], std::to_string(i));
      EXPECT_EQ(alice.peer->data()->texts(3), std::vector{large});
      // No data producer wants them: they arrived, and are counted.
      EXPECT_EQ(alice.transport->drops().of(DropReason::kUnknownStream), uint64_t{kMessages});
    }
  }
}

TEST_P(DataScenario, CarriesMessagesFromOnePeerToAnotherAcrossTheRouter) {
  for (double loss : {0.0, 0.03, 0.1}) {
    for (uint64_t seed : Seeds()) {
      SLUICE_TRACE_SEED(seed);
      Call call(seed);
      call.EnableData();
      const auto alice = Join(call, "alice"), bob = Join(call, "bob");
      for (const auto& who : {alice, bob}) SetLinks(who, {.delay = TimeDelta::Millis(20), .loss = loss});
      call.RunFor(TimeDelta::Seconds(20));
      ASSERT_TRUE(Connected(alice) && Connected(bob));
      constexpr uint16_t kFromAlice = 11, kToBob = 65534;
      Router& router = call.worker().router();
      call.worker().Do([&] {
        const auto producer = router.ProduceData(
            *alice.transport, {.id = "data", .stream = SctpStreamParameters{.stream_id = kFromAlice}});
        ASSERT_TRUE(producer.ok()) << producer.status();
        const auto consumer = router.ConsumeData(
            *bob.transport,
            {.id = "taken", .data_producer_id = "data", .stream = SctpStreamParameters{.stream_id = kToBob}});
        ASSERT_TRUE(consumer.ok()) << consumer.status();
      });
      std::vector<std::string> sent;
      for (int i = 0; i < 100; ++i) {
        sent.push_back(std::string(static_cast<size_t>(i) * 20, 'x') + std::to_string(i));
        ASSERT_EQ(alice.peer->data()->Send(kFromAlice, sent.back()), SctpSendResult::kQueued);
      }
      call.RunFor(TimeDelta::Seconds(120));
      EXPECT_EQ(bob.peer->data()->texts(kToBob), sent);
      // A channel that is closed resets its stream, which the browser takes for the end of its channel.
      call.worker().Do([&] { router.CloseDataConsumer(*router.FindDataConsumer("taken"), call.worker().turn()); });
      call.RunFor(TimeDelta::Seconds(20));
      EXPECT_EQ(bob.peer->data()->resets(), std::vector<uint16_t>{kToBob});
    }
  }
}

TEST_P(DataScenario, APeerThatGoesAwayIsNoticed) {
  Call call(2);
  call.EnableData();
  const auto alice = Join(call, "alice");
  call.RunFor(TimeDelta::Seconds(3));
  ASSERT_TRUE(Connected(alice));
  SetLinks(alice, {.loss = 1.0});
  Send(call, alice, 1, "into the void");
  call.RunFor(TimeDelta::Seconds(180));
  EXPECT_EQ(alice.transport->sctp()->state(), SctpState::kFailed);
}

INSTANTIATE_TEST_SUITE_P(Ways, DataScenario, testing::Bool(),
                         [](const auto& info) { return info.param ? "OverDtls" : "Raw"; });

}  // namespace
}  // namespace sluice::sim
