#include "rtc/media/wanted_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Layers = std::optional<ConsumerLayers>;

Timestamp At(int64_t ms) { return Timestamp::Millis(ms); }
constexpr ConsumerLayers kAll{2, 2};
const int64_t kDelay = WantedLayers::kStopDelay.ms();

TEST(WantedLayersTest, EverythingIsWantedAtFirst) {
  WantedLayers wanted(kAll);
  EXPECT_EQ(wanted.told(), kAll);
  EXPECT_FALSE(wanted.Update(kAll, At(0)));
}

TEST(WantedLayersTest, MoreIsToldAtOnceAndLessAfterAWhile) {
  WantedLayers wanted(kAll);
  EXPECT_FALSE(wanted.Update(Layers({0, 2}), At(1000)));
  EXPECT_FALSE(wanted.Update(Layers({0, 2}), At(999 + kDelay)));
  EXPECT_TRUE(wanted.Update(Layers({0, 2}), At(1000 + kDelay)));
  EXPECT_EQ(wanted.told(), Layers({0, 2}));
  EXPECT_FALSE(wanted.Update(Layers({0, 2}), At(1001 + kDelay)));
  EXPECT_TRUE(wanted.Update(Layers({1, 2}), At(1002 + kDelay)));
  EXPECT_EQ(wanted.told(), Layers({1, 2}));
}

TEST(WantedLayersTest, WhoWantsItAgainMeanwhileBeginsTheWaitAnew) {
  WantedLayers wanted(kAll);
  wanted.Update(Layers({0, 0}), At(0));
  wanted.Update(kAll, At(kDelay - 1));
  EXPECT_FALSE(wanted.Update(Layers({0, 0}), At(kDelay)));
  EXPECT_FALSE(wanted.Update(Layers({0, 0}), At(2 * kDelay - 1)));
  EXPECT_TRUE(wanted.Update(Layers({0, 0}), At(2 * kDelay)));
}

TEST(WantedLayersTest, NobodyIsLessThanAnybody) {
  WantedLayers wanted(kAll);
  wanted.Update(std::nullopt, At(0));
  EXPECT_TRUE(wanted.Update(std::nullopt, At(kDelay)));
  EXPECT_EQ(wanted.told(), std::nullopt);
  EXPECT_TRUE(wanted.Update(Layers({0, 0}), At(kDelay + 1)));
  EXPECT_EQ(wanted.told(), Layers({0, 0}));
}

TEST(WantedLayersTest, OneKindMayRiseWhileTheOtherFalls) {
  WantedLayers wanted(kAll);
  wanted.Update(Layers({0, 0}), At(0));
  wanted.Update(Layers({0, 0}), At(kDelay));
  EXPECT_TRUE(wanted.Update(Layers({2, 0}), At(kDelay + 1)));
  EXPECT_TRUE(wanted.Update(Layers({0, 1}), At(kDelay + 2)));
  EXPECT_EQ(wanted.told(), Layers({2, 1}));
  EXPECT_TRUE(wanted.Update(Layers({0, 1}), At(2 * kDelay + 2)));
  EXPECT_EQ(wanted.told(), Layers({0, 1}));
}

// A producer of three streams that is watched.
class WantedLayersOfProducerTest : public testing::Test {
 protected:
  WantedLayersOfProducerTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    auto params = VideoParameters(1111, 1112);
    params.encodings = {{.ssrc = Ssrc(1111)}, {.ssrc = Ssrc(2111)}, {.ssrc = Ssrc(3111)}};
    producer_ = *world_.router().Produce(sender_, VideoProducer("p", params));
    producer_->WatchWantedLayers();
  }

  Consumer& Consume(const std::string& id, uint32_t ssrc, Layers preferred = std::nullopt) {
    auto config = VideoConsumer(id, "p", ssrc, 3);
    config.preferred_layers = preferred;
    return **world_.router().Consume(receiver_, config, world_.turn());
  }
  Consumer& ConsumeByPipe() {
    auto config = VideoConsumer("pipe", "p", 7000, 3);
    config.type = RtpType::kPipe;
    config.rtp_parameters.encodings = {{.ssrc = Ssrc(7000)}, {.ssrc = Ssrc(7010)}, {.ssrc = Ssrc(7020)}};
    return **world_.router().Consume(receiver_, config, world_.turn());
  }
  // What was told since the last call: the spatial layer, or -1 for nobody.
  std::vector<int> Take() {
    std::vector<int> told;
    for (const MediaEvent& event : std::exchange(world_.turn().outbox.media, {})) {
      if (const auto* wanted = std::get_if<WantedLayersChanged>(&event)) {
        EXPECT_EQ(wanted->producer_id, "p");
        told.push_back(wanted->layers ? wanted->layers->spatial : -1);
      }
    }
    return told;
  }
  void WaitLong() { world_.Advance(WantedLayers::kStopDelay + TimeDelta::Seconds(3)); }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Producer* producer_ = nullptr;
};

TEST_F(WantedLayersOfProducerTest, TheOneWhoWantsMostCounts) {
  Consume("low", 5000, ConsumerLayers{0, 0});
  Consumer& middle = Consume("middle", 5010, ConsumerLayers{1, 0});
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(1));
  world_.router().PauseConsumer(middle, world_.turn());
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(0));
  world_.router().ResumeConsumer(middle, world_.turn());
  EXPECT_THAT(Take(), ElementsAre(1));
  world_.router().CloseConsumer(middle, world_.turn());
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(0));
  Consume("high", 5020);
  EXPECT_THAT(Take(), ElementsAre(2));
}

TEST_F(WantedLayersOfProducerTest, MoreIsToldAsSoonAsItIsPreferred) {
  Consumer& consumer = Consume("one", 5000, ConsumerLayers{0, 0});
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(0));
  world_.router().SetPreferredLayers(consumer, {.spatial = 1}, world_.turn());
  EXPECT_THAT(Take(), ElementsAre(1));
}

TEST_F(WantedLayersOfProducerTest, NobodyIsToldAsWell) {
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(-1));
}

TEST_F(WantedLayersOfProducerTest, WhoGetsLessForWantOfBandwidthWantsItAllTheSame) {
  Consume("high", 5000).SetLimit(ConsumerLayers{0, 0});
  WaitLong();
  EXPECT_THAT(Take(), IsEmpty());
}

TEST_F(WantedLayersOfProducerTest, APipeWantsEverything) {
  Consume("low", 5000, ConsumerLayers{0, 0});
  WaitLong();
  EXPECT_THAT(Take(), ElementsAre(0));
  ConsumeByPipe();
  EXPECT_THAT(Take(), ElementsAre(2));
}

TEST_F(WantedLayersOfProducerTest, WhoIsNotWatchedTellsNothing) {
  auto params = VideoParameters(8111, 8112);
  params.encodings = {{.ssrc = Ssrc(8111)}, {.ssrc = Ssrc(8121)}};
  ASSERT_TRUE(world_.router().Produce(receiver_, VideoProducer("q", params)).ok());
  Consume("high", 5000);
  WaitLong();
  EXPECT_THAT(Take(), IsEmpty());
}

}  // namespace
}  // namespace sluice
