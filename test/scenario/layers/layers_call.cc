#include "test/scenario/layers/layers_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "test/scenario/layers/trace.h"

namespace sluice::testing_support {
namespace {

constexpr TimeDelta kTick = TimeDelta::Millis(5);
constexpr TimeDelta kReportInterval = TimeDelta::Seconds(1);
constexpr TimeDelta kWallOffset = TimeDelta::Seconds(1'690'000'000);  // the sender's own
constexpr LayersReceiver::Config kReceived = {
    .ssrc = Ssrc(2000), .rtx_ssrc = Ssrc(2001), .payload_type = PayloadType(96), .descriptor_id = 5};

RtpParameters Parameters(const RtpVector& vector, uint8_t descriptor_id) {
  RtpParameters parameters;
  parameters.codecs = {{.mime_type = MimeTypeOf(vector.codec),
                        .payload_type = PayloadType(vector.payload_type),
                        .clock_rate = vector.clock_rate,
                        .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}}}};
  if (vector.descriptor_id != 0) {
    parameters.header_extensions = {{.uri = rtp::HeaderExtension::kDependencyDescriptor, .id = descriptor_id}};
  }
  parameters.rtcp.cname = "peer";
  return parameters;
}

LayersReceiver::Config ReceiverOf(const RtpVector& vector) {
  LayersReceiver::Config config = kReceived;
  config.payload_type = PayloadType(vector.payload_type);
  if (vector.descriptor_id == 0) config.descriptor_id = 0;
  return config;
}

}  // namespace

LayersCall::LayersCall(const RtpVector& vector, const ReferenceFrames& reference, uint64_t seed)
    : vector_(vector),
      reference_(reference),
      rng_(seed),
      player_(vector, seed + 1),
      from_(world_.AddTransport("from")),
      to_(world_.AddTransport("to")),
      receiver_(ReceiverOf(vector), vector, reference),
      start_(world_.turn().now),
      next_report_(start_) {
  Disturb(kReportInterval);
  AddProducer();
  AddConsumer();
  wishes_.push_back({.at = start_,
                     .spatial = spatial_layers() - 1,
                     .temporal = temporal_layers() - 1,
                     .reached = true,
                     .reached_at = start_});
}

void LayersCall::AddProducer() {
  RtpParameters parameters = Parameters(vector_, vector_.descriptor_id);
  for (int i = 0; i < vector_.stream_count; ++i) {
    parameters.encodings.push_back({.ssrc = VectorPlayer::SsrcOf(i), .scalability_mode = vector_.mode});
  }
  ProducerConfig config = VideoProducer("video", std::move(parameters));
  for (auto& encoding : config.rtp_mapping.encodings) encoding.scalability_mode = vector_.mode;
  producer_ = *world_.router().Produce(from_, std::move(config));
}

void LayersCall::AddConsumer() {
  RtpParameters parameters = Parameters(vector_, kReceived.descriptor_id);
  const PayloadType rtx(static_cast<uint8_t>(vector_.payload_type + 1));
  parameters.codecs.push_back({.mime_type = "video/rtx",
                               .payload_type = rtx,
                               .clock_rate = vector_.clock_rate,
                               .parameters = {{"apt", int32_t{vector_.payload_type}}}});
  const bool simulcast = vector_.stream_count > 1;
  const std::string mode = simulcast ? fmt::format("L{}T{}", vector_.stream_count, temporal_layers()) : vector_.mode;
  parameters.encodings = {{.ssrc = kReceived.ssrc, .rtx_ssrc = kReceived.rtx_ssrc, .scalability_mode = mode}};
  ConsumerConfig config{.id = "seen",
                        .producer_id = "video",
                        .kind = MediaKind::kVideo,
                        .type = producer_->type(),
                        .rtp_parameters = std::move(parameters)};
  for (uint32_t i = 0; i < vector_.stream_count; ++i) {
    config.consumable_encodings.push_back({.ssrc = Ssrc(9000 + i), .scalability_mode = vector_.mode});
  }
  consumer_ = *world_.router().Consume(to_, std::move(config), world_.turn());
  world_.EndTurn();
}

void LayersCall::RunFor(TimeDelta time) {
  for (const Timestamp end = now() + time; now() < end;) Tick();
}

void LayersCall::Tick() {
  const Timestamp end = now() + kTick;
  while (start_ + player_.NextAt() <= end) {
    world_.turn().now = std::max(now(), start_ + player_.NextAt());
    Send();
  }
  world_.turn().now = end;
  if (end >= next_report_) {
    next_report_ = end + kReportInterval;
    for (int i = 0; i < vector_.stream_count; ++i) {
      world_.Receive(from_, MakeRtcp(player_.Report(i, end - start_, rtcp::NtpTime::From(end, kWallOffset))));
    }
  }
  for (Transport* transport : {&from_, &to_}) {
    if (transport->NextDeadline() <= end) transport->OnTimer(world_.turn());
  }
  world_.EndTurn();
  AnswerRtcp();
  Deliver();
}

