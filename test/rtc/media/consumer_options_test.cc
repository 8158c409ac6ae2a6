// What a consumer was created with, and what a pause tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DtxTest : public testing::TestWithParam<bool> {
 protected:
  DtxTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    RtpParameters params;
    params.codecs = {
        {.mime_type = "audio/opus", .payload_type = PayloadType(100), .clock_rate = 48000, .channels = uint8_t{2}}};
    params.encodings = {{.ssrc = Ssrc(1111)}};
    ProducerConfig config = VideoProducer("p", params);
    config.kind = MediaKind::kAudio;
    EXPECT_TRUE(world_.router().Produce(sender_, config).ok());
    ConsumerConfig consumer{.id = "c",
                            .producer_id = "p",
                            .kind = MediaKind::kAudio,
                            .rtp_parameters = params,
                            .consumable_encodings = {{.ssrc = Ssrc(9000)}},
                            .ignore_dtx = GetParam()};
    EXPECT_TRUE(world_.router().Consume(receiver_, consumer, world_.turn()).ok());
  }
  // The numbers that went out, relative to the first.
  std::vector<int> Send(const std::vector<size_t>& sizes) {
    for (size_t size : sizes) {
      ++seq_;
      world_.Receive(sender_, MakeRtp({.payload_type = 100,
                                       .seq = seq_,
                                       .timestamp = seq_ * 960u,
                                       .payload = std::vector<uint8_t>(size, 0xF8)}));
    }
    std::vector<int> numbers;
    std::optional<SeqNum> first;
    for (const Datagram& datagram : world_.TakeRtp(receiver_)) {
      const SeqNum seq = rtp::PacketView::Parse(datagram)->seq();
      if (!first) first = seq;
      numbers.push_back(seq.DistanceFrom(*first));
    }
    return numbers;
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  uint16_t seq_ = 0;
};

TEST_P(DtxTest, PacketsWithoutSoundLeaveNoGapWhereTheyAreIgnored) {
  const auto numbers = Send({1, 80, 2, 1, 80, 3, 1, 80});
  if (GetParam()) {
    EXPECT_THAT(numbers, testing::ElementsAre(0, 1, 2, 3));
  } else {
    EXPECT_THAT(numbers, SizeIs(8));
  }
}

INSTANTIATE_TEST_SUITE_P(IgnoreDtx, DtxTest, testing::Bool());

// One stream with three spatial and three temporal layers.
class SvcTest : public testing::Test {
 protected:
  SvcTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    RtpParameters params = VideoParameters(10, 11);
    params.codecs[0].mime_type = "video/VP9";
    params.encodings[0].scalability_mode = "L3T3_KEY";
    producer_ = *world_.router().Produce(sender_, VideoProducer("p", params));
  }
  Consumer& Consume(std::optional<ConsumerLayers> preferred) {
    ConsumerConfig config = VideoConsumer("c", "p", 5000);
    config.type = RtpType::kSvc;
    config.rtp_parameters.codecs[0].mime_type = "video/VP9";
    config.consumable_encodings[0].scalability_mode = "L3T3_KEY";
    config.preferred_layers = preferred;
    return **world_.router().Consume(receiver_, config, world_.turn());
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Producer* producer_ = nullptr;
};

TEST_F(SvcTest, ItsTypeFollowsFromItsLayers) { EXPECT_EQ(producer_->type(), RtpType::kSvc); }

TEST_F(SvcTest, TheWishIsKeptAndClampedIntoWhatThereIs) {
  Consumer& consumer = Consume(ConsumerLayers{.spatial = 1, .temporal = 0});
  EXPECT_EQ(consumer.preferred_layers(), (ConsumerLayers{.spatial = 1, .temporal = 0}));
  consumer.SetPreferredLayers({.spatial = 9, .temporal = 9});
  EXPECT_EQ(consumer.preferred_layers(), (ConsumerLayers{.spatial = 2, .temporal = 2}));
  consumer.SetPreferredLayers({.spatial = 0, .temporal = 255});
  EXPECT_EQ(consumer.preferred_layers(), (ConsumerLayers{.spatial = 0, .temporal = 2}));
}

TEST_F(SvcTest, WithoutAWishItIsTheHighest) {
  EXPECT_EQ(Consume(std::nullopt).preferred_layers(), (ConsumerLayers{.spatial = 2, .temporal = 2}));
}

class PauseTest : public testing::Test {
 protected:
  PauseTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    RtpParameters params = VideoParameters(10, 11);
    params.encodings.push_back({.ssrc = Ssrc(20), .rtx_ssrc = Ssrc(21)});
    producer_ = *world_.router().Produce(sender_, VideoProducer("p", params));
    consumer_ = *world_.router().Consume(receiver_, VideoConsumer("c", "p", 5000, 2), world_.turn());
    world_.Receive(sender_, MakeRtp({.ssrc = 10, .seq = 1}));
    world_.turn().outbox.media.clear();
  }
  std::vector<ConsumerLayersChanged> Changes() {
    std::vector<ConsumerLayersChanged> changes;
    for (const MediaEvent& event : std::exchange(world_.turn().outbox.media, {})) {
      if (const auto* change = std::get_if<ConsumerLayersChanged>(&event)) changes.push_back(*change);
    }
    return changes;
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Producer* producer_ = nullptr;
  Consumer* consumer_ = nullptr;
};

TEST_F(PauseTest, TellsThatNoLayerIsForwardedAnyMore) {
  world_.router().PauseConsumer(*consumer_, world_.turn());
  const auto changes = Changes();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_FALSE(changes[0].layers);
  world_.router().PauseConsumer(*consumer_, world_.turn());
  EXPECT_THAT(Changes(), IsEmpty());
}

TEST_F(PauseTest, OfTheProducerTellsItAsWell) {
  world_.router().PauseProducer(*producer_, world_.turn());
  const auto changes = Changes();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_FALSE(changes[0].layers);
  world_.router().ResumeProducer(*producer_, world_.turn());
  world_.Receive(sender_, MakeRtp({.ssrc = 10, .seq = 2, .timestamp = 9000}));
  const auto again = Changes();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].layers, (ConsumerLayers{.spatial = 0, .temporal = 0}));
}

// A pipe consumer of two encodings.
TEST(PipeConsumerTest, APictureLossOfOneEncodingAsksForThatOneAlone) {
  MediaWorld world;
  Transport &sender = world.AddTransport("sender"), &receiver = world.AddTransport("receiver");
  RtpParameters params = VideoParameters(10, 11);
  params.encodings.push_back({.ssrc = Ssrc(20), .rtx_ssrc = Ssrc(21)});
  ASSERT_TRUE(world.router().Produce(sender, VideoProducer("p", params)).ok());
  ConsumerConfig config = VideoConsumer("c", "p", 5000, 2);
  config.type = RtpType::kPipe;
  config.rtp_parameters.encodings.push_back({.ssrc = Ssrc(5010), .rtx_ssrc = Ssrc(5011)});
  ASSERT_TRUE(world.router().Consume(receiver, config, world.turn()).ok());
  for (uint32_t ssrc : {10u, 20u}) world.Receive(sender, MakeRtp({.ssrc = ssrc}));
  EXPECT_THAT(world.TakeRtp(receiver), SizeIs(2));
  world.Advance(TimeDelta::Seconds(2));
  world.TakeRtcp(sender);
  world.Receive(receiver, MakeRtcp(rtcp::Pli{.sender = Ssrc(1), .media = Ssrc(5010)}));
  const auto asked = world.TakeRtcpOf<rtcp::Pli>(sender);
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].media, Ssrc(20));
}

}  // namespace
}  // namespace sluice
