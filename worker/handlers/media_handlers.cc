#include <algorithm>

#include "worker/handlers/handlers.h"
#include "worker/wire/media_wire.h"

namespace sluice::handlers {
namespace {

using fbs::response::Body;

}  // namespace

Result ProducerDump(Call& call, Producer& producer) {
  return Answer{Body::ProducerDump, wire::EncodeProducerDump(call.b, producer).Union()};
}

Result ProducerGetStats(Call& call, Producer& producer) {
  return Answer{Body::ProducerGetStats, wire::EncodeProducerStats(call.b, producer, call.turn.now).Union()};
}

Result ProducerPause(Call& call, Producer& producer) {
  RouterOf(call, producer.transport()).PauseProducer(producer, call.turn);
  call.core.media.Touch(producer.transport());
  return Answer();
}

Result ProducerResume(Call& call, Producer& producer) {
  RouterOf(call, producer.transport()).ResumeProducer(producer, call.turn);
  call.core.media.Touch(producer.transport());
  return Answer();
}

Result ProducerEnableTraceEvent(Call&, Producer& producer, const fbs::producer::EnableTraceEventRequest& body) {
  producer.SetTraceKinds(wire::FromWire(body.events()));
  return Answer();
}

Result ProducerWatchWantedLayers(Call& call, Producer& producer) {
  producer.WatchWantedLayers();
  producer.UpdateWantedLayers(call.turn.now, call.turn.outbox.media);
  return Answer();
}

Result ConsumerDump(Call& call, Consumer& consumer) {
  return Answer{Body::ConsumerDump, wire::EncodeConsumerDump(call.b, consumer).Union()};
}

Result ConsumerGetStats(Call& call, Consumer& consumer) {
  return Answer{Body::ConsumerGetStats, wire::EncodeConsumerStats(call.b, consumer, call.turn.now).Union()};
}

Result ConsumerPause(Call& call, Consumer& consumer) {
  RouterOf(call, consumer.transport()).PauseConsumer(consumer, call.turn);
  return Answer();
}

Result ConsumerResume(Call& call, Consumer& consumer) {
  RouterOf(call, consumer.transport()).ResumeConsumer(consumer, call.turn);
  return Answer();
}

Result ConsumerSetPreferredLayers(Call& call, Consumer& consumer,
                                  const fbs::consumer::SetPreferredLayersRequest& body) {
  if (!body.preferred_layers()) return Missing("preferredLayers");
  RouterOf(call, consumer.transport())
      .SetPreferredLayers(consumer, wire::FromWire(*body.preferred_layers()), call.turn);
  fbs::consumer::SetPreferredLayersResponseT out;
  if (const auto layers = consumer.preferred_layers()) {
    out.preferred_layers = std::make_unique<fbs::consumer::LayersT>(wire::ToWire(*layers));
  }
  return Answer{Body::ConsumerSetPreferredLayers,
                fbs::consumer::CreateSetPreferredLayersResponse(call.b, &out).Union()};
}

Result ConsumerSetPriority(Call& call, Consumer& consumer, const fbs::consumer::SetPriorityRequest& body) {
  if (body.priority() == 0) return absl::InvalidArgumentError("priority: from 1 to 255");
  RouterOf(call, consumer.transport()).SetPriority(consumer, body.priority(), call.turn);
  return Answer{Body::ConsumerSetPriority,
                fbs::consumer::CreateSetPriorityResponse(call.b, consumer.priority()).Union()};
}

Result ConsumerRequestKeyFrame(Call& call, Consumer& consumer) {
  RouterOf(call, consumer.transport()).RequestKeyFrame(consumer, call.turn);
  call.core.media.Touch(consumer.producer().transport());
  return Answer();
}

Result ConsumerEnableTraceEvent(Call&, Consumer& consumer, const fbs::consumer::EnableTraceEventRequest& body) {
  consumer.SetTraceKinds(wire::FromWire(body.events()));
  return Answer();
}

}  // namespace sluice::handlers
