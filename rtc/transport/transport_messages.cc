// Messages of data producers, on their way to data consumers of any transport.
#include <string>
#include <utility>

#include "rtc/transport/transport.h"

namespace sluice {
namespace {

// To every consumer that wants it, in the same turn.
void Distribute(const DataProducer& producer, const DataMessage& message, Turn& turn) {
  if (producer.paused()) return;
  for (const DataProducer::Link& link : producer.links()) link.transport->Forward(*link.consumer, message, turn);
}

std::string SizeError(size_t size, size_t most) {
  return "data: " + std::to_string(size) + " bytes instead of at most " + std::to_string(most);
}

}  // namespace

absl::Status Transport::CanCarry(DataType type) const {
  if (type == DataType::kDirect && !path_.is_direct()) {
    return absl::InvalidArgumentError("type: direct needs a DirectTransport");
  }
  if (type == DataType::kSctp && !sctp_) {
    return absl::InvalidArgumentError("type: sctp needs a transport with SCTP enabled");
  }
  return absl::OkStatus();
}

absl::StatusOr<DataProducer*> Transport::AddDataProducer(DataProducerConfig config) {
  if (auto status = CanCarry(config.type); !status.ok()) return status;
  return data_.Add(std::move(config), *this);
}

absl::StatusOr<DataConsumer*> Transport::AddDataConsumer(DataConsumerConfig config, DataProducer& producer) {
  if (auto status = CanCarry(config.type); !status.ok()) return status;
  const auto consumer = data_.Add(std::move(config), producer, *this);
  if (consumer.ok() && sctp_) {
    const DataConsumerConfig& made = (*consumer)->config();
    sctp_->SetBufferedAmountLowThreshold(made.stream->stream_id, made.buffered_amount_low_threshold);
  }
  return consumer;
}

void Transport::RemoveDataConsumer(DataConsumer& consumer, Turn& turn) {
  const auto stream = consumer.config().stream;
  data_.Remove(consumer);
  if (stream) ResetDataStream(stream->stream_id, turn);
}

void Transport::OnSctpStreamEvent(SctpEvent& event, Turn& turn) {
  if (const auto* message = std::get_if<SctpMessageReceived>(&event)) return OnMessage(*message, turn);
  const auto* low = std::get_if<SctpBufferedAmountLow>(&event);
  const DataConsumer* consumer = low ? data_.FindConsumer(low->stream_id) : nullptr;
  if (!consumer) return;  // a reset of the peer's: what its data producer is for, the controller decides
  turn.outbox.data.push_back(
      DataConsumerBufferedAmountLow{.data_consumer_id = consumer->id(), .buffered_amount = low->buffered_amount});
}

void Transport::OnMessage(const SctpMessageReceived& message, Turn& turn) {
  DataProducer* producer = data_.FindProducer(message.stream_id);
  if (!producer) return drops_.Count(DropReason::kUnknownStream);
  const auto received = producer->Receive(message.payload);
  if (!received) return drops_.Count(DropReason::kBadMessage);
  Distribute(*producer, {.ppid = message.ppid, .payload = received->payload, .subchannels = received->subchannels},
             turn);
}

absl::Status Transport::ProduceData(DataProducer& producer, const DataMessage& message, Turn& turn) {
  if (!producer.Receive(message)) {
    return absl::InvalidArgumentError(SizeError(message.payload.size(), producer.config().max_message_size));
  }
  Distribute(producer, message, turn);
  return absl::OkStatus();
}

void Transport::Forward(DataConsumer& consumer, const DataMessage& message, Turn& turn) {
  if (consumer.Wants(message.subchannels)) Deliver(consumer, message, turn);
}

SctpSendResult Transport::Deliver(DataConsumer& consumer, const DataMessage& message, Turn& turn) {
  SctpSendResult result = SctpSendResult::kQueued;
  if (message.payload.size() > consumer.config().max_message_size) {
    result = SctpSendResult::kTooLarge;
  } else if (consumer.type() == DataType::kDirect) {
    turn.outbox.data.push_back(
        DataConsumerMessage{.data_consumer_id = consumer.id(),
                            .ppid = message.ppid,
                            .payload = std::vector<uint8_t>(message.payload.begin(), message.payload.end())});
  } else {
    const SctpStreamParameters& stream = *consumer.config().stream;
    std::vector<uint8_t> scratch;
    result = SendData(stream.stream_id, message.ppid, consumer.Encode(message, scratch), stream.reliability, turn);
  }
  if (result == SctpSendResult::kQueued) {
    consumer.CountSent(message.payload.size());
  } else {
    consumer.CountDropped();
  }
  if (result == SctpSendResult::kBufferFull) {
    turn.outbox.data.push_back(DataConsumerSendBufferFull{.data_consumer_id = consumer.id()});
  }
  return result;
}

absl::Status Transport::Send(DataConsumer& consumer, uint32_t ppid, std::span<const uint8_t> payload, Turn& turn) {
  if (consumer.paused()) return absl::OkStatus();
  const MessageSubchannels everybody;
  switch (Deliver(consumer, {.ppid = ppid, .payload = payload, .subchannels = everybody}, turn)) {
    case SctpSendResult::kQueued:
      return absl::OkStatus();
    case SctpSendResult::kTooLarge:
      return absl::InvalidArgumentError(SizeError(payload.size(), consumer.config().max_message_size));
    case SctpSendResult::kBufferFull:
      return absl::ResourceExhaustedError("sctpsendbufferfull");  // the event's name, by which applications know it
    case SctpSendResult::kNoSuchStream:
      return absl::FailedPreconditionError("sctpStreamParameters.streamId: the peer has no such stream");
    case SctpSendResult::kClosed:
      break;
  }
  return absl::FailedPreconditionError("the SCTP association is closed");
}

uint32_t Transport::BufferedAmount(const DataConsumer& consumer) const {
  const auto& stream = consumer.config().stream;
  return stream && sctp_ ? sctp_->BufferedAmount(stream->stream_id) : 0;
}

void Transport::SetBufferedAmountLowThreshold(DataConsumer& consumer, uint32_t bytes, Turn& turn) {
  consumer.SetBufferedAmountLowThreshold(bytes);
  const auto& stream = consumer.config().stream;
  if (!stream || !sctp_) return;
  sctp_->SetBufferedAmountLowThreshold(stream->stream_id, bytes);
  AfterSctp(turn);
}

}  // namespace sluice
