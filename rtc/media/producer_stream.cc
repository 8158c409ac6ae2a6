#include "rtc/media/producer_stream.h"

#include <algorithm>
#include <utility>

#include "rtc/rtp/rtx.h"

namespace sluice {
namespace {

using rtp::HeaderExtension;

std::span<const uint8_t> Value(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, HeaderExtension type) {
  const uint8_t id = ids.IdOf(type);
  if (id == 0) return {};
  return packet.Extension(id).value_or(std::span<const uint8_t>());
}

std::optional<uint8_t> ByteValue(const rtp::PacketView& packet, const rtp::ExtensionMap& ids, HeaderExtension type) {
  const auto value = Value(packet, ids, type);
  return value.size() == 1 ? std::optional(value[0]) : std::nullopt;
}

ForwardedExtensions Forwarded(const rtp::PacketView& packet, const rtp::ExtensionMap& ids) {
  if (!packet.has_extensions()) return {};
  ForwardedExtensions out{
      .audio_level = ByteValue(packet, ids, HeaderExtension::kAudioLevel),
      .video_orientation = ByteValue(packet, ids, HeaderExtension::kVideoOrientation),
      .abs_capture_time = Value(packet, ids, HeaderExtension::kAbsCaptureTime),
      .playout_delay = Value(packet, ids, HeaderExtension::kPlayoutDelay),
      .dependency_descriptor = Value(packet, ids, HeaderExtension::kDependencyDescriptor),
  };
  if (out.playout_delay.size() != 3) out.playout_delay = {};
  return out;
}

}  // namespace

ProducerStream::ProducerStream(RtpStreamParameters params, MediaKind kind, TimeDelta key_frame_request_delay,
                               CaptureClock& capture_clock, PacketPool& pool)
    : params_(std::move(params)),
      kind_(kind),
      capture_clock_(capture_clock),
      rtp_clock_(params_.clock_rate),
      ring_(pool, kind == MediaKind::kVideo ? PacketRing::Video() : PacketRing::Audio()),
      key_frames_(key_frame_request_delay) {}

void ProducerStream::EnsureReceive(Ssrc ssrc) {
  if (receive_ && receive_->ssrc() == ssrc) return;
  if (receive_) {  // the sender came back under another SSRC
    if (receive_->started()) seq_offset_ += (receive_->highest().value() / 65536 + 1) * 65536;
    BeginAnew();
  }
  receive_.emplace(ssrc, params_.clock_rate);
}

void ProducerStream::BeginAnew() {
  ++generation_;
  rtp_clock_.Reset();
  nack_.Reset();
  dependencies_ = {};
}

ProducerStream::Received ProducerStream::OnRtp(const ProducerFormat& format, const rtp::PacketView& packet,
                                               Timestamp arrival) {
  const ProducerFormat::Payload& payload = format.payloads[packet.payload_type().value()];
  if (!payload.known) return ++discarded_, Received{};
  EnsureReceive(packet.ssrc());
  const auto result = receive_->OnPacket(packet.seq(), packet.timestamp(), packet.size(), arrival);
  if (!result.usable()) return ++discarded_, Received{};
  if (result.verdict == ReceiveStream::Verdict::kRestarted) BeginAnew();
  const Received received = Store(format, payload, packet, result, arrival);
  if (received.stored) CountLayer(received.stored->frame, packet.size(), arrival);
  return received;
}

ProducerStream::Received ProducerStream::OnRtx(const ProducerFormat& format, const rtp::PacketView& packet,
                                               Timestamp arrival) {
  if (!receive_) return ++rtx_discarded_, Received{};
  receive_->OnRtxPacket(packet.size());
  const auto original = format.rtx.OriginalOf(packet.payload_type());
  std::array<uint8_t, PacketPool::kMaxBlock> bytes;
  const size_t size = original ? rtp::RecoverFromRtx(packet, *original, receive_->ssrc(), bytes) : 0;
  const auto recovered = rtp::PacketView::Parse(std::span(bytes).first(size));
  if (!recovered) return ++rtx_discarded_, Received{};  // a padding probe, or senseless
  const ProducerFormat::Payload& payload = format.payloads[original->value()];
  const auto result = receive_->OnRecovered(recovered->seq(), arrival);
  if (!payload.known || result.verdict != ReceiveStream::Verdict::kReordered) return ++rtx_discarded_, Received{};
  return Store(format, payload, *recovered, result, arrival);
}

ProducerStream::Received ProducerStream::Store(const ProducerFormat& format, const ProducerFormat::Payload& payload,
                                               const rtp::PacketView& packet, const ReceiveStream::Result& result,
                                               Timestamp arrival) {
  codec::FrameInfo frame = codec::Parse(payload.codec, packet.payload());
  ForwardedExtensions extensions = Forwarded(packet, format.extensions);
  std::array<uint8_t, rtp::AbsCaptureTime::kMaxSize> capture_time;
  extensions.abs_capture_time = Redate(extensions.abs_capture_time, packet.timestamp(), arrival, capture_time);
  if (!extensions.dependency_descriptor.empty()) {
    if (const auto dependency = dependencies_.Read(extensions.dependency_descriptor, result.seq + seq_offset_))
      Merge(*dependency, frame);
  }
  if (params_.use_nack && nack_.OnPacket(result.seq, frame.key_frame, arrival, ask_))
    WishKeyFrame(KeyFrameRequester::Kind::kNew, arrival);
  if (frame.key_frame && kind_ == MediaKind::kVideo) {
    key_frames_.OnKeyFrame();
    if (frame.start_of_frame) ++key_frame_count_;
  }
  rtp_clock_.OnPacket(packet.timestamp(), arrival);
  const StoredPacket* stored = ring_.Insert({
      .seq = result.seq + seq_offset_,
      .arrival = arrival,
      .timestamp = packet.timestamp(),
      .payload_type = payload.mapped,
      .marker = packet.marker(),
      .frame = frame,
      .payload = packet.payload(),
      .extensions = extensions,
  });
  read_late_.clear();
  if (stored && frame.dependency && frame.dependency->has_structure) ReadDescriptorsAfter(stored->seq);
  return {.stored = stored, .captured = rtp_clock_.CaptureTime(packet.timestamp(), capture_clock_, arrival)};
}

// The capture time stays its first sender's; what our receivers must know is how that clock lies to the one of our own
// reports. Until the sender's reports tell, its capture times have to.
std::span<const uint8_t> ProducerStream::Redate(std::span<const uint8_t> abs_capture_time, uint32_t rtp_timestamp,
                                                Timestamp arrival,
                                                std::span<uint8_t, rtp::AbsCaptureTime::kMaxSize> out) {
  auto time = rtp::AbsCaptureTime::Parse(abs_capture_time);
  if (!time) return {};
  const rtcp::NtpTime by_sender(time->capture_ntp + static_cast<uint64_t>(time->clock_offset.value_or(0)));
  if (!capture_clock_.started()) capture_clock_.OnSenderReport(by_sender, arrival);
  if (!rtp_clock_.has_report()) rtp_clock_.OnSenderReport(by_sender, rtp_timestamp, arrival);
  time->clock_offset = static_cast<int64_t>(capture_clock_.ToOurs(by_sender).value() - time->capture_ntp);
  return out.first(time->Write(out));
}

// A structure that comes late, repaired or reordered, is what packets before it were waiting for.
void ProducerStream::ReadDescriptorsAfter(ExtSeqNum seq) {
  for (ExtSeqNum next = seq + 1; next < ring_.end(); next = next + 1) {
    const StoredPacket* packet = ring_.Find(next);
    if (!packet || packet->frame.dependency || packet->extensions.dependency_descriptor.empty()) continue;
    const auto dependency = dependencies_.Read(packet->extensions.dependency_descriptor, next);
    if (!dependency) continue;
    Merge(*dependency, *ring_.FindFrame(next));
    read_late_.push_back(next);
  }
}

void ProducerStream::OnSenderReport(const rtcp::SenderReport& report, Timestamp arrival) {
  if (!receive_) return;
  receive_->OnSenderReport(report.ntp, arrival);
  rtp_clock_.OnSenderReport(report.ntp, report.rtp_timestamp, arrival);
}

void ProducerStream::OnTimer(Timestamp now) {
  if (receive_ && receive_->rtt()) nack_.SetRtt(*receive_->rtt());
  if (now >= nack_.deadline() && nack_.OnTimer(now, ask_)) WishKeyFrame(KeyFrameRequester::Kind::kNew, now);
  if (key_frames_.OnTimer(now)) key_frame_due_ = true;
}

Timestamp ProducerStream::NextDeadline() const { return std::min(nack_.deadline(), key_frames_.NextDeadline()); }

std::span<const SeqNum> ProducerStream::TakeNacks() {
  taken_.swap(ask_);
  ask_.clear();
  if (!taken_.empty()) ++nack_count_;
  nack_packet_count_ += taken_.size();
  return taken_;
}

ProducerStream::KeyFrameRequest ProducerStream::TakeKeyFrameRequest() {
  if (!std::exchange(key_frame_due_, false)) return KeyFrameRequest::kNone;
  if (params_.use_pli) return ++pli_count_, KeyFrameRequest::kPli;
  if (params_.use_fir) return ++fir_count_, KeyFrameRequest::kFir;
  return KeyFrameRequest::kNone;
}

void ProducerStream::CountLayer(const codec::FrameInfo& frame, size_t size, Timestamp arrival) {
  for (LayerCounter& layer : layer_rates_) {
    if (layer.spatial == frame.spatial_layer && layer.temporal == frame.temporal_layer) return layer.Add(size, arrival);
  }
  if (layer_rates_.size() == kMaxLayers) return;
  layer_rates_.push_back({.spatial = frame.spatial_layer, .temporal = frame.temporal_layer});
  layer_rates_.back().Add(size, arrival);
}

LayerRate ProducerStream::RateOfLayers(int spatial, int temporal, DataSize per_packet, Timestamp now) const {
  constexpr int kAll = 255;
  LayerRate sum;
  bool has_highest = spatial == kAll;
  for (const LayerCounter& layer : layer_rates_) {
    if (layer.spatial > spatial || layer.temporal > temporal) continue;
    const LayerRate rate(layer.now.Rate(now, per_packet), layer.usual.Rate(now, per_packet));
    has_highest |= layer.spatial == spatial && rate.now > DataRate::Zero();
    sum = sum + rate;
  }
  return has_highest ? sum : LayerRate();
}

void ProducerStream::Pause() {
  nack_.Reset();
  ask_.clear();
  key_frame_due_ = false;
}

RtpStreamStats ProducerStream::Stats(Timestamp now) const {
  RtpStreamStats out{
      .kind = kind_,
      .mime_type = params_.mime_type,
      .ssrc = ssrc().value_or(params_.ssrc),
      .rtx_ssrc = params_.rtx_ssrc,
      .rid = params_.rid,
      .packets_discarded = discarded_,
      .nack_count = nack_count_,
      .nack_packet_count = nack_packet_count_,
      .pli_count = pli_count_,
      .fir_count = fir_count_,
      .score = score(),
  };
  if (params_.rtx_ssrc) out.rtx_packets_discarded = rtx_discarded_;
  if (!receive_) return out;
  const ReceiveStream::Stats stats = receive_->stats();
  out.packets = stats.packets;
  out.bytes = stats.bytes;
  out.bitrate = receive_->bitrate(now);
  out.packets_lost = stats.lost;
  out.fraction_lost = stats.fraction_lost;
  out.jitter = stats.jitter;
  out.packets_retransmitted = stats.rtx_packets;
  out.packets_repaired = stats.repaired;
  out.round_trip_time = receive_->rtt();
  for (const LayerCounter& layer : layer_rates_) {
    out.rate_by_layer.push_back({.spatial = layer.spatial, .temporal = layer.temporal, .rate = layer.now.Rate(now)});
  }
  return out;
}

}  // namespace sluice
