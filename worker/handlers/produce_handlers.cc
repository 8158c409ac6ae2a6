#include <utility>

#include "absl/strings/match.h"
#include "worker/handlers/handlers.h"
#include "worker/wire/media_wire.h"
#include "worker/wire/rtp_wire.h"

namespace sluice::handlers {
namespace {

using fbs::response::Body;

absl::StatusOr<MediaKind> DecodeKind(fbs::rtp::MediaKind kind) {
  if (kind > fbs::rtp::MediaKind::MAX) return absl::InvalidArgumentError("kind is not known");
  return wire::FromWire(kind);
}

absl::Status MustBeOfKind(const RtpParameters& parameters, MediaKind kind) {
  const std::string_view prefix = kind == MediaKind::kAudio ? "audio/" : "video/";
  for (size_t i = 0; i < parameters.codecs.size(); ++i) {
    if (absl::StartsWithIgnoreCase(parameters.codecs[i].mime_type, {prefix.data(), prefix.size()})) continue;
    return absl::InvalidArgumentError(
        fmt::format("rtpParameters.codecs[{}].mimeType: is not of the kind {}", i, prefix.substr(0, 5)));
  }
  return absl::OkStatus();
}

// Every packet of a producer must tell whose it is: by SSRC, by RID, or by the MID.
absl::Status MustBeFindable(const RtpParameters& parameters) {
  if (!parameters.mid.empty()) return absl::OkStatus();
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    if (!encoding.ssrc && encoding.rid.empty()) {
      return absl::InvalidArgumentError("rtpParameters.encodings: without a MID each needs an SSRC or a RID");
    }
  }
  return absl::OkStatus();
}

}  // namespace

Result TransportProduce(Call& call, TransportObject& transport, const fbs::transport::ProduceRequest& body) {
  auto id = NewId(call.core, body.producer_id(), "producerId");
  if (!id.ok()) return id.status();
  const auto kind = DecodeKind(body.kind());
  if (!kind.ok()) return kind.status();
  auto parameters = wire::Decode(body.rtp_parameters(), "rtpParameters");
  if (!parameters.ok()) return parameters.status();
  if (auto status = MustBeOfKind(*parameters, *kind); !status.ok()) return status;
  if (auto status = MustBeFindable(*parameters); !status.ok()) return status;
  auto mapping = wire::Decode(body.rtp_mapping(), "rtpMapping");
  if (!mapping.ok()) return mapping.status();
  // enableMediasoupPacketIdHeaderExtension is taken and has no effect: an aid of the reference for its own packet dumps,
  // whose value is described nowhere.
  auto producer = transport.router->router->Produce(
      *transport.transport,
      ProducerConfig{.id = *id,
                     .kind = *kind,
                     .rtp_parameters = *std::move(parameters),
                     .rtp_mapping = *std::move(mapping),
                     .paused = body.paused(),
                     .key_frame_request_delay = TimeDelta::Millis(body.key_frame_request_delay())});
  if (!producer.ok()) return producer.status();
  call.core.objects.Add(*id, *producer);
  call.core.media.Touch(*transport.transport);
  call.core.log.Debug("info", "producer created [producerId:{}, transportId:{}]", *id, transport.id);
  return Answer{Body::TransportProduce,
                fbs::transport::CreateProduceResponse(call.b, wire::ToWire((*producer)->type())).Union()};
}

Result TransportConsume(Call& call, TransportObject& transport, const fbs::transport::ConsumeRequest& body) {
  auto id = NewId(call.core, body.consumer_id(), "consumerId");
  if (!id.ok()) return id.status();
  const std::string producer_id = wire::Text(body.producer_id());
  if (!transport.router->router->FindProducer(producer_id)) return NotFound("Producer", producer_id);
  const auto kind = DecodeKind(body.kind());
  if (!kind.ok()) return kind.status();
  if (body.type() > fbs::rtp::StreamType::MAX) return absl::InvalidArgumentError("type is not known");
  auto parameters = wire::Decode(body.rtp_parameters(), "rtpParameters");
  if (!parameters.ok()) return parameters.status();
  auto encodings = wire::Decode(body.consumable_rtp_encodings(), "consumableRtpEncodings");
  if (!encodings.ok()) return encodings.status();
  ConsumerConfig config{.id = *id,
                        .producer_id = producer_id,
                        .kind = *kind,
                        .type = static_cast<RtpType>(body.type()),
                        .rtp_parameters = *std::move(parameters),
                        .consumable_encodings = *std::move(encodings),
                        .paused = body.paused(),
                        .ignore_dtx = body.ignore_dtx()};
  if (body.preferred_layers()) config.preferred_layers = wire::FromWire(*body.preferred_layers());
  auto created = transport.router->router->Consume(*transport.transport, std::move(config), call.turn);
  if (!created.ok()) return created.status();
  const Consumer& consumer = **created;
  call.core.objects.Add(*id, *created);
  call.core.media.Touch(*transport.transport);
  call.core.log.Debug("info", "consumer created [consumerId:{}, producerId:{}]", *id, producer_id);

  fbs::transport::ConsumeResponseT out;
  out.paused = consumer.paused();
  out.producer_paused = consumer.producer_paused();
  ConsumerScore score = consumer.Score();
  // A pipe consumer sends what it gets and judges nothing.
  if (consumer.type() == RtpType::kPipe) score.score = score.producer_score = 10;
  out.score = std::make_unique<fbs::consumer::ScoreT>(wire::ToWire(score));
  if (const auto layers = consumer.preferred_layers()) {
    out.preferred_layers = std::make_unique<fbs::consumer::LayersT>(wire::ToWire(*layers));
  }
  return Answer{Body::TransportConsume, fbs::transport::CreateConsumeResponse(call.b, &out).Union()};
}

Result TransportCloseProducer(Call& call, TransportObject& transport,
                              const fbs::transport::CloseProducerRequest& body) {
  const std::string id = wire::Text(body.producer_id());
  Producer* producer = call.core.objects.Find<Producer>(id);
  if (!producer || &producer->transport() != transport.transport) return NotFound("Producer", id);
  for (const std::string& gone : transport.router->router->CloseProducer(*producer, call.turn)) {
    call.core.objects.Remove(gone);
  }
  call.core.objects.Remove(id);
  call.core.media.Touch(*transport.transport);
  return Answer();
}

Result TransportCloseConsumer(Call& call, TransportObject& transport,
                              const fbs::transport::CloseConsumerRequest& body) {
  const std::string id = wire::Text(body.consumer_id());
  Consumer* consumer = call.core.objects.Find<Consumer>(id);
  if (!consumer || &consumer->transport() != transport.transport) return NotFound("Consumer", id);
  call.core.objects.Remove(id);
  transport.router->router->CloseConsumer(*consumer, call.turn);
  call.core.media.Touch(*transport.transport);
  return Answer();
}

}  // namespace sluice::handlers
