// What a receiver gets when layers are left out, switched and lost, from the packets of the producer to those of the
// consumer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/rtp/rtx.h"
#include "test/support/layered_stream.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint8_t kDescriptorId = 5;

// The payload of a packet of VP8 in temporal layer `layer`; the first of its frame or not.
std::vector<uint8_t> Vp8(int layer, bool key = false, bool first = true) {
  return {static_cast<uint8_t>(first ? 0x90 : 0x80), 0x20, static_cast<uint8_t>(layer << 6 | (layer > 0 ? 0x20 : 0)),
          static_cast<uint8_t>(key ? 0x00 : 0x01), 0x00};
}

class LayersTest : public testing::Test {
 protected:
  LayersTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {}

  // One stream of VP8 with three temporal layers, and a consumer that wishes the lowest.
  void MakeVp8() {
    auto params = VideoParameters(1111, 1112);
    params.encodings[0].scalability_mode = "L1T3";
    ASSERT_TRUE(world_.router().Produce(sender_, VideoProducer("p", params)).ok());
    auto config = VideoConsumer("c", "p", 5000);
    config.type = RtpType::kSvc;
    config.rtp_parameters.encodings[0].scalability_mode = "L1T3";
    config.preferred_layers = ConsumerLayers{0, 0};
    consumer_ = *world_.router().Consume(receiver_, config, world_.turn());
    world_.EndTurn();
  }
  void SendVp8(uint16_t seq, uint32_t frame, std::vector<uint8_t> payload) {
    world_.Receive(sender_, MakeRtp({.seq = seq, .timestamp = frame * 3000, .marker = false, .payload = payload}));
  }

  struct Got {
    int64_t seq = 0;  // from the first on
    uint32_t timestamp = 0;
    bool marker = false;
    size_t payload = 0;
    bool operator==(const Got&) const = default;
  };
  std::vector<Got> Take() {
    std::vector<Got> got;
    for (const Datagram& bytes : world_.TakeRtp(receiver_)) {
      const auto packet = rtp::PacketView::Parse(bytes);
      if (!first_) first_ = packet->seq();
      got.push_back(
          {packet->seq().DistanceFrom(*first_), packet->timestamp(), packet->marker(), packet->payload().size()});
    }
    return got;
  }
  std::vector<int64_t> TakeNumbers() {
    std::vector<int64_t> numbers;
    for (const Got& got : Take()) numbers.push_back(got.seq);
    return numbers;
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Consumer* consumer_ = nullptr;
  std::optional<SeqNum> first_;
};

TEST_F(LayersTest, WhatIsLeftOutLeavesNoGap) {
  MakeVp8();
  SendVp8(10, 1, Vp8(0, true));
  SendVp8(11, 2, Vp8(2));
  SendVp8(12, 2, Vp8(2, false, false));
  SendVp8(13, 3, Vp8(0));
  EXPECT_THAT(TakeNumbers(), ElementsAre(0, 1));
}

TEST_F(LayersTest, WhatWasLostInsideAFrameThatIsLeftOutLeavesNoGap) {
  MakeVp8();
  SendVp8(10, 1, Vp8(0, true));
  SendVp8(11, 2, Vp8(2));
  SendVp8(14, 2, Vp8(2, false, false));
  SendVp8(15, 3, Vp8(0));
  EXPECT_THAT(TakeNumbers(), ElementsAre(0, 1));
  SendVp8(12, 2, Vp8(2, false, false));
  EXPECT_THAT(TakeNumbers(), IsEmpty());
}

TEST_F(LayersTest, PaddingTakesThePlaceOfWhatIsLeftOutWhenItComesLate) {
  MakeVp8();
  SendVp8(10, 1, Vp8(0, true));
  SendVp8(12, 3, Vp8(0));
  EXPECT_THAT(TakeNumbers(), ElementsAre(0, 2)) << "what was lost might have been wanted";
  SendVp8(11, 2, Vp8(2));
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(1));
  const auto packet = rtp::PacketView::Parse(sent[0]);
  EXPECT_EQ(packet->seq(), *first_ + 1);
  EXPECT_THAT(packet->payload(), IsEmpty());
  EXPECT_EQ(packet->padding_size(), 1u);
}

TEST_F(LayersTest, PaddingIsRepeatedByteForByte) {
  MakeVp8();
  SendVp8(10, 1, Vp8(0, true));
  SendVp8(12, 3, Vp8(0));
  Take();
  SendVp8(11, 2, Vp8(2));
  const auto sent = world_.TakeRtp(receiver_);
  world_.Advance(TimeDelta::Millis(200));
  world_.Receive(receiver_, MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {*first_ + 1}}));
  EXPECT_EQ(world_.TakeRtp(receiver_), sent);
}

TEST_F(LayersTest, TheLateStartOfAKeyFrameBringsWhatCameBeforeIt) {
  MakeVp8();
  SendVp8(9, 0, Vp8(0));
  SendVp8(11, 1, Vp8(0, true, false));
  SendVp8(12, 1, Vp8(0, true, false));
  SendVp8(14, 3, Vp8(0));
  EXPECT_THAT(Take(), IsEmpty());
  SendVp8(10, 1, Vp8(0, true));
  EXPECT_THAT(TakeNumbers(), ElementsAre(0, 1, 2, 4));
  SendVp8(13, 2, Vp8(0));
  SendVp8(15, 4, Vp8(0));
  EXPECT_THAT(TakeNumbers(), ElementsAre(3, 5));
}

