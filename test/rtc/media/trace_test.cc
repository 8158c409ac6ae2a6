// Trace events of producers and consumers: which, in which direction, and every field of what they show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/media_world.h"

namespace sluice {
namespace {

using namespace testing_support;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint8_t kMidId = 1, kRidId = 2, kTransportSeqId = 5;

class TraceTest : public testing::Test {
 protected:
  TraceTest() : sender_(world_.AddTransport("sender")), receiver_(world_.AddTransport("receiver")) {
    RtpParameters params = VideoParameters(1111, 1112);
    params.mid = "v";
    params.header_extensions = {{.uri = rtp::HeaderExtension::kMid, .id = kMidId},
                                {.uri = rtp::HeaderExtension::kRid, .id = kRidId},
                                {.uri = rtp::HeaderExtension::kTransportWideCc, .id = kTransportSeqId}};
    producer_ = *world_.router().Produce(sender_, VideoProducer("p", params));
    ConsumerConfig config = VideoConsumer("c", "p", 5000);
    config.rtp_parameters.mid = "7";
    config.rtp_parameters.header_extensions = {{.uri = rtp::HeaderExtension::kMid, .id = kMidId},
                                               {.uri = rtp::HeaderExtension::kTransportWideCc, .id = kTransportSeqId}};
    consumer_ = *world_.router().Consume(receiver_, config, world_.turn());
    world_.EndTurn();
    Traces();
  }
  void Send(uint16_t seq, bool key_frame) {
    const std::array<uint8_t, 1> mid = {'v'}, rid = {'r'};
    const std::array<uint8_t, 2> transport_seq = {1, 2};
    world_.Receive(sender_, MakeRtp({.seq = seq,
                                     .timestamp = seq * 3000u,
                                     .payload = key_frame ? RtpSpec().payload : Vp8DeltaFrame(),
                                     .extensions = {{.id = kMidId, .value = mid},
                                                    {.id = kRidId, .value = rid},
                                                    {.id = kTransportSeqId, .value = transport_seq}}}));
  }
  void SendRtx(uint16_t original) {
    std::vector<uint8_t> payload = {static_cast<uint8_t>(original >> 8), static_cast<uint8_t>(original)};
    for (uint8_t byte : Vp8DeltaFrame()) payload.push_back(byte);
    world_.Receive(
        sender_,
        MakeRtp({.ssrc = 1112, .payload_type = 102, .seq = 70, .timestamp = original * 3000u, .payload = payload}));
  }
  // Those since the last call.
  std::vector<MediaTrace> Traces() {
    std::vector<MediaTrace> traces;
    for (const MediaEvent& event : std::exchange(world_.turn().outbox.media, {})) {
      if (const auto* trace = std::get_if<MediaTrace>(&event)) traces.push_back(*trace);
    }
    return traces;
  }

