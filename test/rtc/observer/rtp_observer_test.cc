#include "rtc/observer/rtp_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using testing_support::MakeRtp;
using testing_support::MediaWorld;

constexpr uint8_t kLevelId = 5;

class RtpObserverTest : public testing::Test {
 protected:
  Producer& AddAudio(const std::string& id, uint32_t ssrc, uint8_t level_id = kLevelId) {
    ProducerConfig config{.id = id, .kind = MediaKind::kAudio, .rtp_parameters = {}, .rtp_mapping = {}};
    config.rtp_parameters.codecs = {{.mime_type = "audio/opus", .payload_type = PayloadType(100), .clock_rate = 48000}};
    config.rtp_parameters.encodings = {{.ssrc = Ssrc(ssrc)}};
    if (level_id) {
      config.rtp_parameters.header_extensions = {{.uri = rtp::HeaderExtension::kAudioLevel, .id = level_id}};
    }
    config.rtp_mapping.codecs = {{PayloadType(100), PayloadType(100)}};
    config.rtp_mapping.encodings = {{.ssrc = Ssrc(ssrc), .mapped_ssrc = Ssrc(ssrc + 1000)}};
    auto producer = world_.router().Produce(transport_, std::move(config));
    EXPECT_TRUE(producer.ok()) << producer.status();
    return **producer;
  }
  // Packets of 20 ms with this level, until `time` has passed.
  void Talk(uint32_t ssrc, uint8_t level, TimeDelta time) {
    const uint8_t value = 0x80 | level;
    for (const Timestamp end = world_.turn().now + time; world_.turn().now < end;) {
      const uint16_t seq = ++seq_;
      world_.Receive(transport_, MakeRtp({.ssrc = ssrc,
                                          .payload_type = 100,
                                          .seq = seq,
                                          .timestamp = seq * 960u,
                                          .payload = {1, 2, 3},
                                          .extensions = {{kLevelId, std::span(&value, 1)}}}));
      world_.Advance(TimeDelta::Millis(20));
      observer_->OnTimer(world_.turn().now, events_);
    }
  }
  template <class T>
  std::vector<T> Take() {
    std::vector<T> out;
    for (const MediaEvent& event : events_) {
      if (const T* one = std::get_if<T>(&event)) out.push_back(*one);
    }
    events_.clear();
    return out;
  }

  MediaWorld world_;
  Transport& transport_ = world_.AddTransport("t");
  std::unique_ptr<RtpObserver> observer_ = RtpObserver::AudioLevel("o", {.max_entries = 10}, world_.turn().now);
  MediaEvents events_;
  uint16_t seq_ = 0;
};

TEST_F(RtpObserverTest, ReadsTheLevelsOfPackets) {
  ASSERT_TRUE(observer_->AddProducer(AddAudio("p", 1111)).ok());
  Talk(1111, 33, TimeDelta::Seconds(1));
  const auto volumes = Take<AudioVolumes>();
  ASSERT_EQ(volumes.size(), 1u);
  EXPECT_EQ(volumes[0].observer_id, "o");
  EXPECT_THAT(volumes[0].volumes, testing::ElementsAre(AudioVolumes::Volume{"p", -33}));
}

TEST_F(RtpObserverTest, TakesOnlyAudioAndEachOnce) {
  Producer& audio = AddAudio("p", 1111);
  EXPECT_TRUE(observer_->AddProducer(audio).ok());
  EXPECT_TRUE(observer_->AddProducer(audio).ok());
  EXPECT_EQ(audio.audio_level_taps().size(), 1u);
  const auto video = world_.router().Produce(
      transport_, testing_support::VideoProducer("v", testing_support::VideoParameters(3333, 3334)));
  EXPECT_TRUE(absl::IsInvalidArgument(observer_->AddProducer(**video)));
}

TEST_F(RtpObserverTest, ARemovedProducerIsNoLongerHeardAndCostsNothing) {
  Producer& producer = AddAudio("p", 1111);
  ASSERT_TRUE(observer_->AddProducer(producer).ok());
  EXPECT_TRUE(observer_->Observes(producer));
  observer_->RemoveProducer(producer);
  observer_->RemoveProducer(producer);
  EXPECT_FALSE(observer_->Observes(producer));
  EXPECT_TRUE(producer.audio_level_taps().empty());
  Talk(1111, 33, TimeDelta::Seconds(2));
  EXPECT_TRUE(events_.empty());
}