// Two streams of AV1, each with two temporal layers and descriptors.
class DescribedLayersTest : public LayersTest {
 protected:
  DescribedLayersTest() {
    auto params = VideoParameters(1111, 1112);
    params.codecs[0].mime_type = "video/AV1";
    params.header_extensions = {{.uri = rtp::HeaderExtension::kDependencyDescriptor, .id = kDescriptorId}};
    auto consumed = params;
    params.encodings = {{.ssrc = Ssrc(1111), .scalability_mode = "L1T2"},
                        {.ssrc = Ssrc(2222), .scalability_mode = "L1T2"}};
    EXPECT_TRUE(world_.router().Produce(sender_, VideoProducer("p", params)).ok());
    auto config = VideoConsumer("c", "p", 5000, 2);
    for (auto& encoding : config.consumable_encodings) encoding.scalability_mode = "L1T2";
    consumed.encodings = {{.ssrc = Ssrc(5000), .scalability_mode = "S2T2"}};
    config.rtp_parameters = consumed;
    consumer_ = *world_.router().Consume(receiver_, config, world_.turn());
    world_.EndTurn();
  }

  void SendPicture(size_t stream, bool key = false) { world_.Receive(sender_, NextPacket(stream, key)); }
  Datagram NextPacket(size_t stream, bool key) {
    const auto frame = streams_[stream].NextPicture(key)[0];
    const auto descriptor = streams_[stream].Descriptor(frame);
    return MakeRtp({.ssrc = stream == 0 ? 1111u : 2222u,
                    .seq = next_[stream]++,
                    .timestamp = frame.picture * 3000,
                    .payload = {0x10, 0x30, 0x00},
                    .extensions = {{kDescriptorId, descriptor}}});
  }
  std::vector<codec::DependencyInfo> TakeDescriptors() {
    std::vector<codec::DependencyInfo> infos;
    for (const Datagram& bytes : world_.TakeRtp(receiver_)) {
      const auto packet = rtp::PacketView::Parse(bytes);
      const auto info = reader_.Read(packet->Extension(kDescriptorId).value(), ExtSeqNum(++taken_));
      EXPECT_TRUE(info);
      infos.push_back(info.value_or(codec::DependencyInfo()));
    }
    return infos;
  }

  LayeredStream streams_[2] = {LayeredStream("L1T2", 1000), LayeredStream("L1T2", 30)};
  uint16_t next_[2] = {100, 7000};
  codec::DependencyReader reader_;
  int64_t taken_ = 0;
};

TEST_F(DescribedLayersTest, FrameNumbersGoOnOverASwitchOfStreams) {
  SendPicture(0, true);
  SendPicture(0);
  SendPicture(1, true);
  SendPicture(0);
  SendPicture(1);
  const auto infos = TakeDescriptors();
  ASSERT_THAT(infos, SizeIs(4));
  for (size_t i = 1; i < 4; ++i) EXPECT_EQ(infos[i].frame_number, infos[0].frame_number + i);
  EXPECT_EQ(infos[3].frame_differences[0], 1) << "what a frame needs is told by the distance";
}

TEST_F(DescribedLayersTest, TheReceiverIsToldWhichTargetsRemain) {
  SendPicture(1, true);
  SendPicture(1);
  TakeDescriptors();
  consumer_->SetPreferredLayers({1, 0});
  SendPicture(1);
  SendPicture(1);
  SendPicture(1);
  const auto infos = TakeDescriptors();
  ASSERT_THAT(infos, SizeIs(2)) << "the upper layer is left out";
  EXPECT_TRUE(infos[0].has_active_targets);
  EXPECT_EQ(infos[0].active_targets, 0b01u);
  EXPECT_EQ(infos[1].frame_number, infos[0].frame_number + 2) << "what was left out keeps its number";
}

TEST_F(DescribedLayersTest, WhatCannotBeReadWaitsForTheStructureThatWasLost) {
  SendPicture(1, true);
  SendPicture(1);
  const auto first = rtp::PacketView::Parse(world_.TakeRtp(receiver_)[0])->seq();
  streams_[1].SwitchMode("L1T1");
  const auto lost = NextPacket(1, true);
  SendPicture(1);
  SendPicture(1);
  EXPECT_THAT(world_.TakeRtp(receiver_), IsEmpty());
  world_.Receive(sender_, lost);
  std::vector<int> numbers;
  for (const Datagram& bytes : world_.TakeRtp(receiver_)) {
    numbers.push_back(rtp::PacketView::Parse(bytes)->seq().DistanceFrom(first));
  }
  EXPECT_THAT(numbers, ElementsAre(2, 3, 4));
}

TEST_F(DescribedLayersTest, ADescriptorIsRepeatedAsItWas) {
  SendPicture(1, true);
  consumer_->SetPreferredLayers({1, 0});
  SendPicture(1);
  SendPicture(1);
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(sent, SizeIs(2));
  consumer_->SetPreferredLayers({1, 1});
  SendPicture(1, true);
  world_.TakeRtp(receiver_);
  world_.Advance(TimeDelta::Millis(200));
  const SeqNum seq = rtp::PacketView::Parse(sent[1])->seq();
  world_.Receive(receiver_, MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {seq}}));
  const auto again = world_.TakeRtp(receiver_);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0], sent[1]);
}

}  // namespace
}  // namespace sluice