  MediaWorld world_;
  Transport& sender_;
  Transport& receiver_;
  Producer* producer_ = nullptr;
  Consumer* consumer_ = nullptr;
};

TEST_F(TraceTest, NothingIsTracedUnlessItWasAskedFor) {
  Send(1, true);
  Send(3, false);
  EXPECT_THAT(Traces(), IsEmpty());
}

TEST_F(TraceTest, APacketThatCameShowsEverythingOfIt) {
  producer_->SetTraceKinds({TraceKind::kRtp, TraceKind::kKeyFrame});
  Send(1, true);
  Send(2, false);
  const auto traces = Traces();
  ASSERT_THAT(traces, SizeIs(2));  // a key frame's packet is told once
  EXPECT_EQ(traces[0].kind, TraceKind::kKeyFrame);
  EXPECT_EQ(traces[1].kind, TraceKind::kRtp);
  EXPECT_TRUE(traces[0].is_producer);
  EXPECT_TRUE(traces[0].incoming);
  EXPECT_EQ(traces[0].object_id, "p");
  const auto& packet = std::get<TracedPacket>(traces[0].info);
  EXPECT_EQ(packet.ssrc, Ssrc(1111));
  EXPECT_EQ(packet.payload_type, PayloadType(101));
  EXPECT_EQ(packet.seq, SeqNum(1));
  EXPECT_EQ(packet.timestamp, 3000u);
  EXPECT_TRUE(packet.marker);
  EXPECT_TRUE(packet.key_frame);
  EXPECT_FALSE(packet.is_rtx);
  EXPECT_EQ(packet.payload_size, 6u);
  EXPECT_EQ(packet.size, 12u + 4 + 8 + 6);  // one block of extensions: 2 + 2 + 3 bytes and one of filling
  EXPECT_EQ(packet.mid, "v");
  EXPECT_EQ(packet.rid, "r");
  EXPECT_EQ(packet.repaired_rid, "");
  EXPECT_EQ(packet.transport_seq, 0x0102);
  EXPECT_FALSE(std::get<TracedPacket>(traces[1].info).key_frame);
}

TEST_F(TraceTest, APacketThatCameByRtxIsShownAsWhatItRepairs) {
  producer_->SetTraceKinds({TraceKind::kRtp});
  Send(1, true);
  Send(3, false);
  Traces();
  SendRtx(2);
  const auto traces = Traces();
  ASSERT_THAT(traces, SizeIs(1));
  const auto& packet = std::get<TracedPacket>(traces[0].info);
  EXPECT_TRUE(packet.is_rtx);
  EXPECT_EQ(packet.ssrc, Ssrc(1111));
  EXPECT_EQ(packet.payload_type, PayloadType(101));
  EXPECT_EQ(packet.seq, SeqNum(2));
  EXPECT_EQ(packet.payload_size, Vp8DeltaFrame().size());
  EXPECT_EQ(packet.size, 12 + Vp8DeltaFrame().size());
}

TEST_F(TraceTest, RequestsToTheSenderAndItsReportsAreShown) {
  producer_->SetTraceKinds({TraceKind::kNack, TraceKind::kPli, TraceKind::kFir, TraceKind::kSr});
  Send(1, true);
  Send(3, false);
  auto traces = Traces();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].kind, TraceKind::kNack);
  EXPECT_FALSE(traces[0].incoming);
  world_.Advance(TimeDelta::Seconds(6));  // what is missing was given up, and a key frame asked for, a while ago
  Traces();
  world_.router().RequestKeyFrame(*consumer_, world_.turn());
  world_.EndTurn();
  traces = Traces();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].kind, TraceKind::kPli);
  EXPECT_FALSE(traces[0].incoming);
  EXPECT_EQ(traces[0].ssrc, Ssrc(1111));
  world_.Receive(sender_, MakeRtcp(rtcp::SenderReport{.sender = Ssrc(1111),
                                                      .ntp = rtcp::NtpTime((uint64_t{77} << 32) | 88),
                                                      .rtp_timestamp = 99,
                                                      .packet_count = 3,
                                                      .octet_count = 4}));
  traces = Traces();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].kind, TraceKind::kSr);
  EXPECT_TRUE(traces[0].incoming);
  const auto& report = std::get<TracedReport>(traces[0].info);
  EXPECT_EQ(report.ntp.seconds(), 77u);
  EXPECT_EQ(report.ntp.fraction(), 88u);
  EXPECT_EQ(report.rtp_timestamp, 99u);
  EXPECT_EQ(report.packet_count, 3u);
  EXPECT_EQ(report.octet_count, 4u);
}

