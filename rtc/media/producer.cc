#include "rtc/media/producer.h"

#include <algorithm>

#include "rtc/media/audio_level_tap.h"
#include "rtc/media/traced_packet.h"
#include "rtc/rtp/header_extension_values.h"

namespace sluice {
namespace {

absl::Status Invalid(const std::string& what) { return absl::InvalidArgumentError(what); }

RtpType TypeOf(const RtpParameters& params) {
  if (params.encodings.size() > 1) return RtpType::kSimulcast;
  const RtpEncodingParameters& encoding = params.encodings.front();
  return encoding.SpatialLayers() > 1 || encoding.TemporalLayers() > 1 ? RtpType::kSvc : RtpType::kSimple;
}

RtpStreamParameters StreamParameters(const RtpParameters& params, size_t index, const RtpCodecParameters& codec) {
  const RtpEncodingParameters& encoding = params.encodings[index];
  const RtpCodecParameters* rtx = params.RtxCodecFor(codec.payload_type);
  return {
      .encoding_idx = static_cast<uint32_t>(index),
      .ssrc = encoding.ssrc.value_or(Ssrc()),
      .payload_type = codec.payload_type,
      .mime_type = codec.mime_type,
      .clock_rate = codec.clock_rate,
      .rid = encoding.rid,
      .cname = params.rtcp.cname,
      .rtx_ssrc = encoding.rtx_ssrc,
      .rtx_payload_type = rtx ? std::optional(rtx->payload_type) : std::nullopt,
      .use_nack = codec.HasFeedback("nack"),
      .use_pli = codec.HasFeedback("nack", "pli"),
      .use_fir = codec.HasFeedback("ccm", "fir"),
      .use_in_band_fec = codec.HasFlag("useinbandfec"),
      .use_dtx = codec.HasFlag("usedtx") || encoding.dtx,
      .spatial_layers = encoding.SpatialLayers(),
      .temporal_layers = encoding.TemporalLayers(),
  };
}

}  // namespace

Producer::Producer(ProducerConfig config, Transport& transport)
    : config_(std::move(config)), transport_(transport), paused_(config_.paused) {}

Producer::~Producer() {
  for (AudioLevelTap* tap : audio_level_taps_) tap->ProducerGone();
}

absl::StatusOr<std::unique_ptr<Producer>> Producer::Create(ProducerConfig config, Transport& transport,
                                                           CaptureClock& capture_clock, PacketPool& pool) {
  const size_t encodings = config.rtp_parameters.encodings.size();
  if (encodings == 0) return Invalid("rtpParameters.encodings: at least one is needed");
  if (encodings > kMaxEncodings) return Invalid("rtpParameters.encodings: at most 8 are allowed");
  if (config.rtp_parameters.codecs.empty()) return Invalid("rtpParameters.codecs: at least one is needed");
  if (config.rtp_mapping.encodings.size() != encodings) {
    return Invalid("rtpMapping.encodings: as many are needed as rtpParameters has");
  }
  std::unique_ptr<Producer> producer(new Producer(std::move(config), transport));
  if (auto status = producer->AddStreams(capture_clock, pool); !status.ok()) return status;
  return producer;
}

absl::Status Producer::AddStreams(CaptureClock& capture_clock, PacketPool& pool) {
  const RtpParameters& params = config_.rtp_parameters;
  for (const RtpCodecParameters& codec : params.codecs) {
    if (codec.clock_rate == 0) return Invalid("rtpParameters.codecs: clockRate must not be 0");
    if (const auto original = codec.AssociatedPayloadType()) format_.rtx.Add(codec.payload_type, *original);
    const auto mapping =
        std::ranges::find(config_.rtp_mapping.codecs, codec.payload_type, &RtpMapping::Codec::payload_type);
    if (mapping == config_.rtp_mapping.codecs.end()) {
      return Invalid("rtpMapping.codecs: payload type " + std::to_string(codec.payload_type.value()) + " is missing");
    }
    if (codec.IsRtx()) continue;
    format_.payloads[codec.payload_type.value() & 0x7F] = {
        .known = true, .mapped = mapping->mapped_payload_type, .codec = codec::FromMimeType(codec.mime_type)};
  }
  format_.extensions = params.Extensions();
  type_ = TypeOf(params);
  for (size_t i = 0; i < params.encodings.size(); ++i) {
    const RtpCodecParameters* codec = params.CodecOf(params.encodings[i]);
    if (!codec) return Invalid("rtpParameters.encodings: there is no codec for encoding " + std::to_string(i));
    streams_.emplace_back(StreamParameters(params, i, *codec), config_.kind, config_.key_frame_request_delay,
                          capture_clock, pool);
  }
  last_scores_ = Scores();
  return absl::OkStatus();
}

bool Producer::OnRtp(size_t stream, bool is_rtx, const rtp::PacketView& packet, Timestamp arrival,
                     MediaEvents& events) {
  ProducerStream& source = streams_[stream];
  const bool started = source.receive() != nullptr;
  const auto received = is_rtx ? source.OnRtx(format_, packet, arrival) : source.OnRtp(format_, packet, arrival);
  if (!trace_kinds_.empty() && received.stored) {
    TracePacket(packet, source, is_rtx, *received.stored, arrival, events);
  }
  if (!started && source.receive()) UpdateScores(arrival, events);
  if (!received.stored || paused_) return false;
  WatchOrientation(*received.stored, events);
  if (!audio_level_taps_.empty()) NoteAudioLevel(*received.stored);
  fresh_.push_back(
      {.stream = static_cast<uint8_t>(stream), .seq = received.stored->seq, .captured = received.captured});
  const bool first = fresh_.size() == 1;
  for (const ExtSeqNum seq : source.read_late()) {
    fresh_.push_back({.stream = static_cast<uint8_t>(stream), .seq = seq, .captured = received.captured});
  }
  return first;
}

void Producer::OnTimer(Timestamp now) {
  if (paused_) return;
  for (ProducerStream& stream : streams_) stream.OnTimer(now);
}

Timestamp Producer::NextDeadline() const {
  Timestamp deadline = Timestamp::Infinite();
  if (paused_) return deadline;
  for (const ProducerStream& stream : streams_) deadline = std::min(deadline, stream.NextDeadline());
  return deadline;
}

void Producer::Pause() {
  paused_ = true;
  fresh_.clear();
  for (ProducerStream& stream : streams_) stream.Pause();
}

bool Producer::Traces(TraceKind kind) const { return std::ranges::find(trace_kinds_, kind) != trace_kinds_.end(); }

void Producer::Trace(TraceKind kind, Ssrc ssrc, Timestamp now, MediaEvents& events) const {
  if (!Traces(kind)) return;
  events.push_back(MediaTrace{.object_id = id(), .is_producer = true, .kind = kind, .at = now, .ssrc = ssrc});
}

void Producer::TraceReport(const rtcp::SenderReport& report, Timestamp now, MediaEvents& events) const {
  if (!Traces(TraceKind::kSr)) return;
  events.push_back(MediaTrace{.object_id = id(),
                              .is_producer = true,
                              .kind = TraceKind::kSr,
                              .incoming = true,
                              .at = now,
                              .ssrc = report.sender,
                              .info = TracedReport{.ntp = report.ntp,
                                                   .rtp_timestamp = report.rtp_timestamp,
                                                   .packet_count = report.packet_count,
                                                   .octet_count = report.octet_count}});
}

void Producer::TracePacket(const rtp::PacketView& packet, const ProducerStream& source, bool is_rtx,
                           const StoredPacket& stored, Timestamp now, MediaEvents& events) const {
  // A key frame's packet is told as such, not twice.
  const bool as_key_frame = stored.frame.key_frame && Traces(TraceKind::kKeyFrame);
  if (!as_key_frame && !Traces(TraceKind::kRtp)) return;
  TracedPacket traced = Traced(packet, format_.extensions, stored.frame);
  traced.is_rtx = is_rtx;
  if (is_rtx) {
    traced.ssrc = *source.ssrc();
    traced.payload_type = format_.rtx.OriginalOf(packet.payload_type()).value_or(packet.payload_type());
    traced.seq = stored.seq.seq();
    traced.size -= traced.payload_size - static_cast<uint32_t>(stored.payload.size());
    traced.payload_size = static_cast<uint32_t>(stored.payload.size());
  }
  events.push_back(MediaTrace{.object_id = id(),
                              .is_producer = true,
                              .kind = as_key_frame ? TraceKind::kKeyFrame : TraceKind::kRtp,
                              .incoming = true,
                              .at = now,
                              .ssrc = traced.ssrc,
                              .info = std::move(traced)});
}

void Producer::WatchOrientation(const StoredPacket& packet, MediaEvents& events) {
  const auto byte = packet.extensions.video_orientation;
  if (!byte || byte == orientation_) return;
  orientation_ = byte;
  const uint8_t bytes[] = {*byte};
  if (const auto value = rtp::VideoOrientation::Parse(bytes)) {
    events.push_back(VideoOrientationChanged{
        .producer_id = id(), .camera = value->back_camera, .flip = value->flip, .rotation = value->rotation});
  }
}

void Producer::NoteAudioLevel(const StoredPacket& packet) {
  if (!packet.extensions.audio_level) return;
  const uint8_t byte = *packet.extensions.audio_level;
  const auto level = rtp::AudioLevel::Parse(std::span(&byte, 1));
  for (AudioLevelTap* tap : audio_level_taps_) tap->Note(packet.arrival, level->level);
}

bool Producer::UpdateScores(Timestamp now, MediaEvents& events) {
  for (ProducerStream& stream : streams_) {
    if (stream.receive()) stream.receive()->UpdateScore(now);
  }
  if (!ScoresChanged()) return false;
  last_scores_ = Scores();
  events.push_back(ProducerScoreChanged{.producer_id = id(), .streams = last_scores_});
  return true;
}

// Compared in place: mostly they have not, and then nothing is to be made.
bool Producer::ScoresChanged() const {
  size_t known = 0;
  for (const ProducerStream& stream : streams_) {
    if (!stream.ssrc()) continue;
    if (known == last_scores_.size()) return true;
    const ProducerScoreChanged::Stream& last = last_scores_[known++];
    if (last.encoding_idx != stream.params().encoding_idx || last.ssrc != *stream.ssrc() ||
        last.score != stream.score()) {
      return true;
    }
  }
  return known != last_scores_.size();
}

void Producer::WatchWantedLayers() {
  if (!wanted_layers_) wanted_layers_.emplace(HighestLayersOf(*this));
}

void Producer::UpdateWantedLayers(Timestamp now, MediaEvents& events) {
  if (!wanted_layers_ || !wanted_layers_->Update(LayersWantedOf(*this), now)) return;
  events.push_back(WantedLayersChanged{.producer_id = id(), .layers = wanted_layers_->told()});
}

std::vector<ProducerScoreChanged::Stream> Producer::Scores() const {
  std::vector<ProducerScoreChanged::Stream> scores;
  for (const ProducerStream& stream : streams_) {
    if (!stream.ssrc()) continue;  // nothing came yet
    scores.push_back({.encoding_idx = stream.params().encoding_idx,
                      .ssrc = *stream.ssrc(),
                      .rid = stream.params().rid,
                      .score = stream.score()});
  }
  return scores;
}

}  // namespace sluice