void LayersCall::Send() {
  const VectorPlayer::Packet packet = player_.Next();
  Trace(now(), "{} sent by {}, {} bytes", packet.seq.value(), packet.stream, packet.bytes.size());
  if (lose_up_ > 0) {
    --lose_up_;
    Disturb(TimeDelta::Seconds(lose_for_good_ ? 3 : 1));
    Trace(now(), "lost on its way up{}", lose_for_good_ ? " for good" : "");
    if (lose_for_good_) lost_for_good_[{packet.stream, packet.seq.value()}] = now();
    lost_up_.emplace(packet.stream, packet.seq.value());
    return;
  }
  world_.Receive(from_, packet.bytes);
  Deliver();
}

void LayersCall::AnswerRtcp() {
  using Lost = std::pair<int, uint16_t>;
  std::vector<std::pair<Lost, Datagram>> again;
  for (const Datagram& datagram : world_.TakeRtcp(from_)) {
    rtcp::ReadCompound(datagram,
                       rtcp::Overloaded{
                           [&](const rtcp::Nack& nack) {
                             const int stream = static_cast<int>(nack.media.value() - 1000);
                             for (const SeqNum seq : nack.seqs) {
                               if (lost_for_good_.contains({stream, seq.value()})) continue;
                               const auto kept = player_.Again(stream, seq);
                               if (kept.empty()) continue;
                               Trace(now(), "{} sent again by {}", seq.value(), stream);
                               again.emplace_back(Lost{stream, seq.value()}, Datagram(kept.begin(), kept.end()));
                             }
                           },
                           [&](const rtcp::Pli&) { ++stats_.key_frame_requests; },
                       });
  }
  for (auto& [lost, packet] : again) {
    world_.Receive(from_, std::move(packet));
    NoteSource();
    lost_up_.erase(lost);
  }
  std::erase_if(lost_for_good_, [&](const auto& lost) { return now() - lost.second > TimeDelta::Seconds(5); });
}

void LayersCall::Deliver() {
  NoteSource();
  for (const Datagram& packet : world_.TakeRtp(to_)) {
    if (lose_down_ > 0) {
      --lose_down_;
      Disturb(TimeDelta::Seconds(1));
      receiver_.Lost(packet, now());
      Trace(now(), "lost on its way down, marker {}", rtp::PacketView::Parse(packet)->marker());
      continue;
    }
    receiver_.Receive(packet, now());
  }
  const auto missing = receiver_.DueNacks(now());
  if (!missing.empty()) {
    Trace(now(), "asks for {} packets from {}", missing.size(), missing[0].value());
    rtcp::Nack nack{.sender = Ssrc(1), .media = kReceived.ssrc};
    nack.seqs.assign(missing.begin(), missing.end());
    world_.Receive(to_, MakeRtcp(nack));
  }
  if (receiver_.breaks() > breaks_) {
    breaks_ = receiver_.breaks();
    const bool explained = IsExplained();
    Trace(now(), "a break, {}", explained ? "explained" : "not explained");
    stats_.unexplained_breaks += !explained;
  }
  if (receiver_.DuePli(now())) SendPli();
  for (const auto& shown : receiver_.TakeShown()) Look(shown);
}

void LayersCall::SendPli() { world_.Receive(to_, MakeRtcp(rtcp::Pli{.sender = Ssrc(1), .media = kReceived.ssrc})); }

void LayersCall::Prefer(int spatial, int temporal) {
  if (!wishes_.back().reached) ++stats_.not_reached;
  const bool there = last_ && SpatialOf(last_->origin) == spatial;
  Trace(now(), "prefers {}.{}", spatial, temporal);
  wishes_.push_back({.at = now(), .spatial = spatial, .temporal = temporal, .reached = there, .reached_at = now()});
  while (wishes_.size() > 2 && wishes_[1].at < now() - TimeDelta::Seconds(3)) wishes_.pop_front();
  consumer_->SetPreferredLayers({.spatial = spatial, .temporal = temporal});
  WishKeyFrames(*consumer_, world_.turn());
  world_.EndTurn();
}

void LayersCall::SetConsumerPaused(bool paused) {
  Trace(now(), "{}", paused ? "pauses" : "resumes");
  if (paused) receiver_.ExpectPause();
  if (paused) {
    world_.router().PauseConsumer(*consumer_, world_.turn());
  } else {
    world_.router().ResumeConsumer(*consumer_, world_.turn());
  }
  world_.EndTurn();
  Disturb(TimeDelta::Seconds(1));
}

void LayersCall::SetProducerPaused(bool paused) {
  Trace(now(), "{}", paused ? "pauses" : "resumes");
  if (paused) receiver_.ExpectPause();
  if (paused) {
    world_.router().PauseProducer(*producer_, world_.turn());
  } else {
    world_.router().ResumeProducer(*producer_, world_.turn());
  }
  world_.EndTurn();
  Disturb(TimeDelta::Seconds(1));
}

void LayersCall::LoseUp(int packets, bool for_good) {
  lose_up_ = packets;
  lose_for_good_ = for_good;
  losses_for_good_ += for_good;
  if (for_good) last_loss_for_good_ = now();
  Disturb(TimeDelta::Seconds(for_good ? 3 : 1));
}

void LayersCall::LoseDown(int packets) {
  lose_down_ = packets;
  Disturb(TimeDelta::Seconds(1));
}

}  // namespace sluice::testing_support
