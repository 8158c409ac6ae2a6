#include <utility>

#include "worker/handlers/handlers.h"
#include "worker/wire/data_wire.h"

namespace sluice::handlers {
namespace {

using fbs::response::Body;

// Only SCTP buffers, and direct data consumers have no peer to send to.
absl::Status MustBeSctp(const DataConsumer& consumer) {
  if (consumer.type() == DataType::kSctp) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("data consumer \"{}\" is of type direct", consumer.id()));
}

}  // namespace

Result DataConsumerDump(Call& call, DataConsumer& consumer) {
  return Answer{Body::DataConsumerDump, wire::EncodeDataConsumerDump(call.b, consumer).Union()};
}

Result DataConsumerGetStats(Call& call, DataConsumer& consumer) {
  return Answer{Body::DataConsumerGetStats, wire::EncodeDataConsumerStats(call.b, consumer, call.turn.now).Union()};
}

Result DataConsumerPause(Call&, DataConsumer& consumer) {
  consumer.Pause();
  return Answer();
}

Result DataConsumerResume(Call&, DataConsumer& consumer) {
  consumer.Resume();
  return Answer();
}

Result DataConsumerGetBufferedAmount(Call& call, DataConsumer& consumer) {
  const uint32_t amount = consumer.transport().BufferedAmount(consumer);
  return Answer{Body::DataConsumerGetBufferedAmount,
                fbs::data::CreateConsumerGetBufferedAmountResponse(call.b, amount).Union()};
}

Result DataConsumerSetBufferedAmountLowThreshold(Call& call, DataConsumer& consumer,
                                                 const fbs::data::ConsumerSetBufferedAmountLowThresholdRequest& body) {
  if (auto status = MustBeSctp(consumer); !status.ok()) return status;
  consumer.transport().SetBufferedAmountLowThreshold(consumer, body.threshold(), call.turn);
  call.core.media.Touch(consumer.transport());
  return Answer();
}

Result DataConsumerSend(Call& call, DataConsumer& consumer, const fbs::data::ConsumerSendRequest& body) {
  if (auto status = MustBeSctp(consumer); !status.ok()) return status;
  if (!body.data()) return Missing("data");
  auto status = consumer.transport().Send(consumer, body.ppid(), {body.data()->data(), body.data()->size()}, call.turn);
  if (!status.ok()) return status;
  call.core.media.Touch(consumer.transport());
  const uint32_t amount = consumer.transport().BufferedAmount(consumer);
  return Answer{Body::DataConsumerSend, fbs::data::CreateConsumerSendResponse(call.b, amount).Union()};
}

Result DataConsumerSetSubchannels(Call& call, DataConsumer& consumer,
                                  const fbs::data::ConsumerSetSubchannelsRequest& body) {
  consumer.subchannels() = wire::DecodeSubchannels(body.subchannels());
  const auto numbers = call.b.CreateVector(consumer.subchannels().numbers());
  return Answer{Body::DataConsumerSetSubchannels,
                fbs::data::CreateConsumerSetSubchannelsResponse(call.b, numbers).Union()};
}

Result DataConsumerAddSubchannel(Call& call, DataConsumer& consumer,
                                 const fbs::data::ConsumerAddSubchannelRequest& body) {
  consumer.subchannels().Add(body.subchannel());
  const auto numbers = call.b.CreateVector(consumer.subchannels().numbers());
  return Answer{Body::DataConsumerAddSubchannel,
                fbs::data::CreateConsumerAddSubchannelResponse(call.b, numbers).Union()};
}

Result DataConsumerRemoveSubchannel(Call& call, DataConsumer& consumer,
                                    const fbs::data::ConsumerRemoveSubchannelRequest& body) {
  consumer.subchannels().Remove(body.subchannel());
  const auto numbers = call.b.CreateVector(consumer.subchannels().numbers());
  return Answer{Body::DataConsumerRemoveSubchannel,
                fbs::data::CreateConsumerRemoveSubchannelResponse(call.b, numbers).Union()};
}

}  // namespace sluice::handlers
