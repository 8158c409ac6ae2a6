#include "controller/data_producer.h"

#include "controller/calls.h"
#include "controller/connection.h"
#include "controller/transport.h"
#include "controller/wire.h"

namespace sluice::controller {

DataProducer::DataProducer(std::shared_ptr<Connection> connection, std::string id, std::weak_ptr<Transport> transport,
                           std::string transport_id, DataProducerDump data)
    : Object(std::move(connection), std::move(id)),
      transport_(std::move(transport)),
      transport_id_(std::move(transport_id)),
      data_(std::move(data)) {}

DataProducer::~DataProducer() = default;

void DataProducer::Pause(DoneCallback done) {
  auto self = std::static_pointer_cast<DataProducer>(shared_from_this());
  Call(Method::DataProducerPause, NoBody(), Done(std::move(done), [self] { self->data_.paused = true; }));
}

void DataProducer::Resume(DoneCallback done) {
  auto self = std::static_pointer_cast<DataProducer>(shared_from_this());
  Call(Method::DataProducerResume, NoBody(), Done(std::move(done), [self] { self->data_.paused = false; }));
}

void DataProducer::GetStats(Callback<DataProducerStats> done) {
  Call(Method::DataProducerGetStats, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<DataProducerStats> {
         const auto* body = response.body_as_DataProducerGetStats();
         if (body == nullptr) return UnreadableAnswer();
         return DataProducerStats{.timestamp = body->timestamp(),
                                  .label = Text(body->label()),
                                  .protocol = Text(body->protocol()),
                                  .messages_received = body->messages_received(),
                                  .bytes_received = body->bytes_received(),
                                  .buffered_amount = body->buffered_amount()};
       }));
}

void DataProducer::Dump(Callback<DataProducerDump> done) {
  Call(Method::DataProducerDump, NoBody(),
       Decoded(std::move(done), [](const Response& response) -> absl::StatusOr<DataProducerDump> {
         const auto* body = response.body_as_DataProducerDump();
         if (body == nullptr) return UnreadableAnswer();
         return FromFbs(*body);
       }));
}

absl::Status DataProducer::SendText(std::string_view text, const DataSendOptions& options) {
  return Send(AsBytes(text), TextPpid(text), options);
}

absl::Status DataProducer::SendBinary(std::span<const uint8_t> data, const DataSendOptions& options) {
  return Send(data, BinaryPpid(data), options);
}

absl::Status DataProducer::Send(std::span<const uint8_t> data, uint32_t ppid, const DataSendOptions& options) {
  fbs::data::ProducerSendNotificationT body;
  body.ppid = ppid;
  body.data = DataPayload(data, ppid);
  body.subchannels = options.subchannels;
  body.required_subchannel = options.required_subchannel;
  body.ignored_subchannel = options.ignored_subchannel;
  return Notify(fbs::notification::Event::DataProducerSend, NotificationBody(std::move(body)));
}

void DataProducer::Close() { CloseFor(CloseReason::kClosed); }

void DataProducer::CloseFor(CloseReason reason) {
  auto self = shared_from_this();
  if (closed()) return;
  fbs::transport::CloseDataProducerRequestT request;
  request.data_producer_id = id();
  Call(Method::TransportCloseDataProducer, transport_id_, Body(std::move(request)), nullptr);
  MarkClosed();
  if (auto transport = transport_.lock()) transport->Remove(*this);
  RunWhenClosed();
  EmitLast(on, reason);
}

void DataProducer::OnParentClosed(CloseReason reason) {
  auto self = shared_from_this();
  if (!MarkClosed()) return;
  RunWhenClosed();
  EmitLast(on, reason);
}

void DataProducer::OnNotification(const fbs::notification::Notification&) {}

}  // namespace sluice::controller
