#include "controller/data_consumer.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/transport.h"
#include "controller/wire.h"

namespace sluice::controller {

using fbs::notification::Event;

DataConsumer::DataConsumer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
                           std::string transport_id, DataConsumerDump data)
    : Object(std::move(connection), std::move(id)),
      transport_(std::move(transport)),
      transport_id_(std::move(transport_id)),
      data_(std::move(data)) {}

DataConsumer::~DataConsumer() = default;

void DataConsumer::SetDataProducerPaused(bool paused) {
  if (std::exchange(data_.data_producer_paused, paused) == paused) return;
  Emit(paused ? on.data_producer_paused : on.data_producer_resumed);
}

void DataConsumer::Pause(DoneCallback done) {
  auto self = std::static_pointer_cast<DataConsumer>(shared_from_this());
  Call(Method::DataConsumerPause, NoBody(), Done(std::move(done), [self] { self->data_.paused = true; }));
}

void DataConsumer::Resume(DoneCallback done) {
  auto self = std::static_pointer_cast<DataConsumer>(shared_from_this());
  Call(Method::DataConsumerResume, NoBody(), Done(std::move(done), [self] { self->data_.paused = false; }));
}

void DataConsumer::SendText(std::string_view text, Callback<uint32_t> done) {
  Send(AsBytes(text), TextPpid(text), std::move(done));
}

void DataConsumer::SendBinary(std::span<const uint8_t> data, Callback<uint32_t> done) {
  Send(data, BinaryPpid(data), std::move(done));
}

void DataConsumer::Send(std::span<const uint8_t> data, uint32_t ppid, Callback<uint32_t> done) {
  fbs::data::ConsumerSendRequestT request;
  request.ppid = ppid;
  request.data = DataPayload(data, ppid);
  Call(Method::DataConsumerSend, Body(std::move(request)),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<uint32_t> {
         const auto* body = response.body_as_DataConsumerSend();
         if (body == nullptr) return UnreadableAnswer();
         return body->buffered_amount();
       }));
}

void DataConsumer::GetBufferedAmount(Callback<uint32_t> done) {
  Call(Method::DataConsumerGetBufferedAmount, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<uint32_t> {
         const auto* body = response.body_as_DataConsumerGetBufferedAmount();
         if (body == nullptr) return UnreadableAnswer();
         return body->buffered_amount();
       }));
}

void DataConsumer::SetBufferedAmountLowThreshold(uint32_t bytes, DoneCallback done) {
  fbs::data::ConsumerSetBufferedAmountLowThresholdRequestT request;
  request.threshold = bytes;
  auto self = std::static_pointer_cast<DataConsumer>(shared_from_this());
  Call(Method::DataConsumerSetBufferedAmountLowThreshold, Body(std::move(request)),
       Done(std::move(done), [self, bytes] { self->data_.buffered_amount_low_threshold = bytes; }));
}

namespace {

// The answers to all three requests have the list that holds from then on.
template <class Read>
ResponseCallback Subchannels(std::vector<uint16_t>& list, std::shared_ptr<Object> owner, DoneCallback done, Read read) {
  return [&list, owner = std::move(owner), done = std::move(done),
          read](absl::StatusOr<const Response*> response) mutable {
    absl::Status status = response.status();
    if (status.ok()) {
      const auto* body = read(**response);
      if (body != nullptr) {
        list = Numbers(body->subchannels());
      } else {
        status = UnreadableAnswer();
      }
    }
    if (done) done(status);
  };
}

}  // namespace

void DataConsumer::SetSubchannels(std::vector<uint16_t> subchannels, DoneCallback done) {
  fbs::data::ConsumerSetSubchannelsRequestT request;
  request.subchannels = std::move(subchannels);
  Call(Method::DataConsumerSetSubchannels, Body(std::move(request)),
       Subchannels(data_.subchannels, shared_from_this(), std::move(done),
                   [](const Response& response) { return response.body_as_DataConsumerSetSubchannels(); }));
}

void DataConsumer::AddSubchannel(uint16_t subchannel, DoneCallback done) {
  fbs::data::ConsumerAddSubchannelRequestT request;
  request.subchannel = subchannel;
  Call(Method::DataConsumerAddSubchannel, Body(std::move(request)),
       Subchannels(data_.subchannels, shared_from_this(), std::move(done),
                   [](const Response& response) { return response.body_as_DataConsumerAddSubchannel(); }));
}

void DataConsumer::RemoveSubchannel(uint16_t subchannel, DoneCallback done) {
  fbs::data::ConsumerRemoveSubchannelRequestT request;
  request.subchannel = subchannel;
  Call(Method::DataConsumerRemoveSubchannel, Body(std::move(request)),
       Subchannels(data_.subchannels, shared_from_this(), std::move(done),
                   [](const Response& response) { return response.body_as_DataConsumerRemoveSubchannel(); }));
}

void DataConsumer::GetStats(Callback<DataConsumerStats> done) {
  Call(Method::DataConsumerGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<DataConsumerStats> {
         const auto* body = response.body_as_DataConsumerGetStats();
         if (body == nullptr) return UnreadableAnswer();
         return DataConsumerStats{.timestamp = body->timestamp(),
                                  .label = Text(body->label()),
                                  .protocol = Text(body->protocol()),
                                  .messages_sent = body->messages_sent(),
                                  .bytes_sent = body->bytes_sent(),
                                  .buffered_amount = body->buffered_amount()};
       }));
}

void DataConsumer::Dump(Callback<DataConsumerDump> done) {
  Call(Method::DataConsumerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<DataConsumerDump> {
         const auto* body = response.body_as_DataConsumerDump();
         if (body == nullptr) return UnreadableAnswer();
         return FromFbs(*body);
       }));
}

void DataConsumer::Close() { CloseFor(CloseReason::kClosed); }

void DataConsumer::CloseFor(CloseReason reason) {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::transport::CloseDataConsumerRequestT request;
  request.data_consumer_id = id();
  Call(Method::TransportCloseDataConsumer, transport_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  LeaveTransport();
  RunWhenClosed();
  EmitLast(on, reason);
}

void DataConsumer::LeaveTransport() {
  if (auto transport = transport_.lock()) transport->Remove(*this);
}

void DataConsumer::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  RunWhenClosed();
  EmitLast(on, reason);
}

void DataConsumer::OnNotification(const fbs::notification::Notification& notification) {
  switch (notification.event()) {
    case Event::DataConsumerDataProducerClose:
      LeaveTransport();
      return OnParentClosed(CloseReason::kProducerClosed);
    case Event::DataConsumerDataProducerPause:
      return SetDataProducerPaused(true);
    case Event::DataConsumerDataProducerResume:
      return SetDataProducerPaused(false);
    case Event::DataConsumerSctpSendBufferFull:
      return Emit(on.send_buffer_full);
    case Event::DataConsumerBufferedAmountLow:
      if (const auto* body = notification.body_as_DataConsumerBufferedAmountLow()) {
        Emit(on.buffered_amount_low, body->buffered_amount());
      }
      return;
    case Event::DataConsumerMessage:
      if (const auto* body = notification.body_as_DataConsumerMessage()) {
        Emit(on.message, Bytes(body->data()), body->ppid());
      }
      return;
    default:
      return;  // of a later protocol
  }
}

}  // namespace sluice::controller
