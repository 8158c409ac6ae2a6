// What a stream of a producer makes of dependency descriptors, through losses, RTX and a sender that begins anew, and of
// capture times. The payloads are noise, as an encrypted stream's are.
#include "rtc/media/producer_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "test/support/layered_stream.h"
#include "test/support/media_world.h"

namespace sluice {
namespace {

using testing_support::Datagram;
using testing_support::LayeredFrame;
using testing_support::LayeredStream;
using testing_support::MakeRtp;

constexpr uint8_t kDescriptorId = 4;
constexpr uint8_t kCaptureTimeId = 6;

ProducerFormat Format(codec::MediaCodec codec) {
  ProducerFormat format;
  format.payloads[101] = {.known = true, .mapped = PayloadType(101), .codec = codec};
  format.rtx.Add(PayloadType(102), PayloadType(101));
  format.extensions.Add(rtp::HeaderExtension::kDependencyDescriptor, kDescriptorId);
  format.extensions.Add(rtp::HeaderExtension::kAbsCaptureTime, kCaptureTimeId);
  return format;
}

class ProducerStreamTest : public testing::Test {
 protected:
  static std::vector<uint8_t> Noise() { return {0xC3, 0x5A, 0x77, 0x10, 0x99}; }

  std::optional<codec::FrameInfo> Receive(uint16_t seq, const std::vector<uint8_t>& descriptor, uint32_t ssrc = 1111) {
    const Datagram bytes = MakeRtp(
        {.ssrc = ssrc, .seq = seq, .payload = Noise(), .extensions = {{.id = kDescriptorId, .value = descriptor}}});
    return Info(stream_.OnRtp(format_, *rtp::PacketView::Parse(bytes), now_));
  }
  // The same packet by RTX.
  std::optional<codec::FrameInfo> Repair(uint16_t seq, const std::vector<uint8_t>& descriptor) {
    std::vector<uint8_t> payload = {static_cast<uint8_t>(seq >> 8), static_cast<uint8_t>(seq)};
    for (const uint8_t byte : Noise()) payload.push_back(byte);
    const Datagram bytes = MakeRtp({.ssrc = 2222,
                                    .payload_type = 102,
                                    .seq = ++rtx_seq_,
                                    .payload = payload,
                                    .extensions = {{.id = kDescriptorId, .value = descriptor}}});
    return Info(stream_.OnRtx(format_, *rtp::PacketView::Parse(bytes), now_));
  }
  static std::optional<codec::FrameInfo> Info(const ProducerStream::Received& received) {
    return received.stored ? std::optional(received.stored->frame) : std::nullopt;
  }