TEST_F(RtpObserverTest, AProducerThatClosesLeaves) {
  Producer& producer = AddAudio("p", 1111);
  ASSERT_TRUE(observer_->AddProducer(producer).ok());
  Talk(1111, 33, TimeDelta::Seconds(1));
  EXPECT_EQ(Take<AudioVolumes>().size(), 1u);
  world_.router().CloseProducer(producer, world_.turn());
  Talk(1111, 33, TimeDelta::Seconds(1));
  EXPECT_EQ(Take<AudioSilence>().size(), 1u);
}

TEST_F(RtpObserverTest, TheObserverMayGoFirst) {
  Producer& producer = AddAudio("p", 1111);
  ASSERT_TRUE(observer_->AddProducer(producer).ok());
  observer_ = RtpObserver::ActiveSpeaker("s", TimeDelta::Millis(300), world_.turn().now);
  EXPECT_TRUE(producer.audio_level_taps().empty());
  Talk(1111, 33, TimeDelta::Seconds(1));
}

TEST_F(RtpObserverTest, APausedProducerIsNotHeard) {
  Producer& producer = AddAudio("p", 1111);
  ASSERT_TRUE(observer_->AddProducer(producer).ok());
  Talk(1111, 33, TimeDelta::Millis(500));
  world_.router().PauseProducer(producer, world_.turn());
  Talk(1111, 33, TimeDelta::Millis(1500));
  EXPECT_TRUE(events_.empty());
  world_.router().ResumeProducer(producer, world_.turn());
  Talk(1111, 33, TimeDelta::Seconds(1));
  EXPECT_EQ(Take<AudioVolumes>().size(), 1u);
}

TEST_F(RtpObserverTest, WhilePausedItTellsNothingAndAfterwardsBeginsAnew) {
  ASSERT_TRUE(observer_->AddProducer(AddAudio("p", 1111)).ok());
  Talk(1111, 33, TimeDelta::Seconds(1));
  EXPECT_EQ(Take<AudioVolumes>().size(), 1u);
  observer_->Pause();
  EXPECT_TRUE(observer_->NextDeadline().IsInfinite());
  Talk(1111, 33, TimeDelta::Seconds(3));
  EXPECT_TRUE(events_.empty());
  observer_->Resume(world_.turn().now);
  Talk(1111, 127, TimeDelta::Seconds(1));
  EXPECT_TRUE(events_.empty()) << "nobody was told to be loud, so silence is no news";
}

TEST_F(RtpObserverTest, WithoutTheExtensionNobodyIsHeard) {
  ASSERT_TRUE(observer_->AddProducer(AddAudio("p", 1111, 0)).ok());
  Talk(1111, 33, TimeDelta::Seconds(2));
  EXPECT_TRUE(events_.empty());
}

TEST_F(RtpObserverTest, AFloodIsNotedUpToTheBound) {
  Producer& producer = AddAudio("p", 1111);
  ASSERT_TRUE(observer_->AddProducer(producer).ok());
  const uint8_t value = 30;
  for (int i = 0; i < 3000; ++i) {
    const uint16_t seq = ++seq_;
    world_.Receive(transport_, MakeRtp({.ssrc = 1111,
                                        .payload_type = 100,
                                        .seq = seq,
                                        .timestamp = seq,
                                        .payload = {1},
                                        .extensions = {{kLevelId, std::span(&value, 1)}}}));
  }
  EXPECT_EQ(producer.audio_level_taps().front()->samples().size(), AudioLevelTap::kMaxSamples);
}

TEST_F(RtpObserverTest, TellsWhoHasTheFloor) {
  observer_ = RtpObserver::ActiveSpeaker("s", TimeDelta::Millis(300), world_.turn().now);
  ASSERT_TRUE(observer_->AddProducer(AddAudio("p", 1111)).ok());
  Talk(1111, 65, TimeDelta::Seconds(1));
  Talk(1111, 25, TimeDelta::Seconds(2));
  const auto changes = Take<DominantSpeakerChanged>();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].producer_id, "p");
}

}  // namespace
}  // namespace sluice
