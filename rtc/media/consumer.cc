#include "rtc/media/consumer.h"

#include <algorithm>
namespace sluice {
namespace {

absl::Status Invalid(const std::string& what) { return absl::InvalidArgumentError(what); }

RtpStreamParameters StreamParameters(const RtpParameters& params, size_t index, const RtpCodecParameters& codec,
                                     int spatial_layers, int temporal_layers) {
  const RtpEncodingParameters& encoding = params.encodings[index];
  const RtpCodecParameters* rtx = encoding.rtx_ssrc ? params.RtxCodecFor(codec.payload_type) : nullptr;
  return {
      .encoding_idx = static_cast<uint32_t>(index),
      .ssrc = *encoding.ssrc,
      .payload_type = codec.payload_type,
      .mime_type = codec.mime_type,
      .clock_rate = codec.clock_rate,
      .rid = encoding.rid,
      .cname = params.rtcp.cname,
      .rtx_ssrc = rtx ? encoding.rtx_ssrc : std::nullopt,
      .rtx_payload_type = rtx ? std::optional(rtx->payload_type) : std::nullopt,
      .use_nack = codec.HasFeedback("nack"),
      .use_pli = codec.HasFeedback("nack", "pli"),
      .use_fir = codec.HasFeedback("ccm", "fir"),
      .use_transport_cc = codec.HasFeedback("transport-cc"),
      .use_ccfb = codec.HasFeedback("ack", "ccfb"),
      .use_in_band_fec = codec.HasFlag("useinbandfec"),
      .use_dtx = codec.HasFlag("usedtx") || encoding.dtx,
      .spatial_layers = spatial_layers,
      .temporal_layers = temporal_layers,
  };
}

std::array<uint8_t, 128> RtxPayloadTypesOf(const RtpParameters& params) {
  std::array<uint8_t, 128> types{};
  for (const RtpCodecParameters& codec : params.codecs) {
    if (const auto original = codec.AssociatedPayloadType())
      types[original->value() & 0x7F] = codec.payload_type.value();
  }
  return types;
}

ConsumerLayers ToConsumerLayers(const Layers& layers) {
  return {.spatial = layers.spatial, .temporal = layers.temporal};
}

}  // namespace

Consumer::Consumer(ConsumerConfig config, Producer& producer, Transport& transport)
    : config_(std::move(config)), producer_(producer), transport_(transport), paused_(config_.paused) {}

absl::StatusOr<std::unique_ptr<Consumer>> Consumer::Create(ConsumerConfig config, Producer& producer,
                                                           Transport& transport, std::span<const FirstNumbers> first) {
  const RtpParameters& params = config.rtp_parameters;
  const size_t lanes = config.type == RtpType::kPipe ? producer.streams().size() : 1;
  if (config.kind != producer.kind()) return Invalid("kind: it is not the producer's");
  if (config.consumable_encodings.size() != producer.streams().size()) {
    return Invalid("consumableRtpEncodings: as many are needed as the producer has");
  }
  if (params.encodings.size() != lanes) {
    return Invalid("rtpParameters.encodings: " + std::to_string(lanes) + " are needed for this type");
  }
  for (const RtpEncodingParameters& encoding : params.encodings) {
    if (!encoding.ssrc) return Invalid("rtpParameters.encodings: ssrc is missing");
  }
  std::unique_ptr<Consumer> consumer(new Consumer(std::move(config), producer, transport));
  if (auto status = consumer->AddLanes(first); !status.ok()) return status;
  return consumer;
}

absl::Status Consumer::AddLanes(std::span<const FirstNumbers> first) {
  const RtpParameters& params = config_.rtp_parameters;
  const bool simulcast = type() == RtpType::kSimulcast;
  for (const RtpCodecParameters& codec : params.codecs) {
    if (codec.clock_rate == 0) return Invalid("rtpParameters.codecs: clockRate must not be 0");
    if (!codec.IsRtx()) supported_[codec.payload_type.value() & 0x7F] = true;
  }
  for (size_t i = 0; i < params.encodings.size(); ++i) {
    const RtpCodecParameters* codec = params.CodecOf(params.encodings[i]);
    if (!codec) return Invalid("rtpParameters.codecs: there is no media codec");
    const RtpEncodingParameters& source = config_.consumable_encodings[type() == RtpType::kPipe ? i : 0];
    const int streams = simulcast ? static_cast<int>(producer_.streams().size()) : 1;
    const int temporal = std::max(source.TemporalLayers(), params.encodings[i].TemporalLayers());
    const int spatial = simulcast ? streams : std::max(source.SpatialLayers(), params.encodings[i].SpatialLayers());
    const codec::MediaCodec media = codec::FromMimeType(codec->mime_type);
    lanes_.push_back({
        .selector = LayerSelector({.streams = streams,
                                   .spatial_layers = simulcast ? 1 : spatial,
                                   .temporal_layers = temporal,
                                   .codec = media,
                                   .everything = type() == RtpType::kPipe}),
        .stream = OutgoingStream({.params = StreamParameters(params, i, *codec, spatial, temporal),
                                  .kind = config_.kind,
                                  .mid = params.mid,
                                  .extensions = params.Extensions(),
                                  .rtx_payload_types = RtxPayloadTypesOf(params),
                                  .codec = media,
                                  .first = first[i]}),
    });
  }
  SetPreferredLayers(config_.preferred_layers.value_or(ConsumerLayers{.spatial = 127, .temporal = 127}));
  for (size_t i = 0; simulcast && i < producer_.streams().size(); ++i) {
    lanes_[0].selector.SetActive(static_cast<int>(i), producer_.streams()[i].score() > 0);
  }
  reported_score_ = Score();
  return absl::OkStatus();
}

std::vector<PayloadType> Consumer::SupportedPayloadTypes() const {
  std::vector<PayloadType> types;
  for (const RtpCodecParameters& codec : config_.rtp_parameters.codecs) {
    if (!codec.IsRtx()) types.push_back(codec.payload_type);
  }
  return types;
}

OutgoingStream* Consumer::FindStream(Ssrc ssrc) {
  for (Lane& lane : lanes_) {
    if (lane.stream.params().ssrc == ssrc || lane.stream.params().rtx_ssrc == ssrc) return &lane.stream;
  }
  return nullptr;
}

uint32_t Consumer::BlockedOnKeyFramesOf() const {
  uint32_t blocked = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const auto stream = lanes_[i].selector.wants_key_frame();
    if (stream) blocked |= 1u << (type() == RtpType::kPipe ? i : static_cast<size_t>(*stream));
  }
  return blocked;
}