  ProducerFormat format_ = Format(codec::MediaCodec::kOther);
  CaptureClock clock_;
  PacketPool pool_;
  ProducerStream stream_{
      {.ssrc = Ssrc(1111), .clock_rate = 90000, .use_nack = true}, MediaKind::kVideo, TimeDelta::Zero(), clock_, pool_};
  Timestamp now_ = Timestamp::Seconds(100);
  uint16_t rtx_seq_ = 0;
};

TEST_F(ProducerStreamTest, LayersAndKeyFramesAreThoseOfTheDescriptor) {
  LayeredStream layers("L2T2");
  uint16_t seq = 1;
  for (int picture = 0; picture < 4; ++picture) {
    for (const LayeredFrame& frame : layers.NextPicture(picture == 2)) {
      const auto info = Receive(seq++, layers.Descriptor(frame));
      ASSERT_TRUE(info && info->dependency);
      EXPECT_EQ(info->spatial_layer, frame.spatial);
      EXPECT_EQ(info->temporal_layer, frame.temporal);
      EXPECT_EQ(info->key_frame, frame.key_picture && frame.spatial == 0);
      EXPECT_EQ(info->dependency->frame_number, frame.number);
    }
  }
  EXPECT_EQ(stream_.key_frames(), 2u);
  ASSERT_TRUE(stream_.structure());
  EXPECT_EQ(*stream_.structure(), layers.structure());
}

TEST_F(ProducerStreamTest, OnlyTheFirstPacketOfAKeyFrameBeginsIt) {
  LayeredStream layers("L1T1");
  const auto frame = layers.NextPicture()[0];
  EXPECT_TRUE(Receive(1, layers.Descriptor(frame, true, false))->key_frame);
  const auto second = Receive(2, layers.Descriptor(frame, false, true));
  EXPECT_FALSE(second->key_frame);
  EXPECT_FALSE(second->start_of_frame);
  EXPECT_TRUE(second->end_of_frame);
}

TEST_F(ProducerStreamTest, AStructureThatComesByRtxIsUsedFromThenOn) {
  LayeredStream layers("L1T3");
  ASSERT_TRUE(Receive(1, layers.Descriptor(layers.NextPicture()[0])));
  layers.SwitchMode("L2T2");
  const auto lost = layers.Descriptor(layers.NextPicture()[0]);
  const auto before = Receive(3, layers.Descriptor(layers.NextPicture()[0]));
  ASSERT_TRUE(before);
  EXPECT_FALSE(before->dependency);
  const auto repaired = Repair(2, lost);
  ASSERT_TRUE(repaired && repaired->dependency);
  EXPECT_TRUE(repaired->key_frame);
  EXPECT_EQ(*stream_.structure(), layers.structure());
  EXPECT_TRUE(Receive(4, layers.Descriptor(layers.NextPicture()[0]))->dependency);
}

TEST_F(ProducerStreamTest, ALatePacketIsNotReadByTheStructureAfterIt) {
  LayeredStream layers("L1T3");
  ASSERT_TRUE(Receive(65534, layers.Descriptor(layers.NextPicture()[0])));
  const auto late = layers.Descriptor(layers.NextPicture()[0]);
  layers.SwitchMode("L2T2");
  ASSERT_TRUE(Receive(0, layers.Descriptor(layers.NextPicture()[0])));
  const auto info = Receive(65535, late);
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->dependency);
  EXPECT_EQ(*stream_.structure(), layers.structure());
}

TEST_F(ProducerStreamTest, AStreamThatComesUnderAnotherSsrcHasAStructureOfItsOwn) {
  LayeredStream layers("L1T2");
  ASSERT_TRUE(Receive(1, layers.Descriptor(layers.NextPicture()[0]))->dependency);
  const auto next = layers.Descriptor(layers.NextPicture()[0]);
  EXPECT_FALSE(Receive(2, next, 3333)->dependency);
  EXPECT_EQ(stream_.structure(), nullptr);
}

TEST_F(ProducerStreamTest, AStreamThatBeginsAnewHasAStructureOfItsOwn) {
  LayeredStream layers("L1T2");
  ASSERT_TRUE(Receive(1, layers.Descriptor(layers.NextPicture()[0]))->dependency);
  const auto next = layers.Descriptor(layers.NextPicture()[0]);
  // Two numbers in a row, far away: the sender started over.
  Receive(30'000, next);
  Receive(30'001, next);
  EXPECT_EQ(stream_.structure(), nullptr);
  const auto key = layers.Descriptor(layers.NextPicture(true)[0]);
  EXPECT_TRUE(Receive(30'002, key)->key_frame);
}

TEST_F(ProducerStreamTest, ADescriptorThatWasNotNegotiatedIsNotLookedFor) {
  format_.extensions = {};
  LayeredStream layers("L1T2");
  EXPECT_FALSE(Receive(1, layers.Descriptor(layers.NextPicture()[0]))->dependency);
}

TEST_F(ProducerStreamTest, WithoutOneThatCanBeReadThePayloadTells) {
  format_ = Format(codec::MediaCodec::kVp8);
  const Datagram key = MakeRtp({.seq = 1});
  EXPECT_TRUE(Info(stream_.OnRtp(format_, *rtp::PacketView::Parse(key), now_))->key_frame);
  const auto info = Receive(2, {0xC0, 0x00, 0x01});
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->dependency);
}

// A sender whose clock shows `ntp` seconds when ours shows 100 s.
class CaptureTimeTest : public ProducerStreamTest {
 protected:
  ProducerStream::Received Send(uint16_t seq, uint32_t timestamp, rtp::AbsCaptureTime time) {
    std::array<uint8_t, rtp::AbsCaptureTime::kMaxSize> value;
    const size_t size = time.Write(value);
    const Datagram bytes = MakeRtp({.seq = seq,
                                    .timestamp = timestamp,
                                    .payload = Noise(),
                                    .extensions = {{.id = kCaptureTimeId, .value = std::span(value).first(size)}}});
    return stream_.OnRtp(format_, *rtp::PacketView::Parse(bytes), now_);
  }
  static constexpr uint64_t Ntp(uint64_t seconds) { return seconds << 32; }
};

TEST_F(CaptureTimeTest, IsForwardedWithTheOffsetToOurClock) {
  stream_.OnRtp(format_, *rtp::PacketView::Parse(MakeRtp({.seq = 1})), now_);
  clock_.OnSenderReport(rtcp::NtpTime(Ntp(5000)), now_);
  const auto received = Send(2, 1000, {.capture_ntp = Ntp(4999)});
  const auto forwarded = rtp::AbsCaptureTime::Parse(received.stored->extensions.abs_capture_time);
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(forwarded->capture_ntp, Ntp(4999));
  const uint64_t ours = rtcp::NtpTime::From(now_ - TimeDelta::Seconds(1), TimeDelta::Zero()).value();
  EXPECT_EQ(forwarded->capture_ntp + static_cast<uint64_t>(*forwarded->clock_offset), ours);
}

TEST_F(CaptureTimeTest, AnOffsetThatTheSenderGivesIsGoneThrough) {
  clock_.OnSenderReport(rtcp::NtpTime(Ntp(5000)), now_);
  const auto received = Send(2, 1000, {.capture_ntp = Ntp(10), .clock_offset = static_cast<int64_t>(Ntp(4990))});
  const auto forwarded = rtp::AbsCaptureTime::Parse(received.stored->extensions.abs_capture_time);
  EXPECT_EQ(forwarded->capture_ntp + static_cast<uint64_t>(*forwarded->clock_offset),
            rtcp::NtpTime::From(now_, TimeDelta::Zero()).value());
}

TEST_F(CaptureTimeTest, DatesPacketsBeforeTheFirstSenderReport) {
  EXPECT_EQ(Send(1, 90'000, {.capture_ntp = Ntp(4000)}).captured, now_);
  now_ = now_ + TimeDelta::Millis(1300);
  EXPECT_EQ(Send(2, 180'000, {.capture_ntp = Ntp(4001)}).captured, now_ - TimeDelta::Millis(300)) << "late by 300 ms";
}

}  // namespace
}  // namespace sluice
