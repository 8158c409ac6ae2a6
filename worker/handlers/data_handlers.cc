#include <utility>

#include "worker/handlers/handlers.h"
#include "worker/wire/data_wire.h"
#include "worker/wire/rtp_wire.h"

namespace sluice::handlers {
namespace {

using fbs::response::Body;

static_assert(static_cast<int>(DataType::kSctp) == static_cast<int>(fbs::data::ProducerType::Sctp));
static_assert(static_cast<int>(DataType::kDirect) == static_cast<int>(fbs::data::ProducerType::Direct));

// Messages to the controller that wait for the turn's end.
constexpr size_t kMaxMessages = 64;

// What the controller left out counts as the default.
uint32_t LimitOf(uint32_t option) { return option == 0 ? kDefaultMaxMessageSize : option; }

// The type, and with SCTP the stream: what comes to either kind of request. `from` of direct ones is not looked at.
template <class Config, class Type>
absl::Status DecodeWay(Type type, const fbs::sctp::StreamParameters* from, Config& to) {
  if (type > Type::MAX) return absl::InvalidArgumentError("type is not known");
  to.type = static_cast<DataType>(type);
  if (to.type == DataType::kDirect) return absl::OkStatus();
  if (!from) return absl::InvalidArgumentError("sctpStreamParameters is missing, which the type sctp needs");
  auto stream = wire::Decode(from);
  if (!stream.ok()) return stream.status();
  to.stream = *stream;
  return absl::OkStatus();
}

// Both kinds of request name the channel alike.
template <class Body>
absl::Status CheckNames(const Body& body) {
  for (const auto& [text, field] : {std::pair(body.label(), "label"), std::pair(body.protocol(), "protocol")}) {
    if (text && text->size() > wire::kMaxText) return wire::TooLong(field, wire::kMaxText);
  }
  return absl::OkStatus();
}

}  // namespace

Result TransportProduceData(Call& call, TransportObject& transport, const fbs::transport::ProduceDataRequest& body) {
  auto id = NewId(call.core, body.data_producer_id(), "dataProducerId");
  if (!id.ok()) return id.status();
  if (auto status = CheckNames(body); !status.ok()) return status;
  DataProducerConfig config{.id = *id,
                            .label = wire::Text(body.label()),
                            .protocol = wire::Text(body.protocol()),
                            .paused = body.paused(),
                            .pipe = transport.kind == TransportKind::kPipe,
                            .max_message_size = LimitOf(transport.options.max_receive_message_size)};
  if (auto status = DecodeWay(body.type(), body.sctp_stream_parameters(), config); !status.ok()) return status;
  auto producer = transport.router->router->ProduceData(*transport.transport, std::move(config));
  if (!producer.ok()) return producer.status();
  call.core.objects.Add(*id, *producer);
  call.core.log.Debug("info", "data producer created [dataProducerId:{}, transportId:{}]", *id, transport.id);
  return Answer{Body::DataProducerDump, wire::EncodeDataProducerDump(call.b, **producer).Union()};
}

Result TransportConsumeData(Call& call, TransportObject& transport, const fbs::transport::ConsumeDataRequest& body) {
  auto id = NewId(call.core, body.data_consumer_id(), "dataConsumerId");
  if (!id.ok()) return id.status();
  if (auto status = CheckNames(body); !status.ok()) return status;
  const std::string producer_id = wire::Text(body.data_producer_id());
  if (!transport.router->router->FindDataProducer(producer_id)) return NotFound("DataProducer", producer_id);
  DataConsumerConfig config{.id = *id,
                            .data_producer_id = producer_id,
                            .label = wire::Text(body.label()),
                            .protocol = wire::Text(body.protocol()),
                            .paused = body.paused(),
                            .subchannels = wire::DecodeSubchannels(body.subchannels()),
                            .pipe = transport.kind == TransportKind::kPipe,
                            .max_message_size = LimitOf(transport.options.max_send_message_size)};
  if (auto status = DecodeWay(body.type(), body.sctp_stream_parameters(), config); !status.ok()) return status;
  if (config.type == DataType::kSctp) {
    config.buffered_amount_low_threshold = transport.options.sctp_default_stream_buffered_amount_low_threshold;
  }
  auto consumer = transport.router->router->ConsumeData(*transport.transport, std::move(config));
  if (!consumer.ok()) return consumer.status();
  call.core.objects.Add(*id, *consumer);
  call.core.log.Debug("info", "data consumer created [dataConsumerId:{}, dataProducerId:{}]", *id, producer_id);
  return Answer{Body::DataConsumerDump, wire::EncodeDataConsumerDump(call.b, **consumer).Union()};
}

Result TransportCloseDataProducer(Call& call, TransportObject& transport,
                                  const fbs::transport::CloseDataProducerRequest& body) {
  const std::string id = wire::Text(body.data_producer_id());
  DataProducer* producer = call.core.objects.Find<DataProducer>(id);
  if (!producer || &producer->transport() != transport.transport) return NotFound("DataProducer", id);
  for (const DataProducer::Link& link : producer->links()) call.core.media.Touch(*link.transport);
  for (const std::string& gone : transport.router->router->CloseDataProducer(*producer, call.turn)) {
    call.core.objects.Remove(gone);
  }
  return Answer();
}

Result TransportCloseDataConsumer(Call& call, TransportObject& transport,
                                  const fbs::transport::CloseDataConsumerRequest& body) {
  const std::string id = wire::Text(body.data_consumer_id());
  DataConsumer* consumer = call.core.objects.Find<DataConsumer>(id);
  if (!consumer || &consumer->transport() != transport.transport) return NotFound("DataConsumer", id);
  call.core.objects.Remove(id);
  transport.router->router->CloseDataConsumer(*consumer, call.turn);
  call.core.media.Touch(*transport.transport);
  return Answer();
}

Result DataProducerDump(Call& call, DataProducer& producer) {
  return Answer{Body::DataProducerDump, wire::EncodeDataProducerDump(call.b, producer).Union()};
}

Result DataProducerGetStats(Call& call, DataProducer& producer) {
  return Answer{Body::DataProducerGetStats, wire::EncodeDataProducerStats(call.b, producer, call.turn.now).Union()};
}

Result DataProducerPause(Call& call, DataProducer& producer) {
  RouterOf(call, producer.transport()).PauseDataProducer(producer, call.turn);
  return Answer();
}

Result DataProducerResume(Call& call, DataProducer& producer) {
  RouterOf(call, producer.transport()).ResumeDataProducer(producer, call.turn);
  return Answer();
}

absl::Status DataProducerSend(Note& note, DataProducer& producer, const fbs::data::ProducerSendNotification& body) {
  if (producer.type() != DataType::kDirect) {
    return absl::InvalidArgumentError(fmt::format("data producer \"{}\" is not of type direct", producer.id()));
  }
  if (!body.data()) return Missing("data");
  MessageSubchannels subchannels{.any_of = wire::DecodeSubchannels(body.subchannels())};
  if (subchannels.any_of.size() > MessageSubchannels::kMaxAnyOf) {
    return absl::InvalidArgumentError(fmt::format("subchannels: at most {}", MessageSubchannels::kMaxAnyOf));
  }
  subchannels.required = body.required_subchannel();
  subchannels.ignored = body.ignored_subchannel();
  const DataMessage message{
      .ppid = body.ppid(), .payload = {body.data()->data(), body.data()->size()}, .subchannels = subchannels};
  if (auto status = producer.transport().ProduceData(producer, message, note.turn); !status.ok()) return status;
  if (note.turn.outbox.data.size() >= kMaxMessages) note.core.media.End();
  return absl::OkStatus();
}

}  // namespace sluice::handlers