uint32_t Consumer::StreamsWanted(const OutgoingStream* only) const {
  if (kind() != MediaKind::kVideo) return 0;
  if (type() == RtpType::kSimulcast) {
    const auto target = lanes_[0].selector.target_stream();
    return target ? 1u << *target : 0;
  }
  uint32_t streams = 0;
  for (size_t i = 0; i < producer_.streams().size(); ++i) {
    if (type() != RtpType::kPipe || !only || &lanes_[i].stream == only) streams |= 1u << i;
  }
  return streams;
}

void Consumer::Reset(MediaEvents& events) {
  for (Lane& lane : lanes_) lane.selector.Reset();
  ReportLayers(events);
}

void Consumer::Pause(MediaEvents& events) {
  paused_ = true;
  Reset(events);
}

void Consumer::SetPreferredLayers(ConsumerLayers layers) {
  for (Lane& lane : lanes_) lane.selector.SetPreferred({.spatial = layers.spatial, .temporal = layers.temporal});
}

void Consumer::SetLimit(std::optional<ConsumerLayers> limit) {
  limit_ = limit;
  std::optional<Layers> layers;
  if (limit) layers = Layers{.spatial = limit->spatial, .temporal = limit->temporal};
  for (Lane& lane : lanes_) lane.selector.SetLimit(layers);
}