TEST_F(TraceTest, APacketThatLeavesIsShownAsItLeaves) {
  consumer_->SetTraceKinds({TraceKind::kRtp, TraceKind::kKeyFrame});
  Send(1, true);
  const auto traces = Traces();
  const auto sent = world_.TakeRtp(receiver_);
  ASSERT_THAT(traces, SizeIs(1));
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(traces[0].kind, TraceKind::kKeyFrame);
  EXPECT_EQ(traces[0].object_id, "c");
  EXPECT_FALSE(traces[0].incoming);
  EXPECT_FALSE(traces[0].is_producer);
  const auto& packet = std::get<TracedPacket>(traces[0].info);
  const auto view = rtp::PacketView::Parse(sent[0]);
  EXPECT_EQ(packet.ssrc, Ssrc(5000));
  EXPECT_EQ(packet.seq, view->seq());
  EXPECT_EQ(packet.timestamp, view->timestamp());
  EXPECT_EQ(packet.size, sent[0].size());
  EXPECT_EQ(packet.payload_size, view->payload().size());
  EXPECT_EQ(packet.mid, "7");
  EXPECT_TRUE(packet.transport_seq);
  EXPECT_TRUE(packet.marker);
  EXPECT_FALSE(packet.is_rtx);
}

TEST_F(TraceTest, WhatTheReceiverAsksForIsShownAndTheRepetitionToo) {
  Send(1, true);
  const SeqNum seq = rtp::PacketView::Parse(world_.TakeRtp(receiver_).at(0))->seq();
  world_.Advance(TimeDelta::Millis(200));
  consumer_->SetTraceKinds({TraceKind::kRtp, TraceKind::kNack, TraceKind::kPli, TraceKind::kFir});
  world_.Receive(receiver_, MakeRtcp(rtcp::Nack{.sender = Ssrc(1), .media = Ssrc(5000), .seqs = {seq}}));
  auto traces = Traces();
  ASSERT_THAT(traces, SizeIs(2));
  EXPECT_EQ(traces[0].kind, TraceKind::kNack);
  EXPECT_TRUE(traces[0].incoming);
  EXPECT_EQ(traces[1].kind, TraceKind::kRtp);
  EXPECT_TRUE(std::get<TracedPacket>(traces[1].info).is_rtx);
  EXPECT_EQ(traces[1].ssrc, Ssrc(5001));
  world_.Receive(receiver_, MakeRtcp(rtcp::Pli{.sender = Ssrc(1), .media = Ssrc(5000)}));
  rtcp::Fir fir{.sender = Ssrc(1)};
  fir.entries.push_back({.media = Ssrc(5000), .number = 1});
  world_.Receive(receiver_, MakeRtcp(fir));
  traces = Traces();
  ASSERT_THAT(traces, SizeIs(2));
  EXPECT_EQ(traces[0].kind, TraceKind::kPli);
  EXPECT_EQ(traces[1].kind, TraceKind::kFir);
  for (const MediaTrace& trace : traces) {
    EXPECT_TRUE(trace.incoming);
    EXPECT_EQ(trace.ssrc, Ssrc(5000));
  }
}

TEST_F(TraceTest, ASenderThatTakesNoPliIsAskedByFirAndItIsCountedSo) {
  RtpParameters params = VideoParameters(3333, 3334);
  params.codecs[0].rtcp_feedback = {{"ccm", "fir"}};
  Producer& producer = **world_.router().Produce(sender_, VideoProducer("q", params));
  producer.SetTraceKinds({TraceKind::kPli, TraceKind::kFir});
  ASSERT_TRUE(world_.router().Consume(receiver_, VideoConsumer("d", "q", 6000), world_.turn()).ok());
  world_.EndTurn();
  EXPECT_THAT(world_.TakeRtcpOf<rtcp::Fir>(sender_), SizeIs(1));
  const auto traces = Traces();
  ASSERT_THAT(traces, SizeIs(1));
  EXPECT_EQ(traces[0].kind, TraceKind::kFir);
  const RtpStreamStats stats = producer.streams()[0].Stats(world_.turn().now);
  EXPECT_EQ(stats.fir_count, 1u);
  EXPECT_EQ(stats.pli_count, 0u);
}

}  // namespace
}  // namespace sluice
