// How a transport makes data producers and data consumers.
#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/field_error.h"
#include "controller/random.h"
#include "controller/router.h"
#include "controller/transport.h"
#include "controller/wire.h"

namespace sluice::controller {

void Transport::ProduceData(DataProducerOptions options, Callback<std::shared_ptr<DataProducer>> done) {
  const std::shared_ptr<Router> router = router_.lock();
  if (closed() || router == nullptr) return Refuse(std::move(done), ClosedError());
  if (!options.id.empty() && router->FindDataProducer(options.id) != nullptr) {
    return Refuse(std::move(done), FieldError("id", "a data producer has it already"));
  }
  fbs::transport::ProduceDataRequestT request;
  if (type() == TransportType::kDirect) {
    request.type = fbs::data::ProducerType::Direct;
  } else {
    if (!options.sctp_stream_parameters)
      return Refuse(std::move(done), FieldError("sctpStreamParameters", "is missing"));
    absl::StatusOr<SctpStreamParameters> stream = NormalizeSctpStreamParameters(*options.sctp_stream_parameters);
    if (!stream.ok()) return Refuse(std::move(done), stream.status());
    request.type = fbs::data::ProducerType::Sctp;
    request.sctp_stream_parameters = ToFbs(*stream);
  }
  request.data_producer_id = options.id.empty() ? RandomUuid() : options.id;
  request.label = std::move(options.label);
  request.protocol = std::move(options.protocol);
  request.paused = options.paused;
  const std::string data_producer_id = request.data_producer_id;
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  Call(Method::TransportProduceData, Body(std::move(request)),
       [self, data_producer_id, done = std::move(done)](auto response) mutable {
         self->OnDataProduced(data_producer_id, std::move(response), std::move(done));
       });
}

void Transport::OnDataProduced(const std::string& data_producer_id, absl::StatusOr<const Response*> response,
                               Callback<std::shared_ptr<DataProducer>> done) {
  absl::Status status = response.status();
  if (status.ok() && closed()) status = absl::CancelledError("the transport was closed meanwhile");
  const auto* body = status.ok() ? (*response)->body_as_DataProducerDump() : nullptr;
  if (status.ok() && body == nullptr) status = UnreadableAnswer();
  if (!status.ok()) {
    // It may be there all the same, and nobody would ever close it.
    fbs::transport::CloseDataProducerRequestT close;
    close.data_producer_id = data_producer_id;
    if (absl::IsDeadlineExceeded(status)) Call(Method::TransportCloseDataProducer, Body(std::move(close)), nullptr);
    if (done) done(status);
    return;
  }
  auto producer = std::make_shared<DataProducer>(
      connection_, data_producer_id, std::static_pointer_cast<Transport>(shared_from_this()), id(), FromFbs(*body));
  data_producers_[data_producer_id] = producer;
  if (auto router = router_.lock()) router->data_producers_[data_producer_id] = producer;
  if (done) done(std::move(producer));
}

absl::StatusOr<SctpStreamParameters> Transport::NegotiateStream(const DataProducer& producer,
                                                                const DataConsumerOptions& options) {
  SctpStreamParameters stream = producer.sctp_stream_parameters().value_or(SctpStreamParameters{.ordered = true});
  if (options.ordered.value_or(false)) {
    stream = {.ordered = true};
  } else if (options.max_packet_life_time && options.max_retransmits) {
    return FieldError("maxRetransmits", "cannot be given together with maxPacketLifeTime");
  } else if (options.max_packet_life_time || options.max_retransmits) {
    stream = {.ordered = false,
              .max_packet_life_time = options.max_packet_life_time,
              .max_retransmits = options.max_retransmits};
  } else if (options.ordered) {
    stream.ordered = false;
  }
  const std::optional<uint16_t> id = stream_ids_.Allocate();
  if (!id) return absl::ResourceExhaustedError("the transport has no SCTP stream left");
  stream.stream_id = *id;
  return stream;
}

void Transport::ConsumeData(DataConsumerOptions options, Callback<std::shared_ptr<DataConsumer>> done) {
  const std::shared_ptr<Router> router = router_.lock();
  if (closed() || router == nullptr) return Refuse(std::move(done), ClosedError());
  const std::shared_ptr<DataProducer> producer = router->FindDataProducer(options.data_producer_id);
  if (producer == nullptr) {
    return Refuse(std::move(done), absl::NotFoundError("dataProducerId: the router has no such data producer"));
  }
  fbs::transport::ConsumeDataRequestT request;
  std::optional<uint16_t> stream_id;
  if (type() == TransportType::kDirect) {
    request.type = fbs::data::ConsumerType::Direct;
  } else {
    absl::StatusOr<SctpStreamParameters> stream = NegotiateStream(*producer, options);
    if (!stream.ok()) return Refuse(std::move(done), stream.status());
    stream_id = stream->stream_id;
    request.type = fbs::data::ConsumerType::Sctp;
    request.sctp_stream_parameters = ToFbs(*stream);
  }
  request.data_consumer_id = RandomUuid();
  request.data_producer_id = producer->id();
  request.label = producer->label();
  request.protocol = producer->protocol();
  request.paused = options.paused;
  request.subchannels = std::move(options.subchannels);
  const std::string data_consumer_id = request.data_consumer_id;
  auto self = std::static_pointer_cast<Transport>(shared_from_this());
  Call(Method::TransportConsumeData, Body(std::move(request)),
       [self, data_consumer_id, stream_id, done = std::move(done)](auto response) mutable {
         if (!response.ok() && stream_id) self->stream_ids_.Free(*stream_id);
         self->OnDataConsumed(data_consumer_id, std::move(response), std::move(done));
       });
}

void Transport::OnDataConsumed(const std::string& data_consumer_id, absl::StatusOr<const Response*> response,
                               Callback<std::shared_ptr<DataConsumer>> done) {
  absl::Status status = response.status();
  if (status.ok() && closed()) status = absl::CancelledError("the transport was closed meanwhile");
  const auto* body = status.ok() ? (*response)->body_as_DataConsumerDump() : nullptr;
  if (status.ok() && body == nullptr) status = UnreadableAnswer();
  if (!status.ok()) {
    fbs::transport::CloseDataConsumerRequestT close;
    close.data_consumer_id = data_consumer_id;
    if (absl::IsDeadlineExceeded(status)) Call(Method::TransportCloseDataConsumer, Body(std::move(close)), nullptr);
    if (done) done(status);
    return;
  }
  auto consumer = std::make_shared<DataConsumer>(
      connection_, data_consumer_id, std::static_pointer_cast<Transport>(shared_from_this()), id(), FromFbs(*body));
  data_consumers_[data_consumer_id] = consumer;
  if (done) done(std::move(consumer));
}

void Transport::Remove(const DataProducer& producer) {
  if (auto router = router_.lock()) router->data_producers_.erase(producer.id());
  data_producers_.erase(producer.id());
}

void Transport::Remove(const DataConsumer& consumer) {
  if (consumer.sctp_stream_parameters()) stream_ids_.Free(consumer.sctp_stream_parameters()->stream_id);
  data_consumers_.erase(consumer.id());
}

}  // namespace sluice::controller