void Consumer::SetStarved(bool starved, MediaEvents& events) {
  if (starved && !starved_) AwaitKeyFrame(events);
  starved_ = starved;
}

Consumer::LayerCount Consumer::layer_count() const {
  if (!HasLayers()) return {};
  const RtpStreamParameters& params = lanes_[0].stream.params();
  return {.spatial = params.spatial_layers, .temporal = params.temporal_layers};
}

LayerRate Consumer::RateOfLayers(ConsumerLayers layers, DataSize per_packet, Timestamp now) const {
  constexpr int kAll = 255;
  const bool simulcast = type() == RtpType::kSimulcast;
  const auto stream = static_cast<size_t>(simulcast ? layers.spatial : 0);
  const int temporal = layer_count().temporal > 1 ? layers.temporal : kAll;  // what was not signalled all passes
  return producer_.streams()[stream].RateOfLayers(simulcast ? kAll : layers.spatial, temporal, per_packet, now);
}

std::optional<ConsumerLayers> Consumer::preferred_layers() const {
  if (!HasLayers()) return std::nullopt;
  return ToConsumerLayers(lanes_[0].selector.preferred());
}

std::optional<ConsumerLayers> Consumer::target_layers() const {
  const auto target = HasLayers() ? lanes_[0].selector.target() : std::nullopt;
  return target ? std::optional(ToConsumerLayers(*target)) : std::nullopt;
}

std::optional<ConsumerLayers> Consumer::current_layers() const {
  const auto current = HasLayers() ? lanes_[0].selector.current() : std::nullopt;
  return current ? std::optional(ToConsumerLayers(*current)) : std::nullopt;
}

void Consumer::ReportLayers(MediaEvents& events) {
  const auto layers = current_layers();
  if (layers == reported_layers_) return;
  reported_layers_ = layers;
  events.push_back(ConsumerLayersChanged{.consumer_id = id(), .layers = layers});
}

// A sender that has not the bandwidth for a layer stops sending it: then another one is to be taken. The selector sees
// it by itself while others go on; this is for what stopped with them.
void Consumer::ForgetSilentStreams() {
  if (type() != RtpType::kSimulcast) return;
  for (size_t i = 0; i < producer_.streams().size(); ++i) {
    if (producer_.streams()[i].score() == 0) lanes_[0].selector.SetActive(static_cast<int>(i), false);
  }
}

void Consumer::UpdateScore(MediaEvents& events) {
  ForgetSilentStreams();
  for (Lane& lane : lanes_) lane.stream.send().UpdateScore();
  FillScore(newest_score_);
  if (newest_score_ == reported_score_ || type() == RtpType::kPipe) return;  // a pipe's controller asks for none
  reported_score_ = newest_score_;
  events.push_back(ConsumerScoreChanged{.consumer_id = id(), .score = reported_score_});
}

ConsumerScore Consumer::Score() const {
  ConsumerScore score;
  FillScore(score);
  return score;
}

// Into memory that may be there already.
void Consumer::FillScore(ConsumerScore& score) const {
  score.producer_scores.clear();
  for (const ProducerStream& stream : producer_.streams()) score.producer_scores.push_back(stream.score());
  const auto current = lanes_[0].selector.current();
  size_t source = current ? static_cast<size_t>(current->spatial) : 0;
  if (type() != RtpType::kSimulcast || source >= score.producer_scores.size()) source = 0;
  score.producer_score = score.producer_scores[source];
  if (type() == RtpType::kSimulcast && !current)
    score.producer_score = *std::ranges::max_element(score.producer_scores);
  score.score = lanes_[0].stream.score();
  for (const Lane& lane : lanes_) score.score = std::min(score.score, lane.stream.score());
}

}  // namespace sluice
